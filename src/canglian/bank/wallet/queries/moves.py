"""What moved between wallets, by codes and by exchange; and what happened to a wallet."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.bank.wallet.model import CodeKind, MoveKind, WalletCode, WalletExchange, WalletReversal, WalletTransfer
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_number, by_text
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

    id: Annotated[str, doc("Its number or id.")]
    payer: Annotated[str, doc("The wallet that pays.")]
    payee: Annotated[str, doc("The wallet that is paid.")]
    amount: Annotated[int, doc("In the minor unit of the asset (fen for CNY).")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    kind: Annotated[
        MoveKind,
        doc("How it came about: `transfer`, `pay_code`, `collect_code`, `sub_wallet` or `reversal`."),
    ]
    channel: Annotated[str, doc("Where it was asked for.")]
    counted: Annotated[bool, doc("Whether it was counted against limits; money within a family of sub-wallets is not.")]
    transfer: Annotated[int, doc("The number of the transfer in the ledger.")]
    on: Annotated[date, doc("The business date.")]
    at: Annotated[datetime, doc("When.")]
    by: Annotated[str, doc("Who asked for it.")]
    code: Annotated[str | None, doc("The id of the code by which it was made, or null.")]
    reference: Annotated[str | None, doc("Your own number for it, such as an order's.")]
    note: Annotated[str | None, doc("A remark; it must hold no personal number.")]
    reverses: Annotated[str | None, doc("The transfer between wallets that it undoes, or null.")]
    reversed_by: Annotated[str | None, doc("The transfer between wallets that undid it, or null.")]


class CodeView(msgspec.Struct, frozen=True):
    """A code without its digits."""

    id: Annotated[str, doc("Its number or id.")]
    kind: Annotated[CodeKind, doc("`collect` to be paid, `pay` to pay.")]
    wallet: Annotated[str, doc("The wallet's id.")]
    amount: Annotated[int | None, doc("What is collected, or the most that may be taken; null leaves it open.")]
    note: Annotated[str | None, doc("A remark; it must hold no personal number.")]
    issued_at: Annotated[datetime, doc("When it was shown.")]
    issued_by: Annotated[str, doc("Who showed it.")]
    expires_at: Annotated[datetime, doc("When it ends by itself; null for never.")]
    used_at: Annotated[datetime | None, doc("When it was used, or null.")]
    transfer: Annotated[str | None, doc("The transfer between wallets that it made, or null.")]


_TRANSFERS = listing(WalletTransfer, by_text("id"), amount=by_number("amount"))


def view(moved: WalletTransfer, reversed_by: str | None = None) -> MoveView:
    """A transfer as it is shown."""
    return MoveView(**msgspec.structs.asdict(moved), reversed_by=reversed_by)


PAYEES_OF = 100
"""Among how many of the last transfers of a wallet its payees are looked for."""


async def recent_payees(reader: Reader, book: int, payer: str, most: int) -> list[str]:
    """The wallets that a wallet paid last, the latest first; not its own family's sub-wallets' movements."""
    sql = (
        "SELECT payee FROM (SELECT payee, id FROM wallet_transfer "
        f"WHERE book = $1 AND payer = $2 AND kind = '{MoveKind.TRANSFER.value}' ORDER BY id DESC LIMIT {PAYEES_OF}) t "
        f"GROUP BY payee ORDER BY max(id) DESC LIMIT {most}"
    )
    return [row[0] for row in await reader.rows(sql, book, payer)]


async def by_ledger(reader: Reader, book: int, transfers: list[int]) -> dict[int, WalletTransfer]:
    """What movements of the ledger were between wallets, by their numbers; those that were not are left out."""
    form = shape(WalletTransfer)
    sql = f"SELECT {', '.join(form.names)} FROM wallet_transfer WHERE book = $1 AND transfer = ANY($2::bigint[])"
    return {moved.transfer: moved for moved in map(form.make, await reader.rows(sql, book, transfers))}


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
