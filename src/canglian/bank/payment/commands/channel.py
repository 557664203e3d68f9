"""Paying by the card and QR channel, and what the channel answers; see ``channel`` and ``channel_answers``."""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from canglian.bank.payment import channel, channel_answers
from canglian.bank.payment.commands.values import OrderId
from canglian.bank.payment.model import PaymentOrder
from canglian.bank.payment.model.channel import ChannelMethod, ChannelOrder, ChannelState
from canglian.bank.payment.rules import require_active_merchant, require_open_order
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Field, Reason, doc, identifier
from canglian.kernel.values import AMOUNT_MAX, Amount, OwnReference
from canglian.ledger.book import Book

ChannelOrderId = Annotated[str, identifier("cho", "A channel order's id.")]
PayCode = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,300}\Z", description="What the payer scans or opens to pay.")]
Fee = Annotated[
    int, Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX, description="The channel's fee in fen; negative where it gives some back.")
]


class PayByChannel(Command[ChannelOrder], kind="payment.pay_by_channel"):
    """Ask the card and QR channel to collect what an order asks for, or to set it aside; the same again answers.

    Rejects ``payment_order.*``, ``merchant.suspended`` and ``channel_order.pending``.
    """

    order: OrderId
    method: Annotated[ChannelMethod, doc("`card`, or `qr` for an app that scans the code."), Field(label="Paid with")]
    later: Annotated[
        bool, doc("Whether the money is set aside only, and captured later."), Field(label="Set it aside only")
    ] = False

    def decide(self, book: Book) -> ChannelOrder:
        order = require_open_order(book, self.order)
        require_active_merchant(book, order.merchant)
        return channel.request_payment(book, order, self.method, later=self.later)


class _OfChannelOrder(Command[ChannelOrder]):
    """What is said of one channel order."""

    channel_order: ChannelOrderId

    def reads(self) -> Iterable[Read]:
        return ((ChannelOrder, self.channel_order),)

    def found(self, book: Book) -> ChannelOrder:
        return book.get(ChannelOrder, self.channel_order)


class MarkChannelSent(_OfChannelOrder, kind="payment.mark_channel_sent"):
    """It is about to leave, once: from here on nobody sends it, whatever happens, before the channel was enquired."""

    def decide(self, book: Book) -> ChannelOrder:
        order = self.found(book)
        if order.state is not ChannelState.REQUESTED:
            return order
        return channel_answers.sent(book, order)


class AcceptChannelOrder(_OfChannelOrder, kind="payment.accept_channel_order"):
    """The channel has an order. After its end it is no news."""

    reference: OwnReference | None = None
    code: PayCode | None = None

    def decide(self, book: Book) -> ChannelOrder:
        return channel_answers.accepted(book, self.found(book), reference=self.reference, code=self.code)


class AnswerChannelOrder(_OfChannelOrder, kind="payment.answer_channel_order"):
    """The channel says how an order ended. Rejects ``channel_order.amount`` where it is about another amount."""

    succeeded: bool
    amount: Amount | None = None
    reference: OwnReference | None = None
    fee: Fee | None = None
    reason: Reason | None = None

    def decide(self, book: Book) -> ChannelOrder:
        order = self.found(book)
        if not self.succeeded:
            return channel_answers.refused(book, order, self.reason)
        book.require([(PaymentOrder, order.order)])
        return channel_answers.succeeded(book, order, amount=self.amount or 0, reference=self.reference, fee=self.fee)


class MarkChannelUnknown(_OfChannelOrder, kind="payment.mark_channel_unknown"):
    """Nothing came back when an order was sent: the channel is enquired about it."""

    def decide(self, book: Book) -> ChannelOrder:
        return channel_answers.unanswered(book, self.found(book))


class NoteChannelEnquiry(_OfChannelOrder, kind="payment.note_channel_enquiry"):
    """An enquiry brought no end. ``known`` says whether the channel has the number; null where it did not answer."""

    known: bool | None = None

    def decide(self, book: Book) -> ChannelOrder:
        order = self.found(book)
        if order.state.is_final:
            return order
        if self.known is False:
            return channel_answers.not_there(book, order)
        if self.known is None and order.state in (ChannelState.SENT, ChannelState.UNKNOWN):
            return channel_answers.unanswered(book, order)
        return channel_answers.enquired(book, order)


class EnquireChannelOrder(_OfChannelOrder, kind="payment.enquire_channel_order"):
    """Enquire the channel about an order now. Rejects ``channel_order.final``."""

    def decide(self, book: Book) -> ChannelOrder:
        order = self.found(book)
        if order.state.is_final:
            book.reject("channel_order.final", channel_order=order.id, state=order.state.value)
        if order.state is ChannelState.REQUESTED:
            return order
        return book.put(order.replace(enquiries=0, next_at=book.now, updated_at=book.now))


class SendChannelRefundAgain(_OfChannelOrder, kind="payment.send_channel_refund_again"):
    """Ask for a refused refund once more, under a new number. Rejects ``channel_order.not_refused``."""

    def decide(self, book: Book) -> ChannelOrder:
        return channel.send_refund_again(book, self.found(book))
