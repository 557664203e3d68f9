"""Applications: submitted, decided by rules or a person, signed with a code, expired."""

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.credit.applications.contract import hash_of, text_of
from canglian.bank.credit.applications.model import ApplicationState, CreditApplication, SigningCode, Trade
from canglian.bank.credit.facilities.commands import REVIEW_DAYS
from canglian.bank.credit.facilities.limits import facility_of
from canglian.bank.credit.facilities.model import Facility, FacilityState, SubLimit
from canglian.bank.credit.loans.model import Loan
from canglian.bank.credit.products.commands import LoanProductCode, Months, RatePpm
from canglian.bank.credit.products.model import LoanProduct
from canglian.bank.credit.products.rules import RATE_MAX, product_in_force, rate_today
from canglian.bank.decision.deciding import decide_by, reads
from canglian.bank.decision.engine.rules import Outcome
from canglian.bank.party.codes import CodeIndex
from canglian.bank.party.eligibility import may_open
from canglian.bank.party.rules import policy_in_force
from canglian.kernel.command import Command
from canglian.kernel.crypto import same_secret
from canglian.kernel.fields import Field, PlainText, Reason, Unit, doc, identifier, impersonal
from canglian.kernel.values import AMOUNT_MAX, Amount, Code
from canglian.ledger.book import Book

_STATE = ApplicationState
ApplicationId = Annotated[str, identifier("apl", "An application's id.")]
Fen = Annotated[int, Meta(ge=0, le=AMOUNT_MAX, description="An amount in fen, or nothing.")]
Age = Annotated[int, Meta(ge=0, le=200, description="How old somebody is, in whole years.")]
TextHash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z", description="The SHA-256 of a contract.")]

RULES = "system:rules"
"""Who decided what the rules did."""

REFUSAL = "很抱歉，经综合评估，本次申请暂未通过。您可在情况变化后再次申请，或到柜台咨询。"
"""What a customer is told, unless somebody writes better."""


class SubmitApplication(Command[CreditApplication], kind="credit.submit", kw_only=True):
    """Apply for a limit of a loan product. The product's rules decide at once, or leave it to a person.

    Where they say yes, the offer is made in the same commit; a no is looked at by a person before it is sent. Rejects
    ``loan_product.not_found``, ``loan_product.ended``, ``credit_application.amount``, ``.term``, ``.open``, and what
    keeps the customer from having accounts.
    """

    party: Annotated[str, identifier("pty", "A customer's id."), Field(label="Customer")]
    product: LoanProductCode
    amount: Annotated[Amount, doc("The limit that is asked for, in fen.")]
    months: Annotated[Months, Field(label="Term in months")]
    purpose: Annotated[PlainText, doc("What the money is for."), Field(label="What the money is for", check=impersonal)]
    monthly_income: Annotated[Fen, Field(label="Income a month", help="In yuan; empty for none.", unit=Unit.MONEY)] = 0
    monthly_debt: Annotated[
        Fen, Field(label="Repaid elsewhere a month", help="In yuan; empty for none.", unit=Unit.MONEY)
    ] = 0
    trade: Annotated[Trade, doc("`farming`, `shop`, `solar` or `other`."), Field(label="Lives from")]
    channel: Code
    age: Annotated[Age | None, doc("By the identity number; null where none is on record.")] = None

    def decide(self, book: Book) -> CreditApplication:
        may_open(book, self.party)
        product = product_in_force(book, self.product)
        if not product.amount_min <= self.amount <= product.amount_max:
            book.reject(
                "credit_application.amount",
                floor=product.amount_min,
                ceiling=product.amount_max,
                asset="CNY",
                field="amount",
            )
        if self.months not in product.terms:
            terms = ", ".join(map(str, product.terms))
            book.reject("credit_application.term", terms=terms, field="months")
        key = f"{self.party}:{self.product}"
        for other in book.find(CreditApplication, "open", key):
            book.reject("credit_application.open", credit_application=other.id)
        loans = book.find(Loan, "party", self.party)
        inputs = {
            "age": self.age,
            "amount": self.amount,
            "monthly_income": self.monthly_income,
            "monthly_debt": self.monthly_debt,
            "overdue_days": max((loan.worst_days for loan in loans), default=0),
            "guaranteed": False,
            "trade": self.trade.value,
        }
        book.require(reads(product.rule_set))
        found = decide_by(book, product.rule_set, inputs)
        identity = book.new_id("apl")
        application = CreditApplication(
            id=identity,
            party=self.party,
            product=product.code,
            version=product.version,
            amount=self.amount,
            months=self.months,
            purpose=self.purpose,
            inputs=inputs,
            state=_STATE.SUBMITTED,
            channel=self.channel,
            open=key,
            verdict=found.verdict,
            reasons=found.reasons,
            why_person=found.why_person,
            rule_version=found.version,
            rule_hash=found.hash,
            limit=None,
            rate_ppm=None,
            refusal=None,
            text=None,
            text_hash=None,
            offer_until=None,
            facility=None,
            submitted_at=book.now,
            submitted_by=book.actor,
            decided_at=None,
            decided_by=None,
            signed_at=None,
            updated_at=book.now,
        )
        book.emit("credit_application.submitted", _subject(application), credit_application=identity)
        return book.add(_by_rules(book, application, product, found))


class ApproveApplication(Command[CreditApplication], kind="credit.approve"):
    """Approve an application that the rules left to a person, or would refuse: the offer is made.

    Rejects ``credit_application.state``, ``.own`` for whoever submitted it, ``.amount`` and ``.rate_floating``.
    """

    application: ApplicationId
    limit: Annotated[Amount, doc("The limit that is offered, in fen."), Field(label="Limit", unit=Unit.MONEY)]
    reason: Reason
    rate_ppm: Annotated[
        RatePpm | None,
        doc("The yearly rate in millionths; left out, that of the product."),
        Field(label="Interest a year (%)", help="Empty for that of the product.", unit=Unit.RATE_PPM),
    ] = None

    def decide(self, book: Book) -> CreditApplication:
        application = _waiting(book, self.application)
        if book.actor == application.submitted_by:
            book.reject("credit_application.own", credit_application=application.id)
        product = book.get(LoanProduct, (application.product, application.version))
        if not product.amount_min <= self.limit <= product.amount_max:
            book.reject(
                "credit_application.amount",
                floor=product.amount_min,
                ceiling=product.amount_max,
                asset="CNY",
                field="limit",
            )
        if self.rate_ppm is not None and product.is_floating:
            book.reject("credit_application.rate_floating", product=product.code, field="rate_ppm")
        rate = rate_today(book, product, product.rate_ppm if self.rate_ppm is None else self.rate_ppm)
        offer = _offered(book, application, product, self.limit, rate, book.actor)
        return book.put(offer.replace(reason=self.reason))


class RefuseApplication(Command[CreditApplication], kind="credit.refuse"):
    """Refuse an application, and send the text that the customer reads. Rejects ``credit_application.state``."""

    application: ApplicationId
    text: Annotated[
        str,
        Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+\Z", description="What the customer reads."),
        Field(label="What the customer reads", check=impersonal),
    ]
    reason: Reason

    def decide(self, book: Book) -> CreditApplication:
        application = _waiting(book, self.application)
        book.emit("credit_application.refused", _subject(application), credit_application=application.id)
        return book.put(
            application.replace(
                state=_STATE.REFUSED,
                open=None,
                refusal=self.text,
                reason=self.reason,
                decided_at=book.now,
                decided_by=book.actor,
                updated_at=book.now,
            )
        )


class AskSigningCode(Command[CreditApplication], kind="credit.ask_signing_code"):
    """Ask for the code by which an offer is signed; it goes to the mobile that is on record.

    ``code`` is its keyed hash, ``number`` says which one of this application it is. Rejects
    ``credit_application.state``, ``.offer_over``, ``.code_soon`` and ``.codes_spent``.
    """

    application: ApplicationId
    code: CodeIndex
    number: Annotated[int, Meta(ge=1, le=10**6)]

    def decide(self, book: Book) -> CreditApplication:
        application = _offer(book, self.application)
        policy = policy_in_force(book)
        before = book.maybe(SigningCode, application.id)
        asked, today, since, pause = 0, 0, book.now, timedelta(0)
        if before is not None:
            asked = before.asked
            pause = before.asked_at + timedelta(seconds=policy.code_pause_seconds) - book.now
            if book.now - before.since < timedelta(days=1):
                today, since = before.asked_today, before.since
        if today >= policy.code_sends:
            book.reject("credit_application.codes_spent", most=policy.code_sends)
        if pause > timedelta(0) or self.number != asked + 1:
            book.reject("credit_application.code_soon", seconds=max(1, -(-pause // timedelta(seconds=1))))
        code = SigningCode(
            application=application.id,
            asked=asked + 1,
            asked_today=today + 1,
            since=since,
            asked_at=book.now,
            code_index=self.code,
            until=book.now + timedelta(minutes=policy.code_minutes),
            wrong=0,
        )
        if before is None:
            book.add(code)
        else:
            book.put(code)
        book.emit("credit.code_asked", _subject(application), credit_application=application.id, number=self.number)
        return application


class Signed(msgspec.Struct, frozen=True):
    """What came of a code that was typed: signed, or so many more tries."""

    application: Annotated[CreditApplication, doc("The application.")]
    signed: Annotated[bool, doc("Whether the contract is signed.")]
    left: Annotated[int, doc("How often this code can still be typed.")]


class SignApplication(Command[Signed], kind="credit.sign"):
    """Sign an offer with the code that was sent: the limit can be drawn from now on. A wrong code is counted.

    ``text_hash`` is that of the contract as it was read. Rejects ``credit_application.state``, ``.offer_over``,
    ``.code_missing``, ``.code_expired`` and ``.text_changed``.
    """

    application: ApplicationId
    code: CodeIndex
    text_hash: TextHash

    def decide(self, book: Book) -> Signed:
        application = _offer(book, self.application)
        if self.text_hash != application.text_hash:
            book.reject("credit_application.text_changed", credit_application=application.id, field="text_hash")
        code = book.maybe(SigningCode, application.id)
        if code is None or code.code_index is None or code.until is None:
            book.reject("credit_application.code_missing", credit_application=application.id)
        if code.until <= book.now:
            book.reject("credit_application.code_expired")
        if same_secret(self.code, code.code_index):
            book.put(code.replace(code_index=None, until=None))
            return Signed(_signed(book, application), True, 0)
        wrong = code.wrong + 1
        left = max(0, policy_in_force(book).step_tries - wrong)
        book.put(code.replace(wrong=wrong) if left else code.replace(wrong=wrong, code_index=None, until=None))
        return Signed(application, False, left)


class ExpireApplication(Command[CreditApplication], kind="credit.expire"):
    """An offer that nobody signed has expired. Rejects ``credit_application.state`` and ``.not_due``."""

    application: ApplicationId

    def decide(self, book: Book) -> CreditApplication:
        application = _in_state(book, self.application, _STATE.OFFERED)
        if application.offer_until is not None and application.offer_until >= book.today:
            book.reject("credit_application.not_due", until=application.offer_until.isoformat())
        book.emit("credit_application.expired", _subject(application), credit_application=application.id)
        return book.put(application.replace(state=_STATE.EXPIRED, open=None, updated_at=book.now))


def _by_rules(book: Book, application: CreditApplication, product: LoanProduct, found: Outcome) -> CreditApplication:
    """What the rules make of an application that was just submitted."""
    if found.refused:
        return application.replace(state=_STATE.DECIDED, refusal=REFUSAL)
    limit, rate = found.outputs.get("limit"), found.outputs.get("rate_bps")
    if not found.approved or not isinstance(limit, int) or isinstance(limit, bool):
        return application
    limit = min(limit, product.amount_max, application.amount)
    if limit < product.amount_min:
        return application.replace(why_person="credit_application.limit_small")
    rate_ppm = product.rate_ppm
    if isinstance(rate, int) and not isinstance(rate, bool) and 0 < rate * 100 <= RATE_MAX:
        rate_ppm = rate * 100
    rate_ppm = rate_today(book, product, rate_ppm)
    return _offered(book, application, product, limit, rate_ppm, RULES)


def _offered(
    book: Book, application: CreditApplication, product: LoanProduct, limit: int, rate_ppm: int, by: str
) -> CreditApplication:
    """An application with its offer: what is signed is written now, and stays as it is."""
    text = text_of(product, limit, rate_ppm, application.purpose, book.today)
    book.emit("credit_application.offered", _subject(application), credit_application=application.id, limit=limit)
    return application.replace(
        state=_STATE.OFFERED,
        limit=limit,
        rate_ppm=rate_ppm,
        refusal=None,
        text=text,
        text_hash=hash_of(text),
        offer_until=book.today + timedelta(days=product.offer_days),
        decided_at=book.now,
        decided_by=by,
        updated_at=book.now,
    )


def _signed(book: Book, application: CreditApplication) -> CreditApplication:
    """The contract is in force: its limit is a part of the customer's facility."""
    product = book.get(LoanProduct, (application.product, application.version))
    assert application.limit is not None
    assert application.rate_ppm is not None
    facility = facility_of(book, application.party)
    before = None if facility is None else facility.part_of(product.code)
    part = SubLimit(
        product=product.code,
        version=product.version,
        limit=application.limit,
        used=0 if before is None else before.used,
        held=0 if before is None else before.held,
        revolving=product.revolving,
        rate_ppm=application.rate_ppm,
        valid_until=book.today + timedelta(days=product.validity_months * 365 // 12),
        application=application.id,
    )
    if facility is None:
        facility = book.add(
            Facility(
                id=book.new_id("fac"),
                party=application.party,
                state=FacilityState.ACTIVE,
                limit=application.limit,
                parts=(part,),
                used=0,
                held=0,
                review_on=book.today + timedelta(days=REVIEW_DAYS),
                reason=None,
                opened_at=book.now,
                updated_at=book.now,
            )
        )
    else:
        others = tuple([each for each in facility.parts if each.product != product.code])
        facility = book.put(
            facility.replace(limit=max(facility.limit, application.limit), parts=(*others, part), updated_at=book.now)
        )
    book.emit("facility.signed", f"facility:{facility.id}", facility=facility.id, limit=application.limit)
    book.emit("credit_application.signed", _subject(application), credit_application=application.id)
    return book.put(
        application.replace(
            state=_STATE.SIGNED,
            open=None,
            facility=facility.id,
            signed_at=book.now,
            updated_at=book.now,
        )
    )


def _offer(book: Book, identity: str) -> CreditApplication:
    """An offer that can be signed today."""
    application = _in_state(book, identity, _STATE.OFFERED)
    if application.offer_until is not None and application.offer_until < book.today:
        book.reject("credit_application.offer_over", until=application.offer_until.isoformat())
    return application


def _waiting(book: Book, identity: str) -> CreditApplication:
    return _in_state(book, identity, _STATE.SUBMITTED, _STATE.DECIDED)


def _in_state(book: Book, identity: str, *states: ApplicationState) -> CreditApplication:
    application = book.get(CreditApplication, identity)
    if application.state not in states:
        book.reject("credit_application.state", credit_application=application.id, state=application.state.value)
    return application


def _subject(application: CreditApplication) -> str:
    return f"credit_application:{application.id}"


def _approving(book: Book, command: ApproveApplication) -> Description:
    application = _waiting(book, command.application)
    facts = [
        Fact("Application", "code", application.id),
        Fact("Holder", "holder", application.party),
        Fact("Loan product", "code", application.product),
        Fact("Asked for", "money", application.amount, asset="CNY", watched=True),
        Fact("Limit", "money", command.limit, asset="CNY"),
        Fact("What the money is for", "text", application.purpose),
        Fact("Reason", "text", command.reason),
    ]
    return Description(_subject(application), facts, command.limit, "CNY")


approvable(
    Approvable(
        ApproveApplication,
        "Approve an application for credit",
        _approving,
        outcome=lambda application: f"credit_application:{application.id}",
        reason="reason",
        matter=lambda command: f"credit_application:{command.application}",
    )
)
