"""Agreed debits: given, ended, and what is due taken out of the wallets once a day."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from canglian.bank.credit.collection.commands.values import AgreementId, Floor
from canglian.bank.credit.collection.model import DebitAgreement, DebitAttempt, DebitPart, DebitReason
from canglian.bank.credit.collection.rules import policy_in_force
from canglian.bank.credit.loans.accounts import Pool, pool
from canglian.bank.credit.loans.books import brought, current, own_wallet
from canglian.bank.credit.loans.commands import RepayLoan
from canglian.bank.credit.loans.commands.values import Channel, LoanId, Payer, Pin, WalletId
from canglian.bank.credit.loans.model import Loan
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.kernel.command import Command
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import Field, doc
from canglian.ledger.book import Book
from canglian.ledger.model import Bound

JOB = "job"
"""Where debits are asked for: nobody types a PIN, since the agreement was signed with one."""

_STOPPED = ("wallet.", "deposit_account.", "account.")
_Day = date

Then = Annotated[
    WalletId | None, doc("The wallet that pays what the ones before cannot, or null."), Field(label="Then from")
]


class AgreeDebit(Command[DebitAgreement], kind="credit.agree_debit"):
    """A borrower agrees that what falls due of a loan is taken out of wallets of theirs, from the next day on.

    The PIN is that of the first wallet. Rejects ``loan.state``, ``.wallet``, ``.wallet_asset``, ``.sub_wallet``,
    ``debit_agreement.wallet_twice`` and ``.floor``, and what the PIN does.
    """

    loan: LoanId
    wallet: Payer
    channel: Channel
    floor: Floor
    second: Then = None
    third: Then = None
    pin: Pin = None

    def decide(self, book: Book) -> DebitAgreement:
        loan = current(book, self.loan)
        if not loan.is_living:
            book.reject("loan.state", loan=loan.id, state=loan.state.value)
        wallets = tuple(each for each in (self.wallet, self.second, self.third) if each is not None)
        if len(set(wallets)) < len(wallets):
            book.reject("debit_agreement.wallet_twice", field="second")
        least = policy_in_force(book).floor
        if self.floor < least:
            book.reject("debit_agreement.floor", floor=least, asset=loan.asset, field="floor")
        own_wallet(book, loan.party, loan.asset, self.wallet, self.channel, self.pin)
        for more in wallets[1:]:
            own_wallet(book, loan.party, loan.asset, more, JOB, None)
        before = active_of(book, loan.id)
        if before is not None:
            _end(book, before)
        identity = book.new_id("dag")
        book.emit("debit_agreement.given", f"loan:{loan.id}", debit_agreement=identity, loan=loan.id)
        return book.add(
            DebitAgreement(
                id=identity,
                loan=loan.id,
                party=loan.party,
                asset=loan.asset,
                wallets=wallets,
                floor=self.floor,
                active=loan.party,
                channel=self.channel,
                agreed_on=book.today,
                at=book.now,
                by=book.actor,
                ended_on=None,
                updated_at=book.now,
            )
        )


class EndDebit(Command[DebitAgreement], kind="credit.end_debit"):
    """A borrower takes an agreement back: nothing is taken by it any more. Rejects ``debit_agreement.ended``."""

    debit_agreement: AgreementId
    channel: Channel
    pin: Pin = None

    def decide(self, book: Book) -> DebitAgreement:
        found = book.get(DebitAgreement, self.debit_agreement)
        if found.active is None:
            book.reject("debit_agreement.ended", debit_agreement=found.id)
        refuse_without_pin(book, book.get(Wallet, found.wallets[0]), self.channel, self.pin)
        book.emit("debit_agreement.ended", f"loan:{found.loan}", debit_agreement=found.id, loan=found.loan)
        return _end(book, found)


class DebitLoan(Command[DebitAttempt], kind="credit.debit_loan"):
    """Take what is due of a loan out of the agreed wallets, once on a business date: asked again, it is the same one.

    No wallet is taken below the highest floor that any agreement of the borrower names for it, or the bank does. What
    is frozen, held, bound to a purpose or beyond a limit is left; the reason stands with the attempt. Rejects
    ``debit_attempt.day``, ``debit_agreement.none``, ``.tomorrow``, ``loan.state`` and ``loan.nothing_due``.
    """

    loan: LoanId
    on: Annotated[_Day, doc("The business date.")]

    def decide(self, book: Book) -> DebitAttempt:
        if self.on != book.today:
            book.reject("debit_attempt.day", today=book.today.isoformat(), field="on")
        done = book.find(DebitAttempt, "day", (self.loan, self.on))
        if done:
            return done[0]
        agreement = active_of(book, self.loan)
        if agreement is None:
            book.reject("debit_agreement.none", loan=self.loan)
        if agreement.agreed_on >= book.today:
            book.reject("debit_agreement.tomorrow", debit_agreement=agreement.id)
        loan = brought(book, self.loan)
        due = loan.owed_now
        if not due:
            book.reject("loan.nothing_due", loan=loan.id)
        parts, left = list[DebitPart](), due
        agreed = book.find(DebitAgreement, "active", agreement.party)
        for wallet in agreement.wallets:
            parts.append(_take(book, loan, wallet, left, _floor(book, agreed, wallet)))
            left -= parts[-1].taken
            if not left:
                break
        taken = due - left
        book.emit("loan.debited", f"loan:{loan.id}", loan=loan.id, due=due, taken=taken, reason=parts[-1].reason.value)
        return book.add(
            DebitAttempt(
                id=book.new_id("dba"),
                loan=loan.id,
                on=book.today,
                agreement=agreement.id,
                party=loan.party,
                asset=loan.asset,
                due=due,
                taken=taken,
                reason=DebitReason.PART if left and taken else parts[-1].reason,
                parts=tuple(parts),
                at=book.now,
            )
        )


def active_of(book: Book, loan: str) -> DebitAgreement | None:
    """The agreement of a loan that counts."""
    found = [each for each in book.find(DebitAgreement, "loan", loan) if each.active is not None]
    return found[0] if found else None


def _end(book: Book, agreement: DebitAgreement) -> DebitAgreement:
    return book.put(agreement.replace(active=None, ended_on=book.today, updated_at=book.now))


def _floor(book: Book, agreed: Sequence[DebitAgreement], wallet: str) -> int:
    """What has to be left in a wallet, whichever loan is debited from it."""
    return max(policy_in_force(book).floor, *(each.floor for each in agreed if wallet in each.wallets))


def _take(book: Book, loan: Loan, identity: str, owed: int, floor: int) -> DebitPart:
    """Take as much as there is above the floor out of one wallet."""
    wallet = book.get(Wallet, identity)
    room = book.available(wallet.account, pool(book, Pool.CLEARING, loan.asset), Bound.DEBIT)
    amount = owed if room is None else max(0, min(owed, room - floor))
    # With nothing above the floor a fen is tried, so that a frozen wallet is told from one that has too little.
    asked = RepayLoan(loan=loan.id, amount=amount or 1, wallet=identity, channel=JOB)
    try:
        if not amount:
            book.preview(asked.decide)
            return DebitPart(identity, 0, floor, DebitReason.FLOOR)
        book.attempt(asked.decide)
    except Rejection as refused:
        return DebitPart(identity, 0, floor, _reason(refused.code), refused.code)
    return DebitPart(identity, amount, floor, DebitReason.TAKEN if amount == owed else DebitReason.PART)


def _reason(code: str) -> DebitReason:
    if code == "transfer.insufficient_funds":
        return DebitReason.FLOOR
    if code.startswith("limit."):
        return DebitReason.LIMIT
    return DebitReason.STOPPED if code.startswith(_STOPPED) else DebitReason.REFUSED
