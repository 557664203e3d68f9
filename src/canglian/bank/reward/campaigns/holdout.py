"""People who are held out of an offer, so that its effect can be told: by a hash of the campaign and the person.

Nobody chooses them and nothing about them counts: the same person of the same campaign is always in the same slot, and
slots of different campaigns have nothing to do with each other. The share is that of the offer's audience.
"""

from hashlib import sha256

SLOTS = 10_000
"""One for each basis point of a share."""

SQL_SLOT = (
    "(('x' || encode(substring(sha256(convert_to({campaign}::text || ':' || {party}, 'UTF8')) from 1 for 4), 'hex'))"
    "::bit(32)::bigint % 10000)"
)
"""The slot in a statement, of the expressions that have the campaign's id and the person's."""


def slot_of(campaign: str, party: str) -> int:
    """The slot of a person in a campaign, from 0."""
    digest = sha256(f"{campaign}:{party}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % SLOTS


def is_held_out(campaign: str, party: str, share_bps: int) -> bool:
    """Whether a person is among those who are offered nothing, where so many basis points are."""
    return slot_of(campaign, party) < share_bps
