"""An order is delivered with its documents, and the core company confirms so, or does not."""

from canglian.bank.chain.model import VoucherInvoice
from canglian.bank.chain.trade.commands.values import (
    Buyer,
    Channel,
    ContractId,
    DeliveryDigest,
    Digest,
    InvoiceCode,
    InvoiceDated,
    InvoiceNumber,
    Pin,
    Seller,
    Signer,
    Total,
)
from canglian.bank.chain.trade.model import ContractKind, ContractState, TradeContract
from canglian.bank.chain.trade.rules import become, require, sign_core, sign_partner
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason
from canglian.ledger.book import Book


class DeliverOrder(Command[TradeContract], kind="chain.deliver_order", kw_only=True):
    """Present delivery note and invoice of a financed order: parties and amount are those of the order.

    Rejects ``trade_contract.state``, ``.kind_purchase``, ``.parties``, ``.amount_other``, ``.invoice_early``,
    ``.invoice_used``, ``.document_same``, and what signing does.
    """

    contract: ContractId
    seller: Seller
    buyer: Buyer
    delivery_digest: DeliveryDigest
    invoice_code: InvoiceCode = ""
    invoice_number: InvoiceNumber
    invoice_total: Total
    invoice_dated: InvoiceDated
    invoice_digest: Digest
    channel: Channel
    wallet: Signer = None
    pin: Pin = None

    def decide(self, book: Book) -> TradeContract:
        contract = require(book, self.contract, ContractState.FINANCED, kind=ContractKind.ORDER)
        sign_partner(book, contract, self.channel, self.wallet, self.pin)
        if (self.seller, self.buyer) != (contract.partner, contract.core):
            book.reject("trade_contract.parties", field="seller" if self.buyer == contract.core else "buyer")
        if self.invoice_total != contract.amount:
            book.reject(
                "trade_contract.amount_other",
                total=self.invoice_total,
                amount=contract.amount,
                asset="CNY",
                field="invoice_total",
            )
        if not contract.dated <= self.invoice_dated <= book.today:
            book.reject("trade_contract.invoice_early", dated=self.invoice_dated.isoformat(), field="invoice_dated")
        if len({contract.digest, self.delivery_digest, self.invoice_digest}) < 3:
            book.reject("trade_contract.document_same", field="delivery_digest")
        self._take_invoice(book, contract)
        invoice = f"{self.invoice_code}/{self.invoice_number}"
        delivered = {"delivery": self.delivery_digest, "invoice": invoice, "reason": None}
        return become(book, contract, ContractState.DELIVERED, contract.amount, **delivered)

    def _take_invoice(self, book: Book, contract: TradeContract) -> None:
        before = book.maybe(VoucherInvoice, (self.invoice_code, self.invoice_number))
        if before is not None and (before.voucher is not None or before.contract is not None):
            book.reject("trade_contract.invoice_used", field="invoice_number")
        invoice = VoucherInvoice(
            code=self.invoice_code,
            number=self.invoice_number,
            voucher=None,
            total=self.invoice_total,
            dated=self.invoice_dated,
            digest=self.invoice_digest,
            contract=contract.id,
            order_number=contract.number,
        )
        if before is None:
            book.add(invoice)
        else:
            book.put(invoice)


class ReceiveOrder(Command[TradeContract], kind="chain.receive_order"):
    """Confirm for the core company that an order was delivered: it owes the amount when the loan is due.

    Rejects ``trade_contract.state``, and what signing does.
    """

    contract: ContractId
    channel: Channel
    wallet: Signer = None
    pin: Pin = None

    def decide(self, book: Book) -> TradeContract:
        contract = require(book, self.contract, ContractState.DELIVERED)
        sign_core(book, contract, self.channel, self.wallet, self.pin)
        return become(book, contract, ContractState.RECEIVED, contract.amount)


class RefuseDelivery(Command[TradeContract], kind="chain.refuse_delivery"):
    """Refuse a delivery for the core company: other documents can be presented, and it owes nothing until then.

    Rejects ``trade_contract.state``, and what signing does.
    """

    contract: ContractId
    reason: Reason
    channel: Channel
    wallet: Signer = None
    pin: Pin = None

    def decide(self, book: Book) -> TradeContract:
        contract = require(book, self.contract, ContractState.DELIVERED)
        sign_core(book, contract, self.channel, self.wallet, self.pin)
        assert contract.invoice is not None
        code, _, number = contract.invoice.rpartition("/")
        invoice = book.get(VoucherInvoice, (code, number))
        book.put(invoice.replace(contract=None, order_number=None))
        changes = {"delivery": None, "invoice": None, "reason": self.reason}
        return become(book, contract, ContractState.FINANCED, contract.amount, **changes)
