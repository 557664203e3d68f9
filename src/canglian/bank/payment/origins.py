"""Web sites of merchants: the origin of an address, and whether a payer may be sent there."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from canglian.kernel.errors import Rejection

_HOST = r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?"
_ORIGIN = re.compile(rf"https://{_HOST}(?::[0-9]{{1,5}})?|http://(?:localhost|127\.0\.0\.1)(?::[0-9]{{1,5}})?")
"""What is encrypted on its way, and the machine itself, on which somebody tries it."""

_ODD = ("\\", "@", " ")


def require_origin(text: str) -> None:
    """An origin as it is registered: scheme, host and port alone. Rejects ``merchant.origin``."""
    if not _ORIGIN.fullmatch(text):
        raise Rejection("merchant.origin", origin=text)


def origin_of(address: str) -> str | None:
    """The origin of an address as browsers read it; None for what is read in several ways."""
    if not address.isascii() or not address.isprintable() or any(odd in address for odd in _ODD):
        return None
    try:
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}".lower()
    except ValueError:
        return None
    return origin if _ORIGIN.fullmatch(origin) else None


def is_among(address: str, origins: Iterable[str]) -> bool:
    """Whether an address is on one of these web sites."""
    return origin_of(address) in set(origins)
