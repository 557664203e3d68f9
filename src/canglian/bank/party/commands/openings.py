"""Verifying a person from afar, step by step.

    INIT ─ document ─▶ DOCUMENT ─ face ─▶ LIVENESS ─ elements ─▶ ELEMENTS ─ code sent ─▶ SMS ─ code right ─▶ REVIEW
                                                                                                   └──────▶ ACTIVE

A step that goes wrong may be tried again a few times, then the opening is rejected. At every step the black list is
asked again. Whoever checks a face or the elements is outside: the command brings what was found as evidence. What the
person types as a code is compared here, by its keyed hash, where the house sent the code itself.
"""

import itertools
from datetime import date, timedelta
from typing import Annotated, Any

from msgspec import Meta

from canglian.bank.party.codes import CodeIndex
from canglian.bank.party.commands.documents import AddDocument, Digest, put_on_record
from canglian.bank.party.commands.parties import PartyId, holder_of, prove_number, raise_level
from canglian.bank.party.model import Colour, DocumentKind, Level, OpeningState, OpeningStep, Party, RemoteOpening, Risk
from canglian.bank.party.rules import active_person, listed, policy_in_force
from canglian.bank.party.sealing import SealedText
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.crypto import same_secret
from canglian.kernel.fields import Field, Reason, Unit, doc, identifier
from canglian.kernel.values import Code, Name, OwnReference

OpeningId = Annotated[str, identifier("opn", "An opening's id.")]
Score = Annotated[
    int,
    Meta(ge=0, le=10_000, description="Likeness in basis points."),
    Field(label="Likeness (%)", unit=Unit.SHARE_BPS),
]

BLACKLISTED = "blacklisted"
PROHIBITED = "prohibited"
EXPIRED = "expired"
REFUSED = "refused"


class StartOpening(Command[RemoteOpening], kind="party.start_opening"):
    """Begin to verify a person from afar. Whoever is on the black list, or prohibited, is rejected at once.

    Rejects ``party.not_person``, ``party.number_missing``, ``party.mobile_missing``, ``party.level_same`` for somebody
    who is verified, ``remote_opening.under_way``.
    """

    party: PartyId
    channel: Annotated[Code, doc("Where it is asked for, such as `counter` or `mobile`.")]

    def decide(self, book: Book) -> RemoteOpening:
        party = active_person(book, self.party)
        if party.level is not Level.NONE:
            book.reject("party.level_same", party=party.id, level=party.level.value)
        if party.number_index is None:
            book.reject("party.number_missing", party=party.id)
        if party.mobile_index is None:
            book.reject("party.mobile_missing", party=party.id)
        for other in book.find(RemoteOpening, "party", party.id):
            if not other.state.is_over and not _has_expired(book, other):
                book.reject("remote_opening.under_way", party=party.id, other=other.id)
        if party.claimed_until is not None and party.claimed_until <= book.now:
            book.reject("party.number_missing", party=party.id)
        until = book.now + timedelta(hours=policy_in_force(book).opening_hours)
        if party.claimed_until is not None:
            party = book.put(party.replace(claimed_until=until))
        outcome = _barred(book, party)
        state = OpeningState.INIT if outcome is None else OpeningState.REJECTED
        nobody = (None, None, None)
        opening = RemoteOpening(
            book.new_id("opn"),
            *(party.id, self.channel, state, outcome, 0, 0, *nobody, book.now, book.now, until, None),
            *(None, None, None, 0),
        )
        if outcome is None:
            book.emit("opening.started", f"opening:{opening.id}", opening=opening.id, party=party.id)
        else:
            _emit_rejected(book, opening)
        return book.add(opening)


class SubmitDocument(Command[RemoteOpening], kind="party.submit_document"):
    """The document was read; it goes on record with the person. Rejects what ``AddDocument`` does."""

    opening: OpeningId
    document_kind: DocumentKind
    number: SealedText
    authority: Name
    valid_from: date
    digest: Digest
    valid_until: date | None = None

    def decide(self, book: Book) -> RemoteOpening:
        opening, party = _at(book, self.opening, OpeningState.DOCUMENT)
        outcome = _barred(book, party)
        if outcome is not None:
            return _reject(book, opening, outcome)
        paper = AddDocument(
            party=party.id,
            document_kind=self.document_kind,
            number=self.number,
            authority=self.authority,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            digest=self.digest,
        )
        document = put_on_record(book, party, paper)
        return _passed(book, opening, OpeningState.DOCUMENT, reference=document.id, digest=self.digest)


class CheckLiveness(Command[RemoteOpening], kind="party.check_liveness"):
    """A living face was compared with the document's. It passes from the rules' likeness on."""

    opening: OpeningId
    score_bps: Score
    reference: OwnReference
    digest: Digest

    def decide(self, book: Book) -> RemoteOpening:
        least = policy_in_force(book).liveness_bps
        evidence: dict[str, Any] = {
            "reference": self.reference,
            "digest": self.digest,
            "score_bps": self.score_bps,
        }
        return _step(book, self.opening, OpeningState.LIVENESS, passed=self.score_bps >= least, **evidence)


class MatchElements(Command[RemoteOpening], kind="party.match_elements"):
    """The elements (要素) were compared by the account's own bank: name, number, mobile, account, account class.

    Rejects ``remote_opening.elements_few`` where fewer than the rules ask for were checked, and
    ``remote_opening.account_changed`` where the person has named another account since.
    """

    opening: OpeningId
    elements: Annotated[int, Meta(ge=1, le=5)]
    matched: bool
    account: SealedText
    reference: OwnReference

    def decide(self, book: Book) -> RemoteOpening:
        least = policy_in_force(book).elements
        if self.elements < least:
            book.reject("remote_opening.elements_few", elements=self.elements, least=least, field="elements")
        given = book.get(RemoteOpening, self.opening).account_index
        if given is not None and given != self.account.index:
            book.reject("remote_opening.account_changed", field="account")
        opening = _step(book, self.opening, OpeningState.ELEMENTS, passed=self.matched, reference=self.reference)
        if opening.state is not OpeningState.ELEMENTS:
            nobody = {"account_sealed": None, "account_mask": None, "account_index": None}
            return opening if opening.account_index is None else book.put(opening.replace(**nobody))
        text = self.account
        return book.put(opening.replace(account_sealed=text.sealed, account_mask=text.mask, account_index=text.index))


class GiveAccount(Command[RemoteOpening], kind="party.give_account"):
    """The person names the account at another bank that the elements are to be checked against.

    Rejects ``remote_opening.account_late`` once they have been.
    """

    opening: OpeningId
    account: SealedText

    def decide(self, book: Book) -> RemoteOpening:
        opening, _ = _under_way(book, self.opening)
        if _place(opening) > _ORDER.index(OpeningState.LIVENESS):
            book.reject("remote_opening.account_late", state=opening.state.value)
        text = self.account
        given = {"account_sealed": text.sealed, "account_mask": text.mask, "account_index": text.index}
        book.emit(
            "opening.account_given",
            f"opening:{opening.id}",
            opening=opening.id,
            state=opening.state.value,
            steps=opening.steps,
        )
        return book.put(opening.replace(**given, updated_at=book.now))


class AskCheck(Command[RemoteOpening], kind="party.ask_check"):
    """Ask outside for the check that comes next: after one that went wrong or got lost, or for another code.

    Rejects ``remote_opening.account_missing``, ``remote_opening.nothing_to_ask``, ``remote_opening.code_soon`` and
    ``remote_opening.codes_spent``.
    """

    opening: OpeningId

    def decide(self, book: Book) -> RemoteOpening:
        opening, _ = _under_way(book, self.opening)
        step = _CHECKS.get(opening.state)
        if step is None:
            book.reject("remote_opening.nothing_to_ask", state=opening.state.value)
        if step is OpeningState.ELEMENTS and opening.account_index is None:
            book.reject("remote_opening.account_missing")
        if step is OpeningState.SMS:
            opening = book.put(_another_code(book, opening))
        book.emit(
            "opening.check_asked", f"opening:{opening.id}", opening=opening.id, step=step.value, steps=opening.steps
        )
        return opening


class SendCode(Command[RemoteOpening], kind="party.send_code"):
    """A code was sent to the person's mobile. While it is waited for, another one may be sent.

    ``code`` is the keyed hash of the code where the house made it itself; it counts for the time of the rules.
    """

    opening: OpeningId
    reference: OwnReference
    code: CodeIndex | None = None

    def decide(self, book: Book) -> RemoteOpening:
        opening = book.get(RemoteOpening, self.opening)
        if opening.state is not OpeningState.SMS:
            opening = _step(book, self.opening, OpeningState.SMS, passed=True, reference=self.reference)
            if opening.state is not OpeningState.SMS:
                return opening
        else:
            again, _ = _at(book, self.opening, OpeningState.REVIEW)
            opening = book.put(_noted(book, again, OpeningState.SMS, passed=True, reference=self.reference))
        if self.code is None:
            return opening
        until = book.now + timedelta(minutes=policy_in_force(book).code_minutes)
        first = {} if opening.code_asked_at is not None else {"code_asked_at": book.now, "codes": 1}
        return book.put(opening.replace(code_index=self.code, code_until=until, **first))


class NoteRefusal(Command[RemoteOpening], kind="party.note_refusal"):
    """A service outside refused to check, or to send, for good. It counts as no try; it can be asked again."""

    opening: OpeningId
    step: OpeningState
    status: Annotated[int, Meta(ge=400, le=499)]

    def decide(self, book: Book) -> RemoteOpening:
        opening, _ = _under_way(book, self.opening)
        return book.put(_noted(book, opening, self.step, passed=False, note=f"HTTP {self.status}"))


class TypeCode(Command[RemoteOpening], kind="party.type_code"):
    """The person typed a code; ``code`` is its keyed hash. A code counts once, and for some minutes.

    A wrong one is counted over all codes of the opening, and the last that is allowed ends it. Rejects
    ``remote_opening.code_missing`` where none counts, and ``remote_opening.code_expired``.
    """

    opening: OpeningId
    code: CodeIndex

    def decide(self, book: Book) -> RemoteOpening:
        opening, _ = _at(book, self.opening, OpeningState.REVIEW)
        if opening.code_index is None or opening.code_until is None:
            book.reject("remote_opening.code_missing")
        if opening.code_until <= book.now:
            book.reject("remote_opening.code_expired", until=opening.code_until.isoformat(timespec="seconds"))
        matched = same_secret(self.code, opening.code_index)
        return _confirmed(book, opening.id, matched=matched, reference=None, tries=policy_in_force(book).code_tries)


class ConfirmCode(Command[RemoteOpening], kind="party.confirm_code"):
    """The person typed a code. After the right one somebody reviews, unless the rules let the case through."""

    opening: OpeningId
    matched: bool
    reference: OwnReference

    def decide(self, book: Book) -> RemoteOpening:
        tries = policy_in_force(book).step_tries
        return _confirmed(book, self.opening, matched=self.matched, reference=self.reference, tries=tries)


class ReviewOpening(Command[RemoteOpening], kind="party.review_opening"):
    """An operator looks at a case that the rules do not let through, and takes or refuses it.

    Rejects ``party.number_taken`` where the number that was shown is another customer's: merge the two first.
    """

    opening: OpeningId
    accepted: Annotated[bool, doc("Whether the account is opened.")]
    reason: Reason

    def decide(self, book: Book) -> RemoteOpening:
        opening, party = _at(book, self.opening, OpeningState.ACTIVE)
        outcome = _barred(book, party, shown=True) or (None if self.accepted else REFUSED)
        if outcome is not None:
            noted = _noted(book, opening, OpeningState.ACTIVE, passed=False, note=self.reason)
            return _reject(book, noted.replace(reviewed_by=book.actor), outcome)
        noted = _noted(book, opening, OpeningState.ACTIVE, passed=True, note=self.reason)
        return _activate(book, noted, party, by=book.actor)


class ExpireOpening(Command[RemoteOpening], kind="party.expire_opening"):
    """End an opening whose time has passed. Rejects ``remote_opening.not_due`` before that."""

    opening: OpeningId

    def decide(self, book: Book) -> RemoteOpening:
        opening = book.get(RemoteOpening, self.opening)
        if opening.state.is_over:
            book.reject("remote_opening.over", state=opening.state.value)
        if not _has_expired(book, opening):
            book.reject("remote_opening.not_due", expires_at=opening.expires_at.isoformat())
        return _reject(book, opening, EXPIRED)


_ORDER = tuple(state for state in OpeningState if state is not OpeningState.REJECTED)
_NEXT = dict(itertools.pairwise(_ORDER))
_CHECKS = {
    OpeningState.DOCUMENT: OpeningState.LIVENESS,
    OpeningState.LIVENESS: OpeningState.ELEMENTS,
    OpeningState.ELEMENTS: OpeningState.SMS,
    OpeningState.SMS: OpeningState.SMS,
}
"""What is asked outside for next, by how far an opening has come."""


def _place(opening: RemoteOpening) -> int:
    return _ORDER.index(opening.state)


def _another_code(book: Book, opening: RemoteOpening) -> RemoteOpening:
    """One more code is asked for, where the rules allow it."""
    policy = policy_in_force(book)
    if opening.codes >= policy.code_sends:
        book.reject("remote_opening.codes_spent", most=policy.code_sends)
    if opening.code_asked_at is not None:
        may_be_at = opening.code_asked_at + timedelta(seconds=policy.code_pause_seconds)
        if book.now < may_be_at:
            seconds = -((book.now - may_be_at) // timedelta(seconds=1))
            book.reject("remote_opening.code_soon", seconds=seconds)
    return opening.replace(codes=opening.codes + 1, code_asked_at=book.now)


def _confirmed(book: Book, identity: str, *, matched: bool, reference: str | None, tries: int) -> RemoteOpening:
    """Take the step of the code. A code that was right counts no more."""
    opening = _step(book, identity, OpeningState.REVIEW, passed=matched, reference=reference, tries_max=tries)
    if opening.code_index is not None and (matched or opening.state.is_over):
        opening = book.put(opening.replace(code_index=None, code_until=None))
    if opening.state is not OpeningState.REVIEW:
        return opening
    party = book.get(Party, opening.party)
    clean = listed(book, party.number_index, party.mobile_index) is None
    free = holder_of(book, party.number_index, besides=party.id) is None
    if policy_in_force(book).automatic_review and clean and free and party.risk in (Risk.LOW, Risk.MEDIUM):
        return _activate(book, opening, party, by="system:rules")
    return opening


def abandon(book: Book, party: str, outcome: str) -> None:
    """Reject the openings of a party that are under way."""
    for opening in book.find(RemoteOpening, "party", party):
        if not opening.state.is_over:
            _reject(book, opening, outcome)


def _has_expired(book: Book, opening: RemoteOpening) -> bool:
    """What waits for an operator does not expire."""
    return opening.state is not OpeningState.REVIEW and opening.expires_at <= book.now


def _under_way(book: Book, identity: str) -> tuple[RemoteOpening, Party]:
    """An opening that goes on, and its person."""
    opening = book.get(RemoteOpening, identity)
    party = active_person(book, opening.party)
    if opening.state.is_over:
        book.reject("remote_opening.over", state=opening.state.value)
    if _has_expired(book, opening):
        book.reject("remote_opening.expired", expires_at=opening.expires_at.isoformat())
    return opening, party


def _at(book: Book, identity: str, asked: OpeningState) -> tuple[RemoteOpening, Party]:
    """An opening at which ``asked`` is the next step, and its person."""
    opening, party = _under_way(book, identity)
    wanted = _NEXT[opening.state]
    if wanted is not asked:
        book.reject("remote_opening.wrong_order", state=opening.state.value, wanted=wanted.value, asked=asked.value)
    return opening, party


def _step(
    book: Book, identity: str, asked: OpeningState, *, passed: bool, tries_max: int | None = None, **evidence: Any
) -> RemoteOpening:
    """Take one step with its evidence. It may go wrong ``tries_max`` times, by default as the rules say of steps."""
    opening, party = _at(book, identity, asked)
    outcome = _barred(book, party, shown=_place(opening) >= _ORDER.index(OpeningState.ELEMENTS))
    if outcome is not None:
        return _reject(book, opening, outcome)
    if passed:
        return _passed(book, opening, asked, **evidence)
    noted = _noted(book, opening, asked, passed=False, **evidence)
    tried = noted.replace(tries=noted.tries + 1)
    if tried.tries >= (tries_max or policy_in_force(book).step_tries):
        return _reject(book, tried, f"{'code' if asked is OpeningState.REVIEW else asked.value}_failed")
    return book.put(tried)


def _passed(book: Book, opening: RemoteOpening, state: OpeningState, **evidence: Any) -> RemoteOpening:
    noted = _noted(book, opening, state, passed=True, **evidence)
    book.emit("opening.step_taken", f"opening:{opening.id}", opening=opening.id, state=state.value, steps=noted.steps)
    return book.put(noted.replace(state=state, tries=0))


def _noted(book: Book, opening: RemoteOpening, step: OpeningState, *, passed: bool, **evidence: Any) -> RemoteOpening:
    """Write a step down."""
    number = opening.steps + 1
    given = {"reference": None, "digest": None, "score_bps": None, "note": None, **evidence}
    book.add(
        OpeningStep(opening=opening.id, number=number, step=step, passed=passed, at=book.now, by=book.actor, **given)
    )
    return opening.replace(steps=number, updated_at=book.now)


def _barred(book: Book, party: Party, *, shown: bool = False) -> str | None:
    """Why a person is not taken on at all, if so. What is listed of a number is told to nobody who only claims it."""
    entry = listed(book, party.number_index if shown else party.proven_number, party.mobile_index)
    if entry is not None and entry.colour is Colour.BLACK:
        return BLACKLISTED
    return PROHIBITED if party.risk is Risk.PROHIBITED else None


def _reject(book: Book, opening: RemoteOpening, outcome: str) -> RemoteOpening:
    rejected = opening.replace(state=OpeningState.REJECTED, outcome=outcome, updated_at=book.now)
    _emit_rejected(book, rejected)
    return book.put(rejected)


def _emit_rejected(book: Book, opening: RemoteOpening) -> None:
    book.emit(
        "opening.rejected",
        f"opening:{opening.id}",
        opening=opening.id,
        party=opening.party,
        outcome=opening.outcome,
    )


def _activate(book: Book, opening: RemoteOpening, party: Party, *, by: str) -> RemoteOpening:
    if party.level is Level.NONE:
        raise_level(book, prove_number(book, party), Level.REMOTE)
    book.emit("opening.activated", f"opening:{opening.id}", opening=opening.id, party=party.id)
    return book.put(opening.replace(state=OpeningState.ACTIVE, reviewed_by=by, updated_at=book.now))
