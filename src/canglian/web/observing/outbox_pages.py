"""The outbox for operators: receivers of events, deliveries, dead letters and what to do about them."""

import re
import secrets
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.kernel.command import Command
from canglian.kernel.errors import CODES
from canglian.kernel.outbox import (
    AddReceiver,
    ChangeReceiver,
    DeadLetterState,
    Delivery,
    ReceiverState,
    ResendDeadLetter,
    SkipDeadLetter,
    queries,
    rotation,
    secret_for,
)
from canglian.kernel.outbox.queries import DeadLetterFilter, DeliveryFilter, ReceiverView
from canglian.kernel.queries import observing
from canglian.kernel.queries.paging import LIMIT_MAX, Order, Page
from canglian.web.additions import WAITING_MAX, PageLink, Waiting
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.forms import KEY, error_at, read, submit
from canglian.web.console.submitting import Answer, Form, answer_form, submit_form
from canglian.web.mobile import MobilePages
from canglian.web.observing.letters import ON_LETTERS
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/outbox"
LETTERS_PATH = "/console/dead-letters"

_LETTERS_LINK = PageLink("Dead letters", LETTERS_PATH, "alert-triangle")
_NEW = PageLink("Add a receiver", f"{PATH}/new", "plus", Permission.ADMINISTER)
_RECEIVERS = ListSpec(
    "receivers",
    "Outbox",
    "Receivers of events, delivery progress and failed deliveries.",
    [
        Column("name", "Receiver", sort="name"),
        Column("state", "State", "state", phone=True),
        Column("behind", "Pending", "number", phone=True),
        Column("dead", "Dead letters", "number", phone=True),
        Column("cursor", "Delivered up to event", "number"),
        Column("tries", "Failed attempts", "number"),
        Column("next_at", "Next attempt", "when"),
        Column("trouble", "Failure reason", phone=True),
        Column("url", "Sent to", "code"),
        Column("created_at", "Added", "when", sort="created_at"),
    ],
    href=PATH + "/{id}",
    empty="No receivers yet.",
    sort="created_at",
)
_ATTEMPTS = (
    Column("at", "When", "when"),
    Column("event", "Event", "number"),
    Column("attempt", "Attempt", "number"),
    Column("state", "Outcome", "state"),
    Column("status", "HTTP status", "number"),
    Column("duration_ms", "Milliseconds", "number"),
    Column("trouble", "Failure reason"),
)
_LETTERS = ListSpec(
    "dead-letters",
    "Dead letters",
    "Undelivered events, to be resent or discarded.",
    [
        Column("id", "Dead letter", sort="id"),
        Column("state", "State", "state"),
        Column("to", "Receiver"),
        Column("event", "Event", "number"),
        Column("tries", "Attempts made", "number"),
        Column("status", "HTTP status", "number"),
        Column("trouble", "Failure reason"),
        Column("created_at", "Undelivered since", "when"),
        Column("next_at", "Next attempt", "when"),
        Column("updated_at", "Last changed", "when"),
    ],
    [
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in DeadLetterState],
            field="state",
        ),
        Filter("event", "Event", "number", field="event"),
        Filter("created_at", "Undelivered since", "instant"),
    ],
    href=LETTERS_PATH + "/{id}",
    empty="All delivered; no dead letters.",
    sort="-id",
    key="id",
    has_numbers=True,
    bulk=ON_LETTERS,
)

_STATUS = re.compile(r"HTTP status (\d+)")
_SILENT = re.compile(r"no answer within ([\d.]+) s")
_AWAY = re.compile(r"(Connect)(?:Error|Timeout): .*")
_OTHER = re.compile(r"(.+)", re.DOTALL)


def trouble(problem: str | None, pages: Pages | MobilePages) -> str | None:
    """What a receiver's problem means to a person."""
    if not problem:
        return None
    if problem in CODES:
        return re.sub(r"\{\w+\}", "…", pages._(CODES[problem]))
    texts = (
        (_STATUS, pages._("It answered with HTTP status %(detail)s.")),
        (_SILENT, pages._("It did not answer within %(detail)s seconds.")),
        (_AWAY, pages._("It could not be reached.")),
        (_OTHER, pages._("It could not be sent: %(detail)s")),
    )
    return next(
        text.replace("%(detail)s", found[1]) for pattern, text in texts if (found := pattern.fullmatch(problem))
    )


def _receiver_row(view: ReceiverView, pages: Pages) -> dict[str, Any]:
    return {**msgspec.structs.asdict(view), "trouble": trouble(view.problem, pages)}


def _delivery_row(delivery: Delivery, pages: Pages) -> dict[str, Any]:
    state = "delivered" if delivery.delivered else "dead"
    return {**msgspec.structs.asdict(delivery), "state": state, "trouble": trouble(delivery.problem, pages)}


async def _names(services: Services, book: int) -> dict[str, str]:
    """What receivers are called, by id."""
    page = await queries.receivers(services.reader, book, Order(limit=LIMIT_MAX))
    return {view.id: view.name for view in page.items}


@get("/outbox", guards=[needs(Permission.READ)])
async def list_receivers(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The receivers of events, and what is pending for each."""

    async def read_page(order: Order) -> Page[dict[str, Any]]:
        page = await queries.receivers(services.reader, principal.book, order)
        return Page([_receiver_row(view, pages) for view in page.items], page.next_cursor)

    return await list_page(pages, _RECEIVERS, read_page, actions=[_LETTERS_LINK, _NEW])


@get("/outbox/new", guards=[needs(Permission.ADMINISTER)])
async def new_receiver(pages: NamedDependency[Pages]) -> Response[Any]:
    """The form of a new receiver."""
    return await _form(pages, {"kinds": "*"}, None)


async def _form(pages: Pages, values: dict[str, str], problem: Any, status: int = 200) -> Response[Any]:
    key = secrets.token_hex(8)
    return await pages.render("observing/receiver_new.html", status=status, values=values, problem=problem, key=key)


@post("/outbox/new", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def make_receiver(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Let somebody hear of events; the secret that signs them is shown once."""

    async def add(form: Form) -> Response[Any]:
        secret, sealed = await _secret(services, principal, form)
        fields = {"name": form.get("name", ""), "url": form.get("url", ""), "secret": sealed}
        kinds = form.get("kinds", "").replace(",", " ").split()
        with error_at("url"):
            command = read({**fields, **({"kinds": kinds} if kinds else {})}, AddReceiver)
            receiver = (await submit(services, principal, command, form)).unwrap()
        return await _show(pages, services, principal, receiver.id, secret=secret)

    return await answer_form(pages, add, partial(_form, pages))


async def _secret(services: Services, principal: Principal, form: dict[str, str]) -> tuple[str, str]:
    return await secret_for(services.engine, services.keyring, principal.book, form.get(KEY), principal.scope)


@get("/outbox/{receiver:str}", guards=[needs(Permission.READ)])
async def receiver_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    receiver: FromPath[str],
) -> Response[Any]:
    """One receiver: its facts, the last attempts, and what may be done."""
    return await _show(pages, services, principal, receiver)


async def _show(
    pages: Pages, services: Services, principal: Principal, receiver: str, status: int = 200, **more: Any
) -> Response[Any]:
    found = await queries.receiver(services.reader, principal.book, receiver)
    tried = await queries.deliveries(services.reader, principal.book, DeliveryFilter(receiver), Order(limit=25))
    return await pages.render(
        "observing/receiver.html",
        status=status,
        receiver=_receiver_row(found, pages),
        tried=[_delivery_row(delivery, pages) for delivery in tried.items],
        columns=_ATTEMPTS,
        key=secrets.token_hex(8),
        **{"problem": None, "secret": None, **more},
    )


@post("/outbox/{receiver:str}", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def change_receiver(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    receiver: FromPath[str],
) -> Response[Any]:
    """Pause a receiver, let it go on, give it a new secret, or remove it."""

    async def change(form: Form) -> Answer:
        if form.get("action") == "secret":
            secret, rotate = await rotation(
                services.engine, services.keyring, principal.book, receiver, key=form.get(KEY), scope=principal.scope
            )
            (await submit(services, principal, rotate, form)).unwrap()
            return await _show(pages, services, principal, receiver, secret=secret)
        command = read({"receiver": receiver, "state": form.get("state", "")}, ChangeReceiver)
        changed = (await submit(services, principal, command, form)).unwrap()
        return PATH if changed.state is ReceiverState.REMOVED else f"{PATH}/{receiver}"

    return await answer_form(pages, change, partial(_show, pages, services, principal, receiver))


@get("/dead-letters", guards=[needs(Permission.READ)])
async def list_dead_letters(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """What did not arrive."""
    query = request.query_params
    state, event = query.get("state"), query.get("event", "")
    asked = DeadLetterFilter(
        query.get("receiver") or None,
        int(event) if event.isdecimal() and len(event) < 19 else None,
        state if state in set(DeadLetterState) else None,
    )
    called = await _names(services, principal.book)
    receivers = Filter("receiver", "Receiver", choices=[Choice(receiver, name) for receiver, name in called.items()])
    spec = msgspec.structs.replace(_LETTERS, filters=[*_LETTERS.filters, receivers])

    async def read_page(order: Order) -> Page[dict[str, Any]]:
        page = await queries.dead_letters(services.reader, principal.book, asked, order)
        rows = [
            {
                **msgspec.structs.asdict(letter),
                "trouble": trouble(letter.problem, pages),
                "to": called.get(letter.receiver, letter.receiver),
            }
            for letter in page.items
        ]
        return Page(rows, page.next_cursor)

    return await list_page(pages, spec, read_page)


@get("/dead-letters/{number:int}", guards=[needs(Permission.READ)])
async def dead_letter_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: FromPath[int],
) -> Response[Any]:
    """One dead letter: the event, every try, and what may be done."""
    return await _show_letter(pages, services, principal, number)


async def _show_letter(
    pages: Pages, services: Services, principal: Principal, number: int, status: int = 200, **more: Any
) -> Response[Any]:
    reader, book = services.reader, principal.book
    letter = await queries.dead_letter(reader, book, number)
    tried = await queries.deliveries(reader, book, DeliveryFilter(letter.receiver, letter.event), Order(limit=50))
    return await pages.render(
        "observing/dead_letter.html",
        status=status,
        letter=letter,
        trouble=trouble(letter.problem, pages),
        receiver=await queries.receiver(reader, book, letter.receiver),
        event=await observing.event(reader, book, letter.event),
        tried=[_delivery_row(delivery, pages) for delivery in tried.items],
        columns=_ATTEMPTS,
        key=secrets.token_hex(8),
        may_post=principal.may(Permission.POST),
        **{"problem": None, "values": {}, **more},
    )


@post("/dead-letters/{number:int}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_dead_letter(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: FromPath[int],
) -> Response[Any]:
    """Send a dead letter once more, or give it up."""

    def made(form: Form) -> Command[Any]:
        if form.get("action") == "skip":
            return read({"dead_letter": number, "reason": form.get("reason", "")}, SkipDeadLetter)
        return ResendDeadLetter(dead_letter=number)

    return await submit_form(
        pages, made, partial(_show_letter, pages, services, principal, number), f"{LETTERS_PATH}/{number}"
    )


async def _dead_letters(services: Services, principal: Principal) -> int:
    asked, order = DeadLetterFilter(state=DeadLetterState.DEAD.value), Order(limit=WAITING_MAX)
    return len((await queries.dead_letters(services.reader, principal.book, asked, order)).items)


WAITING = (Waiting("Dead letters", f"{LETTERS_PATH}?state=dead", _dead_letters, Permission.POST),)

HANDLERS = (
    list_receivers,
    new_receiver,
    make_receiver,
    receiver_page,
    change_receiver,
    list_dead_letters,
    dead_letter_page,
    act_on_dead_letter,
)
