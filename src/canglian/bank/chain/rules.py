"""What every use case of vouchers shares: who signs, how a voucher changes, and what is noted of it."""

from datetime import date
from typing import NoReturn

from canglian.bank.chain.model import ChainMember, MoveKind, Voucher, VoucherMove, VoucherState
from canglian.bank.party import Party
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.bank.wallet.rules import WITH_PIN
from canglian.ledger.book import Book

DEPTH_MAX = 8
"""How many times in a row a voucher is split at most."""


def sign(book: Book, member: ChainMember, channel: str, wallet: str | None, pin: int | None) -> None:
    """Whoever asks away from the counter signs with the PIN of a wallet of the member or its representative.

    Rejects ``voucher.wallet_needed``, ``.wallet_other``, and what the PIN does.
    """
    if channel not in WITH_PIN:
        return
    if wallet is None:
        book.reject("voucher.wallet_needed", field="wallet")
    signing = book.get(Wallet, wallet)
    represents = signing.party == member.party or signing.party == book.get(Party, member.party).representative
    if signing.party is None or not represents:
        book.reject("voucher.wallet_other", wallet=signing.id, field="wallet")
    refuse_without_pin(book, signing, channel, pin)


def require_held(book: Book, identity: str) -> Voucher:
    """A voucher that its holder may split, transfer or finance. Rejects ``voucher.state`` and ``.matured``."""
    voucher = book.get(Voucher, identity)
    if not voucher.is_held:
        refuse_state(book, voucher)
    if voucher.matures_on <= book.today:
        book.reject("voucher.matured", matures_on=voucher.matures_on.isoformat())
    return voucher


def refuse_state(book: Book, voucher: Voucher) -> NoReturn:
    """Rejects ``voucher.state``."""
    book.reject("voucher.state", voucher=voucher.id, state=voucher.state.value)


def note(
    book: Book,
    voucher: Voucher,
    kind: MoveKind,
    amount: int,
    *,
    channel: str,
    source: str | None = None,
    target: str | None = None,
    transfer: int | None = None,
    why: str | None = None,
) -> Voucher:
    """Note what was done to a voucher, and tell of it; the voucher with one thing more that was done."""
    number = voucher.moves + 1
    book.add(
        VoucherMove(
            voucher=voucher.id,
            number=number,
            root=voucher.root,
            kind=kind,
            amount=amount,
            source=source,
            target=target,
            transfer=transfer,
            note=why,
            on=book.today,
            at=book.now,
            by=book.actor,
            channel=channel,
        )
    )
    book.emit(f"voucher.{kind.value}", f"voucher:{voucher.id}", voucher=voucher.id, amount=amount)
    return voucher.replace(moves=number, updated_at=book.now)


def cut(book: Book, voucher: Voucher, amounts: list[int], channel: str) -> list[Voucher]:
    """Split a voucher: its parts take its place, and what they come to is its face.

    Rejects ``voucher.parts_few``, ``.parts_sum`` and ``.deep``.
    """
    if len(amounts) < 2:
        book.reject("voucher.parts_few", field="parts")
    if sum(amounts) != voucher.face:
        book.reject("voucher.parts_sum", total=sum(amounts), face=voucher.face, asset="CNY", field="parts")
    if voucher.number.count("-") >= DEPTH_MAX:
        book.reject("voucher.deep", most=DEPTH_MAX)
    whole = note(book, voucher, MoveKind.SPLIT, voucher.face, channel=channel, source=voucher.holder)
    book.put(whole.replace(state=VoucherState.SPLIT, parts=len(amounts)))
    return [
        book.add(
            voucher.replace(
                id=book.new_id("vch"),
                number=f"{voucher.number}-{place}",
                parent=voucher.id,
                face=amount,
                moves=0,
                updated_at=book.now,
            )
        )
        for place, amount in enumerate(amounts, 1)
    ]


def part_of(book: Book, voucher: Voucher, amount: int | None, channel: str) -> Voucher:
    """The voucher itself, or a part of it over an amount that is split off. Rejects ``voucher.too_much``."""
    if amount is None or amount == voucher.face:
        return voucher
    if amount > voucher.face:
        book.reject("voucher.too_much", face=voucher.face, amount=amount, asset="CNY", field="amount")
    return cut(book, voucher, [amount, voucher.face - amount], channel)[0]


def add_months(day: date, months: int) -> date:
    """So many months later, on the last day of the month where there is no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
