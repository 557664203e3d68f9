"""Consents: given for a scope, a purpose and a receiver, and withdrawn."""

from typing import Annotated

from msgspec import Meta

from canglian.bank.party.commands.documents import Digest
from canglian.bank.party.commands.parties import PartyId
from canglian.bank.party.model import Consent
from canglian.bank.party.rules import active_party, require_active_party
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import doc, identifier
from canglian.kernel.values import Name, Reference

Scope = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*\Z", max_length=48, description="Which data: profile.basic")
]
ConsentId = Annotated[str, identifier("cns", "A consent's id.")]


class GiveConsent(Command[Consent], kind="party.give_consent"):
    """Note a separate consent (PIPL, article 23 and 29). Rejects ``consent.given_already`` with the other's id.

    ``evidence`` is the SHA-256 of what was signed or shown.
    """

    party: PartyId
    scope: Scope
    purpose: Annotated[Name, doc("What the data are used for.")]
    receiver: Reference
    evidence: Annotated[Digest | None, doc("The SHA-256 of the signed text.")] = None

    def decide(self, book: Book) -> Consent:
        active_party(book, self.party)
        for other in book.find(Consent, "party", self.party):
            same = (other.scope, other.purpose, other.receiver) == (self.scope, self.purpose, self.receiver)
            if same and other.withdrawn_at is None:
                book.reject("consent.given_already", other=other.id)
        consent = Consent(
            book.new_id("cns"),
            self.party,
            self.scope,
            self.purpose,
            self.receiver,
            self.evidence,
            book.now,
            None,
        )
        book.emit("consent.given", f"party:{self.party}", party=self.party, consent=consent.id, receiver=self.receiver)
        return book.add(consent)


class WithdrawConsent(Command[Consent], kind="party.withdraw_consent"):
    """Withdraw a consent; the receiver is notified by the event. Rejects ``consent.withdrawn_already``."""

    consent: ConsentId

    def decide(self, book: Book) -> Consent:
        consent = book.get(Consent, self.consent)
        require_active_party(book, consent.party)
        if consent.withdrawn_at is not None:
            book.reject("consent.withdrawn_already", withdrawn_at=consent.withdrawn_at.isoformat())
        return withdraw(book, consent)


def withdraw(book: Book, consent: Consent) -> Consent:
    """Take a consent back."""
    book.emit(
        "consent.withdrawn",
        f"party:{consent.party}",
        party=consent.party,
        consent=consent.id,
        receiver=consent.receiver,
    )
    return book.put(consent.replace(withdrawn_at=book.now))


def withdraw_all(book: Book, party: str) -> int:
    """Withdraw every consent of a party; how many there were."""
    given = [consent for consent in book.find(Consent, "party", party) if consent.withdrawn_at is None]
    for consent in given:
        withdraw(book, consent)
    return len(given)


def has_consented(book: Book, party: str, scope: str, receiver: str) -> bool:
    """Whether a party's consent lets a receiver have the data of a scope now."""
    return any(
        (consent.scope, consent.receiver, consent.withdrawn_at) == (scope, receiver, None)
        for consent in book.find(Consent, "party", party)
    )
