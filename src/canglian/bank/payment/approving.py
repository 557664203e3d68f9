"""What is done to payments and merchants that others may have to approve, as those who vote read it.

A policy of approvals says from which amount on: a book begins with none, and refunds go at once.
"""

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.payment.commands import CloseMerchant, RefundPayment, SplitPayment
from canglian.bank.payment.model import Merchant, Payment
from canglian.ledger.book import Book
from canglian.web.form import Input

_MERCHANT = Input(name="merchant", label="Merchant")


def _payment(book: Book, identity: str) -> list[Fact]:
    """A payment by whom it paid, how much, and what went back so far."""
    payment = book.get(Payment, identity)
    merchant = book.get(Merchant, payment.merchant)
    return [
        Fact("Payment", "code", payment.id),
        Fact("Merchant", "text", merchant.name),
        Fact("Paid", "money", payment.captured, asset="CNY"),
        Fact("Refunded", "money", payment.refunded, asset="CNY", watched=True),
    ]


def _refund(book: Book, command: RefundPayment) -> Description:
    facts = [
        Fact("Of the price", "money", command.amount, asset="CNY"),
        *_payment(book, command.payment),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"payment:{command.payment}", facts, command.amount, "CNY")


def _split(book: Book, command: SplitPayment) -> Description:
    facts = _payment(book, command.payment)
    given = 0
    for receiver in command.receivers:
        merchant = book.get(Merchant, receiver.merchant)
        amount = receiver.amount or book.get(Payment, command.payment).captured * (receiver.share_bps or 0) // 10_000
        given += amount
        facts.append(Fact("Receiver", "text", merchant.name))
        facts.append(Fact("Share", "money", amount or None, asset="CNY"))
    return Description(f"payment:{command.payment}", facts, given, "CNY")


def _closing(book: Book, command: CloseMerchant) -> Description:
    merchant = book.get(Merchant, command.merchant)
    facts = [
        Fact("Merchant", "text", merchant.name),
        Fact("State", "state", merchant.state.value, watched=True),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"merchant:{merchant.id}", facts)


approvable(
    Approvable(
        RefundPayment,
        "Refund a payment",
        _refund,
        outcome=lambda refund: f"payment:{refund.payment}",
        fields=(
            Input(name="payment", label="Payment"),
            Input(name="number", help="A number of the merchant for this refund; the same one again refunds nothing."),
            Input(name="amount", help="In yuan of the order's price, before its discount."),
            Input(name="channel", label="Channel", choices=(("counter", "channel.counter"),)),
        ),
        reason="reason",
    )
)
approvable(
    Approvable(
        SplitPayment,
        "Split a payment",
        _split,
        outcome=lambda shares: f"payment:{shares[0].payment}" if shares else None,
    )
)
approvable(
    Approvable(
        CloseMerchant,
        "Close a merchant",
        _closing,
        fields=(_MERCHANT,),
        reason="reason",
        outcome=lambda merchant: f"merchant:{merchant.id}",
    )
)
