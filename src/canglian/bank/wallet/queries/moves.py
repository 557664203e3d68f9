"""What moved between wallets, by codes and by exchange; and what happened to a wallet."""

from datetime import date, datetime

import msgspec

from canglian.bank.party.queries.reading import one, selected, some
from canglian.bank.wallet.model import CodeKind, MoveKind, WalletCode, WalletExchange, WalletReversal, WalletTransfer
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Listing, Order, Page, Where, by_number, by_text
from canglian.kernel.shape import shape


class TransferFilter(msgspec.Struct, frozen=True):
    """Which transfers; None means any. ``wallet`` is either side; dates are business dates, both included."""

    wallet: str | None = None
    payer: str | None = None
    payee: str | None = None
    kind: MoveKind | None = None
    asset: str | None = None
    reference: str | None = None
    first_date: date | None = None
    last_date: date | None = None
    least: int | None = None
    most: int | None = None


class MoveView(msgspec.Struct, frozen=True):
    """A transfer between wallets, with the one that undid it."""

    id: str
    payer: str
    payee: str
    amount: int
    asset: str
    kind: MoveKind
    channel: str
    counted: bool
    transfer: int
    on: date
    at: datetime
    by: str
    code: str | None
    reference: str | None
    note: str | None
    reverses: str | None
    reversed_by: str | None


class CodeView(msgspec.Struct, frozen=True):
    """A code without its digits."""

    id: str
    kind: CodeKind
    wallet: str
    amount: int | None
    note: str | None
    issued_at: datetime
    issued_by: str
    expires_at: datetime
    used_at: datetime | None
    transfer: str | None


_BY_ID = by_text("id")
_TRANSFERS: Listing[WalletTransfer] = Listing(
    selected(WalletTransfer),
    _BY_ID,
    {"id": _BY_ID, "amount": by_number("amount")},
    shape(WalletTransfer).make,
    "-id",
)


def view(moved: WalletTransfer, reversed_by: str | None = None) -> MoveView:
    """A transfer as it is shown."""
    return MoveView(**msgspec.structs.asdict(moved), reversed_by=reversed_by)


def code_view(code: WalletCode) -> CodeView:
    """A code as it is shown."""
    return CodeView(**{name: getattr(code, name) for name in CodeView.__struct_fields__})


async def transfers(reader: Reader, book: int, asked: TransferFilter, order: Order) -> Page[MoveView]:
    """A page of transfers, newest first."""
    where = Where("book = $1")
    where.add("(payer = ? OR payee = ?)", asked.wallet)
    where.add("payer = ?", asked.payer)
    where.add("payee = ?", asked.payee)
    where.add("kind = ?", asked.kind)
    where.add("asset = ?", asked.asset)
    where.add("reference = ?", asked.reference)
    where.add('"on" >= ?', asked.first_date)
    where.add('"on" <= ?', asked.last_date)
    where.add("amount >= ?", asked.least)
    where.add("amount <= ?", asked.most)
    page = await _TRANSFERS.page(reader, book, where, order)
    return Page(await _views(reader, book, page.items), page.next_cursor)


async def transfer(reader: Reader, book: int, identity: str) -> MoveView:
    """A transfer; NotFound ``wallet_transfer.not_found``."""
    return (await _views(reader, book, [await one(reader, book, WalletTransfer, identity)]))[0]


async def _views(reader: Reader, book: int, found: list[WalletTransfer]) -> list[MoveView]:
    form = shape(WalletReversal)
    sql = f"SELECT {', '.join(form.names)} FROM wallet_reversal WHERE book = $1 AND transfer = ANY($2::text[])"
    rows = await reader.rows(sql, book, [each.id for each in found])
    undone = {row[0]: row[1] for row in rows}
    return [view(each, undone.get(each.id)) for each in found]


async def exchanges_of(reader: Reader, book: int, wallet: str) -> list[WalletExchange]:
    """The exchanges of a wallet, newest first."""
    return await some(reader, book, WalletExchange, "wallet", wallet)
