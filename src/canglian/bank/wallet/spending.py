"""Money of a wallet that goes to an account which a room above keeps, such as a merchant's, and comes from there.

``spend`` asks all that ``pay`` asks of the payer: state, family, bounds of a sub-wallet, limits. The other side has
asked its own rules. ``give_back`` is its way back, whole or in part: what was counted on the day is given back, and
what comes back may not fill the wallet beyond its cap. ``reserve`` asks the same and moves the money later, in parts.
``receive`` pays a wallet what it is owed there.
"""

from datetime import date

from canglian.bank import limit
from canglian.bank.deposit import DepositAccount, move, moving
from canglian.bank.wallet import limits
from canglian.bank.wallet.limits import Counterparty, Direction
from canglian.bank.wallet.model import Wallet, WalletKind, WalletState
from canglian.bank.wallet.moving import free_bounds, keep_to_bounds
from canglian.bank.wallet.rules import refuse_stopped_in, refuse_stopped_out
from canglian.kernel.command import Read
from canglian.ledger.book import Book, Release
from canglian.ledger.model import Account, Balance, Hold, Transfer

_MERCHANT = Counterparty.MERCHANT
_ACTIVE = WalletState.ACTIVE


def spend(
    book: Book,
    wallet: Wallet,
    account: int,
    amount: int,
    *,
    code: str,
    channel: str,
    payees: tuple[str | None, ...] = (),
    reference: str | None = None,
    release: Release | None = None,
) -> Transfer:
    """Move money from a wallet to an account of the ledger, counted as a payment to a merchant.

    ``payees`` are the wallets that the payee is known by, for a sub-wallet that pays one alone. Rejects ``wallet.*``,
    ``limit.exceeded`` and what the ledger and deposit accounts reject.
    """
    _ask(book, wallet, amount, channel, payees)
    if wallet.kind is WalletKind.EWALLET and wallet.deposit is not None:
        return move(
            book,
            payer=wallet.deposit,
            payee=account,
            amount=amount,
            code=code,
            channel=channel,
            counterparty=moving.Counterparty.MERCHANT,
            reference=reference,
            release=release,
        )
    return book.transfer(wallet.account, account, amount, code, reference=reference, release=release)


def reserve(
    book: Book,
    wallet: Wallet,
    account: int,
    amount: int,
    *,
    code: str,
    channel: str,
    payees: tuple[str | None, ...] = (),
    reference: str | None = None,
) -> Hold:
    """Set money of a wallet aside for an account, with all that ``spend`` asks and counts made now.

    Whoever captures it takes it with ``capture``; what is not captured is let go with ``release``.
    """
    _ask(book, wallet, amount, channel, payees)
    if wallet.kind is WalletKind.EWALLET and wallet.deposit is not None:
        return moving.reserve(
            book,
            book.get(DepositAccount, wallet.deposit),
            moving.Direction.OUT,
            account,
            amount,
            code=code,
            channel=channel,
            counterparty=moving.Counterparty.MERCHANT,
            reference=reference,
        )
    return book.hold(wallet.account, account, amount, code, reference=reference)


def capture(book: Book, wallet: Wallet, hold: int, amount: int, *, reference: str | None = None) -> Transfer:
    """Take part of what was set aside, though the wallet or its account were stopped since then."""
    return moving.though_frozen(book, wallet.account, lambda: book.capture(hold, amount, reference=reference))


def release(book: Book, wallet: Wallet, hold: int, *, channel: str, on: date) -> int:
    """Let go of what is still set aside, and give back what was counted for it on ``on``; how much it was."""
    held = book.get(Hold, hold)
    left = held.remaining
    whole = not held.captured
    book.release(hold)
    limits.give_back(book, wallet, Direction.OUT, channel, _MERCHANT, left, on, whole=whole)
    free_bounds(book, wallet, left, on)
    if wallet.kind is WalletKind.EWALLET and wallet.deposit is not None:
        deposit = book.get(DepositAccount, wallet.deposit)
        side = moving.Counterparty.MERCHANT
        moving.give_back(book, deposit, moving.Direction.OUT, channel, side, left, on, whole=whole)
    return left


def give_back(
    book: Book,
    wallet: Wallet,
    account: int,
    amount: int,
    *,
    code: str,
    channel: str,
    on: date,
    whole: bool,
    reference: str | None = None,
    release: Release | None = None,
) -> Transfer:
    """Move ``amount`` of what was spent on ``on`` back into the wallet, and give back what was counted for it.

    ``channel`` is that of the payment. Rejects ``wallet.closed``, ``wallet.locked_whole`` and ``limit.exceeded``.
    """
    refuse_stopped_in(book, wallet)
    limits.give_back(book, wallet, Direction.OUT, channel, _MERCHANT, amount, on, whole=whole)
    book.preview(lambda _: limits.count(book, wallet, Direction.IN, channel, _MERCHANT, amount))
    free_bounds(book, wallet, amount, on)
    if wallet.kind is not WalletKind.EWALLET or wallet.deposit is None:
        return book.transfer(account, wallet.account, amount, code, reference=reference, release=release)
    deposit = book.get(DepositAccount, wallet.deposit)
    side = moving.Counterparty.MERCHANT
    moving.give_back(book, deposit, moving.Direction.OUT, channel, side, amount, on, whole=whole)
    return move(
        book,
        payer=account,
        payee=deposit.id,
        amount=amount,
        code=code,
        channel=channel,
        counterparty=moving.Counterparty.BANK,
        reference=reference,
        release=release,
    )


def receive(
    book: Book, wallet: Wallet, account: int, amount: int, *, code: str, channel: str, reference: str | None = None
) -> Transfer:
    """Move money from such an account into a wallet, which it had not paid there before: a merchant is paid out.

    Rejects ``wallet.closed``, ``wallet.locked_whole``, ``limit.exceeded`` and what deposit accounts reject.
    """
    if wallet.state is not _ACTIVE:
        refuse_stopped_in(book, wallet)
    limits.count(book, wallet, Direction.IN, channel, _MERCHANT, amount)
    if wallet.kind is not WalletKind.EWALLET or wallet.deposit is None:
        return book.transfer(account, wallet.account, amount, code, reference=reference)
    return move(
        book,
        payer=account,
        payee=wallet.deposit,
        amount=amount,
        code=code,
        channel=channel,
        counterparty=moving.Counterparty.BANK,
        reference=reference,
    )


def _ask(book: Book, wallet: Wallet, amount: int, channel: str, payees: tuple[str | None, ...]) -> None:
    """Refuse what a wallet may not pay; count what it may."""
    if wallet.state is not _ACTIVE:
        refuse_stopped_out(book, wallet)
    if wallet.parent is not None:
        refuse_stopped_out(book, book.get(Wallet, wallet.parent))
        keep_to_bounds(book, wallet, payees, amount)
    limits.count(book, wallet, Direction.OUT, channel, _MERCHANT, amount)


def spendable(book: Book, wallet: Wallet) -> int:
    """What a wallet has that no hold reserves."""
    balance = book.get(Balance, wallet.account)
    return max(0, balance.credits - balance.debits - balance.debits_held)


def reads(wallet: Wallet) -> list[Read]:
    """What ``spend`` will read."""
    found: list[Read] = [*limits.reads(wallet), (Account, wallet.account), (Balance, wallet.account)]
    if wallet.kind is WalletKind.EWALLET and wallet.deposit is not None:
        found.append((DepositAccount, wallet.deposit))
        found += limit.reads(moving.subject_of(wallet.deposit), wallet.party)
    return found
