"""What the bank keeps of people and organisations.

Personal data is sealed (``*_sealed``), beside it a mask to show (``*_mask``) and a blind index to find it by
(``*_index``); nothing of it stands here in plain. ``None`` means not known, or erased.
"""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.kernel.entity import Entity, Record
from canglian.kernel.fields import doc


class PartyKind(enum.StrEnum):
    """Natural person (个人), company (企业), sole trader (个体工商户), public body, village collective, hospital."""

    PERSON = "person"
    COMPANY = "company"
    SOLE_TRADER = "sole_trader"
    GOVERNMENT = "government"
    VILLAGE_COLLECTIVE = "village_collective"
    HOSPITAL = "hospital"


class Level(enum.StrEnum):
    """How far the party has been verified."""

    NONE = "none"
    REMOTE = "remote"
    FACE_TO_FACE = "face_to_face"

    @property
    def rank(self) -> int:
        """Higher is verified further."""
        return list(Level).index(self)


class Risk(enum.StrEnum):
    """The rating of money-laundering risk; with a prohibited party nothing new is begun."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    PROHIBITED = "prohibited"

    @property
    def rank(self) -> int:
        """Higher is riskier."""
        return list(Risk).index(self)


class PartyState(enum.StrEnum):
    """Active; ended is a relationship that is over; merged points to the survivor; erased has no personal data left."""

    ACTIVE = "active"
    ENDED = "ended"
    MERGED = "merged"
    ERASED = "erased"


class RoleName(enum.StrEnum):
    """What a party is to a scene. One party has as many as it has parts in life."""

    VILLAGER = "villager"
    SHOPKEEPER = "shopkeeper"
    PATIENT = "patient"
    CUSTOMER = "customer"
    EMPLOYEE = "employee"
    ROOFTOP_OWNER = "rooftop_owner"
    INSTALLER = "installer"
    BORROWER = "borrower"
    GUARANTOR = "guarantor"
    SERVICE_POINT = "service_point"
    REPRESENTATIVE = "representative"
    HOUSEHOLD_MEMBER = "household_member"


class DocumentKind(enum.StrEnum):
    """A paper that says who somebody is."""

    IDENTITY_CARD = "identity_card"
    RESIDENCE_PERMIT = "residence_permit"
    PASSPORT = "passport"
    BUSINESS_LICENCE = "business_licence"
    REGISTRATION = "registration"


class Control(enum.StrEnum):
    """How a beneficial owner controls a company: by shares, by other means, or by being its senior manager."""

    SHARES = "shares"
    CONTROL = "control"
    MANAGEMENT = "management"


class IntentHow(enum.StrEnum):
    """How an organisation's intent to open an account was checked with its representative."""

    ON_SITE = "on_site"
    VIDEO = "video"
    PHONE = "phone"


class IntentOutcome(enum.StrEnum):
    """What came of the check: the representative wants the account, does not, or it is not clear."""

    CONFIRMED = "confirmed"
    DENIED = "denied"
    UNCLEAR = "unclear"


class Colour(enum.StrEnum):
    """Black: no business at all. Grey: somebody looks first."""

    BLACK = "black"
    GREY = "grey"


class ListedBy(enum.StrEnum):
    """What a list entry knows somebody by."""

    NUMBER = "number"
    MOBILE = "mobile"


class OpeningState(enum.StrEnum):
    """The way of a remote opening: each state names the last step that was taken."""

    INIT = "init"
    DOCUMENT = "document"
    LIVENESS = "liveness"
    ELEMENTS = "elements"
    SMS = "sms"
    REVIEW = "review"
    ACTIVE = "active"
    REJECTED = "rejected"

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self in (OpeningState.ACTIVE, OpeningState.REJECTED)


class Field(enum.StrEnum):
    """A piece of personal data that can be shown in plain."""

    NAME = "name"
    NUMBER = "number"
    MOBILE = "mobile"
    ADDRESS = "address"
    DOCUMENTS = "documents"


class Party(
    Entity,
    frozen=True,
    table="party",
    indexes={"number": ("number_index",), "mobile": ("mobile_index",), "merged_into": ("merged_into",)},
):
    """A person or an organisation, known once in a book.

    ``number`` is the identity number (GB 11643) of a person and the unified credit code (GB 32100) of an organisation.
    ``representative`` is the party that represents an organisation by law. ``review_on`` is when the risk is rated
    again; ``ended_on`` when the relationship ended, from which the time of keeping runs. ``claimed_until`` is None
    unless the person named the number without proof: until it is proven it keeps nobody else from having it.
    ``signs_in_since`` is when an operator said that the mobile, which others have too, signs in this person.
    """

    id: str
    kind: PartyKind
    name_sealed: str | None
    name_mask: str
    name_index: str | None
    number_sealed: str | None
    number_mask: str | None
    number_index: str | None
    mobile_sealed: str | None
    mobile_mask: str | None
    mobile_index: str | None
    address_sealed: str | None
    nationality: str
    occupation: str | None
    representative: str | None
    level: Level
    verified_at: datetime | None
    risk: Risk
    review_on: date
    state: PartyState
    merged_into: str | None
    ended_on: date | None
    created_at: datetime
    updated_at: datetime
    claimed_until: datetime | None = None
    signs_in_since: datetime | None = None

    @property
    def proven_number(self) -> str | None:
        """The blind index of its number, unless that is only claimed."""
        return self.number_index if self.claimed_until is None else None


class PartyRole(Entity, frozen=True, table="party_role", indexes={"party": ("party",)}):
    """A part that a party plays. ``within`` says where, by the id of the scene's own thing (a village, a hospital)."""

    id: Annotated[str, doc("Its number or id.")]
    party: Annotated[str, doc("The party's id.")]
    role: Annotated[RoleName, doc("The part that the party plays, such as `villager`.")]
    within: Annotated[str | None, doc("In which thing of a scene, such as a village or a hospital.")]
    since: Annotated[date, doc("Since which business date.")]
    ended_on: Annotated[date | None, doc("The business date on which it ended; null while it holds.")]


class PartyDocument(Entity, frozen=True, table="party_document", indexes={"party": ("party",)}):
    """A paper that was seen. ``digest`` is the SHA-256 of its picture; ``valid_until`` None means for life."""

    id: str
    party: str
    kind: DocumentKind
    number_sealed: str | None
    number_mask: str
    number_index: str | None
    authority: str
    valid_from: date
    valid_until: date | None
    digest: str | None
    added_at: datetime
    added_by: str


class BeneficialOwner(
    Entity, frozen=True, table="beneficial_owner", indexes={"company": ("company",), "owner": ("owner",)}
):
    """A person who in the end owns or controls an organisation."""

    id: Annotated[str, doc("Its number or id.")]
    company: Annotated[str, doc("The party that is owned.")]
    owner: Annotated[str, doc("The party that owns.")]
    control: Annotated[Control, doc("How the owner controls it.")]
    share_bps: Annotated[int, doc("The share in basis points.")]
    since: Annotated[date, doc("Since which business date.")]
    ended_on: Annotated[date | None, doc("The business date on which it ended; null while it holds.")]


class OwnerExemption(Entity, frozen=True, table="owner_exemption", indexes={"company": ("company",)}):
    """Why an organisation has no beneficial owner to be recorded, such as that it is a public body."""

    id: Annotated[str, doc("Its number or id.")]
    company: Annotated[str, doc("The party that is owned.")]
    reason: Annotated[str, doc("Why; it stays on record.")]
    since: Annotated[date, doc("Since which business date.")]
    ended_on: Annotated[date | None, doc("The business date on which it ended; null while it holds.")]
    added_at: Annotated[datetime, doc("When it was added.")]
    added_by: Annotated[str, doc("Who added it.")]


class IntentCheck(Entity, frozen=True, table="intent_check", indexes={"company": ("company",)}):
    """Somebody asked an organisation's representative whether it wants accounts here (开户意愿核实).

    ``spoke_with`` is the representative, ``noted_by`` who asked; ``reference`` leads to the proof, such as a recording.
    It counts until the relationship ends.
    """

    id: Annotated[str, doc("Its number or id.")]
    company: Annotated[str, doc("The party that is owned.")]
    spoke_with: Annotated[str, doc("The legal representative's party, who was asked.")]
    how: Annotated[IntentHow, doc("How it was asked: `on_site`, `video` or `phone`.")]
    held_at: Annotated[datetime, doc("When the check was held.")]
    reference: Annotated[str, doc("Where the proof is, such as the number of a recording.")]
    outcome: Annotated[IntentOutcome, doc("What came of it: `confirmed`, `denied` or `unclear`.")]
    note: Annotated[str | None, doc("A remark, or null.")]
    noted_at: Annotated[datetime, doc("When it was noted.")]
    noted_by: Annotated[str, doc("Who asked and noted it.")]
    ended_on: Annotated[date | None, doc("The business date on which it ended; null while it holds.")]


class Consent(Entity, frozen=True, table="consent", indexes={"party": ("party",)}):
    """A person's word that ``receiver`` may have the data of ``scope`` for ``purpose``, until it is withdrawn."""

    id: Annotated[str, doc("Its number or id.")]
    party: Annotated[str, doc("The party's id.")]
    scope: Annotated[str, doc("Which data it is about.")]
    purpose: Annotated[str, doc("What the data are used for.")]
    receiver: Annotated[str, doc("Who receives the data.")]
    evidence: Annotated[str | None, doc("A reference to the proof, such as a recording.")]
    given_at: Annotated[datetime, doc("When it was given.")]
    withdrawn_at: Annotated[datetime | None, doc("When it was withdrawn; null while it holds.")]


class ListEntry(Entity, frozen=True, table="list_entry", indexes={"subject": ("subject",)}):
    """Somebody on a list, known by a blind index alone. ``until`` is the last day, None for ever."""

    id: str
    colour: Colour
    listed_by: ListedBy
    subject: str
    mask: str
    reason: str
    until: date | None
    added_at: datetime
    added_by: str
    ended_at: datetime | None
    ended_by: str | None
    end_reason: str | None


class RemoteOpening(Entity, frozen=True, table="remote_opening", indexes={"party": ("party",)}):
    """A person on the way to being verified from afar.

    ``tries`` counts what went wrong at the step under way, ``steps`` all steps so far. ``outcome`` says why it was
    rejected. ``account_*`` is the account at another bank that the elements are checked against. ``code_index`` is the
    keyed hash of the one-time code that counts until ``code_until``; ``codes`` were asked for, the last one at
    ``code_asked_at``.
    """

    id: str
    party: str
    channel: str
    state: OpeningState
    outcome: str | None
    tries: int
    steps: int
    account_sealed: str | None
    account_mask: str | None
    account_index: str | None
    started_at: datetime
    updated_at: datetime
    expires_at: datetime
    reviewed_by: str | None
    code_index: str | None
    code_until: datetime | None
    code_asked_at: datetime | None
    codes: int


class OpeningStep(Record, frozen=True, table="opening_step", key=("opening", "number")):
    """One step of an opening with its evidence: a reference of whoever checked, a digest, a score in basis points."""

    opening: Annotated[str, doc("The remote opening.")]
    number: Annotated[int, doc("Its place in the order, from 1.")]
    step: Annotated[OpeningState, doc("The step that was taken.")]
    passed: Annotated[bool, doc("Whether the step was passed.")]
    reference: Annotated[str | None, doc("Your own number for it, such as an order's.")]
    digest: Annotated[str | None, doc("The SHA-256 of its picture.")]
    score_bps: Annotated[int | None, doc("The score of the check in basis points, or null.")]
    note: Annotated[str | None, doc("A remark; it must hold no personal number.")]
    at: Annotated[datetime, doc("When.")]
    by: Annotated[str, doc("Who reported it.")]


class Unmasking(Record, frozen=True, table="unmasking"):
    """Somebody was shown personal data in plain: of whom, which, and why."""

    id: Annotated[str, doc("Its number or id.")]
    party: Annotated[str, doc("The party's id.")]
    fields: Annotated[list[Field], doc("What was shown.")]
    exported: Annotated[bool, doc("Whether everything was handed out, not only looked at.")]
    reason: Annotated[str, doc("Why; it stays on record.")]
    by: Annotated[str, doc("Who looked.")]
    at: Annotated[datetime, doc("When.")]


class PartyPolicy(Entity, frozen=True, table="party_policy", key=("effective_from",), indexes={"rules": ("rules",)}):
    """The figures of this room's rules from a business date on.

    ``rules`` is the name of the set. A remote opening lasts ``opening_hours``, a step of it may go wrong ``step_tries``
    times, a face has to look alike by ``liveness_bps``, and ``elements`` pieces have to agree. ``automatic_review``
    lets somebody of low or medium risk who is on no list through without an operator. A one-time code counts for
    ``code_minutes`` and may be typed wrong ``code_tries`` times; another one is sent after ``code_pause_seconds``, and
    no more than ``code_sends`` in all. To sign in, a mobile gets ``code_day_sends`` within a day.
    """

    effective_from: Annotated[date, doc("The business date from which the figures count.")]
    rules: Annotated[str, doc("The name of the set of rules.")]
    retention_years: Annotated[int, doc("How many years data is kept after the relationship ended.")]
    beneficial_owner_bps: Annotated[int, doc("The share from which on an owner is a beneficial one, in basis points.")]
    opening_hours: Annotated[int, doc("After so many hours a remote opening expires.")]
    step_tries: Annotated[int, doc("How often a step may go wrong.")]
    liveness_bps: Annotated[int, doc("How much a face has to look alike, in basis points.")]
    elements: Annotated[int, doc("How many of the five elements agree, or have to.")]
    automatic_review: Annotated[
        bool,
        doc("Whether somebody of low or medium risk who is on no list needs no operator."),
    ]
    unmask_minutes: Annotated[int, doc("For how many minutes a repeated request sees the same data again.")]
    review_days_low: Annotated[int, doc("After how many days a party of low risk is looked at again.")]
    review_days_medium: Annotated[int, doc("After how many days a party of medium risk is looked at again.")]
    review_days_high: Annotated[int, doc("After how many days a party of high risk is looked at again.")]
    note: Annotated[str, doc("A remark; it must hold no personal number.")]
    added_at: Annotated[datetime, doc("When it was added.")]
    added_by: Annotated[str, doc("Who added it.")]
    code_minutes: Annotated[int, doc("For how many minutes a one-time code counts.")]
    code_tries: Annotated[int, doc("How often a code may be typed wrong.")]
    code_pause_seconds: Annotated[int, doc("After how many seconds another code may be asked for.")]
    code_sends: Annotated[int, doc("How many codes are sent for one opening at most.")]
    code_day_sends: Annotated[int, doc("How many codes to sign in go to a mobile within a day at most.")]
