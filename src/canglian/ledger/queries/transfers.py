"""Transfers."""

import enum
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from canglian.kernel.errors import NotFound
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Listing, Order, Page, Where, by_number
from canglian.kernel.shape import shape
from canglian.ledger.chart import EDGE
from canglian.ledger.model import Flag, Side, Transfer


class Flow(enum.StrEnum):
    """Money over the edge of the branch: from cash, the central bank, other banks and clearing, or to them."""

    IN = "in"
    OUT = "out"


class TransferFilter(msgspec.Struct, frozen=True):
    """Which transfers; None means any. ``account`` is either side; dates are business dates, both included."""

    account: int | None = None
    debit: int | None = None
    credit: int | None = None
    code: str | None = None
    asset: str | None = None
    reference: str | None = None
    group: int | None = None
    hold: int | None = None
    command: int | None = None
    reverses: int | None = None
    first_date: date | None = None
    last_date: date | None = None
    booked_since: datetime | None = None
    booked_until: datetime | None = None
    happened_since: datetime | None = None
    happened_until: datetime | None = None
    least: int | None = None
    most: int | None = None
    metadata: dict[str, str] | None = None
    flow: Flow | None = None


class TransferView(msgspec.Struct, frozen=True):
    """A transfer as it is shown. ``debit_balance`` and ``credit_balance`` are what each account had right after it, in
    the direction of its normal side: a customer's money is never negative."""

    id: Annotated[int, doc("Its number or id.")]
    debit: Annotated[int, doc("The account that is debited.")]
    credit: Annotated[int, doc("The account that is credited.")]
    amount: Annotated[int, doc("In the minor unit of the asset (fen for CNY).")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    code: Annotated[str, doc("What it is for.")]
    date: Annotated[date, doc("The business date.")]
    happened_at: Annotated[datetime, doc("When it happened, where that was before it is booked.")]
    booked_at: Annotated[datetime, doc("When it was committed.")]
    debit_balance: Annotated[
        int, doc("The balance of the debited account right after it, in the direction of its normal side.")
    ]
    credit_balance: Annotated[
        int, doc("The balance of the credited account right after it, in the direction of its normal side.")
    ]
    command: Annotated[int, doc("The number of the command that made it, in the command log.")]
    late: Annotated[bool, doc("Whether it happened before a transfer that was booked earlier, of either account.")]
    imported: Annotated[bool, doc("Whether it came in as history.")]
    balancing: Annotated[bool, doc("Move at most `amount`: as much of it as is available.")]
    released: Annotated[bool, doc("Whether it let money out of its purpose.")]
    group: Annotated[int | None, doc("The first transfer of the group that stands or falls together, or null.")]
    hold: Annotated[int | None, doc("The hold that it took from, or null.")]
    reverses: Annotated[int | None, doc("The transfer that it undoes, or null.")]
    reversed_by: Annotated[int | None, doc("The transfer that undid it, or null.")]
    reference: Annotated[str | None, doc("Your own number for it, such as an order's.")]
    metadata: Annotated[dict[str, str] | None, doc("Your own facts, text by name; lists can be filtered by them.")]


_COLUMNS = ", ".join(f"t.{name}" for name in shape(Transfer).names)
_REVERSED = "(SELECT r.reversed_by FROM reversal r WHERE r.book = $1 AND r.transfer = t.id)"
_SIDES = ", ".join(
    f"(SELECT a.normal_side FROM account a WHERE a.book = $1 AND a.id = t.{side})" for side in ("debit", "credit")
)
_VIEW = f"{_COLUMNS}, {_REVERSED}, {_SIDES} FROM transfer t"
_LATE = int(Flag.LATE_DEBIT | Flag.LATE_CREDIT)
_IMPORTED, _BALANCING, _RELEASE = int(Flag.IMPORTED), int(Flag.BALANCING), int(Flag.RELEASE)


def _make(row: Any) -> TransferView:
    *plain, reversed_by, debit_side, credit_side = row
    return view(Transfer(*plain), reversed_by, (Side(debit_side), Side(credit_side)))


def view(transfer: Transfer, reversed_by: int | None, sides: tuple[Side, Side]) -> TransferView:
    """A transfer as it is shown; ``sides`` are the normal sides of the accounts debited and credited."""
    flags, (debit_side, credit_side) = transfer.flags, sides
    return TransferView(
        id=transfer.id,
        debit=transfer.debit,
        credit=transfer.credit,
        amount=transfer.amount,
        asset=transfer.asset,
        code=transfer.code,
        date=transfer.date,
        happened_at=transfer.happened_at,
        booked_at=transfer.booked_at,
        debit_balance=signed(transfer.debit_balance, debit_side),
        credit_balance=signed(transfer.credit_balance, credit_side),
        command=transfer.command,
        late=bool(flags & _LATE),
        imported=bool(flags & _IMPORTED),
        balancing=bool(flags & _BALANCING),
        released=bool(flags & _RELEASE),
        group=transfer.group,
        hold=transfer.hold,
        reverses=transfer.reverses,
        reversed_by=reversed_by,
        reference=transfer.reference,
        metadata=transfer.metadata,
    )


def signed(net: int, side: Side) -> int:
    """Debits less credits as the balance of an account, in the direction of its normal side."""
    return net if side is Side.DEBIT else -net


async def readable(reader: Reader, book: int, payload: Any, result: Any) -> tuple[Any, str | None]:
    """A record of the command log as people read it: its result, and the asset of what was asked for.

    A transfer's balances are stored as debits less credits; they are shown as those of ``view``. What was asked for
    leaves its asset out: it is that of the account that is debited.
    """
    sides = [part[side] for part in (payload, result) if isinstance(part, dict) for side in _BOTH if side in part]
    numbers = [number for number in sides if type(number) is int]
    sql = "SELECT id, normal_side, asset FROM account WHERE book = $1 AND id = ANY($2::bigint[])"
    rows = await reader.rows(sql, book, numbers) if numbers else []
    known = {row["id"]: (Side(row["normal_side"]), row["asset"]) for row in rows}
    if isinstance(result, dict) and "debit_balance" in result:
        balances = {f"{side}_balance": signed(result[f"{side}_balance"], known[result[side]][0]) for side in _BOTH}
        result = {**result, **balances}
    debit = payload.get("debit") if isinstance(payload, dict) else None
    return result, known[debit][1] if debit in known else None


async def normal_sides(reader: Reader, book: int, numbers: Sequence[int]) -> dict[int, Side]:
    """The normal sides of accounts, by number."""
    sql = "SELECT id, normal_side FROM account WHERE book = $1 AND id = ANY($2::bigint[])"
    return {row[0]: Side(row[1]) for row in await reader.rows(sql, book, list(numbers))}


_BOTH = ("debit", "credit")
_BY_ID = by_number("t.id")
_FIELDS = {name.strip('"'): f"t.{name}" for name in shape(Transfer).names}
_TRANSFERS = Listing(_VIEW, _BY_ID, {"id": _BY_ID}, _make, "-id", fields=_FIELDS)


async def transfers(reader: Reader, book: int, asked: TransferFilter, order: Order) -> Page[TransferView]:
    """A page of transfers, newest first. Those of one account are read from its two indexes and merged."""
    if asked.account is None:
        return await _TRANSFERS.page(reader, book, _where(asked), order)
    where = _where(asked)
    number = where.parameter(asked.account)
    statement, sort = _TRANSFERS.sql(where, order)
    halves = [
        statement.replace("WHERE t.book = $1", f"WHERE t.book = $1 AND t.{side} = {number}", 1)
        for side in ("debit", "credit")
    ]
    way = "DESC" if sort.startswith("-") else "ASC"
    sql = f"({halves[0]}) UNION ALL ({halves[1]}) ORDER BY place {way} LIMIT {order.limit + 1}"
    rows = await reader.rows(sql, book, *where.arguments)
    return _TRANSFERS.cut(rows, sort, order.limit)


def _where(asked: TransferFilter) -> Where:
    where = Where("t.book = $1")
    where.add("t.debit = ?", asked.debit)
    where.add("t.credit = ?", asked.credit)
    where.add("t.code = ?", asked.code)
    where.add("t.asset = ?", asked.asset)
    where.add("t.reference = ?", asked.reference)
    where.add('t."group" = ?', asked.group)
    where.add("t.hold = ?", asked.hold)
    where.add("t.command = ?", asked.command)
    where.add("t.reverses = ?", asked.reverses)
    where.add("t.date >= ?", asked.first_date)
    where.add("t.date <= ?", asked.last_date)
    where.add("t.booked_at >= ?", asked.booked_since)
    where.add("t.booked_at <= ?", asked.booked_until)
    where.add("t.happened_at >= ?", asked.happened_since)
    where.add("t.happened_at <= ?", asked.happened_until)
    where.add("t.amount >= ?", asked.least)
    where.add("t.amount <= ?", asked.most)
    where.add("t.metadata @> ?::jsonb", asked.metadata)
    if asked.flow is not None:
        come, go = ("debit", "credit") if asked.flow is Flow.IN else ("credit", "debit")
        edge = "(SELECT a.id FROM account a WHERE a.book = $1 AND a.head = ANY(?))"
        where.add(f"t.{come} IN {edge}", list(EDGE))
        where.add(f"t.{go} NOT IN {edge}", list(EDGE))
    return where


async def transfer(reader: Reader, book: int, number: int) -> TransferView:
    """One transfer; NotFound ``transfer.not_found``."""
    found = await some(reader, book, {number})
    if not found:
        raise NotFound("transfer.not_found", transfer=number)
    return found[0]


async def some(reader: Reader, book: int, numbers: set[int]) -> list[TransferView]:
    """These transfers, by number."""
    sql = f"SELECT {_VIEW} WHERE t.book = $1 AND t.id = ANY($2::bigint[]) ORDER BY t.id"
    return [_make(row) for row in await reader.rows(sql, book, list(numbers))]
