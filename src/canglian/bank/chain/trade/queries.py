"""Contracts as they are shown, with what is owed of them, and which of them are due."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

import msgspec

from canglian.bank.chain import queries as chain
from canglian.bank.chain.trade.commands.repaying import due_for
from canglian.bank.chain.trade.model import ContractKind, ContractState, TradeContract
from canglian.bank.credit import Loan
from canglian.bank.credit.loans import queries as loans
from canglian.bank.credit.products import queries as products
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import by_keys, listing, one
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order, Page, Where, by_date, by_number, by_text

DUE_MAX = 200


class ContractFilter(msgspec.Struct, frozen=True):
    """Which contracts; None means any."""

    state: Annotated[ContractState | None, doc("Only in this state.")] = None
    kind: Annotated[ContractKind | None, doc("Only orders, or only purchases.")] = None
    core: Annotated[str | None, doc("Only of this core company.")] = None
    partner: Annotated[str | None, doc("Only of this supplier or dealer.")] = None


class ContractWhole(msgspec.Struct, frozen=True):
    """A contract with what was lent on it, and what can be."""

    contract: Annotated[TradeContract, doc("The contract itself.")]
    loan: Annotated[Loan | None, doc("The loan by which it is financed, as it stands today, or null.")]
    most: Annotated[int, doc("What the bank lends on it at most, in fen.")]
    terms: Annotated[list[int], doc("For how many months it lends.")]


class ReleaseQuote(msgspec.Struct, frozen=True):
    """What a dealer repays today before goods are released."""

    goods: Annotated[int, doc("The goods, in fen by the contract.")]
    repaid: Annotated[int, doc("What is repaid before, in fen, with the interest until today.")]
    left: Annotated[int, doc("What of the loan is owed then, in fen.")]


_CONTRACTS = listing(TradeContract, by_text("id"), amount=by_number("amount"), deliver_by=by_date("deliver_by"))


async def contracts(reader: Reader, book: int, asked: ContractFilter, order: Order) -> Page[TradeContract]:
    """A page of contracts, newest first."""
    where = Where("book = $1")
    where.add("state = ?", asked.state)
    where.add("kind = ?", asked.kind)
    where.add("core = ?", asked.core)
    where.add("partner = ?", asked.partner)
    return await _CONTRACTS.page(reader, book, where, order)


async def contract(reader: Reader, book: int, identity: str) -> TradeContract:
    """A contract; NotFound ``trade_contract.not_found``."""
    return await one(reader, book, TradeContract, identity)


async def whole(reader: Reader, book: int, identity: str) -> ContractWhole:
    """A contract with all that belongs to it; NotFound ``trade_contract.not_found``."""
    found = await contract(reader, book, identity)
    core = await chain.member(reader, book, found.core)
    known = [each for each in await products.versions(reader, book) if each.code == core.product]
    return ContractWhole(
        found,
        await _loan(reader, book, found),
        found.amount * core.order_bps // 10_000,
        known[0].terms if known else [],
    )


async def release_quote(reader: Reader, book: int, identity: str, goods: int) -> ReleaseQuote:
    """What is repaid today before goods are released. Rejects as ``ReleaseGoods``."""
    found = await contract(reader, book, identity)
    if found.is_order:
        raise Rejection("trade_contract.kind_order", trade_contract=found.id)
    loan = await _loan(reader, book, found)
    if found.state is not ContractState.FINANCED or loan is None:
        raise Rejection("trade_contract.state", trade_contract=found.id, state=found.state.value)
    left = found.amount - found.released
    if goods > left:
        raise Rejection("trade_contract.goods", left=left, amount=goods, asset="CNY", field="goods")
    repaid = due_for(found, loan, found.released + goods)
    return ReleaseQuote(goods, repaid, (loan.owed_in_all if loan.is_living else 0) - repaid)


async def _loan(reader: Reader, book: int, found: TradeContract) -> Loan | None:
    if found.loan is None:
        return None
    stored = await loans.loan(reader, book, found.loan)
    return await loans.brought(reader, book, stored, (await book_figures(reader, book)).today)


async def of_members(reader: Reader, book: int, members: list[str]) -> list[TradeContract]:
    """Contracts of members, as core company or partner, the newest first; of very many the first."""
    sql = (
        "SELECT id FROM trade_contract WHERE book = $1 AND (core = ANY($2) OR partner = ANY($2)) "
        f"ORDER BY id DESC LIMIT {DUE_MAX}"
    )
    found = [row[0] for row in await reader.rows(sql, book, members)] if members else []
    return await by_keys(reader, book, TradeContract, found)


_DUE = "c.state IN ('financed', 'delivered', 'received') AND (l.matures_on <= $2 OR l.closed_on IS NOT NULL)"


async def due(reader: Reader, book: int, today: date, after: str, most: int = DUE_MAX) -> list[str]:
    """Contracts behind one, by their ids, whose loans are due or ended."""
    sql = (
        "SELECT c.id FROM trade_contract c JOIN loan l ON l.book = $1 AND l.id = c.loan "
        f"WHERE c.book = $1 AND {_DUE} AND c.id > $3 ORDER BY c.id LIMIT $4"
    )
    return [row[0] for row in await reader.rows(sql, book, today, after, most)]


async def count_due(reader: Reader, book: int, today: date) -> int:
    """How many contracts have loans that are due or ended."""
    sql = (
        "SELECT count(*) FROM trade_contract c JOIN loan l ON l.book = $1 AND l.id = c.loan "
        f"WHERE c.book = $1 AND {_DUE}"
    )
    return (await reader.rows(sql, book, today))[0][0]


async def count_in(reader: Reader, book: int, state: ContractState, most: int) -> int:
    """How many contracts are in a state, up to ``most``."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM trade_contract WHERE book = $1 AND state = $2 LIMIT $3) AS found"
    return (await reader.rows(sql, book, state.value, most))[0][0]


async def rows(reader: Reader, book: int, found: Iterable[TradeContract]) -> list[dict[str, Any]]:
    """Contracts as rows of a table, with the masked names of both sides."""
    listed = list(found)
    masks = await chain.names(reader, book, [each for row in listed for each in (row.core, row.partner)])
    return [
        {
            **msgspec.structs.asdict(row),
            "asset": "CNY",
            "core_name": masks.get(row.core, row.core),
            "partner_name": masks.get(row.partner, row.partner),
        }
        for row in listed
    ]
