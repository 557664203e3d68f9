"""Movements of wallets as the limits count them: whose money moves, of which product, to or from whom.

A wallet and its sub-wallets are one subject: their sums stay under the caps of the parent.
"""

from datetime import date

from canglian.bank import limit
from canglian.bank.limit import Counterparty, Direction, Movement
from canglian.bank.wallet.model import Wallet, WalletKind
from canglian.kernel.command import Read
from canglian.ledger.book import Book
from canglian.ledger.model import Balance

_CORPORATE = WalletKind.ECNY_CORPORATE
_IN = Direction.IN


def between(wallet: Wallet, other: Wallet) -> Counterparty:
    """What the holder of the other wallet is to that of the first."""
    if wallet.party is not None and wallet.party == other.party:
        return Counterparty.OWN
    return Counterparty.MERCHANT if other.kind is _CORPORATE else Counterparty.UNBOUND


def subject_of(wallet: str) -> str:
    """The subject of a wallet that is no sub-wallet."""
    return f"wallet:{wallet}"


def movement(
    wallet: Wallet,
    direction: Direction,
    channel: str,
    counterparty: Counterparty,
    amount: int,
    balance_after: int | None = None,
) -> Movement:
    """A movement of a wallet for the limit rules."""
    return Movement(
        f"wallet:{wallet.parent or wallet.id}",
        wallet.party,
        wallet.product,
        wallet.level,
        channel,
        direction,
        counterparty,
        wallet.asset,
        amount,
        balance_after,
    )


def count(
    book: Book, wallet: Wallet, direction: Direction, channel: str, counterparty: Counterparty, amount: int
) -> None:
    """Count a movement against the limits and caps of a wallet. Rejects ``limit.exceeded``."""
    after = _held(book, wallet) + amount if direction is _IN else None
    limit.count(book, movement(wallet, direction, channel, counterparty, amount, after))


def give_back(
    book: Book,
    wallet: Wallet,
    direction: Direction,
    channel: str,
    counterparty: Counterparty,
    amount: int,
    on: date,
    *,
    whole: bool = True,
) -> None:
    """Undo a count of a business date; of a part of it where it is not ``whole``: then the movement itself stays."""
    limit.give_back(book, movement(wallet, direction, channel, counterparty, amount), on, whole=whole)


def reads(wallet: Wallet) -> list[Read]:
    """What counting a movement of a wallet will read."""
    return limit.reads(subject_of(wallet.family), wallet.party)


def _held(book: Book, wallet: Wallet) -> int:
    """What a wallet has, together with its family."""
    balance = book.get(Balance, wallet.account)
    held = balance.credits - balance.debits
    if wallet.parent is None and not wallet.sub_wallets:
        return held
    family = [*book.find(Wallet, "parent", wallet.family), book.get(Wallet, wallet.family)]
    for other in family:
        if other.id != wallet.id:
            balance = book.get(Balance, other.account)
            held += balance.credits - balance.debits
    return held


__all__ = ["Counterparty", "Direction", "between", "count", "give_back", "movement", "reads", "subject_of"]
