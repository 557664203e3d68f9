"""What giving back and paying out of many grants will read, gathered once something of it is missing."""

from collections.abc import Iterable

from canglian.bank.deposit import DepositAccount
from canglian.bank.limit.model import RULES
from canglian.bank.limit.rules import VERSIONS
from canglian.bank.purpose.model import PurposeContract, PurposeGrant
from canglian.bank.wallet import Wallet, spending
from canglian.kernel.book import Book, FindKey
from canglian.kernel.command import Read
from canglian.kernel.entity import E
from canglian.ledger.model import Account, Balance


def require_endings(book: Book, contracts: Iterable[str], grants: Iterable[str] = ()) -> None:
    """Have loaded what the end of contracts and of grants reads: who is paid, from which account, within which limits.

    ``contracts`` bring the grant of their card, and grants that of their bonus, with what it was given from.
    """
    ahead = _Ahead(book)
    for contract in contracts:
        ahead.contract(contract)
    for grant in grants:
        ahead.grant(grant)
    book.require(ahead.reads, ahead.finds)


class _Ahead:
    def __init__(self, book: Book) -> None:
        self._book = book
        self._seen: set[str] = set()
        self.reads: list[Read] = []
        self.finds: list[FindKey] = [VERSIONS.search(RULES)]

    def contract(self, identity: str) -> None:
        known = self._read(PurposeContract, identity)
        if known is not None:
            self._account(known.account)
            self._wallet(known.payer)
            if known.card is not None:
                self.grant(known.card)

    def grant(self, identity: str) -> None:
        known = self._read(PurposeGrant, identity)
        if known is not None:
            self._wallet(known.holder)
            if known.bonus is not None:
                bonus = self._read(PurposeGrant, known.bonus)
                if bonus is not None:
                    self.contract(bonus.contract)

    def _wallet(self, identity: str) -> None:
        known = self._read(Wallet, identity)
        if known is None:
            return
        self.reads += spending.reads(known)
        if known.parent is not None or known.sub_wallets:
            self.finds.append((Wallet, "parent", known.family))
            self.reads.append((Wallet, known.family))
        if known.deposit is not None:
            deposit = self._read(DepositAccount, known.deposit)
            if deposit is not None:
                self._account(deposit.account)

    def _account(self, number: int) -> None:
        self.reads += ((Account, number), (Balance, number))

    def _read(self, kind: type[E], identity: str) -> E | None:
        """What is known of a thing by now, the first time that it is asked for."""
        if identity in self._seen:
            return None
        self._seen.add(identity)
        self.reads.append((kind, identity))
        known: E | None = self._book.tables[kind].get(identity)
        return known
