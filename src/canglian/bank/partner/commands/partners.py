"""Partners: registered, let in by a second person, suspended, and out for good."""

from canglian.bank.partner.commands.values import PartnerId, PartnerName, ReasonText, Registration
from canglian.bank.partner.model import Partner, PartnerState
from canglian.bank.party.checks import credit_code
from canglian.kernel.book import Book
from canglian.kernel.command import Command


class RegisterPartner(Command[Partner], kind="partner.register"):
    """Take an organisation's application. Another person decides about it.

    Rejects ``party.credit_code_*`` and ``partner.known``.
    """

    name: PartnerName
    registration: Registration

    def decide(self, book: Book) -> Partner:
        number = credit_code(self.registration)
        for known in book.find(Partner, "registration", number):
            if known.state not in (PartnerState.REFUSED, PartnerState.EXITED):
                book.reject("partner.known", name=known.name, field="registration")
        partner = Partner(
            id=book.new_id("ptn"),
            name=self.name,
            registration=number,
            state=PartnerState.REVIEW,
            applied_at=book.now,
            applied_by=book.actor,
            decided_at=None,
            decided_by=None,
            reason=None,
        )
        book.emit("partner.registered", f"partner:{partner.id}", partner=partner.id)
        return book.add(partner)


class _Step(Command[Partner]):
    """A step of a partner, from some states to another."""

    partner: PartnerId

    def step(self, book: Book, begins: tuple[PartnerState, ...], state: PartnerState, reason: str | None) -> Partner:
        """The partner in its new state. Rejects ``partner.not_found`` and ``partner.state``."""
        partner = book.get(Partner, self.partner)
        if partner.state not in begins:
            book.reject("partner.state", state=partner.state.value)
        changed = partner.replace(state=state, reason=reason)
        if partner.state is PartnerState.REVIEW:
            if partner.applied_by == book.actor:
                book.reject("partner.own_application")
            changed = changed.replace(decided_at=book.now, decided_by=book.actor)
        book.emit(f"partner.{state.value}", f"partner:{partner.id}", partner=partner.id)
        return book.put(changed)


class AcceptPartner(_Step, kind="partner.accept"):
    """Let a partner in. Rejects ``partner.state`` and ``partner.own_application``."""

    def decide(self, book: Book) -> Partner:
        return self.step(book, (PartnerState.REVIEW,), PartnerState.ACTIVE, None)


class RefusePartner(_Step, kind="partner.refuse"):
    """Do not let a partner in. Rejects ``partner.state`` and ``partner.own_application``."""

    reason: ReasonText

    def decide(self, book: Book) -> Partner:
        return self.step(book, (PartnerState.REVIEW,), PartnerState.REFUSED, self.reason)


class SuspendPartner(_Step, kind="partner.suspend"):
    """Shut all apps of a partner out until it is resumed. Rejects ``partner.state``."""

    reason: ReasonText

    def decide(self, book: Book) -> Partner:
        return self.step(book, (PartnerState.ACTIVE,), PartnerState.SUSPENDED, self.reason)


class ResumePartner(_Step, kind="partner.resume"):
    """Let the apps of a partner call again. Rejects ``partner.state``."""

    def decide(self, book: Book) -> Partner:
        return self.step(book, (PartnerState.SUSPENDED,), PartnerState.ACTIVE, None)


class ExitPartner(_Step, kind="partner.exit"):
    """End with a partner: its apps are shut out for good. Rejects ``partner.state``."""

    reason: ReasonText

    def decide(self, book: Book) -> Partner:
        return self.step(book, (PartnerState.ACTIVE, PartnerState.SUSPENDED), PartnerState.EXITED, self.reason)
