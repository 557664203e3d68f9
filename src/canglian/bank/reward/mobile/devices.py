"""Which device a person claims on: a cookie of chance that outlasts sessions, whoever signs in there."""

import secrets

from litestar import Response

from canglian.bank.reward.coupons.door import device_index
from canglian.web.mobile import MobilePages

DAYS = 365
_DAY_SECONDS = 86_400


def device_of(pages: MobilePages) -> str | None:
    """The blind index of the device, where its browser kept the cookie."""
    value = pages.request.cookies.get(_name(pages), "")
    return device_index(pages.services, value) if value else None


def know_device(pages: MobilePages, response: Response[bytes]) -> Response[bytes]:
    """Let a device without the cookie have one."""
    if not pages.request.cookies.get(_name(pages)):
        pages.set_cookie(response, _name(pages), secrets.token_urlsafe(18), DAYS * _DAY_SECONDS)
    return response


def _name(pages: MobilePages) -> str:
    secure = pages.services.settings.has_secure_cookies
    return "__Host-canglian-claim-device" if secure else "canglian_claim_device"
