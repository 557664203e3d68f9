"""What a party is to the scenes, and who in the end owns an organisation."""

from typing import Annotated

from msgspec import Meta

from canglian.bank.party.commands.intent import end_exemptions
from canglian.bank.party.commands.parties import PartyId
from canglian.bank.party.model import BeneficialOwner, Control, PartyRole, RoleName
from canglian.bank.party.rules import (
    active_organisation,
    active_party,
    active_person,
    policy_in_force,
    require_active_party,
)
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Unit, doc, identifier
from canglian.kernel.values import Reference

WHOLE_BPS = 10_000


class AddRole(Command[PartyRole], kind="party.add_role"):
    """Give a party a role, within a scene's own thing where it is named. Rejects ``party_role.held``."""

    party: PartyId
    role: Annotated[RoleName, doc("The part that the party plays, such as `villager`.")]
    within: Annotated[Reference | None, doc("In which thing of a scene, such as a village or a hospital.")] = None

    def decide(self, book: Book) -> PartyRole:
        active_party(book, self.party)
        for held in book.find(PartyRole, "party", self.party):
            if (held.role, held.within, held.ended_on) == (self.role, self.within, None):
                book.reject("party_role.held", party=self.party, other=held.id)
        role = PartyRole(book.new_id("rol"), self.party, self.role, self.within, book.today, None)
        book.emit("party.role_added", f"party:{self.party}", party=self.party, role=self.role.value)
        return book.add(role)


class EndRole(Command[PartyRole], kind="party.end_role"):
    """End a role. Rejects ``party_role.not_found`` and ``party_role.ended``."""

    party: PartyId
    role: Annotated[str, identifier("rol", "A role's id.")]

    def decide(self, book: Book) -> PartyRole:
        active_party(book, self.party)
        role = book.get(PartyRole, self.role)
        if role.party != self.party:
            book.reject("party_role.not_found", party_role=self.role)
        if role.ended_on is not None:
            book.reject("party_role.ended", ended_on=role.ended_on.isoformat())
        book.emit("party.role_ended", f"party:{self.party}", party=self.party, role=role.role.value)
        return book.put(role.replace(ended_on=book.today))


class AddBeneficialOwner(Command[BeneficialOwner], kind="party.add_beneficial_owner"):
    """Note who in the end owns or controls an organisation; what was stated of there being nobody ends.

    Rejects ``beneficial_owner.share_small`` below the rules' least share unless the control is of another kind,
    ``beneficial_owner.shares_exceeded``, ``beneficial_owner.held``, ``party.not_person``, ``party.not_organisation``.
    """

    company: PartyId
    owner: PartyId
    control: Annotated[Control, doc("How the owner controls it.")]
    share_bps: Annotated[
        int, Meta(ge=0, le=WHOLE_BPS), Field(label="Share (%)", unit=Unit.SHARE_BPS), doc("The share in basis points.")
    ] = 0

    def decide(self, book: Book) -> BeneficialOwner:
        active_organisation(book, self.company)
        active_person(book, self.owner)
        least = policy_in_force(book).beneficial_owner_bps
        if self.control is Control.SHARES and self.share_bps < least:
            book.reject("beneficial_owner.share_small", share_bps=self.share_bps, least_bps=least, field="share_bps")
        there = [owner for owner in book.find(BeneficialOwner, "company", self.company) if owner.ended_on is None]
        for owner in there:
            if owner.owner == self.owner:
                book.reject("beneficial_owner.held", owner=self.owner, company=self.company, other=owner.id)
        total = self.share_bps + sum(owner.share_bps for owner in there)
        if total > WHOLE_BPS:
            book.reject("beneficial_owner.shares_exceeded", total_bps=total, field="share_bps")
        end_exemptions(book, self.company)
        identity = book.new_id("bno")
        book.emit("party.owner_added", f"party:{self.company}", company=self.company, owner=self.owner)
        return book.add(
            BeneficialOwner(identity, self.company, self.owner, self.control, self.share_bps, book.today, None)
        )


class EndBeneficialOwner(Command[BeneficialOwner], kind="party.end_beneficial_owner"):
    """End an ownership. Rejects ``beneficial_owner.not_found`` and ``beneficial_owner.ended``."""

    company: PartyId
    owner: Annotated[str, identifier("bno", "A beneficial owner's id.")]

    def decide(self, book: Book) -> BeneficialOwner:
        require_active_party(book, self.company)
        owner = book.get(BeneficialOwner, self.owner)
        if owner.company != self.company:
            book.reject("beneficial_owner.not_found", beneficial_owner=self.owner)
        if owner.ended_on is not None:
            book.reject("beneficial_owner.ended", ended_on=owner.ended_on.isoformat())
        book.emit("party.owner_ended", f"party:{self.company}", company=self.company, owner=owner.owner)
        return book.put(owner.replace(ended_on=book.today))
