"""People and organisations, how far each has been verified, and what each has consented to.

Owns the tables party, party_role, party_document, beneficial_owner, owner_exemption, intent_check, consent, list_entry,
remote_opening, opening_step, unmasking and party_policy. Promises: no personal data stands in plain in any row,
command, event or log line; a number belongs to one party of a book; nobody is shown plain text without a line in the
log that says why; a merged party is never decided about again; data goes only after the time for which it must be kept.

``may_open`` is what the rooms above ask before a party gets an account.
"""

import canglian.bank.party.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.bank.party.eligibility import may_open
from canglian.bank.party.model import (
    BeneficialOwner,
    Consent,
    IntentCheck,
    IntentHow,
    IntentOutcome,
    Level,
    ListEntry,
    OpeningState,
    OwnerExemption,
    Party,
    PartyDocument,
    PartyKind,
    PartyPolicy,
    PartyRole,
    PartyState,
    RemoteOpening,
    Risk,
    RoleName,
    Unmasking,
)

__all__ = [
    "BeneficialOwner",
    "Consent",
    "IntentCheck",
    "IntentHow",
    "IntentOutcome",
    "Level",
    "ListEntry",
    "OpeningState",
    "OwnerExemption",
    "Party",
    "PartyDocument",
    "PartyKind",
    "PartyPolicy",
    "PartyRole",
    "PartyState",
    "RemoteOpening",
    "Risk",
    "RoleName",
    "Unmasking",
    "may_open",
]
