"""Showing from afar who somebody is, one step a page: who, document, face, account at another bank, code.

The page is always ``/m/verify``: it shows the step that comes next. Faces, elements and codes are checked outside;
while an answer is waited for, the page looks again by itself.
"""

import hashlib
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency

from canglian.bank.party.commands import AskCheck, GiveConsent, IntroducePerson, StartOpening
from canglian.bank.party.model import Level, OpeningState, PartyKind
from canglian.bank.party.queries import entrance, openings
from canglian.bank.party.queries.openings import OpeningView
from canglian.bank.party.requests import OpeningAccount, OpeningDocument, TypedCode
from canglian.bank.party.sealing import NUMBER, Sealer
from canglian.kernel.command import Command
from canglian.kernel.errors import CanglianError, Rejection, declare
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.typed import typed_number
from canglian.kernel.values import utc_now
from canglian.web.console.forms import read
from canglian.web.console.submitting import or_again
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values, key_of, submit
from canglian.web.mobile.lookups import count_lookup
from canglian.web.outside.connections import is_connected
from canglian.web.services import Services

declare(
    {
        "verifying.agree": "Without your consent this cannot be done from afar; a branch can do it.",
        "verifying.picture": "A photo of the document is needed: a JPEG, PNG, HEIC or WebP picture.",
        "verifying.nothing": "Nothing is under way; begin anew.",
    }
)

CHANNEL = "mobile"
AGAIN_SECONDS = 3
SCOPE = "identity.face"
PURPOSE = "远程开户身份核验"
RECEIVER = "service:identity"
STEPS = ("who", "document", "face", "account", "code", "done")
_AT = {
    OpeningState.INIT: "document",
    OpeningState.DOCUMENT: "face",
    OpeningState.LIVENESS: "account",
    OpeningState.ELEMENTS: "code",
    OpeningState.SMS: "code",
    OpeningState.REVIEW: "review",
    OpeningState.ACTIVE: "done",
    OpeningState.REJECTED: "rejected",
}
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"\x00\x00\x00")
_SIZE_LEAST = 16


@get("/verify", guards=[signed_in])
async def verify_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """The step that comes next."""
    return await _page(pages, services, person)


async def _page(
    pages: MobilePages,
    services: Services,
    person: Person,
    values: dict[str, str] | None = None,
    error: CanglianError | None = None,
) -> Response[bytes]:
    opening = await _latest(services, person)
    step = _step(person, opening, lapsed=await _has_lapsed(services, person))
    waits = _waits(opening)
    missing = [service for service in ("identity", "sms") if not is_connected(services.settings, service)]
    return pages.render(
        "party/mobile/verify.html",
        error=error,
        step=step,
        place=STEPS.index(step) if step in STEPS else 0 if step == "begin" else len(STEPS) - 1,
        steps=STEPS,
        opening=opening,
        again=AGAIN_SECONDS if waits and not missing and error is None else None,
        missing=bool(missing),
        values=values or {},
    )


async def _latest(services: Services, person: Person) -> OpeningView | None:
    """The opening of this person that was begun last."""
    if person.party is None:
        return None
    found = await openings.openings_of(services.reader, person.book, person.party)
    return found[0] if found else None


async def _has_lapsed(services: Services, person: Person) -> bool:
    """Whether what this person said of themselves was not proven in time."""
    found = None if person.party is None else await entrance.person(services.reader, person.book, person.party)
    return found is not None and found.claimed_until is not None and found.claimed_until <= utc_now()


def _step(person: Person, opening: OpeningView | None, *, lapsed: bool) -> str:
    if person.level != Level.NONE.value:
        return "done"
    if person.party is None or (lapsed and (opening is None or opening.state.is_over)):
        return "who"
    return "begin" if opening is None else _AT[opening.state]


def _waits(opening: OpeningView | None) -> bool:
    """Whether an answer from outside is waited for."""
    if opening is None or opening.tries:
        return False
    waits = opening.state in (OpeningState.DOCUMENT, OpeningState.ELEMENTS)
    return waits or (opening.state is OpeningState.LIVENESS and opening.account is not None)


async def _under_way(services: Services, person: Person) -> str:
    opening = await _latest(services, person)
    if opening is None or opening.state.is_over:
        raise Rejection("verifying.nothing")
    return opening.id


async def _sealer(services: Services, person: Person, form: dict[str, str]) -> Sealer:
    today = (await book_figures(services.reader, person.book)).today
    key = key_of(form)
    return Sealer(services.keyring, today, None if key is None else f"{person.scope}/{key}")


async def _do(pages: MobilePages, services: Services, person: Person, form: dict[str, str], make: Any) -> Response[Any]:
    """Ask for what a step says, and show what comes next; what was typed stays where it is refused."""

    async def act() -> str:
        command: Command[Any] = await make()
        (await submit(services, person, command, form)).unwrap()
        return "/m/verify"

    return await or_again(act(), partial(_page, pages, services, person, form))


@post("/verify/who", status_code=200, guards=[signed_in])
async def introduce(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[Any]:
    """Name and identity number of somebody whom only a mobile is known of.

    Whoever is known by the number already is told so by the mobile on record, and by nothing here.
    """
    form = await form_values(request)

    async def make() -> IntroducePerson:
        count_lookup(pages, person)
        seal = await _sealer(services, person, form)
        kind = PartyKind.PERSON
        name, number = form.get("name", ""), form.get("number", "")
        return IntroducePerson(session=person.session, name=seal.name(name, kind), number=seal.number(number, kind))

    return await _do(pages, services, person, form, make)


@post("/verify/begin", status_code=200, guards=[signed_in])
async def begin(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[Any]:
    """The separate consent to the check of a face, then the opening."""
    form = await form_values(request)

    async def make() -> StartOpening:
        if form.get("agree") != "1" or person.party is None:
            raise Rejection("verifying.agree", field="agree")
        given = GiveConsent(party=person.party, scope=SCOPE, purpose=PURPOSE, receiver=RECEIVER)
        key = key_of(form)
        outcome = await services.engine.submit(
            person.book,
            given,
            actor=person.actor,
            key=None if key is None else f"consent:{key}",
            scope=person.scope,
            role=person.role,
        )
        if outcome.error is not None and outcome.error.code != "consent.given_already":
            raise outcome.error.again()
        return StartOpening(party=person.party, channel=CHANNEL)

    return await _do(pages, services, person, form, make)


@post("/verify/document", status_code=200, guards=[signed_in])
async def document(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[Any]:
    """The document, with a photo. What is kept of the photo is its SHA-256."""
    form = await form_values(request)
    picture = (await request.form()).get("picture")

    async def make() -> Command[Any]:
        digest = await _digest(picture)
        seal = await _sealer(services, person, form)
        given = {name: form.get(name, "") for name in ("authority", "valid_from", "valid_until")}
        number = await _own_number(services, person)
        asked = read({**given, "number": number, "kind": "identity_card", "digest": digest}, OpeningDocument)
        return asked.command(seal, await _under_way(services, person))

    return await _do(pages, services, person, form, make)


async def _own_number(services: Services, person: Person) -> str:
    """The identity number that this person has said already. Rejects ``verifying.nothing``."""
    found = None if person.party is None else await entrance.person(services.reader, person.book, person.party)
    if found is None or found.number_sealed is None:
        raise Rejection("verifying.nothing")
    return services.keyring.open(found.number_sealed, NUMBER)


async def _digest(picture: Any) -> str:
    """The SHA-256 of a photo. Rejects ``verifying.picture`` for what is none."""
    raw = await picture.read() if isinstance(picture, UploadFile) else b""
    if len(raw) < _SIZE_LEAST or not raw.startswith(_PICTURES):
        raise Rejection("verifying.picture", field="picture")
    return hashlib.sha256(raw).hexdigest()


@post("/verify/account", status_code=200, guards=[signed_in])
async def account(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[Any]:
    """The account at another bank that the elements are checked against."""
    form = await form_values(request)

    async def make() -> Command[Any]:
        seal = await _sealer(services, person, form)
        asked = read({"account": form.get("account", "")}, OpeningAccount)
        return asked.command(seal, await _under_way(services, person))

    return await _do(pages, services, person, form, make)


@post("/verify/code", status_code=200, guards=[signed_in])
async def code(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[Any]:
    """The code of the message."""
    form = await form_values(request)

    async def make() -> Command[Any]:
        try:
            asked = msgspec.convert({"code": typed_number(form.get("code", ""))}, TypedCode)
        except msgspec.ValidationError:
            raise Rejection("sign_in.code_form", field="code") from None
        return asked.command(services.keyring, person.book, await _under_way(services, person))

    return await _do(pages, services, person, form, make)


@post("/verify/again", status_code=200, guards=[signed_in])
async def again(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[Any]:
    """Ask for the check that comes next once more: another look at the face, another code."""
    form = await form_values(request)

    async def make() -> AskCheck:
        return AskCheck(opening=await _under_way(services, person))

    return await _do(pages, services, person, form, make)


handlers = (verify_page, introduce, begin, document, account, code, again)
