"""What the limits' screens and API read: versions, overrides, and what is left."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

import msgspec

from canglian.bank.limit.model import LimitOverride, LimitRules, LimitTally, OverrideState
from canglian.bank.limit.rules import BEGINNING, first_rules
from canglian.bank.limit.standing import Asked, HolderLimits, standing, together
from canglian.kernel.errors import NotFound
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries import versions as stored
from canglian.kernel.queries.entities import listing, one
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order, Page, Where, by_text
from canglian.kernel.shape import shape
from canglian.kernel.values import EARLIEST
from canglian.kernel.versions import in_force


class OverrideFilter(msgspec.Struct, frozen=True):
    """Which overrides; None means any."""

    holder: Annotated[str | None, doc("Only of this party, account or wallet.")] = None
    rule: Annotated[str | None, doc("Only for this rule.")] = None
    state: Annotated[OverrideState | None, doc("Only in this state.")] = None


_TALLY = shape(LimitTally)
_OVERRIDES = listing(LimitOverride, by_text("id"))


async def versions(reader: Reader, book: int) -> list[LimitRules]:
    """All versions of the rules, the latest to apply first; a book that has used none yet shows what it begins with."""
    found = await stored.versions(reader, book, LimitRules)
    return found or [first_rules(1, BEGINNING - timedelta(days=1), EARLIEST)]


async def version(reader: Reader, book: int, number: int) -> LimitRules:
    """One version; NotFound ``limit_rules.not_found``."""
    for version in await versions(reader, book):
        if version.version == number:
            return version
    raise NotFound("limit_rules.not_found", limit_rules=number)


async def rules_on(reader: Reader, book: int, today: date) -> LimitRules:
    """The version that applies on a day."""
    found = await versions(reader, book)
    return in_force(found, today) or found[-1]


async def tallies(reader: Reader, book: int, holders: Iterable[str]) -> dict[str, LimitTally]:
    """What has been counted, by holder."""
    wanted = sorted(set(holders))
    sql = f"SELECT {', '.join(_TALLY.names)} FROM limit_tally WHERE book = $1 AND holder = ANY($2)"
    return {tally.holder: tally for tally in map(_TALLY.make, await reader.rows(sql, book, wanted))}


async def what_is_left(reader: Reader, book: int, *asked: Asked) -> list[HolderLimits]:
    """What could still move for each of some subjects or parties, on the business date; see ``Asked.within``."""
    today = (await book_figures(reader, book)).today
    rules = await rules_on(reader, book, today)
    around = [each for of in asked for each in (of, of.within) if each is not None]
    known = await tallies(
        reader, book, [holder for of in around for holder in (of.subject, of.party) if holder is not None]
    )

    def left(of: Asked) -> HolderLimits:
        own = standing(rules, of, known.get(of.subject or ""), known.get(of.party or ""), today)
        return own if of.within is None else together(own, left(of.within))

    return [left(of) for of in asked]


async def overrides(reader: Reader, book: int, asked: OverrideFilter, order: Order) -> Page[LimitOverride]:
    """A page of overrides, newest first."""
    where = Where("book = $1")
    where.add("holder = ?", asked.holder)
    where.add("rule = ?", asked.rule)
    where.add("state = ?", None if asked.state is None else asked.state.value)
    return await _OVERRIDES.page(reader, book, where, order)


async def override(reader: Reader, book: int, identity: str) -> LimitOverride:
    """An override; NotFound ``limit_override.not_found``."""
    return await one(reader, book, LimitOverride, identity)
