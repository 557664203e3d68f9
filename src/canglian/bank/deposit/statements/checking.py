"""Whether a statement was issued as it says: asked with its code and the end of the account number, by anybody.

What is answered stands on the statement, the holder by a mask. Rooms above whose accounts have statements say whose
they are::

    on_holder(holder_of_wallet)
"""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated

import msgspec

from canglian.bank.deposit.queries import accounts
from canglian.bank.deposit.statements.codes import read_code
from canglian.kernel.errors import Busy, NotFound, declare
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.typed import typed_number
from canglian.ledger.queries import chart
from canglian.ledger.queries.accounts import account
from canglian.web.rates import Buckets
from canglian.web.services import Services
from canglian.web.system import queries as system

declare(
    {
        "statement_check.unknown": "No statement was issued under this code for an account number with this ending. "
        "Compare both with the paper; if they are right, the paper is not ours or was changed.",
        "statement_check.often": "Too many statements were checked from here; try again in {retry_after} seconds.",
    }
)

PER_SECOND, BURST = 1 / 20, 30
"""How often one address, or one API key, may check."""

FindHolder = Callable[[Reader, int, int], Awaitable[str | None]]
"""The holder of an account of the ledger in a book, by a mask; None where the room does not know it."""

_holders: list[FindHolder] = [accounts.holder_of]


def on_holder(find: FindHolder) -> None:
    """Statements of accounts of this room are checked, too."""
    _holders.append(find)


class CheckedStatement(msgspec.Struct, frozen=True):
    """A statement that was issued, as it was issued. Amounts are in the minor unit."""

    bank: Annotated[str, doc("The bank's name.")]
    holder: Annotated[str | None, doc("The holder's name, masked.")]
    number_ending: Annotated[str, doc("The last four characters of the account number.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    scale: Annotated[int, doc("How many decimals the minor unit stands for: 2 for CNY, 0 for points.")]
    first_date: Annotated[date, doc("The first business date of the period.")]
    last_date: Annotated[date, doc("The last business date of the period.")]
    made_on: Annotated[date, doc("The day on which it was issued.")]
    opening: Annotated[int, doc("The balance before the period, in the minor unit.")]
    paid_in: Annotated[int, doc("What came in during the period, in the minor unit.")]
    paid_out: Annotated[int, doc("What went out during the period, in the minor unit.")]
    closing: Annotated[int, doc("The balance at the end of the period, in the minor unit.")]
    entries: Annotated[int, doc("How many entries it has.")]


async def check_statement(
    services: Services, code: str, ending: str, *, source: str, book: int | None = None
) -> CheckedStatement:
    """The statement that a code stands for. Busy ``statement_check.often``, NotFound ``statement_check.unknown``.

    ``source`` is whose questions are counted; a ``book`` answers for its own accounts alone.
    """
    _count(services, source)
    ending = typed_number(ending)
    issued = read_code(services.keyring, code, ending)
    if issued is None or book not in (None, issued.book):
        raise NotFound("statement_check.unknown")
    profile = await system.book(services.reader, str(issued.book))
    found = await account(services.reader, issued.book, issued.account)
    return CheckedStatement(
        bank="" if profile is None else profile.name,
        holder=await _holder(services.reader, issued.book, issued.account),
        number_ending=ending,
        asset=found.asset,
        scale=(await chart.scales(services.reader, issued.book)).get(found.asset, 2),
        first_date=issued.first,
        last_date=issued.last,
        made_on=issued.made_on,
        opening=issued.opening,
        paid_in=issued.paid_in,
        paid_out=issued.paid_out,
        closing=issued.closing,
        entries=issued.entries,
    )


async def _holder(reader: Reader, book: int, account: int) -> str | None:
    for find in _holders:
        found = await find(reader, book, account)
        if found is not None:
            return found
    return None


def _count(services: Services, source: str) -> None:
    buckets = services.memory.get("statement_checks")
    if buckets is None:
        buckets = services.memory["statement_checks"] = Buckets(PER_SECOND, BURST)
    wait = buckets.take(source)
    if wait:
        raise Busy("statement_check.often", retry_after=wait)
