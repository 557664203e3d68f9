"""Rule sets, their versions and their shadows as they are shown."""

from typing import Annotated

import msgspec

from canglian.bank.decision.model import RuleSet, RuleShadow, RuleVersion
from canglian.kernel.errors import NotFound
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_text


class RuleSetFilter(msgspec.Struct, frozen=True):
    """Which rule sets; None means any."""

    code: Annotated[str | None, doc("Only the one of this code.")] = None


_SETS = listing(RuleSet, by_text("code"))


async def rule_sets(reader: Reader, book: int, asked: RuleSetFilter, order: Order) -> Page[RuleSet]:
    """A page of rule sets."""
    where = Where("book = $1")
    where.add("code = ?", asked.code)
    return await _SETS.page(reader, book, where, order)


async def rule_set(reader: Reader, book: int, code: str) -> RuleSet:
    """A rule set; NotFound ``rule_set.not_found``."""
    return await one(reader, book, RuleSet, code)


async def versions(reader: Reader, book: int, code: str) -> list[RuleVersion]:
    """The versions of a rule set, the newest first, as many as are read at once; NotFound ``rule_set.not_found``."""
    await rule_set(reader, book, code)
    return await some(reader, book, RuleVersion, "code", code)


async def version(reader: Reader, book: int, code: str, number: int) -> RuleVersion:
    """A version; NotFound ``rule_version.not_found``."""
    for found in await some(reader, book, RuleVersion, "code", code):
        if found.version == number:
            return found
    raise NotFound("rule_version.not_found", rule_version=number)


async def shadows(reader: Reader, book: int, code: str) -> list[RuleShadow]:
    """How versions in the shadow did, the newest first."""
    return await some(reader, book, RuleShadow, "code", code)
