"""Exchanging points: what they give stands or falls with them in one commit; returning gives the lots back."""

from collections.abc import Iterable
from typing import Annotated

from canglian.bank.reward.coupons.commands import ClaimCoupon, VoidCoupon
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.bank.reward.points import accounts, moving
from canglian.bank.reward.points.commands.values import (
    AwardNumber,
    Channel,
    ExchangeId,
    MemberId,
    Pieces,
    Place,
    WalletId,
)
from canglian.bank.reward.points.model import (
    ExchangeKind,
    ExchangeState,
    PointExchange,
    PointMember,
    PointScheme,
    SchemeState,
)
from canglian.bank.wallet import Wallet, require_active_wallet, spending
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Reason, doc
from canglian.ledger.book import Book
from canglian.ledger.model import Account, Balance, Transfer


class ExchangePoints(Command[PointExchange], kind="reward.exchange_points", kw_only=True):
    """Exchange somebody's points for money in a wallet of theirs, or for coupons: the oldest expiry is spent first.

    The same number again answers the exchange that there is. Rejects ``point_scheme.state``, ``point_member.short``,
    ``point_exchange.*``, and what the wallet, the campaign and the limits reject.
    """

    member: MemberId
    exchange: Place
    pieces: Pieces = 1
    wallet: WalletId
    channel: Channel
    number: Annotated[AwardNumber | None, doc("The caller's own number of it, or null.")] = None

    def reads(self) -> Iterable[Read]:
        return ((PointMember, self.member), (Wallet, self.wallet))

    def decide(self, book: Book) -> PointExchange:
        member = book.get(PointMember, self.member)
        known = book.find(PointExchange, "number", (member.id, self.number)) if self.number else []
        if known:
            return self._again(book, known[0])
        scheme = moving.require_scheme(book, member.scheme, SchemeState.ACTIVE, SchemeState.CLOSED)
        wallet = require_active_wallet(book, self.wallet)
        if wallet.party != member.party:
            book.reject("point_exchange.wallet", field="wallet")
        if not 1 <= self.exchange <= len(scheme.exchanges):
            book.reject("point_exchange.unknown", place=self.exchange, field="exchange")
        rule = scheme.exchanges[self.exchange - 1]
        book.require(moving.reads(scheme))
        moving.require_lots(book, [member])
        identity, points = book.new_id("pex"), rule.points * self.pieces
        lots = moving.spend(book, scheme, member, points, identity)
        amount, coupons, moved = (rule.amount or 0) * self.pieces, tuple[str, ...](), None
        if rule.kind is ExchangeKind.MONEY:
            moved = _pay(book, scheme, wallet, amount, self.channel, identity)
        else:
            claim = ClaimCoupon(offer=rule.offer or "", wallet=wallet.id)
            coupons = tuple([claim.decide(book).id for _ in range(self.pieces)])
        book.emit(
            "points.exchanged",
            f"point_member:{member.id}",
            point_scheme=scheme.id,
            point_exchange=identity,
            points=points,
            amount=amount,
        )
        return book.add(
            PointExchange(
                id=identity,
                scheme=scheme.id,
                member=member.id,
                party=member.party,
                state=ExchangeState.DONE,
                kind=rule.kind,
                name=rule.name,
                pieces=self.pieces,
                points=points,
                lots=lots,
                amount=amount,
                wallet=wallet.id,
                coupons=coupons,
                transfer=None if moved is None else moved.id,
                payment=None,
                returned=0,
                returned_amount=0,
                number=self.number,
                channel=self.channel,
                reason=None,
                on=book.today,
                at=book.now,
                by=book.actor,
                updated_at=book.now,
            )
        )

    def _again(self, book: Book, known: PointExchange) -> PointExchange:
        if (known.pieces, known.wallet) != (self.pieces, self.wallet):
            book.reject("point_exchange.number_taken", number=self.number, point_exchange=known.id, field="number")
        return known


class ReturnExchange(Command[PointExchange], kind="reward.return_exchange"):
    """Take an exchange back: what it gave is given back, and the points are in their lots again, with their expiry.

    Rejects ``point_exchange.state``, ``point_exchange.used`` where a coupon of it was used, ``point_exchange.payment``
    for points that took money off a payment, and what the wallet does.
    """

    exchange: ExchangeId
    reason: Reason
    channel: Channel

    def reads(self) -> Iterable[Read]:
        return ((PointExchange, self.exchange),)

    def decide(self, book: Book) -> PointExchange:
        exchange = book.get(PointExchange, self.exchange)
        if exchange.state is not ExchangeState.DONE:
            book.reject("point_exchange.state", point_exchange=exchange.id, state=exchange.state.value)
        if exchange.kind is ExchangeKind.PAYMENT:
            book.reject("point_exchange.payment", point_exchange=exchange.id, payment=exchange.payment)
        scheme, member = book.get(PointScheme, exchange.scheme), book.get(PointMember, exchange.member)
        book.require(moving.reads(scheme))
        moving.require_lots(book, [member])
        if exchange.kind is ExchangeKind.MONEY:
            self._take_money(book, scheme, exchange)
        else:
            self._take_coupons(book, exchange)
        moving.restore(book, scheme, member, exchange.lots, exchange.id)
        book.emit(
            "points.returned",
            f"point_member:{member.id}",
            point_scheme=scheme.id,
            point_exchange=exchange.id,
            points=exchange.points,
        )
        return book.put(exchange.replace(state=ExchangeState.RETURNED, reason=self.reason, updated_at=book.now))

    def _take_money(self, book: Book, scheme: PointScheme, exchange: PointExchange) -> None:
        wallet = book.get(Wallet, exchange.wallet)
        book.require([*spending.reads(wallet), *_money(scheme)])
        spending.spend(
            book,
            wallet,
            scheme.funds,
            exchange.amount,
            code=accounts.PAID_BACK,
            channel=self.channel,
            reference=exchange.id,
        )

    def _take_coupons(self, book: Book, exchange: PointExchange) -> None:
        book.require([(Coupon, coupon) for coupon in exchange.coupons])
        for coupon in exchange.coupons:
            if book.get(Coupon, coupon).state is not CouponState.CLAIMED:
                book.reject("point_exchange.used", point_exchange=exchange.id, coupon=coupon)
        for coupon in exchange.coupons:
            VoidCoupon(coupon=coupon, reason=self.reason).decide(book)


def _pay(book: Book, scheme: PointScheme, wallet: Wallet, amount: int, channel: str, reference: str) -> Transfer:
    """Money that was set aside goes to the holder. Rejects ``point_exchange.asset`` and ``.funds``."""
    if wallet.asset != scheme.pays:
        book.reject("point_exchange.asset", wallet=wallet.id, holds=wallet.asset, pays=scheme.pays, field="wallet")
    book.require([*spending.reads(wallet), *_money(scheme)])
    if amount > accounts.balance_of(book, scheme.funds):
        book.reject("point_exchange.funds", point_scheme=scheme.id)
    return spending.receive(
        book, wallet, scheme.funds, amount, code=accounts.PAID, channel=channel, reference=reference
    )


def _money(scheme: PointScheme) -> list[Read]:
    return [(Account, scheme.funds), (Balance, scheme.funds)]


__all__ = ["ExchangePoints", "ReturnExchange"]
