"""Vouchers begin: issued for an invoice, accepted by the core company within its limit, or declined."""

from datetime import date
from typing import Annotated

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.chain import accounts
from canglian.bank.chain.accounts import Pool
from canglian.bank.chain.commands.members import require_core
from canglian.bank.chain.commands.values import (
    Channel,
    ContractNumber,
    Digest,
    InvoiceCode,
    InvoiceNumber,
    MemberId,
    Pin,
    Signer,
    VoucherId,
)
from canglian.bank.chain.model import ChainMember, MoveKind, Voucher, VoucherInvoice, VoucherState
from canglian.bank.chain.rules import add_months, note, refuse_state, sign
from canglian.bank.chain.trade import taking
from canglian.bank.credit.facilities import limits
from canglian.bank.credit.facilities.model import Facility
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Reason, doc
from canglian.kernel.values import Amount
from canglian.ledger.book import Book

TERM_MONTHS, TERM_MONTHS_MAX = 6, 12
"""How long a voucher runs at most: in principle, and with a reason that a second person approves."""

Core = Annotated[MemberId, doc("The member that is to accept and pay it."), Field(label="Core company")]
Supplier = Annotated[MemberId, doc("The member that delivered, and holds it first."), Field(label="Supplier")]
Face = Annotated[Amount, doc("What is paid at maturity, in fen.")]
Matures = Annotated[
    date, doc("When it is paid."), Field(label="Matures on", help="Within six months; at a branch up to a year.")
]
Total = Annotated[Amount, doc("What the invoice is over, in fen.")]
OrderNumber = Annotated[
    ContractNumber | None,
    doc("The number of the order that the invoice is for; null where there is none."),
    Field(label="Order number", help="Needed while an order of this supplier is financed."),
]
Dated = Annotated[date, doc("The invoice's own date."), Field(label="Date of the invoice")]


class IssueVoucher(Command[Voucher], kind="chain.issue", kw_only=True):
    """Issue a voucher for an invoice; it counts once the core company has accepted it.

    Rejects ``voucher.term_short``, ``.term_long``, ``.term_needs_approval``, ``.invoice_used``, ``.invoice_small``,
    ``.invoice_later``, ``.invoice_financed``, ``.order_needed``, ``.order_financed``, ``.to_core``, ``chain_member.*``,
    and what signing does.
    """

    core: Core
    supplier: Supplier
    face: Face
    matures_on: Matures
    invoice_code: InvoiceCode = ""
    invoice_number: InvoiceNumber
    invoice_total: Total
    invoice_dated: Dated
    invoice_digest: Digest
    channel: Channel
    order_number: OrderNumber = None
    wallet: Signer = None
    pin: Pin = None

    def decide(self, book: Book) -> Voucher:
        until = add_months(book.today, TERM_MONTHS)
        if until < self.matures_on <= add_months(book.today, TERM_MONTHS_MAX):
            book.reject("voucher.term_needs_approval", until=until.isoformat(), field="matures_on")
        sign(book, book.get(ChainMember, self.supplier), self.channel, self.wallet, self.pin)
        return _issue(book, self, self.channel, None)


class IssueLongVoucher(Command[Voucher], kind="chain.issue_long", kw_only=True):
    """Issue a voucher for longer than six months: for a reason, and with the approval of a second person.

    Rejects as ``IssueVoucher`` does, but for a term of up to a year.
    """

    core: Core
    supplier: Supplier
    face: Face
    matures_on: Annotated[date, doc("When it is paid."), Field(label="Matures on", help="Within a year.")]
    invoice_code: InvoiceCode = ""
    invoice_number: InvoiceNumber
    invoice_total: Total
    invoice_dated: Dated
    invoice_digest: Digest
    reason: Reason
    order_number: OrderNumber = None

    def decide(self, book: Book) -> Voucher:
        return _issue(book, self, "counter", self.reason)


class AcceptVoucher(Command[Voucher], kind="chain.accept"):
    """Accept a voucher: the core company pays its face at maturity, and its limit is lower by that.

    Rejects ``voucher.state``, ``.matured``, ``facility.*``, and what signing does.
    """

    voucher: VoucherId
    channel: Channel
    wallet: Signer = None
    pin: Pin = None

    def decide(self, book: Book) -> Voucher:
        voucher = _waiting(book, self.voucher)
        core = book.get(ChainMember, voucher.core)
        sign(book, core, self.channel, self.wallet, self.pin)
        if voucher.matures_on <= book.today:
            book.reject("voucher.matured", matures_on=voucher.matures_on.isoformat())
        assert core.facility is not None
        assert core.product is not None
        limits.take(book, book.get(Facility, core.facility), core.product, voucher.face)
        accounts.move(book, Pool.ACCEPTED, Pool.CONTRA, voucher.face, accounts.ACCEPTED, voucher.id)
        noted = note(
            book,
            voucher,
            MoveKind.ACCEPTED,
            voucher.face,
            channel=self.channel,
            source=core.id,
            target=voucher.holder,
        )
        return book.put(noted.replace(state=VoucherState.ACCEPTED))


class DeclineVoucher(Command[Voucher], kind="chain.decline"):
    """Decline a voucher: its invoice can be on another one again. Rejects ``voucher.state``, and what signing does."""

    voucher: VoucherId
    reason: Reason
    channel: Channel
    wallet: Signer = None
    pin: Pin = None

    def decide(self, book: Book) -> Voucher:
        voucher = _waiting(book, self.voucher)
        sign(book, book.get(ChainMember, voucher.core), self.channel, self.wallet, self.pin)
        code, _, number = voucher.invoice.rpartition("/")
        invoice = book.get(VoucherInvoice, (code, number))
        taking.free(book, voucher.core, invoice.order_number)
        book.put(invoice.replace(voucher=None))
        noted = note(
            book,
            voucher,
            MoveKind.DECLINED,
            voucher.face,
            channel=self.channel,
            source=voucher.core,
            target=voucher.holder,
            why=self.reason,
        )
        return book.put(noted.replace(state=VoucherState.DECLINED, reason=self.reason))


def _issue(book: Book, asked: IssueVoucher | IssueLongVoucher, channel: str, reason: str | None) -> Voucher:
    core = require_core(book, asked.core)
    supplier = book.get(ChainMember, asked.supplier)
    if supplier.is_core:
        book.reject("voucher.to_core", field="supplier")
    if supplier.chain != core.id:
        book.reject("chain_member.other_chain", chain_member=supplier.id, field="supplier")
    if supplier.dealer:
        book.reject("chain_member.dealer", chain_member=supplier.id, field="supplier")
    if asked.matures_on <= book.today:
        book.reject("voucher.term_short", today=book.today.isoformat(), field="matures_on")
    until = add_months(book.today, TERM_MONTHS_MAX)
    if asked.matures_on > until:
        book.reject("voucher.term_long", until=until.isoformat(), field="matures_on")
    identity = book.new_id("vch")
    _take_invoice(book, asked, identity)
    taking.take_for_voucher(book, core.id, supplier.id, asked.order_number)
    number = f"{book.next_number(Voucher):08d}"
    voucher = Voucher(
        id=identity,
        number=number,
        root=identity,
        parent=None,
        state=VoucherState.ISSUED,
        core=core.id,
        holder=supplier.id,
        face=asked.face,
        invoice=f"{asked.invoice_code}/{asked.invoice_number}",
        issued_on=book.today,
        matures_on=asked.matures_on,
        reason=reason,
        parts=0,
        paid=0,
        unclaimed=0,
        frozen_from=None,
        moves=0,
        issued_at=book.now,
        updated_at=book.now,
    )
    noted = note(
        book, voucher, MoveKind.ISSUED, asked.face, channel=channel, source=core.id, target=supplier.id, why=reason
    )
    return book.add(noted)


def _take_invoice(book: Book, asked: IssueVoucher | IssueLongVoucher, voucher: str) -> None:
    """Put an invoice on a voucher, on which it is alone in the whole book."""
    before = book.maybe(VoucherInvoice, (asked.invoice_code, asked.invoice_number))
    if before is not None and before.voucher is not None:
        book.reject("voucher.invoice_used", voucher=before.voucher, field="invoice_number")
    if before is not None and before.contract is not None:
        book.reject("voucher.invoice_financed", trade_contract=before.contract, field="invoice_number")
    if asked.invoice_total < asked.face:
        book.reject(
            "voucher.invoice_small", total=asked.invoice_total, face=asked.face, asset="CNY", field="invoice_total"
        )
    if asked.invoice_dated > book.today:
        book.reject(
            "voucher.invoice_later",
            dated=asked.invoice_dated.isoformat(),
            today=book.today.isoformat(),
            field="invoice_dated",
        )
    invoice = VoucherInvoice(
        code=asked.invoice_code,
        number=asked.invoice_number,
        voucher=voucher,
        total=asked.invoice_total,
        dated=asked.invoice_dated,
        digest=asked.invoice_digest,
        order_number=asked.order_number,
    )
    if before is None:
        book.add(invoice)
    else:
        book.put(invoice)


def _waiting(book: Book, identity: str) -> Voucher:
    voucher = book.get(Voucher, identity)
    if voucher.state is not VoucherState.ISSUED:
        refuse_state(book, voucher)
    return voucher


def _describe(book: Book, command: IssueLongVoucher) -> Description:
    core, supplier = book.get(ChainMember, command.core), book.get(ChainMember, command.supplier)
    facts = [
        Fact("Core company", "holder", core.party),
        Fact("Supplier", "holder", supplier.party),
        Fact("Face", "money", command.face, asset="CNY"),
        Fact("Matures on", "day", command.matures_on.isoformat()),
        Fact("Invoice number", "code", command.invoice_number),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"chain_member:{core.id}", facts, command.face, "CNY")


approvable(
    Approvable(
        IssueLongVoucher,
        "Issue a voucher beyond six months",
        _describe,
        outcome=lambda voucher: f"voucher:{voucher.id}",
        reason="reason",
        always=True,
        matter=lambda command: f"voucher_invoice:{command.invoice_code}/{command.invoice_number}",
    )
)
