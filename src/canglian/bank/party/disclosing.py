"""Personal data on its way out in plain: only after the command that notes it was committed."""

from typing import Annotated, Any

import msgspec

from canglian.bank.party import sealing
from canglian.bank.party.commands import ReadUnmasking
from canglian.bank.party.model import Field, Unmasking
from canglian.bank.party.queries import intent, lists, openings, parties
from canglian.bank.party.rules import readable_until
from canglian.kernel.command import Outcome
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.values import utc_now
from canglian.web.principal import Permission, Principal
from canglian.web.services import Services


class Document(msgspec.Struct, frozen=True):
    """A document's number in plain."""

    id: Annotated[str, doc("Its number or id.")]
    kind: Annotated[str, doc("What kind of document it is.")]
    number: Annotated[str, doc("The document's number: in plain where it was disclosed, else masked.")]


class Disclosed(msgspec.Struct, frozen=True):
    """Personal data in plain; what was not asked for, or is not known, is null."""

    name: Annotated[str | None, doc("What people read.")] = None
    number: Annotated[str | None, doc("The identity number or credit code, in plain.")] = None
    mobile: Annotated[str | None, doc("The mobile number: in plain when it is sent, masked when it is shown.")] = None
    address: Annotated[str | None, doc("The postal address, in plain.")] = None
    documents: Annotated[list[Document] | None, doc("The papers that were seen.")] = None


class Disclosure(msgspec.Struct, frozen=True):
    """The line that notes a look at personal data, and what was seen. A dry run shows nothing."""

    unmasking: Annotated[Unmasking, doc("The line that notes the look.")]
    data: Annotated[Disclosed | None, doc("The rows of this page.")]


async def disclose(services: Services, book: int, outcome: Outcome[Unmasking], *, dry_run: bool = False) -> Disclosure:
    """What an unmasking lets see. A repeated request sees it again for some minutes, then ``unmasking.over``."""
    unmasking = outcome.unwrap()
    if dry_run:
        return Disclosure(unmasking, None)
    if outcome.replayed:
        today = (await book_figures(services.reader, book)).today
        until = readable_until(unmasking, await lists.policy_on(services.reader, book, today))
        if until < utc_now():
            raise Rejection("unmasking.over", until=until.isoformat(timespec="seconds"))
    return await seen(services, book, unmasking)


async def seen(services: Services, book: int, unmasking: Unmasking) -> Disclosure:
    """What an unmasking lets see, once the line that says who looks was committed."""
    return Disclosure(unmasking, await _opened(services, book, unmasking))


async def _opened(services: Services, book: int, unmasking: Unmasking) -> Disclosed:
    party = await parties.party(services.reader, book, unmasking.party)
    papers = await parties.documents_of(services.reader, book, party.id) if Field.DOCUMENTS in unmasking.fields else []
    return msgspec.convert(sealing.opened(services.keyring, party, papers, unmasking.fields), Disclosed)


async def look_again(
    services: Services, principal: Principal, unmasking: str, key: str | None = None
) -> tuple[Disclosure, dict[str, Any] | None]:
    """What somebody may see again of an unmasking of their own, and of an export all else that is held.

    Who looks is logged before anything is opened. NotFound ``unmasking.not_found`` where it is another's; rejects what
    ``ReadUnmasking`` does, and Forbidden ``auth.forbidden`` for who may neither ask for things nor approve them now.
    """
    principal.require(Permission.APPROVE if principal.may(Permission.APPROVE) else Permission.POST)
    await parties.unmasking_by(services.reader, principal.book, unmasking, principal.actor)
    outcome = await services.engine.submit(
        principal.book,
        ReadUnmasking(unmasking=unmasking),
        actor=principal.actor,
        key=key,
        scope=principal.scope,
        role=principal.role.value,
    )
    shown = await seen(services, principal.book, outcome.unwrap())
    return shown, await held(services, principal.book, shown) if shown.unmasking.exported else None


async def everything(
    services: Services, book: int, outcome: Outcome[Unmasking], *, dry_run: bool = False
) -> dict[str, Any]:
    """All that is held about a party, opened, as plain JSON values: what a person may ask for."""
    shown = await disclose(services, book, outcome, dry_run=dry_run)
    if shown.data is None:
        return {"unmasking": msgspec.to_builtins(shown.unmasking), "data": None}
    return await held(services, book, shown)


async def held(services: Services, book: int, shown: Disclosure) -> dict[str, Any]:
    """What was opened, and all else that is held about its party, as plain JSON values."""
    reader, identity = services.reader, shown.unmasking.party
    party = await parties.party(reader, book, identity)
    everything: dict[str, Any] = {
        "unmasking": shown.unmasking,
        "data": shown.data,
        "party": (await parties.views(reader, book, [party]))[0],
        "roles": await parties.roles_of(reader, book, identity),
        "documents": [
            parties.document_view(document) for document in await parties.documents_of(reader, book, identity)
        ],
        "beneficial_owners": await parties.owners_of(reader, book, identity),
        "owner_of": await parties.owned_by(reader, book, identity),
        "owner_exemptions": await intent.exemptions_of(reader, book, identity),
        "intent_checks": await intent.checks_of(reader, book, identity),
        "consents": await lists.consents_of(reader, book, identity),
        "openings": [
            {"opening": opening, "steps": await openings.steps(reader, book, opening.id)}
            for opening in await openings.openings_of(reader, book, identity)
        ],
        "seen_by": await parties.unmaskings_of(reader, book, identity),
        "history": await parties.history(reader, book, identity, limit=500),
    }
    return msgspec.to_builtins(everything)
