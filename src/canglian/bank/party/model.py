"""What the bank keeps of people and organisations.

Personal data is sealed (``*_sealed``), beside it a mask to show (``*_mask``) and a blind index to find it by
(``*_index``); nothing of it stands here in plain. ``None`` means not known, or erased.
"""

import enum
from datetime import date, datetime

from canglian.kernel.entity import Entity, Record


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
    again; ``ended_on`` when the relationship ended, from which the time of keeping runs.
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


class PartyRole(Entity, frozen=True, table="party_role", indexes={"party": ("party",)}):
    """A part that a party plays. ``within`` says where, by the id of the scene's own thing (a village, a hospital)."""

    id: str
    party: str
    role: RoleName
    within: str | None
    since: date
    ended_on: date | None


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

    id: str
    company: str
    owner: str
    control: Control
    share_bps: int
    since: date
    ended_on: date | None


class OwnerExemption(Entity, frozen=True, table="owner_exemption", indexes={"company": ("company",)}):
    """Why an organisation has no beneficial owner to be recorded, such as that it is a public body."""

    id: str
    company: str
    reason: str
    since: date
    ended_on: date | None
    added_at: datetime
    added_by: str


class IntentCheck(Entity, frozen=True, table="intent_check", indexes={"company": ("company",)}):
    """Somebody asked an organisation's representative whether it wants accounts here (开户意愿核实).

    ``spoke_with`` is the representative, ``noted_by`` who asked; ``reference`` leads to the proof, such as a recording.
    It counts until the relationship ends.
    """

    id: str
    company: str
    spoke_with: str
    how: IntentHow
    held_at: datetime
    reference: str
    outcome: IntentOutcome
    note: str | None
    noted_at: datetime
    noted_by: str
    ended_on: date | None


class Consent(Entity, frozen=True, table="consent", indexes={"party": ("party",)}):
    """A person's word that ``receiver`` may have the data of ``scope`` for ``purpose``, until it is withdrawn."""

    id: str
    party: str
    scope: str
    purpose: str
    receiver: str
    evidence: str | None
    given_at: datetime
    withdrawn_at: datetime | None


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

    opening: str
    number: int
    step: OpeningState
    passed: bool
    reference: str | None
    digest: str | None
    score_bps: int | None
    note: str | None
    at: datetime
    by: str


class Unmasking(Record, frozen=True, table="unmasking"):
    """Somebody was shown personal data in plain: of whom, which, and why."""

    id: str
    party: str
    fields: list[Field]
    exported: bool
    reason: str
    by: str
    at: datetime


class PartyPolicy(Entity, frozen=True, table="party_policy", key=("effective_from",), indexes={"rules": ("rules",)}):
    """The figures of this room's rules from a business date on.

    ``rules`` is the name of the set. A remote opening lasts ``opening_hours``, a step of it may go wrong ``step_tries``
    times, a face has to look alike by ``liveness_bps``, and ``elements`` pieces have to agree. ``automatic_review``
    lets somebody of low or medium risk who is on no list through without an operator. A one-time code counts for
    ``code_minutes`` and may be typed wrong ``code_tries`` times; another one is sent after ``code_pause_seconds``, and
    no more than ``code_sends`` in all. To sign in, a mobile gets ``code_day_sends`` within a day.
    """

    effective_from: date
    rules: str
    retention_years: int
    beneficial_owner_bps: int
    opening_hours: int
    step_tries: int
    liveness_bps: int
    elements: int
    automatic_review: bool
    unmask_minutes: int
    review_days_low: int
    review_days_medium: int
    review_days_high: int
    note: str
    added_at: datetime
    added_by: str
    code_minutes: int
    code_tries: int
    code_pause_seconds: int
    code_sends: int
    code_day_sends: int
