"""Why something cannot be done to a party or a remote opening now, as its page says before anybody tries.

The reasons are messages; None where it can be done.
"""

from collections.abc import Collection, Sequence
from datetime import date

import msgspec

from canglian.bank.party.model import (
    BeneficialOwner,
    Level,
    OpeningState,
    OwnerExemption,
    Party,
    PartyDocument,
    PartyKind,
    PartyPolicy,
    PartyState,
    Risk,
)
from canglian.bank.party.queries.entrance import SessionView
from canglian.bank.party.queries.openings import OpeningView
from canglian.bank.party.queries.parties import Alike
from canglian.bank.party.rules import is_valid, may_be_erased_on
from canglian.web.form import Message

_ASKED_OUTSIDE = (OpeningState.DOCUMENT, OpeningState.LIVENESS, OpeningState.ELEMENTS, OpeningState.SMS)


class PartyShown(msgspec.Struct, frozen=True):
    """A party with what its page knows of it."""

    party: Party
    today: date
    rules: PartyPolicy
    documents: Sequence[PartyDocument]
    owners: Sequence[BeneficialOwner]
    exemptions: Sequence[OwnerExemption]
    openings: Sequence[OpeningView]
    sessions: Sequence[SessionView]
    alike: Sequence[Alike]
    signs_in: str | None
    names: dict[str, str]

    @property
    def is_active(self) -> bool:
        """Whether the relationship goes on."""
        return self.party.state is PartyState.ACTIVE

    @property
    def valid_documents(self) -> list[PartyDocument]:
        """What the party can be verified with."""
        return [document for document in self.documents if is_valid(document, self.today)]


class OpeningShown(msgspec.Struct, frozen=True):
    """A remote opening, and whether a service outside is connected that checks its steps."""

    opening: OpeningView
    asked_outside: bool


# -- what applies --------------------------------------------------------------------------------------------------


def is_active(shown: PartyShown) -> bool:
    """The relationship goes on."""
    return shown.is_active


def shares_mobile(shown: PartyShown) -> bool:
    """The mobile of an active person signs in somebody else who has it."""
    return is_person(shown) and shown.signs_in not in (None, shown.party.id)


def has_ended(shown: PartyShown) -> bool:
    """The relationship is over and may be resumed."""
    return shown.party.state is PartyState.ENDED


def is_person(shown: PartyShown) -> bool:
    """An active natural person."""
    return shown.is_active and shown.party.kind is PartyKind.PERSON


def is_organisation(shown: PartyShown) -> bool:
    """An active organisation."""
    return shown.is_active and shown.party.kind is not PartyKind.PERSON


def has_verified_name(shown: PartyShown) -> bool:
    """The name of somebody who was verified changes by an approval of others."""
    return shown.is_active and shown.party.level is not Level.NONE


def has_own_name(shown: PartyShown) -> bool:
    """A name that nobody has verified is changed at once."""
    return shown.party.level is Level.NONE


def lacks_number(shown: PartyShown) -> bool:
    """A number is added where there is none; it never changes."""
    return shown.party.number_index is None


def awaits_check(shown: OpeningShown) -> bool:
    """The next step of an opening is asked outside."""
    return shown.asked_outside and shown.opening.state in _ASKED_OUTSIDE


def awaits_review(shown: OpeningShown) -> bool:
    """An opening waits for an operator's decision."""
    return shown.opening.state is OpeningState.REVIEW


# -- why not now ---------------------------------------------------------------------------------------------------


def verified(shown: PartyShown) -> Message | None:
    """The party is seen with a document."""
    if shown.party.level is Level.FACE_TO_FACE:
        return "Already done."
    if shown.party.risk is Risk.PROHIBITED:
        return "The risk is rated prohibited."
    if lacks_number(shown):
        return "No identity number recorded."
    return None if shown.valid_documents else "There is no valid document on record."


def opening_started(shown: PartyShown) -> Message | None:
    """A person is verified from afar."""
    if shown.party.level is not Level.NONE:
        return "The person is verified already."
    if shown.party.risk is Risk.PROHIBITED:
        return "The risk is rated prohibited."
    if lacks_number(shown) or shown.party.mobile_index is None:
        return "An identity number and a mobile number are required."
    return "One is under way." if shown.openings and not shown.openings[0].state.is_over else None


def intent_noted(shown: PartyShown) -> Message | None:
    """An organisation's representative is asked for its intent."""
    return None if shown.party.representative else "No legal representative recorded."


def no_owners_stated(shown: PartyShown) -> Message | None:
    """It is stated why there is no beneficial owner."""
    if _going_on(shown.owners):
        return "There are beneficial owners on record."
    return "Already done." if _going_on(shown.exemptions) else None


def signed_out(shown: PartyShown) -> Message | None:
    """All sessions of a person end."""
    return None if shown.sessions else "The person is signed in nowhere."


def merged(shown: PartyShown) -> Message | None:
    """Another record becomes this one."""
    return None if shown.alike else "No other customer has the same number, mobile or name."


def erased(shown: PartyShown) -> Message | None:
    """Personal data is erased after the time of keeping."""
    kept = may_be_erased_on(shown.party.ended_on or shown.today, shown.rules)
    day = {"day": kept.isoformat()}
    if shown.party.ended_on is None:
        return "The relationship is active. The data must be retained until %(day)s at the earliest.", day
    return ("By law the data is retained until %(day)s.", day) if shown.today < kept else None


def _going_on(things: Collection[BeneficialOwner | OwnerExemption]) -> bool:
    return any(thing.ended_on is None for thing in things)


# -- what is said beside a form ------------------------------------------------------------------------------------


def opening_lasts(shown: PartyShown) -> Message:
    """How long a remote opening takes at most."""
    return "It lasts %(hours)s hours; each step comes by the API.", {"hours": str(shown.rules.opening_hours)}


def whom_to_ask(shown: PartyShown) -> Message:
    """Who has to be asked for an organisation's intent."""
    representative = shown.party.representative or ""
    name = shown.names.get(representative, representative)
    return "Asked of its legal representative: %(name)s.", {"name": name}
