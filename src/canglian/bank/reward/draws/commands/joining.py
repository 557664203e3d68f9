"""People join a draw: by themselves, with a payment or a coupon, or as the bank names them; nobody after the freeze."""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.payment import Merchant, Payment, PaymentOrder
from canglian.bank.payment.from_purpose import payee_of
from canglian.bank.payment.model import PaymentLine, PaymentState
from canglian.bank.reward import offers
from canglian.bank.reward.campaigns.model import Audience
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.bank.reward.draws import drawing
from canglian.bank.reward.draws.commands import values
from canglian.bank.reward.draws.model import ConditionKind, Draw, DrawEntrant, DrawEntry, DrawState
from canglian.bank.reward.draws.rules import require
from canglian.bank.wallet import Wallet, WalletState
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Reason, doc
from canglian.ledger.book import Book

TOGETHER = 500
"""How many people a command adds at most."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_DIGITS = 16


class Joined(msgspec.Struct, frozen=True):
    """How many people of a list were added, and how many were in already."""

    added: Annotated[int, doc("How many were added.")]
    before: Annotated[int, doc("How many had joined before.")]
    entries: Annotated[int, doc("How many entries there are now.")]


class JoinDraw(Command[DrawEntry], kind="reward.join_draw"):
    """Join a draw for the person of a wallet, who counts once, whichever wallet or phone it is.

    ``basis`` is the payment or coupon that the draw asks for. Rejects ``draw.state``, ``draw.not_started``,
    ``draw.over``, ``draw.by_list``, ``draw_entrant.*`` and what the state of the wallet does.
    """

    draw: values.DrawId
    wallet: values.WalletId
    basis: Annotated[values.Basis | None, doc("The payment or coupon by which somebody joins, or null.")] = None

    def reads(self) -> Iterable[Read]:
        return ((Draw, self.draw), (Wallet, self.wallet))

    def decide(self, book: Book) -> DrawEntry:
        draw = require_joining(book, self.draw)
        if draw.condition.kind is ConditionKind.LIST:
            book.reject("draw.by_list", draw=draw.id)
        wallet = book.get(Wallet, self.wallet)
        if wallet.state is not WalletState.ACTIVE:
            book.reject("draw_entrant.wallet", wallet=wallet.id)
        if wallet.party is None:
            book.reject("draw_entrant.no_party", wallet=wallet.id)
        basis = self.basis if draw.condition.kind is not ConditionKind.OPEN else None
        entrant = book.maybe(DrawEntrant, (draw.id, wallet.party))
        if entrant is not None and basis in entrant.bases:
            book.reject("draw_entrant.basis_used", basis=basis, field="basis")
        if entrant is not None and len(entrant.positions) >= draw.per_person:
            book.reject("draw_entrant.per_person", most=draw.per_person)
        if draw.condition.kind is not ConditionKind.OPEN:
            refuse_basis(book, draw, basis, wallet.party)
        return _enter(book, draw, entrant, wallet.party, wallet.id, basis)


class AddEntrants(Command[Joined], kind="reward.add_entrants"):
    """Name people who are in a draw by a list, by their wallets. Whoever is in already is left as they are.

    Rejects ``draw.state``, ``draw.not_started``, ``draw.over``, ``draw.not_by_list``, and ``draw_entrant.*`` for a
    wallet that cannot join: then nobody of the list does.
    """

    draw: values.DrawId
    wallets: Annotated[
        tuple[values.WalletId, ...],
        Meta(min_length=1, max_length=TOGETHER, description="The wallets of the people, up to 500."),
    ]
    reason: Reason

    def reads(self) -> Iterable[Read]:
        return [(Draw, self.draw), *((Wallet, wallet) for wallet in self.wallets)]

    def weight(self) -> int:
        return len(self.wallets)

    def decide(self, book: Book) -> Joined:
        draw = require_joining(book, self.draw)
        if draw.condition.kind is not ConditionKind.LIST:
            book.reject("draw.not_by_list", draw=draw.id)
        found = [book.get(Wallet, identity) for identity in self.wallets]
        for wallet in found:
            if wallet.state is not WalletState.ACTIVE:
                book.reject("draw_entrant.wallet", wallet=wallet.id, field="wallets")
            if wallet.party is None:
                book.reject("draw_entrant.no_party", wallet=wallet.id, field="wallets")
        book.require([(DrawEntrant, (draw.id, wallet.party)) for wallet in found])
        added = 0
        for wallet in found:
            party = wallet.party or ""
            if book.maybe(DrawEntrant, (draw.id, party)) is None:
                _enter(book, book.get(Draw, draw.id), None, party, wallet.id, None)
                added += 1
        book.emit("draw.listed", f"draw:{draw.id}", draw=draw.id, count=added, reason=self.reason)
        return Joined(added, len(found) - added, book.get(Draw, draw.id).entries)


def require_joining(book: Book, identity: str) -> Draw:
    """A draw that people join now. Rejects ``draw.state``, ``draw.not_started`` and ``draw.over``."""
    draw = require(book, identity, DrawState.PUBLISHED)
    if book.now < draw.joins_from:
        book.reject("draw.not_started", starts_at=draw.joins_from.isoformat())
    if book.now >= draw.joins_until:
        book.reject("draw.over", draw=draw.id)
    return draw


def refuse_basis(book: Book, draw: Draw, basis: str | None, party: str) -> None:
    """Rejects ``draw_entrant.payment`` or ``.coupon`` for what lets nobody join, or not this person."""
    if draw.condition.kind is ConditionKind.COUPON:
        coupon = None if basis is None else book.maybe(Coupon, basis)
        if coupon is None or coupon.party != party or coupon.campaign != draw.campaign or not _is_used(coupon):
            book.reject("draw_entrant.coupon", field="basis")
    if draw.condition.kind is ConditionKind.PAYMENT:
        payment = None if basis is None else book.maybe(Payment, basis)
        if payment is None or not _counts(book, draw, payment, party):
            book.reject("draw_entrant.payment", amount=draw.condition.least, asset=draw.asset, field="basis")


def _is_used(coupon: Coupon) -> bool:
    return coupon.state is CouponState.USED and coupon.used > 0


def _counts(book: Book, draw: Draw, payment: Payment, party: str) -> bool:
    """Whether a payment was this person's, in time, large enough and not given back, and at one of the merchants."""
    if payment.state is not PaymentState.PAID or payment.captured - payment.refunded < max(1, draw.condition.least):
        return False
    if not draw.joins_from <= payment.at < draw.joins_until:
        return False
    lines = book.find(PaymentLine, "payment", payment.id)
    if not any(line.holder == party and not line.discount for line in lines):
        return False
    merchant, order = book.get(Merchant, payment.merchant), book.get(PaymentOrder, payment.order)
    return offers.refused(Audience(payees=draw.condition.payees), payee_of(merchant, order), payment.at) is None


def _enter(
    book: Book, draw: Draw, entrant: DrawEntrant | None, party: str, wallet: str, basis: str | None
) -> DrawEntry:
    position = draw.entries + 1
    number = _number(book) if entrant is None else entrant.number
    link = drawing.next_link(draw.head, number)
    had = entrant or DrawEntrant(draw.id, party, number, (), (), book.now)
    after = had.replace(
        positions=(*had.positions, position),
        bases=had.bases if basis is None else (*had.bases, basis),
        updated_at=book.now,
    )
    if entrant is None:
        book.add(after)
    else:
        book.put(after)
    book.put(draw.replace(entries=position, head=link, updated_at=book.now))
    return book.add(DrawEntry(draw.id, position, number, party, wallet, basis, link, book.now, book.actor))


def _number(book: Book) -> str:
    """A number that follows from nothing of whose it is: 80 bits of chance."""
    bits = book.random.getrandbits(5 * _DIGITS)
    return "".join([_ALPHABET[bits >> 5 * place & 31] for place in range(_DIGITS)])
