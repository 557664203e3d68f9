"""The holder's whole name on a statement for staff: with an unmasking of their own, whose every use is logged."""

import msgspec

from canglian.bank.deposit.statements.gathering import Subject
from canglian.bank.party.disclosing import look_again
from canglian.bank.party.model import Field, Unmasking
from canglian.bank.party.queries import parties
from canglian.kernel.errors import NotFound
from canglian.web.principal import Principal
from canglian.web.services import Services


async def with_whole_name(
    services: Services, principal: Principal, subject: Subject, party: str | None, unmasking: str
) -> Subject:
    """A statement's subject with the name that an unmasking lets see.

    NotFound ``unmasking.not_found`` for one of somebody else, of another party or without the name; rejects what
    looking again rejects.
    """
    if not any(unmasking == own.id for own in await own_unmaskings(services, principal, party)):
        raise NotFound("unmasking.not_found", unmasking=unmasking)
    shown, _ = await look_again(services, principal, unmasking)
    name = None if shown.data is None else shown.data.name
    return msgspec.structs.replace(subject, holder=name or subject.holder)


async def own_unmaskings(services: Services, principal: Principal, party: str | None) -> list[Unmasking]:
    """The unmaskings of a party's name by whoever asks."""
    if party is None:
        return []
    found = await parties.unmaskings_of(services.reader, principal.book, party)
    return [each for each in found if each.by == principal.actor and Field.NAME in each.fields]
