"""Money for a purpose as a source of payments: a grant pays the merchants that its contract allows.

Whoever pays from it has agreed with the PIN of its holder's wallet. ``uses_of`` is the order of spending: money for a
purpose first, the most restricted before what expires earliest; the wallet's own money last.
"""

from collections.abc import Iterable
from typing import Final

from canglian.bank.payment.accounts import payable_account
from canglian.bank.payment.closing import on_close
from canglian.bank.payment.model import Merchant, Payment, PaymentLine, PaymentOrder, SourceUse
from canglian.bank.payment.rules import require_active_merchant
from canglian.bank.payment.sources import Capture, Held, Leg, Paying, register
from canglian.bank.purpose import Payee, PurposeContract, PurposeGrant, holding, spending
from canglian.bank.purpose.commands.prepaid import close_offers
from canglian.bank.purpose.payees import on_payee
from canglian.bank.wallet import Wallet, WalletPin
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.kernel.command import Read
from canglian.ledger.book import Book
from canglian.ledger.model import Account, Balance

KIND: Final = "purpose"
SOURCES_MAX: Final = 8
"""How many sources pay one order at most."""


def payee_of(merchant: Merchant, order: PaymentOrder) -> Payee:
    """A merchant with the goods of an order and where its store is, as rules of contracts see it."""
    region = order.region or merchant.region
    return Payee(id=merchant.id, category=merchant.category, region=region, lists=merchant.lists, goods=order.goods)


def uses_of(book: Book, order: PaymentOrder, merchant: Merchant, wallet: Wallet, own: str) -> tuple[SourceUse, ...]:
    """What pays an order by default: grants of a wallet in the order of spending, then the wallet, of kind ``own``."""
    grants = spending.grants_of(book, wallet.id, payee_of(merchant, order))
    found = [SourceUse(source=KIND, item=grant.id) for grant in grants[: SOURCES_MAX - 1]]
    return (*found, SourceUse(source=own, item=wallet.id))


def cards_of(book: Book, order: PaymentOrder, merchant: Merchant, wallet: Wallet) -> tuple[SourceUse, ...]:
    """The prepaid cards of a wallet that pay an order together; none where they have too little."""
    payee, left, found = payee_of(merchant, order), order.payable, list[SourceUse]()
    for grant in spending.grants_of(book, wallet.id, payee):
        if left and book.get(PurposeContract, grant.contract).card == grant.id:
            left -= spending.available(book, grant, payee, left)
            found.append(SourceUse(source=KIND, item=grant.id))
    return () if left or len(found) > SOURCES_MAX else tuple(found)


class _Grants:
    discount = False

    def reads(self, use: SourceUse) -> Iterable[Read]:
        return spending.reads(use.item)

    def needs(self, book: Book, use: SourceUse) -> Iterable[Read]:
        grant: PurposeGrant | None = book.tables[PurposeGrant].get(use.item)
        if grant is None:
            return ()
        contract: PurposeContract | None = book.tables[PurposeContract].get(grant.contract)
        reads: list[Read] = [(PurposeContract, grant.contract), (Wallet, grant.holder), (WalletPin, grant.holder)]
        if contract is not None:
            reads += [(Account, contract.account), (Balance, contract.account)]
        return reads

    def available(self, book: Book, paying: Paying, use: SourceUse) -> int:
        """What it may pay of this order to this merchant."""
        grant = book.get(PurposeGrant, use.item)
        payee = payee_of(paying.merchant, paying.order)
        return spending.available(book, grant, payee, paying.order.payable, alone=paying.later)

    def pay(self, book: Book, paying: Paying, use: SourceUse, amount: int) -> Leg:
        grant, holder, contract = self._agreed(book, paying, use)
        account = paying.payable(book, contract.asset)
        payee = payee_of(paying.merchant, paying.order)
        moved = spending.spend(book, grant, account, amount, payee, reference=paying.payment)
        return Leg(contract.asset, holder.party, moved.transfer)

    def refund(
        self, book: Book, payment: Payment, line: PaymentLine, merchant: Merchant, amount: int, *, whole: bool
    ) -> int:
        del whole
        account = payable_account(book, merchant, line.asset)
        payee = payee_of(merchant, book.get(PaymentOrder, payment.order))
        grant = book.get(PurposeGrant, line.item)
        return spending.give_back(book, grant, account, amount, payee, reference=payment.id).transfer

    def hold(self, book: Book, paying: Paying, use: SourceUse, amount: int) -> Held:
        grant, holder, contract = self._agreed(book, paying, use)
        account = paying.payable(book, contract.asset)
        payee = payee_of(paying.merchant, paying.order)
        held = holding.reserve(book, grant, account, amount, payee, reference=paying.payment)
        return Held(contract.asset, holder.party, held.id)

    def allows(self, book: Book, line: PaymentLine, merchant: Merchant) -> bool:
        """Whether the merchant is still one that the contract pays, and the money still lives."""
        order = book.get(PaymentOrder, book.get(Payment, line.payment).order)
        return holding.allows(book, book.get(PurposeGrant, line.item), payee_of(merchant, order))

    def request_capture(self, book: Book, capture: Capture, line: PaymentLine) -> bool:
        return False

    def capture(self, book: Book, payment: Payment, line: PaymentLine, amount: int) -> int:
        payee = payee_of(book.get(Merchant, payment.merchant), book.get(PaymentOrder, payment.order))
        grant = book.get(PurposeGrant, line.item)
        return holding.capture(book, grant, line.hold or 0, amount, payee, reference=payment.id).transfer

    def release(self, book: Book, payment: Payment, line: PaymentLine) -> None:
        del payment
        holding.release(book, book.get(PurposeGrant, line.item), line.hold or 0)

    @staticmethod
    def _agreed(book: Book, paying: Paying, use: SourceUse) -> tuple[PurposeGrant, Wallet, PurposeContract]:
        """The grant, its holder, who has typed the PIN or shown a code, and its contract."""
        grant = book.get(PurposeGrant, use.item)
        holder = book.get(Wallet, grant.holder)
        if not paying.by_code:
            refuse_without_pin(book, holder, paying.channel, use.pin)
        return grant, holder, book.get(PurposeContract, grant.contract)


register(KIND, _Grants())
on_payee(require_active_merchant)
on_close(lambda book, merchant: close_offers(book, merchant.id, merchant.reason))
