"""The channels by which money comes: the source of payments that each is, and what its daily file looks like."""

from typing import Final

import msgspec

from canglian.bank.settlement.reconciling.formats import CARD_AND_QR, PLAIN, FileFormat
from canglian.kernel.errors import NotFound


class Channel(msgspec.Struct, frozen=True):
    """A channel. Where it knows payments ``by_item``, keys name what paid (its order); else the merchant's number.

    ``service`` is the service outside that has its file of a day; where there is none, somebody sends it.
    """

    code: str
    form: FileFormat
    by_item: bool = False
    service: str | None = None


CHANNELS: Final = {
    "wallet": Channel("wallet", PLAIN),
    "channel": Channel("channel", CARD_AND_QR, by_item=True, service="channel"),
}
"""By the kind of source of payments."""


def channel_of(code: str) -> Channel:
    """A channel; NotFound ``reconciliation.channel_unknown``."""
    found = CHANNELS.get(code)
    if found is None:
        raise NotFound("reconciliation.channel_unknown", channel=code)
    return found
