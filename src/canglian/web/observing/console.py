"""Pages that watch a book: its command log, the links of its audit chain, its events."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.kernel.command import Status
from canglian.kernel.errors import Malformed
from canglian.kernel.known import checked_key
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries import observing
from canglian.kernel.queries.paging import Order, Page
from canglian.kernel.records import Event
from canglian.web.additions import Excerpt, Rows
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page, plain
from canglian.web.console.forms import form_values
from canglian.web.observing.api import BatchView, shown, whole
from canglian.web.observing.verifying import Verifications
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services
from canglian.web.system import queries as system

_COMMANDS = ListSpec(
    "commands",
    "Command log",
    "Who requested what, when, and with what result.",
    [
        Column("number", "Command", sort="number"),
        Column("at", "When", "when", sort="number", phone=True),
        Column("kind", "What", "word", phone=True, family="command"),
        Column("actor", "Who", "actor"),
        Column("status", "Outcome", "state", phone=True),
        Column("code", "Refused because", "refusal", phone=True),
        Column("batch", "Batch", "number"),
        Column("key", "Key", "code"),
        Column("request_id", "Request ID", "code"),
    ],
    [
        Filter(
            "status",
            "Outcome",
            choices=[Choice(status.value, f"state.{status.value}") for status in Status],
            field="status",
        ),
        Filter("at", "When", "instant"),
        Filter("kind", "What", family="command", field="kind", by_start=True),
        Filter("actor", "Who", field="actor", by_start=True),
        Filter("code", "Refused because", family="refusal", field="code", may_lack=True),
        Filter("key", "Key"),
        Filter("request_id", "Request ID"),
    ],
    href="/console/commands/{number}",
    empty="No commands yet.",
    sort="-number",
    key="number",
    has_numbers=True,
)
_BATCHES = ListSpec(
    "batches",
    "Audit chain",
    "Each batch is one link: its hash covers everything it wrote and the previous link.",
    [
        Column("number", "Batch", sort="number"),
        Column("at", "When", "when", sort="number"),
        Column("today", "Business date", "day"),
        Column("first_command", "First command", "number"),
        Column("last_command", "Last command", "number"),
        Column("hash", "Hash", "code"),
    ],
    href="/console/commands/{first_command}",
    empty="No commits yet.",
    sort="-number",
)
_EVENTS = ListSpec(
    "events",
    "Events",
    "Business events, delivered to subscribers through the outbox.",
    [
        Column("number", "Event", sort="number"),
        Column("at", "When", "when", sort="number", phone=True),
        Column("kind", "What", "word", phone=True, family="event"),
        Column("subject", "Subject", "subject", phone=True),
        Column("payload", "Details", "facts", phone=True),
        Column("command", "Command"),
    ],
    [
        Filter("at", "When", "instant"),
        Filter("kind", "What", family="event", field="kind", by_start=True),
        Filter("subject", "Subject", field="subject", by_start=True),
    ],
    empty="No events yet.",
    sort="-number",
    key="number",
    has_numbers=True,
)


def _text(query: Any, name: str) -> str | None:
    return query.get(name) or None


async def _by_key(services: Services, book: int, text: str) -> Rows:
    """The commands that were asked for under an idempotency key, whoever sent it."""
    scopes = ["cli", *(f"user:{user.login}" for user in await system.users(services.reader))]
    scopes += sorted({f"client:{key.client}" for key in await system.keys(services.reader, book)})
    try:
        keys = [text, *(checked_key(text, scope) for scope in scopes)]
    except Malformed:
        return Rows(())
    found = await services.store.known(book, keys)
    return Rows(sorted(found.values(), key=lambda line: line.number))


async def _nothing(reader: Reader, book: int, text: str) -> Rows:
    return Rows(())


FINDS = (
    Excerpt(
        "Commands by their key",
        (
            Column("number", "Command", phone=True),
            Column("at", "When", "when", phone=True),
            Column("kind", "What", "word", phone=True, family="command"),
            Column("actor", "Who", "actor"),
            Column("status", "Outcome", "state", phone=True),
        ),
        _nothing,
        "/console/commands/{number}",
        search=_by_key,
        permission=Permission.AUDIT,
    ),
)


@get("/commands", guards=[needs(Permission.AUDIT)])
async def list_commands(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """The command log."""
    query = request.query_params
    names = ("status", "kind", "actor", "code", "key", "request_id")
    given: dict[str, Any] = {name: _text(query, name) for name in names}
    asked = observing.CommandFilter(**given)

    async def read(order: Order) -> Page[observing.CommandBrief]:
        return await observing.commands(services.reader, principal.book, asked, order)

    return await list_page(pages, _COMMANDS, read)


@get("/commands/{number:int}", guards=[needs(Permission.AUDIT)])
async def command_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: FromPath[int],
) -> Response[Any]:
    """One command: its payload, its result, its place in the chain."""
    line, asset = await whole(services.reader, principal.book, number)
    refused = line.result if isinstance(line.result, dict) and line.code else None
    return await pages.render(
        "observing/command.html",
        line=line,
        unit=asset,
        scales=await services.scales(principal.book),
        why=None if line.code is None else plain.refusal(line.code, pages._, refused or {}),
        payload=_pretty(line.payload),
        result=_pretty(line.result),
    )


def _pretty(thing: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(thing), indent=2).decode()[:20_000]


def _break(pages: Pages, kind: str) -> str:
    """What a break of the chain means to a person; see ``kernel.auditing.verify.Broken``."""
    texts = {
        "missing": pages._("Committed data is missing."),
        "unexpected": pages._("There is data without a commit."),
        "range": pages._("Its commands are not consecutive."),
        "previous": pages._("It does not follow the previous link."),
        "altered": pages._("Data it wrote was changed later."),
    }
    return texts.get(kind.partition(".")[2], pages._("The book's totals do not match its data."))


def _verifications(pages: Pages) -> Verifications:
    return pages.services.memory.setdefault("verifications", Verifications(pages.services))


@get("/chain", guards=[needs(Permission.AUDIT)])
async def chain_page(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The links of the audit chain, and what its last verification found."""
    verification = _verifications(pages).last(principal.book)
    broken = verification.found.broken if verification is not None and verification.found is not None else None
    message = "" if broken is None else _break(pages, broken.kind)
    figures = await observing.book_figures(services.reader, principal.book)

    async def read(order: Order) -> Page[BatchView]:
        page = await observing.batches(services.reader, principal.book, order)
        return Page([shown(batch) for batch in page.items], page.next_cursor)

    return await list_page(
        pages,
        _BATCHES,
        read,
        template="observing/chain.html",
        figures=figures,
        verification=verification,
        broken=message,
    )


@post("/chain/verify", guards=[needs(Permission.AUDIT)])
async def verify_chain(
    pages: NamedDependency[Pages], request: Request[Any, Any, Any], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Begin to verify the chain; it runs on by itself."""
    await form_values(request)
    _verifications(pages).start(principal.book, principal.name)
    return Redirect("/console/chain", status_code=303)


@get("/events", guards=[needs(Permission.READ)])
async def list_events(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Events, newest first."""
    query = request.query_params
    asked = observing.EventFilter(kind=_text(query, "kind"), subject=_text(query, "subject"))

    async def read(order: Order) -> Page[Event]:
        return await observing.events(services.reader, principal.book, asked, order)

    return await list_page(pages, _EVENTS, read, scales=await services.scales(principal.book))


HANDLERS = (list_commands, command_page, chain_page, verify_chain, list_events)
