"""Which services outside are connected, as the configuration says."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

import msgspec

from canglian.kernel.errors import CanglianError, Conflict, Malformed, declare
from canglian.kernel.settings import Settings
from canglian.web.signing_keys import SigningKey, VerifyingKey

declare(
    {
        "outside.connected": (
            "The service {service} is connected and provides this result itself; it cannot be entered by others."
        ),
        "outside.not_connected": "The service {service} is not connected.",
    }
)

SERVICES = ("identity", "sms", "rail", "channel")
"""Who checks faces and elements; who sends short messages; the rail to accounts at other banks; the channel by which
payers of other banks pay by card or code."""


class Connection(msgspec.Struct, frozen=True):
    """A service that is connected: where it is, what signs to it, and what its answers are signed with."""

    service: str
    url: str
    key: SigningKey
    peer: VerifyingKey


def is_connected(settings: Settings, service: str) -> bool:
    """Whether a service is connected."""
    return bool(getattr(settings, f"{service}_url"))


def connection(settings: Settings, service: str) -> Connection | None:
    """A service's connection, or None where it is not connected. Rejects ``settings.invalid``."""
    url = getattr(settings, f"{service}_url")
    if not url:
        return None
    _check(service, url)
    key = _read(settings, f"{service}_key", SigningKey)
    return Connection(service, url.rstrip("/"), key, _read(settings, f"{service}_peer", VerifyingKey))


def connections(settings: Settings) -> dict[str, Connection]:
    """All services that are connected. Rejects ``settings.invalid``."""
    found = (connection(settings, service) for service in SERVICES)
    return {connection.service: connection for connection in found if connection is not None}


def refuse_if_connected(settings: Settings, service: str) -> None:
    """Refuse an outcome entered by hand where the service reports it itself: Conflict ``outside.connected``."""
    if is_connected(settings, service):
        raise Conflict("outside.connected", service=service)


def _read(settings: Settings, name: str, kind: Any) -> Any:
    try:
        return kind.read(getattr(settings, name) or "")
    except CanglianError as error:
        raise Malformed("settings.invalid", name=name, problem=error.template.rstrip(".")) from None


def _check(service: str, url: str) -> None:
    """Personal data leaves over TLS, or stays on this machine."""
    try:
        parts = urlsplit(url)
        plain = parts.scheme == "http" and _is_loopback(parts.hostname or "")
        right = bool(parts.hostname) and (parts.scheme == "https" or plain) and parts.port != 0
        right = right and parts.username is None and not parts.query and not parts.fragment
    except ValueError:
        right = False
    if not right:
        raise Malformed(
            "settings.invalid", name=f"{service}_url", problem="https://host/path, or http:// on this machine"
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
