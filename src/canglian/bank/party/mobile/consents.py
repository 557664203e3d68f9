"""What somebody has allowed whom, and taking it back."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.party.commands import GiveConsent, WithdrawConsent
from canglian.bank.party.model import Consent
from canglian.bank.party.queries import lists
from canglian.kernel.command import Command
from canglian.kernel.errors import CanglianError, NotFound
from canglian.web.console.submitting import or_again
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values, submit
from canglian.web.services import Services


@get("/consents", guards=[signed_in])
async def consents_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """All of them, those that were withdrawn too."""
    return await _page(pages, services, person)


async def _page(
    pages: MobilePages, services: Services, person: Person, error: CanglianError | None = None
) -> Response[bytes]:
    found = await _of(services, person)
    return pages.render(
        "party/mobile/consents.html",
        error=error,
        given=[consent for consent in found if consent.withdrawn_at is None],
        withdrawn=[consent for consent in found if consent.withdrawn_at is not None],
    )


async def _of(services: Services, person: Person) -> list[Consent]:
    return [] if person.party is None else await lists.consents_of(services.reader, person.book, person.party)


async def _own(services: Services, person: Person, identity: str) -> Consent:
    """A consent of this person. NotFound ``consent.not_found`` for another's, too."""
    for consent in await _of(services, person):
        if consent.id == identity:
            return consent
    raise NotFound("consent.not_found", consent=identity)


@post("/consents/{consent:str}/withdraw", status_code=200, guards=[signed_in])
async def withdraw(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    consent: FromPath[str],
) -> Response[Any]:
    """Withdraw it; the receiver of the data is notified."""
    form = await form_values(request)
    found = await _own(services, person, consent)
    return await _do(pages, services, person, form, WithdrawConsent(consent=found.id))


@post("/consents/{consent:str}/give", status_code=200, guards=[signed_in])
async def give_again(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    consent: FromPath[str],
) -> Response[Any]:
    """Give one that was taken back again."""
    form = await form_values(request)
    found = await _own(services, person, consent)
    command = GiveConsent(party=found.party, scope=found.scope, purpose=found.purpose, receiver=found.receiver)
    return await _do(pages, services, person, form, command)


async def _do(
    pages: MobilePages, services: Services, person: Person, form: dict[str, str], command: Command[Consent]
) -> Response[Any]:
    async def act() -> str:
        (await submit(services, person, command, form)).unwrap()
        return "/m/consents"

    return await or_again(act(), partial(_page, pages, services, person))


handlers = (consents_page, withdraw, give_again)
