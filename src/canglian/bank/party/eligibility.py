"""Whether a party may have accounts, and what is missing where it may not.

A person has to be verified, from afar or face to face; how far decides which kinds of accounts, which is the business
of the rooms above. An organisation has to be verified face to face, its representative known as a party, its beneficial
owners recorded (or why there are none), and its intent confirmed by that representative (开户意愿核实).
"""

from collections.abc import Iterable
from typing import TypeVar

from canglian.bank.party.model import (
    BeneficialOwner,
    Control,
    IntentCheck,
    IntentOutcome,
    Level,
    OwnerExemption,
    Party,
    PartyKind,
    PartyPolicy,
    PartyState,
    Risk,
)
from canglian.bank.party.rules import active_party, policy_in_force
from canglian.kernel.book import Book

NOT_VERIFIED = "party.not_verified"
REPRESENTATIVE = "party.representative_missing"
OWNERS = "party.owners_missing"
INTENT = "party.intent_missing"
LACKS = (NOT_VERIFIED, REPRESENTATIVE, OWNERS, INTENT)
"""Everything that may be missing, in the order in which it is reported."""

E = TypeVar("E", BeneficialOwner, OwnerExemption, IntentCheck)


def may_open(book: Book, party: str) -> Party:
    """A party that may have accounts.

    Rejects as ``active_party``, ``party.prohibited``, and the first of ``LACKS`` with all of them in ``missing``.
    """
    found = active_party(book, party)
    if found.risk is Risk.PROHIBITED:
        book.reject("party.prohibited", party=found.id)
    representative = None if found.representative is None else book.maybe(Party, found.representative)
    missing = lacking(
        found,
        representative,
        book.find(BeneficialOwner, "company", found.id),
        book.find(OwnerExemption, "company", found.id),
        book.find(IntentCheck, "company", found.id),
        policy_in_force(book),
    )
    if missing:
        book.reject(missing[0], party=found.id, missing=missing)
    return found


def lacking(
    party: Party,
    representative: Party | None,
    owners: Iterable[BeneficialOwner],
    exemptions: Iterable[OwnerExemption],
    checks: Iterable[IntentCheck],
    policy: PartyPolicy,
) -> list[str]:
    """The codes of what a party lacks to have accounts; of an organisation by its owners, exemptions and checks."""
    if party.kind is PartyKind.PERSON:
        return [] if party.level.rank >= Level.REMOTE.rank else [NOT_VERIFIED]
    known = representative is not None and representative.state is PartyState.ACTIVE
    owned = any(_is_beneficial(owner, policy) for owner in going_on(owners))
    fulfilled = {
        NOT_VERIFIED: party.level is Level.FACE_TO_FACE,
        REPRESENTATIVE: known,
        OWNERS: owned or bool(going_on(exemptions)),
        INTENT: is_confirmed(checks, party.representative),
    }
    return [code for code in LACKS if not fulfilled[code]]


def is_confirmed(checks: Iterable[IntentCheck], representative: str | None) -> bool:
    """Whether the last check with the present representative confirmed the intent."""
    asked = [check for check in going_on(checks) if check.spoke_with == representative]
    return bool(asked) and max(asked, key=_when_held).outcome is IntentOutcome.CONFIRMED


def going_on(things: Iterable[E]) -> list[E]:
    """Those that have not ended."""
    return [thing for thing in things if thing.ended_on is None]


def _is_beneficial(owner: BeneficialOwner, policy: PartyPolicy) -> bool:
    return owner.control is not Control.SHARES or owner.share_bps >= policy.beneficial_owner_bps


def _when_held(check: IntentCheck) -> tuple[object, ...]:
    return (check.held_at, check.id)
