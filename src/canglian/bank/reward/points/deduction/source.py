"""Points as sources of payments: what they take off is money that was set aside, which the merchant is owed.

Whoever uses them pays the same order with a wallet of theirs, and agrees with its PIN.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from canglian.bank.payment import Merchant, Payment, PaymentLine, PaymentOrder, SourceUse, payable_account, register
from canglian.bank.payment.from_purpose import payee_of
from canglian.bank.payment.from_wallets import KIND as WALLET
from canglian.bank.payment.sources import Capture, Held, Leg, Paying
from canglian.bank.purpose.rules import Rules, refused_payee
from canglian.bank.reward.points import accounts, moving
from canglian.bank.reward.points.model import (
    Deduction,
    ExchangeKind,
    ExchangeState,
    LotPart,
    PointExchange,
    PointLot,
    PointMember,
    PointScheme,
    SchemeState,
)
from canglian.bank.reward.points.rules import deducted_most, needed, worth
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.kernel.command import Read
from canglian.ledger.book import Book
from canglian.ledger.model import Account, Balance, Hold

KIND: Final = "points"


class _Points:
    discount = True

    def reads(self, use: SourceUse) -> Iterable[Read]:
        return [(PointMember, use.item)]

    def needs(self, book: Book, use: SourceUse) -> Iterable[Read]:
        member: PointMember | None = book.tables[PointMember].get(use.item)
        if member is None:
            return ()
        reads: list[Read] = [(PointScheme, member.scheme), (Account, member.account), (Balance, member.account)]
        scheme: PointScheme | None = book.tables[PointScheme].get(member.scheme)
        if scheme is None:
            return reads
        return [*reads, *moving.reads(scheme), (Account, scheme.funds), (Balance, scheme.funds)]

    def available(self, book: Book, paying: Paying, use: SourceUse) -> int:
        """What the points take off this order. Rejects ``point_deduction.*``."""
        member = book.get(PointMember, use.item)
        scheme, deduction = _offered(book, member, paying.order, paying.merchant)
        _signer(book, paying, member)
        book.require(moving.reads(scheme))
        moving.require_lots(book, [member])
        have = sum(lot.remaining for lot in moving.spendable(book, member))
        most = min(worth(deduction, have), deducted_most(deduction, paying.order.discountable))
        return min(most, accounts.balance_of(book, scheme.funds))

    def pay(self, book: Book, paying: Paying, use: SourceUse, amount: int) -> Leg:
        scheme, member = self._spend(book, paying, use, amount)
        payable = paying.payable(book, scheme.pays)
        moved = book.transfer(scheme.funds, payable, amount, accounts.PAID, reference=paying.payment)
        return Leg(scheme.pays, member.party, moved.id)

    def refund(
        self, book: Book, payment: Payment, line: PaymentLine, merchant: Merchant, amount: int, *, whole: bool
    ) -> int:
        exchange = _exchange(book, payment, line)
        scheme = book.get(PointScheme, exchange.scheme)
        account = payable_account(book, merchant, line.asset)
        moved = book.transfer(account, scheme.funds, amount, accounts.PAID_BACK, reference=payment.id)
        _give_back(book, scheme, exchange, amount)
        return moved.id

    def hold(self, book: Book, paying: Paying, use: SourceUse, amount: int) -> Held:
        """The points are spent at once; those of what is let go come back to their lots."""
        scheme, member = self._spend(book, paying, use, amount)
        payable = paying.payable(book, scheme.pays)
        held = book.hold(scheme.funds, payable, amount, accounts.PAID, reference=paying.payment)
        return Held(scheme.pays, member.party, held.id)

    def allows(self, book: Book, line: PaymentLine, merchant: Merchant) -> bool:
        """Whether the merchant is still one whose orders points take something off."""
        member = book.get(PointMember, line.item)
        deduction = book.get(PointScheme, member.scheme).deduction
        payment = book.get(Payment, line.payment)
        payee = payee_of(merchant, book.get(PaymentOrder, payment.order))
        return deduction is not None and refused_payee(Rules(allowed=deduction.payees), payee) is None

    def request_capture(self, book: Book, capture: Capture, line: PaymentLine) -> bool:
        return False

    def capture(self, book: Book, payment: Payment, line: PaymentLine, amount: int) -> int:
        return book.capture(line.hold or 0, amount, reference=payment.id).id

    def release(self, book: Book, payment: Payment, line: PaymentLine) -> None:
        held, exchange = book.get(Hold, line.hold), _exchange(book, payment, line)
        book.release(held.id)
        _give_back(book, book.get(PointScheme, exchange.scheme), exchange, held.remaining)

    def _spend(self, book: Book, paying: Paying, use: SourceUse, amount: int) -> tuple[PointScheme, PointMember]:
        """Points are spent on what they take off. Rejects ``point_deduction.*``, and what the wallet's PIN does."""
        most = self.available(book, paying, use)
        member = book.get(PointMember, use.item)
        scheme, deduction = _offered(book, member, paying.order, paying.merchant)
        if amount > most:
            book.reject("point_deduction.above", left=most, asset=scheme.pays, field="sources")
        wallet, pin = _signer(book, paying, member)
        if not paying.by_code:
            refuse_without_pin(book, wallet, paying.channel, pin)
        points = needed(deduction, amount)
        parts = moving.spend(book, scheme, member, points, paying.payment)
        identity = book.new_id("pex")
        book.emit(
            "points.exchanged",
            f"point_member:{member.id}",
            point_scheme=scheme.id,
            point_exchange=identity,
            points=points,
            amount=amount,
        )
        book.add(
            PointExchange(
                id=identity,
                scheme=scheme.id,
                member=member.id,
                party=member.party,
                state=ExchangeState.DONE,
                kind=ExchangeKind.PAYMENT,
                name=paying.order.subject,
                pieces=1,
                points=points,
                lots=parts,
                amount=amount,
                wallet=wallet.id,
                coupons=(),
                transfer=None,
                payment=paying.payment,
                returned=0,
                returned_amount=0,
                number=None,
                channel=paying.channel,
                reason=None,
                on=book.today,
                at=book.now,
                by=book.actor,
                updated_at=book.now,
            )
        )
        return scheme, member


def _offered(book: Book, member: PointMember, order: PaymentOrder, merchant: Merchant) -> tuple[PointScheme, Deduction]:
    """A scheme whose points take something off this order. Rejects ``point_deduction.*``."""
    scheme = moving.require_scheme(book, member.scheme, SchemeState.ACTIVE, SchemeState.CLOSED)
    code = None if scheme.deduction is None else why_not(scheme.deduction, order, merchant)
    if scheme.deduction is None:
        book.reject("point_deduction.not_offered", point_scheme=scheme.id, field="sources")
    if code is not None:
        book.reject(code, amount=scheme.deduction.at_least, asset=scheme.pays, field="sources")
    return scheme, scheme.deduction


def why_not(deduction: Deduction, order: PaymentOrder, merchant: Merchant) -> str | None:
    """The code of why points take nothing off an order, or None."""
    if order.discountable < max(1, deduction.at_least):
        return "point_deduction.below"
    if refused_payee(Rules(allowed=deduction.payees), payee_of(merchant, order)) is not None:
        return "point_deduction.payee"
    return None


def _signer(book: Book, paying: Paying, member: PointMember) -> tuple[Wallet, int | None]:
    """The wallet of whoever has the points that pays the same order, and the version of its PIN.

    Rejects ``point_deduction.wallet``.
    """
    pays = [(book.get(Wallet, use.item), use.pin) for use in paying.uses if use.source == WALLET]
    own = [(wallet, pin) for wallet, pin in pays if wallet.party == member.party]
    if not own:
        book.reject("point_deduction.wallet", field="sources")
    return own[0]


def _exchange(book: Book, payment: Payment, line: PaymentLine) -> PointExchange:
    (found,) = book.find(PointExchange, "payment", (payment.id, line.item))
    return found


def _give_back(book: Book, scheme: PointScheme, exchange: PointExchange, amount: int) -> None:
    """Money comes back, and its points to the lots that they came from, those that were spent last first."""
    assert scheme.deduction is not None
    returned_amount = exchange.returned_amount + amount
    returned = exchange.points - needed(scheme.deduction, exchange.amount - returned_amount)
    parts = between(exchange.lots, exchange.points - returned, exchange.points - exchange.returned)
    member = book.get(PointMember, exchange.member)
    book.require([*moving.reads(scheme), *((PointLot, part.lot) for part in parts)])
    moving.require_lots(book, [member])
    if parts:
        moving.restore(book, scheme, member, parts, exchange.payment or exchange.id)
    if returned > exchange.returned:
        book.emit(
            "points.returned",
            f"point_member:{member.id}",
            point_scheme=scheme.id,
            point_exchange=exchange.id,
            points=returned - exchange.returned,
        )
    book.put(
        exchange.replace(
            state=ExchangeState.RETURNED if returned == exchange.points else exchange.state,
            returned=returned,
            returned_amount=returned_amount,
            updated_at=book.now,
        )
    )


def between(lots: Sequence[LotPart], start: int, end: int) -> list[LotPart]:
    """Of points taken out of lots one after the other, those from one place to another."""
    parts: list[LotPart] = []
    reached = 0
    for part in lots:
        points = min(end, reached + part.points) - max(start, reached)
        reached += part.points
        if points > 0:
            parts.append(LotPart(part.lot, points))
    return parts


register(KIND, _Points())
