"""What decisions about parties share: who is there to be decided about, who is on a list, which rules are in force."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from canglian.bank.party.model import (
    Colour,
    ListEntry,
    Party,
    PartyDocument,
    PartyKind,
    PartyPolicy,
    PartyState,
    Risk,
    Unmasking,
)
from canglian.kernel.book import Book
from canglian.kernel.versions import Versioned

RULES = "party"
BEGINNING = date(2000, 1, 1)
"""From when the first version of the rules applies."""

SYSTEM = "system:party"


def first_policy(at: datetime) -> PartyPolicy:
    """The rules that a book begins with, from the regulations as they are known; a bank adds its own versions."""
    return PartyPolicy(
        effective_from=BEGINNING,
        rules=RULES,
        retention_years=10,
        beneficial_owner_bps=2500,
        opening_hours=24,
        step_tries=3,
        liveness_bps=8000,
        elements=5,
        automatic_review=True,
        unmask_minutes=10,
        review_days_low=1095,
        review_days_medium=730,
        review_days_high=182,
        note="",
        added_at=at,
        added_by=SYSTEM,
        code_minutes=5,
        code_tries=5,
        code_pause_seconds=60,
        code_sends=5,
        code_day_sends=10,
    )


POLICIES: Final = Versioned(PartyPolicy, "rules", lambda book, rules: [first_policy(book.now)])


def policy_in_force(book: Book) -> PartyPolicy:
    """The version of the rules that applies on the business date; a book begins with ``first_policy``."""
    return POLICIES.on(book, RULES, book.today) or first_policy(book.now)


def require_active_party(book: Book, identity: str) -> Party:
    """A party that is neither merged nor erased. Rejects ``party.not_found``, ``party.merged``, ``party.erased``."""
    party = book.get(Party, identity)
    if party.state is PartyState.MERGED:
        book.reject("party.merged", party=identity, merged_into=party.merged_into)
    if party.state is PartyState.ERASED:
        book.reject("party.erased", party=identity)
    return party


def active_party(book: Book, identity: str) -> Party:
    """A party whose relationship goes on. Rejects as ``require_active_party``, and ``party.ended``."""
    party = require_active_party(book, identity)
    if party.state is PartyState.ENDED:
        book.reject("party.ended", party=identity, ended_on=str(party.ended_on))
    return party


def active_person(book: Book, identity: str) -> Party:
    """An active natural person. Rejects ``party.not_person`` too."""
    party = active_party(book, identity)
    if party.kind is not PartyKind.PERSON:
        book.reject("party.not_person", party=identity)
    return party


def active_organisation(book: Book, identity: str) -> Party:
    """An active party that is no natural person. Rejects ``party.not_organisation`` too."""
    party = active_party(book, identity)
    if party.kind is PartyKind.PERSON:
        book.reject("party.not_organisation", party=identity)
    return party


def living(book: Book, index: str, key: str | None) -> list[Party]:
    """The parties with an index that are neither merged nor erased."""
    return [
        party for party in book.find(Party, index, key) if party.state not in (PartyState.MERGED, PartyState.ERASED)
    ]


def signed_in_by(sharing: Iterable[Party]) -> Party | None:
    """Whom of the people with one mobile it signs in: whom an operator chose last, else who was registered first."""
    people = [party for party in sharing if party.kind is PartyKind.PERSON and party.state is PartyState.ACTIVE]
    chosen = [party for party in people if party.signs_in_since is not None]
    return max(chosen, key=_chosen) if chosen else min(people, key=_registered, default=None)


def _chosen(party: Party) -> tuple[datetime | None, str]:
    return party.signs_in_since, party.id


def _registered(party: Party) -> tuple[datetime, str]:
    return party.created_at, party.id


def is_in_force(entry: ListEntry, today: date) -> bool:
    """Whether a list entry counts on a day."""
    return entry.ended_at is None and (entry.until is None or entry.until >= today)


def listed(book: Book, *subjects: str | None) -> ListEntry | None:
    """The gravest list entry in force for any of some blind indexes: black before grey."""
    entries = [
        entry
        for subject in subjects
        for entry in book.find(ListEntry, "subject", subject)
        if is_in_force(entry, book.today)
    ]
    if not entries:
        return None
    black = [entry for entry in entries if entry.colour is Colour.BLACK]
    return next(iter(black or entries), None)


def least_risk(entry: ListEntry | None) -> Risk:
    """The lowest rating that a list entry leaves room for."""
    if entry is None:
        return Risk.LOW
    return Risk.PROHIBITED if entry.colour is Colour.BLACK else Risk.HIGH


def graver(first: Risk, second: Risk) -> Risk:
    """The higher of two ratings."""
    return max(first, second, key=_rank)


def _rank(risk: Risk) -> int:
    return risk.rank


def review_on(policy: PartyPolicy, risk: Risk, today: date) -> date:
    """When a rating is looked at again."""
    days = {Risk.LOW: policy.review_days_low, Risk.MEDIUM: policy.review_days_medium}
    return today + timedelta(days=days.get(risk, policy.review_days_high))


def readable_until(unmasking: Unmasking, policy: PartyPolicy) -> datetime:
    """Until when whoever asked for personal data may see it again."""
    return unmasking.at + timedelta(minutes=policy.unmask_minutes)


def may_be_erased_on(ended_on: date, policy: PartyPolicy) -> date:
    """The first day on which data may go: so many years after the relationship ended."""
    year = ended_on.year + policy.retention_years
    try:
        return ended_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def is_valid(document: PartyDocument, today: date) -> bool:
    """Whether a document is valid on a day."""
    return document.valid_from <= today and (document.valid_until is None or document.valid_until >= today)
