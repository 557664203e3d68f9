"""The rules' figures, from a business date on."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from canglian.bank.party.model import PartyPolicy
from canglian.bank.party.rules import POLICIES, RULES
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Note, Unit, doc

Bps = Annotated[int, Meta(ge=1, le=10_000, description="Basis points: 2500 is 25 %.")]
Days = Annotated[int, Meta(ge=1, le=3660)]


class AddPartyPolicy(Command[PartyPolicy], kind="party.add_policy"):
    """A new version of the rules. Rejects ``party_policy.in_past`` and ``party_policy.exists``."""

    effective_from: Annotated[date, doc("The business date from which the figures count.")]
    retention_years: Annotated[
        int,
        Field(label="Years that data is kept"),
        Meta(ge=5, le=50),
        doc("How many years data is kept after the relationship ended."),
    ]
    beneficial_owner_bps: Annotated[Bps, Field(label="Least share of a beneficial owner (%)", unit=Unit.SHARE_BPS)]
    opening_hours: Annotated[
        int,
        Field(label="Hours that a remote opening lasts"),
        Meta(ge=1, le=720),
        doc("After so many hours a remote opening expires."),
    ]
    step_tries: Annotated[int, Field(label="Tries of a step"), Meta(ge=1, le=20), doc("How often a step may go wrong.")]
    liveness_bps: Annotated[Bps, Field(label="Likeness of a face (%)", unit=Unit.SHARE_BPS)]
    elements: Annotated[
        int,
        Field(label="Elements that have to agree"),
        Meta(ge=3, le=5),
        doc("How many of the five elements agree, or have to."),
    ]
    automatic_review: Annotated[
        bool,
        Field(label="Let low and medium risk through that is on no list"),
        doc("Whether somebody of low or medium risk who is on no list needs no operator."),
    ]
    unmask_minutes: Annotated[
        int,
        Field(label="Unmasked data viewable for, minutes"),
        Meta(ge=1, le=120),
        doc("For how many minutes a repeated request sees the same data again."),
    ]
    review_days_low: Annotated[
        Days,
        Field(label="Days to the next review, low risk"),
        doc("After how many days a party of low risk is looked at again."),
    ]
    review_days_medium: Annotated[
        Days,
        Field(label="Days to the next review, medium risk"),
        doc("After how many days a party of medium risk is looked at again."),
    ]
    review_days_high: Annotated[
        Days,
        Field(label="Days to the next review, high risk"),
        doc("After how many days a party of high risk is looked at again."),
    ]
    note: Note
    code_minutes: Annotated[
        int,
        Field(label="Minutes that a code counts"),
        Meta(ge=1, le=30),
        doc("For how many minutes a one-time code counts."),
    ] = 5
    code_tries: Annotated[
        int,
        Field(label="How often a code may be typed wrong"),
        Meta(ge=1, le=10),
        doc("How often a code may be typed wrong."),
    ] = 5
    code_pause_seconds: Annotated[
        int,
        Field(label="Seconds until another code may be asked for"),
        Meta(ge=10, le=600),
        doc("After how many seconds another code may be asked for."),
    ] = 60
    code_sends: Annotated[
        int,
        Field(label="Codes sent for one opening at most"),
        Meta(ge=1, le=20),
        doc("How many codes are sent for one opening at most."),
    ] = 5
    code_day_sends: Annotated[
        int,
        Field(label="Sign-in codes a day and mobile"),
        Meta(ge=1, le=100),
        doc("How many codes to sign in go to a mobile within a day at most."),
    ] = 10

    def decide(self, book: Book) -> PartyPolicy:
        figures = {name: getattr(self, name) for name in self.__struct_fields__}
        return POLICIES.add(book, RULES, self.effective_from, {"rules": RULES, **figures})
