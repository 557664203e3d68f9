"""Applications as they are shown."""

from datetime import date
from typing import Annotated

import msgspec

from canglian.bank.credit.applications.model import ApplicationState, CreditApplication
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_text

DUE_MAX = 500
WAITING = ("submitted", "decided")
"""The states in which somebody has to decide."""


class CreditApplicationFilter(msgspec.Struct, frozen=True):
    """Which applications; None means any."""

    state: Annotated[ApplicationState | None, doc("Only in this state.")] = None
    product: Annotated[str | None, doc("Only for this loan product.")] = None
    party: Annotated[str | None, doc("Only of this customer.")] = None
    waiting: Annotated[bool | None, doc("Only those that somebody has to decide.")] = None


_APPLICATIONS = listing(CreditApplication, by_text("id"))


async def applications(
    reader: Reader, book: int, asked: CreditApplicationFilter, order: Order
) -> Page[CreditApplication]:
    """A page of applications, newest first."""
    where = Where("book = $1")
    where.add("state = ?", asked.state)
    where.add("product = ?", asked.product)
    where.add("party = ?", asked.party)
    where.add("(state IN ('submitted', 'decided')) = ?", asked.waiting)
    return await _APPLICATIONS.page(reader, book, where, order)


async def application(reader: Reader, book: int, identity: str) -> CreditApplication:
    """An application; NotFound ``credit_application.not_found``."""
    return await one(reader, book, CreditApplication, identity)


async def of_party(reader: Reader, book: int, party: str) -> list[CreditApplication]:
    """Somebody's applications, newest first."""
    return await some(reader, book, CreditApplication, "party", party)


async def next_waiting(reader: Reader, book: int, actor: str) -> str | None:
    """The application that has waited longest for somebody else's decision than who submitted it."""
    sql = (
        "SELECT id FROM credit_application WHERE book = $1 AND state IN ('submitted', 'decided') "
        "AND submitted_by <> $2 ORDER BY id LIMIT 1"
    )
    rows = await reader.rows(sql, book, actor)
    return rows[0][0] if rows else None


async def count_waiting(reader: Reader, book: int, most: int) -> int:
    """How many applications wait for a decision, up to ``most``."""
    sql = (
        "SELECT count(*) FROM (SELECT 1 FROM credit_application WHERE book = $1 "
        "AND state IN ('submitted', 'decided') LIMIT $2) AS waiting"
    )
    return (await reader.rows(sql, book, most))[0][0]


async def codes_asked(reader: Reader, book: int, application: str) -> int:
    """How many signing codes were asked for."""
    sql = "SELECT asked FROM signing_code WHERE book = $1 AND application = $2"
    rows = await reader.rows(sql, book, application)
    return rows[0][0] if rows else 0


async def expiring(reader: Reader, book: int, today: date) -> list[str]:
    """Offers that nobody signed in time."""
    sql = (
        "SELECT id FROM credit_application WHERE book = $1 AND state = 'offered' AND offer_until < $2 "
        f"ORDER BY id LIMIT {DUE_MAX}"
    )
    return [row[0] for row in await reader.rows(sql, book, today)]
