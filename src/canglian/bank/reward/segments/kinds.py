"""The segments that this room brings: by customer data, by verification, by when somebody has paid.

Age and place are those of the identity number, which is opened to be compared and shown to nobody.
"""

import enum
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from canglian.bank.party.model import Level
from canglian.bank.party.sealing import NUMBER
from canglian.bank.reward.segments import queries
from canglian.bank.reward.segments.registry import SegmentKind, register
from canglian.kernel.values import SHANGHAI
from canglian.web.services import Services


class Own(enum.StrEnum):
    """The kinds of segments of this room."""

    VERIFIED = "verified"
    NEW_CUSTOMER = "new_customer"
    DORMANT = "dormant"
    NEVER_PAID = "never_paid"
    AGE = "age"
    DIVISION = "division"
    ROLE = "role"


_DAYS = re.compile(r"[1-9][0-9]{0,3}")
_LEVELS = re.compile("|".join(level.value for level in Level if level is not Level.NONE))
_AGES = re.compile(r"[0-9]{1,3}-[0-9]{0,3}")
_DIVISION = re.compile(r"[1-9][0-9]{1,5}")
_ROLE = re.compile(r"[a-z][a-z_]{1,31}")


async def _verified(services: Services, book: int, parties: Sequence[str], about: str, now: datetime) -> set[str]:
    del now
    enough = [level.value for level in Level if level.rank >= Level(about).rank]
    return await queries.verified(services.reader, book, parties, enough)


async def _new(services: Services, book: int, parties: Sequence[str], about: str, now: datetime) -> set[str]:
    return await queries.known_since(services.reader, book, parties, now - timedelta(days=int(about)))


async def _dormant(services: Services, book: int, parties: Sequence[str], about: str, now: datetime) -> set[str]:
    paid = await queries.paid_since(services.reader, book, parties, None)
    return paid - await queries.paid_since(services.reader, book, parties, now - timedelta(days=int(about)))


async def _never_paid(services: Services, book: int, parties: Sequence[str], about: str, now: datetime) -> set[str]:
    del about, now
    return {*parties} - await queries.paid_since(services.reader, book, parties, None)


async def _role(services: Services, book: int, parties: Sequence[str], about: str, now: datetime) -> set[str]:
    del now
    return await queries.in_role(services.reader, book, parties, about)


async def _aged(services: Services, book: int, parties: Sequence[str], about: str, now: datetime) -> set[str]:
    low, _, high = about.partition("-")
    today = now.astimezone(SHANGHAI).date()
    numbers = await _numbers(services, book, parties)
    return {
        party for party, number in numbers.items() if int(low) <= age_on(number, today) < (int(high) if high else 1_000)
    }


async def _lives(services: Services, book: int, parties: Sequence[str], about: str, now: datetime) -> set[str]:
    del now
    numbers = await _numbers(services, book, parties)
    return {party for party, number in numbers.items() if number.startswith(about)}


async def _numbers(services: Services, book: int, parties: Sequence[str]) -> dict[str, str]:
    """The identity numbers of some people who have one, opened to be compared."""
    sealed = await queries.sealed_numbers(services.reader, book, parties)
    return {party: services.keyring.open(number, NUMBER) for party, number in sealed.items()}


def age_on(number: str, today: date) -> int:
    """How old somebody is on a day, in whole years, by their identity number."""
    born = int(number[6:10]), int(number[10:12]), int(number[12:14])
    return today.year - born[0] - ((today.month, today.day) < born[1:])


register(SegmentKind(Own.VERIFIED.value, "segment.verified", _LEVELS, _verified, "verified:remote"))
register(SegmentKind(Own.NEW_CUSTOMER.value, "segment.new_customer", _DAYS, _new, "new_customer:30"))
register(SegmentKind(Own.DORMANT.value, "segment.dormant", _DAYS, _dormant, "dormant:90"))
register(SegmentKind(Own.NEVER_PAID.value, "segment.never_paid", None, _never_paid, "never_paid"))
register(SegmentKind(Own.AGE.value, "segment.age", _AGES, _aged, "age:60-"))
register(SegmentKind(Own.DIVISION.value, "segment.division", _DIVISION, _lives, "division:3205"))
register(SegmentKind(Own.ROLE.value, "segment.role", _ROLE, _role, "role:villager"))
