"""Vouchers and members of chains as they are shown, what is due, and who owes whom."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Any

import msgspec

from canglian.bank.chain.model import (
    ChainMember,
    Quote,
    Voucher,
    VoucherFinancing,
    VoucherInvoice,
    VoucherMove,
    VoucherState,
    quote,
)
from canglian.bank.credit.facilities import queries as facilities
from canglian.bank.party.queries import parties
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import by_keys, listing, one, some
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order, Page, Where, by_date, by_number, by_text

DUE_MAX = 200
TREE_MAX = 500
MATURING_DAYS = 7
"""A voucher is about to mature in so many days."""


class MemberFilter(msgspec.Struct, frozen=True):
    """Which members; None means any."""

    core: Annotated[str | None, doc("Only suppliers in the chain of this core company.")] = None
    party: Annotated[str | None, doc("Only of this customer.")] = None
    tier: Annotated[int | None, doc("Only of this tier; 0 for core companies.")] = None


class VoucherFilter(msgspec.Struct, frozen=True):
    """Which vouchers; None means any."""

    state: Annotated[VoucherState | None, doc("Only in this state.")] = None
    core: Annotated[str | None, doc("Only those that this member pays.")] = None
    holder: Annotated[str | None, doc("Only those that this member holds.")] = None
    root: Annotated[str | None, doc("Only this voucher and its parts.")] = None
    maturing: Annotated[
        bool | None, doc(f"Only those that mature within {MATURING_DAYS} days or should have, or do not.")
    ] = None
    matures_until: Annotated[date | None, doc("Only those that mature by this day.")] = None


class VoucherWhole(msgspec.Struct, frozen=True):
    """A voucher with its invoice, its tree, what was financed of it, and what was done to it."""

    voucher: Annotated[Voucher, doc("The voucher itself.")]
    invoice: Annotated[VoucherInvoice, doc("The invoice that it was issued for.")]
    financing: Annotated[VoucherFinancing | None, doc("What the bank has advanced on it, or null.")]
    quote: Annotated[Quote | None, doc("What financing all of it comes to today; null where it cannot be financed.")]
    tree: Annotated[list[Voucher], doc("The voucher that was issued and all its parts, by number.")]
    moves: Annotated[
        list[VoucherMove], doc("What was done to it, and to those that it is a part of, the newest first.")
    ]


class Debt(msgspec.Struct, frozen=True):
    """What one member owes to another, or to the bank, by all living vouchers."""

    core: Annotated[str, doc("The member that owes: the core company.")]
    holder: Annotated[str | None, doc("The member that it is owed to; null for the bank.")]
    amount: Annotated[int, doc("How much, in fen.")]
    overdue: Annotated[int, doc("What of it is in default, in fen.")]
    vouchers: Annotated[int, doc("By how many vouchers.")]


class Debts(msgspec.Struct, frozen=True):
    """Who owes whom in a chain."""

    data: Annotated[list[Debt], doc("Debts, the largest first.")]


_MEMBERS = listing(ChainMember, by_text("id"), tier=by_number("tier"))
_VOUCHERS = listing(Voucher, by_text("id"), matures_on=by_date("matures_on"), face=by_number("face"))
_PAYABLE = "('accepted', 'transferred', 'financed')"


async def members(reader: Reader, book: int, asked: MemberFilter, order: Order) -> Page[ChainMember]:
    """A page of members, newest first."""
    where = Where("book = $1")
    where.add("core = ?", asked.core)
    where.add("party = ?", asked.party)
    where.add("tier = ?", asked.tier)
    return await _MEMBERS.page(reader, book, where, order)


async def vouchers(reader: Reader, book: int, asked: VoucherFilter, order: Order) -> Page[Voucher]:
    """A page of vouchers, newest first."""
    where = Where("book = $1")
    where.add("state = ?", asked.state)
    where.add("core = ?", asked.core)
    where.add("holder = ?", asked.holder)
    where.add("root = ?", asked.root)
    where.add("matures_on <= ?", asked.matures_until)
    if asked.maturing is not None:
        soon = (await book_figures(reader, book)).today + timedelta(days=MATURING_DAYS)
        where.add(f"state IN {_PAYABLE} AND matures_on <= ?" if asked.maturing else "matures_on > ?", soon)
    return await _VOUCHERS.page(reader, book, where, order)


async def member(reader: Reader, book: int, identity: str) -> ChainMember:
    """A member; NotFound ``chain_member.not_found``."""
    return await one(reader, book, ChainMember, identity)


async def members_of(reader: Reader, book: int, core: str) -> list[ChainMember]:
    """The suppliers of a core company's chain, by tier."""
    found = await some(reader, book, ChainMember, "core", core)
    return sorted(found, key=lambda each: (each.tier, each.id))


async def members_for(reader: Reader, book: int, party: str) -> list[ChainMember]:
    """What a customer acts for: its own memberships, and those of organisations that it represents by law."""
    sql = (
        "SELECT m.id FROM chain_member m JOIN party p ON p.book = $1 AND p.id = m.party "
        "WHERE m.book = $1 AND (m.party = $2 OR p.representative = $2) AND p.state = 'active' "
        f"ORDER BY m.id LIMIT {DUE_MAX}"
    )
    return await by_keys(reader, book, ChainMember, [row[0] for row in await reader.rows(sql, book, party)])


async def of_members(reader: Reader, book: int, members: list[str]) -> list[Voucher]:
    """Vouchers that members hold, accept or pay, those first that mature first; of very many the first."""
    sql = (
        "SELECT id FROM voucher WHERE book = $1 AND (holder = ANY($2) OR core = ANY($2)) "
        f"AND state NOT IN ('split', 'declined') ORDER BY matures_on, id LIMIT {DUE_MAX}"
    )
    found = [row[0] for row in await reader.rows(sql, book, members)] if members else []
    return await by_keys(reader, book, Voucher, found)


async def of_transfers(reader: Reader, book: int, transfers: list[int]) -> list[tuple[int, str]]:
    """Which transfers of the ledger paid a voucher's holder, and of which voucher."""
    sql = "SELECT transfer, voucher FROM voucher_move WHERE book = $1 AND transfer = ANY($2::bigint[])"
    return [(row[0], row[1]) for row in await reader.rows(sql, book, transfers)] if transfers else []


async def names(reader: Reader, book: int, identities: Iterable[str | None]) -> dict[str, str]:
    """The masked names of members by their ids."""
    wanted = sorted({each for each in identities if each is not None})
    found = await by_keys(reader, book, ChainMember, wanted)
    masks = await parties.names(reader, book, [each.party for each in found])
    return {each.id: masks.get(each.party, each.party) for each in found}


async def voucher(reader: Reader, book: int, identity: str) -> Voucher:
    """A voucher; NotFound ``voucher.not_found``."""
    return await one(reader, book, Voucher, identity)


async def whole(reader: Reader, book: int, identity: str) -> VoucherWhole:
    """A voucher with all that belongs to it; NotFound ``voucher.not_found``."""
    found = await voucher(reader, book, identity)
    code, _, number = found.invoice.rpartition("/")
    invoices = await some(reader, book, VoucherInvoice, "number", number)
    family = await tree(reader, book, found.root)
    offered = None
    if found.is_held and found.matures_on > (await book_figures(reader, book)).today:
        offered = await offer(reader, book, found, found.face)
    return VoucherWhole(
        found,
        next(invoice for invoice in invoices if invoice.code == code),
        await financing(reader, book, identity),
        offered,
        family,
        await moves(reader, book, found, family),
    )


async def moves(reader: Reader, book: int, found: Voucher, family: Iterable[Voucher]) -> list[VoucherMove]:
    """What was done to a voucher and to those that it is a part of, the newest first."""
    line = [each.id for each in family if f"{found.number}-".startswith(f"{each.number}-")]
    done = [move for each in line for move in await some(reader, book, VoucherMove, "voucher", each)]
    return sorted(done, key=lambda move: (move.at, line.index(move.voucher), move.number), reverse=True)


async def tree(reader: Reader, book: int, root: str) -> list[Voucher]:
    """A voucher that was issued and all its parts, each behind the one that it is a part of."""
    found = await some(reader, book, Voucher, "root", root, TREE_MAX)
    return sorted(found, key=lambda each: [int(place) for place in each.number.split("-")])


async def financing(reader: Reader, book: int, identity: str) -> VoucherFinancing | None:
    """What was advanced on a voucher, where something was."""
    return next(iter(await some(reader, book, VoucherFinancing, "voucher", identity)), None)


async def quoted(reader: Reader, book: int, identity: str, amount: int | None = None) -> Quote:
    """What financing a voucher, or a part of it, comes to today. Rejects as ``FinanceVoucher``."""
    found = await voucher(reader, book, identity)
    if not found.is_held:
        raise Rejection("voucher.state", voucher=found.id, state=found.state.value)
    if amount is not None and amount > found.face:
        raise Rejection("voucher.too_much", face=found.face, amount=amount, asset="CNY", field="amount")
    if found.matures_on <= (await book_figures(reader, book)).today:
        raise Rejection("voucher.matured", matures_on=found.matures_on.isoformat())
    return await offer(reader, book, found, amount or found.face)


async def offer(reader: Reader, book: int, found: Voucher, face: int) -> Quote:
    """What financing a part of a voucher comes to today."""
    core = await member(reader, book, found.core)
    facility = await facilities.facility(reader, book, core.facility or "")
    part = facility.part_of(core.product or "")
    today = (await book_figures(reader, book)).today
    return quote(face, core.advance_bps, 0 if part is None else part.rate_ppm, today, found.matures_on)


async def due(reader: Reader, book: int, today: date, most: int = DUE_MAX) -> list[str]:
    """Vouchers that have matured: by core company, those that the bank has financed first."""
    sql = (
        f"SELECT id FROM voucher WHERE book = $1 AND matures_on <= $2 AND state IN {_PAYABLE} "
        "ORDER BY core, state <> 'financed', matures_on, id LIMIT $3"
    )
    return [row[0] for row in await reader.rows(sql, book, today, most)]


async def accruing(reader: Reader, book: int, today: date, most: int = DUE_MAX) -> list[str]:
    """Financings whose discount is not earned up to a day."""
    sql = (
        "SELECT voucher FROM voucher_financing WHERE book = $1 AND accrued_to < $2 AND open "
        "ORDER BY accrued_to, voucher LIMIT $3"
    )
    return [row[0] for row in await reader.rows(sql, book, today, most)]


async def count_due(reader: Reader, book: int, today: date) -> int:
    """How many vouchers have matured and are not paid."""
    sql = f"SELECT count(*) FROM voucher WHERE book = $1 AND matures_on <= $2 AND state IN {_PAYABLE}"
    return (await reader.rows(sql, book, today))[0][0]


async def count_in(reader: Reader, book: int, state: VoucherState, most: int) -> int:
    """How many vouchers are in a state, up to ``most``."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM voucher WHERE book = $1 AND state = $2 LIMIT $3) AS found"
    return (await reader.rows(sql, book, state.value, most))[0][0]


async def debts(reader: Reader, book: int, core: str | None = None) -> list[Debt]:
    """What core companies owe, and to whom: of a financed voucher the advance is the bank's."""
    sql = (
        "SELECT v.core, side.holder, sum(side.amount)::bigint, "
        "coalesce(sum(side.amount) FILTER (WHERE v.state = 'defaulted'), 0)::bigint, count(*) "
        "FROM voucher v LEFT JOIN voucher_financing f ON f.book = $1 AND f.voucher = v.id "
        "AND (f.open OR f.loan IS NOT NULL) LEFT JOIN loan l ON l.book = $1 AND l.id = f.loan "
        "CROSS JOIN LATERAL (VALUES (v.holder, v.face - coalesce(f.advance, 0)), "
        "(NULL, coalesce(l.outstanding + l.claim_principal, f.advance, 0))) "
        "AS side (holder, amount) WHERE v.book = $1 AND side.amount > 0 "
        "AND v.state IN ('accepted', 'transferred', 'financed', 'frozen', 'defaulted') "
        "AND ($2::text IS NULL OR v.core = $2) GROUP BY v.core, side.holder ORDER BY 3 DESC, 1, 2 LIMIT 200"
    )
    return [Debt(*row) for row in await reader.rows(sql, book, core)]


async def flows(reader: Reader, book: int, core: str) -> list[tuple[str, str, int]]:
    """How much was transferred from which supplier to which one further down the chain, by living vouchers."""
    sql = (
        "SELECT m.source, m.target, sum(m.amount)::bigint FROM voucher_move m "
        "JOIN voucher v ON v.book = $1 AND v.id = m.root "
        "JOIN chain_member s ON s.book = $1 AND s.id = m.source JOIN chain_member t ON t.book = $1 AND t.id = m.target "
        "WHERE m.book = $1 AND v.core = $2 AND m.kind = 'transferred' AND s.tier < t.tier "
        "GROUP BY m.source, m.target ORDER BY 3 DESC, 1, 2 LIMIT 200"
    )
    return [(row[0], row[1], row[2]) for row in await reader.rows(sql, book, core)]


async def rows(reader: Reader, book: int, found: Iterable[Voucher]) -> list[dict[str, Any]]:
    """Vouchers as rows of a table, with the masked names of core company and holder."""
    listed = list(found)
    masks = await names(reader, book, [each for row in listed for each in (row.core, row.holder)])
    return [
        {
            **msgspec.structs.asdict(row),
            "asset": "CNY",
            "core_name": masks.get(row.core, row.core),
            "holder_name": masks.get(row.holder, row.holder),
        }
        for row in listed
    ]
