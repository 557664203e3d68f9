"""The one way in which money goes from wallet to wallet: ``pay``.

It asks in this order: is it one kind of money; may the payer pay; does a sub-wallet keep to its own bounds; do the
payer's limits leave room; may the payee receive, and do the payee's limits leave room. Away from the counter nothing is
told of another's wallet: ``payee.cannot_receive``. Money that moves within a family (a parent and its sub-wallets)
stays under the same caps and is not counted.
"""

from collections.abc import Callable
from datetime import date

from canglian.bank import limit
from canglian.bank.deposit import DepositAccount, move, moving
from canglian.bank.deposit.moving import hide_payee
from canglian.bank.deposit.rules import require_active_account
from canglian.bank.limit import Counterparty
from canglian.bank.wallet.limits import Direction, between, count, give_back, reads
from canglian.bank.wallet.model import (
    MoveKind,
    SubWalletDay,
    Wallet,
    WalletKind,
    WalletPin,
    WalletReversal,
    WalletState,
    WalletTransfer,
)
from canglian.bank.wallet.rules import WITH_PIN, refuse_stopped_in, refuse_stopped_out
from canglian.kernel.book import Missing
from canglian.kernel.command import Read
from canglian.kernel.errors import Rejection
from canglian.ledger.book import Book
from canglian.ledger.commands import ReverseTransfer
from canglian.ledger.keeping import keep
from canglian.ledger.model import Account, Balance, Transfer

_ACTIVE = WalletState.ACTIVE
_EWALLET = WalletKind.EWALLET

_OF_TAKER = (
    "payee.cannot_receive",
    "wallet.same",
    "wallet.asset_unlike",
    "merchant.asset",
    "payment.sources_twice",
)
"""Refusals of a payment by code that are about whoever takes the money."""

keep("wal_")


def pay(
    book: Book,
    payer: Wallet,
    payee: Wallet,
    amount: int,
    *,
    channel: str,
    kind: MoveKind = MoveKind.TRANSFER,
    code: str | None = None,
    reference: str | None = None,
    note: str | None = None,
) -> WalletTransfer:
    """Move money from one wallet to another.

    ``code`` is the id of the code that was shown. Rejects ``wallet.*``, ``limit.exceeded``, ``payee.cannot_receive``
    and what the ledger and deposit accounts reject. Whether the PIN was looked at is asked by ``refuse_without_pin``.
    """
    if payer.id == payee.id:
        book.reject("wallet.same", wallet=payer.id)
    if payer.asset != payee.asset:
        book.reject("wallet.asset_unlike", wallet=payee.id, holds=payee.asset, asked=payer.asset)
    refuse_family_stopped(book, payer, refuse_stopped_out)
    within = payer.family == payee.family
    if within:
        kind = MoveKind.SUB_WALLET if kind is MoveKind.TRANSFER else kind
    elif payer.parent is not None:
        keep_to_bounds(book, payer, (payee.id, payee.parent), amount)
    try:
        moved = _moved(book, payer, payee, amount, f"wallet.{kind.value}", channel, reference, counted=not within)
    except Missing:
        _require_all(book, payer, payee)
        raise
    identity = book.new_id("wtr")
    book.emit(
        "wallet.transferred",
        f"wallet_transfer:{identity}",
        wallet_transfer=identity,
        payer=payer.id,
        payee=payee.id,
        amount=amount,
        asset=payer.asset,
    )
    return book.add(
        WalletTransfer(
            identity,
            payer.id,
            payee.id,
            amount,
            payer.asset,
            kind,
            channel,
            not within,
            moved.id,
            book.today,
            book.now,
            book.actor,
            code,
            reference,
            note,
        )
    )


def refuse_payer(book: Book, payer: Wallet, amount: int, channel: str) -> None:
    """Refuse what a wallet may not pay to another's, whoever that is, in the order of ``pay``; counts what it may.

    Rejects ``wallet.*``, ``deposit_account.*``, ``limit.exceeded`` and ``transfer.insufficient_funds``.
    """
    refuse_family_stopped(book, payer, refuse_stopped_out)
    if payer.parent is not None:
        keep_to_bounds(book, payer, (), amount)
    count(book, payer, Direction.OUT, channel, Counterparty.UNBOUND, amount)
    _refuse_deposit(book, payer, amount, channel)
    book.require_funds(payer.account, amount)


def undo(book: Book, first: WalletTransfer, reason: str) -> WalletTransfer:
    """Move the money of a transfer back, and give back what was counted for it on its day.

    What comes back may fill the payer beyond its cap since then: ``limit.exceeded``.
    """
    payer, payee = book.get(Wallet, first.payer), book.get(Wallet, first.payee)
    if first.counted:
        _give_back(book, first, payer, payee)
        returned = between(payer, payee)
        book.preview(lambda _: count(book, payer, Direction.IN, first.channel, returned, first.amount))
        free_bounds(book, payer, first.amount, first.on)
    back = ReverseTransfer(transfer=first.transfer, reason=reason).decide(book)
    identity = book.new_id("wtr")
    book.add(WalletReversal(first.id, identity))
    book.emit(
        "wallet.transfer_reversed",
        f"wallet_transfer:{first.id}",
        wallet_transfer=first.id,
        reversed_by=identity,
        reason=reason,
    )
    return book.add(
        WalletTransfer(
            identity,
            first.payee,
            first.payer,
            first.amount,
            first.asset,
            MoveKind.REVERSAL,
            first.channel,
            False,
            back.id,
            book.today,
            book.now,
            book.actor,
            note=reason,
            reverses=first.id,
        )
    )


def refuse_without_pin(book: Book, wallet: Wallet, channel: str, pin: int | None) -> None:
    """Refuse what its holder has to give the PIN for. ``pin`` is the version of the PIN that was looked at.

    Rejects ``wallet_pin.not_set``, ``.needed``, ``.locked`` and ``.changed``.
    """
    if channel not in WITH_PIN:
        return
    stored = book.maybe(WalletPin, wallet.family)
    if stored is None or stored.digest is None:
        book.reject("wallet_pin.not_set", wallet=wallet.family)
    if pin is None:
        book.reject("wallet_pin.needed", wallet=wallet.family, field="pin")
    if stored.locked:
        refuse_locked(book, stored)
    if stored.version != pin:
        book.reject("wallet_pin.changed", field="pin")


def refuse_locked(book: Book, pin: WalletPin) -> None:
    """Rejects ``wallet_pin.locked`` while a PIN is locked."""
    if pin.is_locked(book.now):
        until = "—" if pin.locked_until is None else pin.locked_until.isoformat(timespec="seconds")
        book.reject("wallet_pin.locked", wallet=pin.wallet, until=until, field="pin")


def balance_of(book: Book, wallet: Wallet) -> int:
    """What a wallet has."""
    balance = book.get(Balance, wallet.account)
    return balance.credits - balance.debits


def _give_back(book: Book, first: WalletTransfer, payer: Wallet, payee: Wallet) -> None:
    """Give back what was counted for a transfer, of e-wallets on their deposit accounts too."""
    channel, amount, on = first.channel, first.amount, first.on
    give_back(book, payer, Direction.OUT, channel, between(payer, payee), amount, on)
    give_back(book, payee, Direction.IN, channel, between(payee, payer), amount, on)
    if payer.kind is _EWALLET and payer.deposit is not None and payee.deposit is not None:
        source, target = book.get(DepositAccount, payer.deposit), book.get(DepositAccount, payee.deposit)
        own = source.party is not None and source.party == target.party
        side = moving.Counterparty.OWN if own else moving.Counterparty.UNBOUND
        moving.give_back(book, source, moving.Direction.OUT, channel, side, amount, on)
        moving.give_back(book, target, moving.Direction.IN, channel, side, amount, on)


def _moved(
    book: Book,
    payer: Wallet,
    payee: Wallet,
    amount: int,
    code: str,
    channel: str,
    reference: str | None,
    *,
    counted: bool,
) -> Transfer:
    """The transfer in the ledger, after the payer's limits and then the payee have been asked."""
    if counted:
        count(book, payer, Direction.OUT, channel, between(payer, payee), amount)
    is_hidden = counted and channel in WITH_PIN and between(payer, payee) is not Counterparty.OWN
    try:
        refuse_family_stopped(book, payee, refuse_stopped_in)
        if counted:
            count(book, payee, Direction.IN, channel, between(payee, payer), amount)
    except Rejection as refused:
        if is_hidden:
            book.preview(lambda _: _refuse_deposit(book, payer, amount, channel))
            hide_payee(book, refused, payer.account, amount)
        raise
    if payer.deposit is not None and payee.deposit is not None and payer.kind is _EWALLET and payee.kind is _EWALLET:
        return move(  # which hides the payee itself
            book,
            payer=payer.deposit,
            payee=payee.deposit,
            amount=amount,
            code=code,
            channel=channel,
            reference=reference,
        )
    try:
        return book.transfer(payer.account, payee.account, amount, code, reference=reference)
    except Rejection as refused:
        if is_hidden:
            hide_payee(book, refused, payer.account, amount)
        raise


def hide_payer(book: Book, refused: Rejection, channel: str) -> None:
    """Refuse neutrally for what stands at a payer whose code was scanned: whoever takes money learns nothing of them.

    Rejects ``payer.cannot_pay``; returns at the counter, and where it is the taker's own wallet that is refused.
    """
    if channel in WITH_PIN and refused.code not in _OF_TAKER:
        book.reject("payer.cannot_pay")


def _refuse_deposit(book: Book, payer: Wallet, amount: int, channel: str) -> None:
    """Refuse what the deposit account under an e-wallet may not pay, as ``move`` does."""
    if payer.kind is _EWALLET and payer.deposit is not None:
        source = require_active_account(book, payer.deposit)
        moving.refuse_stopped(book, source, Direction.OUT, channel, Counterparty.UNBOUND)
        moving.count(book, source, Direction.OUT, channel, Counterparty.UNBOUND, amount)


def _require_all(book: Book, payer: Wallet, payee: Wallet) -> None:
    """Something is missing: have all that the payment reads loaded in one round."""
    read: list[Read] = [*reads(payer), *reads(payee)]
    for wallet in (payer, payee):
        read += ((Account, wallet.account), (Balance, wallet.account))
        if wallet.kind is _EWALLET and wallet.deposit is not None:
            read.append((DepositAccount, wallet.deposit))
            read += limit.reads(f"deposit:{wallet.deposit}", None)
    book.require(read)


def free_bounds(book: Book, payer: Wallet, amount: int, on: date) -> None:
    """Give back what a sub-wallet paid on a business date, to its own bound of that day."""
    day = book.maybe(SubWalletDay, (payer.id, on)) if payer.parent is not None else None
    if day is not None:
        book.put(day.replace(paid=day.paid - amount))


def refuse_family_stopped(book: Book, wallet: Wallet, refuse: Callable[[Book, Wallet], None]) -> None:
    """Refuse for a wallet that stands still, or a sub-wallet with its parent."""
    if wallet.state is not _ACTIVE:
        refuse(book, wallet)
    if wallet.parent is not None:
        refuse(book, book.get(Wallet, wallet.parent))


def keep_to_bounds(book: Book, payer: Wallet, payees: tuple[str | None, ...], amount: int) -> None:
    """What a sub-wallet pays stays within its own bounds; the payee is known by any of these wallets.

    Rejects ``wallet.sub_*``.
    """
    if payer.merchant is not None and payer.merchant not in payees:
        book.reject("wallet.sub_merchant", wallet=payer.id, merchant=payer.merchant)
    if payer.single_max is not None and amount > payer.single_max:
        book.reject("wallet.sub_single", wallet=payer.id, ceiling=payer.single_max, amount=amount, asset=payer.asset)
    day = book.maybe(SubWalletDay, (payer.id, book.today))
    paid = 0 if day is None else day.paid
    if payer.day_max is not None and paid + amount > payer.day_max:
        book.reject(
            "wallet.sub_day",
            wallet=payer.id,
            available=max(0, payer.day_max - paid),
            amount=amount,
            renews_on=book.today.fromordinal(book.today.toordinal() + 1).isoformat(),
            asset=payer.asset,
        )
    if day is None:
        book.add(SubWalletDay(payer.id, book.today, amount))
    else:
        book.put(day.replace(paid=paid + amount))
