"""Opening accounts and wallets for many people at once, whom a partner or a village has verified.

Every person goes the whole way of a remote opening, by the decisions of the rooms that it belongs to: registered,
document, face, elements, code, deposit account with its bound account, wallet. Whoever cannot be taken to the end
leaves nothing behind, and does not keep the others.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from canglian.bank.deposit import DepositAccount
from canglian.bank.deposit.commands.opening import OpenDepositAccount
from canglian.bank.deposit.commands.values import Bank
from canglian.bank.deposit.commands.values import ProductCode as DepositProductCode
from canglian.bank.party import OpeningState, Party, PartyKind, RemoteOpening
from canglian.bank.party.commands import (
    CheckLiveness,
    ConfirmCode,
    MatchElements,
    RegisterParty,
    SendCode,
    StartOpening,
    SubmitDocument,
)
from canglian.bank.party.commands.documents import Digest
from canglian.bank.party.commands.openings import Score
from canglian.bank.party.model import DocumentKind, ListEntry
from canglian.bank.party.numbering import Allotted
from canglian.bank.party.sealing import SealedText
from canglian.bank.wallet.commands.opening import OpenWallet
from canglian.bank.wallet.commands.values import ProductCode
from canglian.bank.wallet.model import Wallet
from canglian.kernel.book import FindKey
from canglian.kernel.command import Command
from canglian.kernel.errors import Rejection
from canglian.kernel.values import Name, OwnReference, Reference
from canglian.ledger.book import Book

PEOPLE_MAX = 1000
CHANNEL = "job"

Line = Annotated[int, Meta(ge=1, le=2**31, description="The line of the file.")]


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """The evidence of a person's verification, and where it is on record."""

    authority: Name
    valid_from: date
    document_digest: Digest
    face_score: Score
    face_reference: OwnReference
    face_digest: Digest
    elements: Annotated[int, Meta(ge=1, le=5)]
    elements_reference: OwnReference
    code_reference: OwnReference
    bank: Bank
    valid_until: date | None = None


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Somebody who is to be taken on. ``paper`` is the number of the identity card, ``account`` one elsewhere."""

    line: Line
    name: SealedText
    number: SealedText
    mobile: SealedText
    paper: SealedText
    account: SealedText
    evidence: Evidence
    deposit_number: Allotted
    wallet_number: Allotted


class Taken(msgspec.Struct, frozen=True):
    """What a person has now."""

    line: int
    party: str
    deposit: str
    wallet: str


class Refused(msgspec.Struct, frozen=True):
    """Why somebody was not taken on."""

    line: int
    code: str
    fields: dict[str, Any]


class Onboarded(msgspec.Struct, frozen=True):
    """What became of every person."""

    taken: list[Taken]
    refused: list[Refused]


class OnboardPeople(Command[Onboarded], kind="wallet.onboard"):
    """Register people, open an account at the bank and a wallet for each, and bind their account elsewhere.

    Each line has its own outcome: what the steps reject, ``onboarding.step_failed``, ``.rejected``, ``.review_needed``.
    """

    people: Annotated[list[Person], Meta(min_length=1, max_length=PEOPLE_MAX)]
    product: ProductCode
    deposit_product: DepositProductCode = "deposit.class2"
    within: Reference | None = None

    def weight(self) -> int:
        return len(self.people)

    def decide(self, book: Book) -> Onboarded:
        book.require((), self._finds())
        taken: list[Taken] = []
        refused: list[Refused] = []
        for person in self.people:
            try:
                taken.append(book.attempt(lambda book, person=person: self._take_on(book, person)))
            except Rejection as refusal:
                refused.append(Refused(person.line, refusal.code, refusal.fields))
        return Onboarded(taken, refused)

    def _finds(self) -> Iterable[FindKey]:
        """What is asked about every person: known already, on a list, a number that is somebody's."""
        for person in self.people:
            yield Party, "number", person.number.index
            yield ListEntry, "subject", person.number.index
            yield ListEntry, "subject", person.mobile.index
            yield DepositAccount, "number", person.deposit_number.text.index
            yield Wallet, "number", person.wallet_number.text.index

    def _take_on(self, book: Book, person: Person) -> Taken:
        registering = RegisterParty(
            party_kind=PartyKind.PERSON, name=person.name, number=person.number, mobile=person.mobile
        )
        party = registering.decide(book)
        opening = StartOpening(party=party.id, channel=CHANNEL).decide(book)
        _refuse_unless(book, opening, OpeningState.INIT)
        for step, wanted in _steps(opening.id, person):
            _refuse_unless(book, step.decide(book), wanted)
        deposit = OpenDepositAccount(
            product=self.deposit_product,
            number=person.deposit_number,
            channel=CHANNEL,
            party=party.id,
            opening=opening.id,
            bank=person.evidence.bank,
        ).decide(book)
        wallet = OpenWallet(
            product=self.product,
            number=person.wallet_number,
            channel=CHANNEL,
            party=party.id,
            deposit=deposit.id,
            within=self.within,
        ).decide(book)
        return Taken(person.line, party.id, deposit.id, wallet.id)


def _steps(opening: str, person: Person) -> Iterable[tuple[Command[RemoteOpening], OpeningState]]:
    """The steps of the opening with their evidence, and where each leads."""
    seen = person.evidence
    yield (
        SubmitDocument(
            opening=opening,
            document_kind=DocumentKind.IDENTITY_CARD,
            number=person.paper,
            authority=seen.authority,
            valid_from=seen.valid_from,
            valid_until=seen.valid_until,
            digest=seen.document_digest,
        ),
        OpeningState.DOCUMENT,
    )
    face = CheckLiveness(
        opening=opening, score_bps=seen.face_score, reference=seen.face_reference, digest=seen.face_digest
    )
    yield face, OpeningState.LIVENESS
    matching = MatchElements(
        opening=opening,
        elements=seen.elements,
        matched=True,
        account=person.account,
        reference=seen.elements_reference,
    )
    yield matching, OpeningState.ELEMENTS
    yield SendCode(opening=opening, reference=seen.code_reference), OpeningState.SMS
    yield ConfirmCode(opening=opening, matched=True, reference=seen.code_reference), OpeningState.ACTIVE


def _refuse_unless(book: Book, opening: RemoteOpening, wanted: OpeningState) -> None:
    """Refuse a person who is not in the state that a step leads to."""
    if opening.state is wanted:
        return
    if opening.state is OpeningState.REJECTED:
        book.reject("onboarding.rejected", outcome=opening.outcome)
    if opening.state is OpeningState.REVIEW:
        book.reject("onboarding.review_needed")
    book.reject("onboarding.step_failed", step=wanted.value)
