"""Relatives: recorded and ended; one of them repays without seeing what is owed."""

from typing import Annotated

from canglian.bank.credit.loans import accounts, money
from canglian.bank.credit.loans.accounts import Pool, pool
from canglian.bank.credit.loans.books import brought, own_wallet
from canglian.bank.credit.loans.commands.values import Channel, Pin, WalletId
from canglian.bank.credit.loans.model import Loan, TransactionKind
from canglian.bank.credit.loans.paying.settling import Paid, settle
from canglian.bank.credit.pay_later.billing import pass_on
from canglian.bank.credit.pay_later.commands.values import Paid as PaidAmount
from canglian.bank.credit.pay_later.commands.values import RelativeId
from canglian.bank.credit.pay_later.model import Bill, BillState, RelationKind, Relative, RelativePayment
from canglian.bank.party.rules import require_active_party
from canglian.bank.wallet import Wallet
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Reason, doc, identifier
from canglian.ledger.book import Book

_LIVING = (BillState.OPEN, BillState.DUE, BillState.OVERDUE, BillState.INSTALMENT)


class RecordRelative(Command[Relative], kind="credit.record_relative"):
    """Record that somebody may repay another's bills. Rejects ``relative.self``, ``relative.known`` and ``party.*``."""

    party: Annotated[
        str, identifier("pty", "Whose bills are repaid: a customer's id."), Field(label="Whose bills are repaid")
    ]
    payer: Annotated[str, identifier("pty", "Who may repay them: a customer's id."), Field(label="Who may repay them")]
    kind: Annotated[
        RelationKind,
        doc("What the payer is: `spouse`, `parent`, `child`, `sibling` or `guardian`."),
        Field(label="What the payer is"),
    ]
    reason: Reason

    def decide(self, book: Book) -> Relative:
        if self.party == self.payer:
            book.reject("relative.self", field="payer")
        require_active_party(book, self.party)
        require_active_party(book, self.payer)
        pair = f"{self.party}:{self.payer}"
        for other in book.find(Relative, "pair", pair):
            book.reject("relative.known", relative=other.id, field="payer")
        identity = book.new_id("rlt")
        book.emit("relative.recorded", f"relative:{identity}", relative=identity, party=self.party)
        return book.add(
            Relative(
                id=identity,
                party=self.party,
                payer=self.payer,
                kind=self.kind,
                pair=pair,
                reason=self.reason,
                at=book.now,
                by=book.actor,
                ended_at=None,
                updated_at=book.now,
            )
        )


class EndRelative(Command[Relative], kind="credit.end_relative"):
    """Somebody may not repay another's bills any more. Rejects ``relative.ended``."""

    relative: RelativeId
    reason: Reason

    def decide(self, book: Book) -> Relative:
        found = _require_active(book, self.relative)
        book.emit("relative.ended", f"relative:{found.id}", relative=found.id, party=found.party)
        return book.put(found.replace(pair=None, reason=self.reason, ended_at=book.now, updated_at=book.now))


class RepayForRelative(Command[RelativePayment], kind="credit.repay_for_relative"):
    """A relative pays: what is overdue and due first, then bills before they are, and of instalments what is due.

    What is not owed goes to the customer's wallet, so that the amount says nothing of what was. Rejects
    ``relative.ended``, ``relative.nothing_owed``, ``loan.wallet``, ``.wallet_asset``, and what the wallets do.
    """

    relative: RelativeId
    amount: PaidAmount
    wallet: Annotated[WalletId, doc("The wallet of the relative that pays."), Field(label="Wallet that pays")]
    channel: Channel
    pin: Pin = None

    def decide(self, book: Book) -> RelativePayment:
        relative = _require_active(book, self.relative)
        found = book.get(Wallet, self.wallet)
        wallet = own_wallet(book, relative.payer, found.asset, self.wallet, self.channel, self.pin)
        bills = [bill for bill in book.find(Bill, "unpaid", relative.party) if bill.asset == wallet.asset]
        owing = [(brought(book, bill.owed_by), bill) for bill in bills if bill.state in _LIVING]
        owing = [(loan, bill) for loan, bill in owing if _payable(loan)]
        if not owing:
            book.reject("relative.nothing_owed", field="wallet")
        identity = book.new_id("rpy")
        book.require(money.reads(wallet))
        clearing = pool(book, Pool.CLEARING, wallet.asset)
        code = accounts.REPAID_FOR
        paid = money.take_in(book, wallet, clearing, self.amount, code=code, channel=self.channel, reference=identity)
        left = self._pay(book, [loan for loan, _ in sorted(owing, key=_order)], paid.id)
        if left:
            _, bill = owing[0]
            pass_on(book, book.get(Wallet, bill.wallet), bill.owed_by, left, self.channel)
        book.emit("relative.paid", f"party:{relative.party}", relative=relative.id, party=relative.party)
        return book.add(
            RelativePayment(
                id=identity,
                relative=relative.id,
                party=relative.party,
                payer=relative.payer,
                wallet=wallet.id,
                asset=wallet.asset,
                amount=self.amount,
                transfer=paid.id,
                on=book.today,
                at=book.now,
                by=book.actor,
                channel=self.channel,
            )
        )

    def _pay(self, book: Book, loans: list[Loan], transfer: int) -> int:
        """Pay bills in their order; what is left."""
        left = self.amount
        for loan in loans:
            part = min(left, _payable(loan))
            if part:
                kind = TransactionKind.REPAYMENT if loan.owed_now else TransactionKind.PREPAYMENT
                settle(book, loan, part, Paid(kind, self.channel, None, transfer))
                left -= part
        return left


def _payable(loan: Loan) -> int:
    """What of a loan a relative pays at most: all of a bill, of instalments what is due."""
    return loan.owed_in_all if loan.is_bill else loan.owed_now


def _order(each: tuple[Loan, Bill]) -> tuple[str, str]:
    loan, bill = each
    return (loan.oldest_due or bill.due_on).isoformat(), bill.id


def _require_active(book: Book, identity: str) -> Relative:
    found = book.get(Relative, identity)
    if found.pair is None:
        book.reject("relative.ended", relative=found.id)
    return found
