"""Where every fen of a contract is: with the contract, with holders, at shops, back with its payer, or released.

The parts sum up to what was paid in. By ``shop`` or ``region`` what was spent is split by whom it went to, by
``holder`` by whose it was; without a dimension by both.
"""

import enum
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from canglian.bank.purpose import queries
from canglian.bank.purpose.queries import PARTS_MAX
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader


class Where(enum.StrEnum):
    """Where money of a contract is."""

    UNALLOTTED = "unallotted"
    HOLDER = "holder"
    SHOP = "shop"
    RETURNED = "returned"
    RELEASED = "released"


class Dimension(enum.StrEnum):
    """By what a trace tells the parts apart."""

    HOLDER = "holder"
    SHOP = "shop"
    REGION = "region"


class TracePart(msgspec.Struct, frozen=True, kw_only=True):
    """So much of a contract's money, and where it is."""

    where: Annotated[Where, doc("Not allotted, with a holder, at a shop, back with the payer, or released.")]
    holder: Annotated[str | None, doc("The wallet of its holder, where parts are split by it.")] = None
    payee: Annotated[str | None, doc("The payee's id, where parts are split by it.")] = None
    region: Annotated[str | None, doc("The payee's region, where parts are split by it.")] = None
    amount: Annotated[int, doc("How much, in fen.")]


class PurposeTrace(msgspec.Struct, frozen=True, kw_only=True):
    """Where the money of a contract is; the amounts of ``parts`` sum up to ``funded``."""

    contract: Annotated[str, doc("The contract's id.")]
    funded: Annotated[int, doc("What was paid in, in fen.")]
    parts: Annotated[list[TracePart], doc("Where it is, the largest parts first in each place.")]
    cut: Annotated[bool, doc("Whether small parts were put together, since there are too many.")]


_COLUMNS: dict[Dimension | None, tuple[str, ...]] = {
    None: ("holder", "payee", "region"),
    Dimension.HOLDER: ("holder",),
    Dimension.SHOP: ("payee", "region"),
    Dimension.REGION: ("region",),
}


async def trace(reader: Reader, book: int, identity: str, by: Dimension | None = None) -> PurposeTrace:
    """Where the money of a contract is; NotFound ``purpose_contract.not_found``."""
    contract = await queries.contract(reader, book, identity)
    columns = _COLUMNS[by]
    holders = "holder" in columns
    spent = await queries.spent_by(reader, book, identity, columns)
    kept = await queries.kept_by_holders(reader, book, identity) if holders else [(None, contract.allotted)]
    released = await queries.released_to(reader, book, identity, by_holder=holders)
    parts = [
        TracePart(where=Where.UNALLOTTED, amount=contract.unallotted),
        *_parts(Where.HOLDER, ("holder",), kept, contract.allotted),
        *_parts(Where.SHOP, columns, spent, await queries.spent_in_all(reader, book, identity)),
        TracePart(where=Where.RETURNED, amount=await queries.returned(reader, book, identity)),
        *_parts(Where.RELEASED, ("holder",), released, await queries.released_in_all(reader, book, identity)),
    ]
    return PurposeTrace(
        contract=contract.id,
        funded=contract.funded,
        parts=[part for part in parts if part.amount],
        cut=any(len(rows) > PARTS_MAX for rows in (spent, kept, released)),
    )


def _parts(where: Where, columns: tuple[str, ...], rows: Sequence[Any], total: int) -> list[TracePart]:
    """A part for each row, and one for what the rows that were left out come to."""
    shown = [
        msgspec.convert({**dict(zip(columns, row, strict=False)), "where": where, "amount": row[-1]}, TracePart)
        for row in rows[:PARTS_MAX]
    ]
    rest = total - sum(part.amount for part in shown)
    return [*shown, TracePart(where=where, amount=rest)] if rest else shown
