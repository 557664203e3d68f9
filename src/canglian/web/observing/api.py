"""``/v1/commands``, ``/v1/batches`` and ``/v1/events``."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from canglian.kernel.crypto import masked_name
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries import observing
from canglian.kernel.queries.paging import Order, Page
from canglian.kernel.records import Batch, Event
from canglian.web.observing.records import readable
from canglian.web.operations import as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

Number = Annotated[int, PathParameter(ge=1, le=2**62, description="Its number in the book.")]


class BatchView(msgspec.Struct, frozen=True):
    """A link of the audit chain; hashes in hexadecimal."""

    number: Annotated[int, doc("Its number in the book.")]
    at: Annotated[datetime, doc("When.")]
    today: Annotated[date, doc("The business date.")]
    first_command: Annotated[int, doc("The first command of the batch.")]
    last_command: Annotated[int, doc("The last command of the batch.")]
    previous: Annotated[str, doc("The hash of the link before.")]
    hash: Annotated[str, doc("Covers everything that the batch wrote, and the link before.")]


class CommandView(msgspec.Struct, frozen=True):
    """A line of the command log. ``payload`` and ``result`` are JSON."""

    number: Annotated[int, doc("Its number in the book.")]
    batch: Annotated[int, doc("The batch that committed it: one link of the audit chain.")]
    at: Annotated[datetime, doc("When.")]
    kind: Annotated[str, doc("What was asked, such as `ledger.post_transfer`.")]
    actor: Annotated[str, doc("Who asked: `user:ann`, `key:ck8f…` or `system:…`.")]
    key: Annotated[str | None, doc("The idempotency key with its sender, or null.")]
    status: Annotated[str, doc("How it ended.")]
    code: Annotated[str | None, doc("Why it was refused, or null.")]
    payload: Annotated[Any, doc("The facts.")]
    result: Annotated[Any, doc("What came of it: the answer, or the fields of the refusal.")]
    request_id: Annotated[str | None, doc("The number of the request, as in the header `Request-Id`.")]


def shown(batch: Batch) -> BatchView:
    """A link with its hashes in hexadecimal."""
    fields: dict[str, Any] = {
        **msgspec.structs.asdict(batch),
        "previous": batch.previous.hex(),
        "hash": batch.hash.hex(),
    }
    return BatchView(**fields)


async def whole(reader: Reader, book: int, number: int) -> tuple[CommandView, str | None]:
    """A line of the log with its payload and result as JSON, and the asset of its payload where it is known.

    What proves a password is left out.
    """
    line = await observing.command(reader, book, number)
    payload, result = (None if text is None else msgspec.json.decode(text) for text in (line.payload, line.result))
    result, asset = await readable(reader, book, payload, result)
    more = {"payload": without_secrets(payload), "result": without_secrets(result)}
    return CommandView(**{**msgspec.structs.asdict(line), **more}), asset


_HIDDEN = ("password", "digest", "totp", "session", "secret")
_SEALED = ("sealed:", "$argon2")


def without_secrets(thing: Any) -> Any:
    """JSON without what only a machine should see: password hashes, digests, sealed values; and people by their masks.

    What has an owner is named after it, as accounts of the ledger are, also where only the name of an account changes.
    """
    if isinstance(thing, dict):
        shown = {
            name: "•••" if name.endswith(_HIDDEN) and value is not None else without_secrets(value)
            for name, value in thing.items()
        }
        if isinstance(shown.get("name"), str) and (shown.get("owner") is not None or "account" in shown):
            shown["name"] = masked_name(shown["name"])
        return shown
    if isinstance(thing, list):
        return [without_secrets(value) for value in thing]
    return "•••" if isinstance(thing, str) and thing.startswith(_SEALED) else thing


@get(
    "/commands",
    operation_id="listCommands",
    guards=[needs(Permission.AUDIT)],
    responses=listing_of(observing.CommandBrief),
)
async def list_commands(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    kind: Annotated[str | None, QueryParameter(description="Only of this kind.")] = None,
    actor: Annotated[str | None, QueryParameter(description="Only what this one asked, such as `key:ck8f…`.")] = None,
    status: Annotated[str | None, QueryParameter(description="Only with this outcome.")] = None,
    code: Annotated[str | None, QueryParameter(description="Only with this code.")] = None,
    key: Annotated[str | None, QueryParameter(description="The idempotency key, without its sender.")] = None,
    request_id: Annotated[str | None, QueryParameter(description="Only of this request.")] = None,
    since: Annotated[datetime | None, QueryParameter(name="at.gte")] = None,
    until: Annotated[datetime | None, QueryParameter(name="at.lte")] = None,
) -> Response[bytes]:
    """Who asked what, when, and with which outcome; newest first."""
    asked = observing.CommandFilter(kind, actor, status, code, key, request_id, since, until)
    return await listed(
        request, order, lambda page: observing.commands(services.reader, principal.book, asked, page), "commands"
    )


@get(
    "/commands/{number:int}",
    operation_id="getCommand",
    guards=[needs(Permission.AUDIT)],
    responses=responses(CommandView),
)
async def get_command(
    services: NamedDependency[Services], principal: NamedDependency[Principal], number: Number
) -> Response[bytes]:
    """One line of the command log, whole."""
    line, _ = await whole(services.reader, principal.book, number)
    return as_json(line)


@get("/batches", operation_id="listBatches", guards=[needs(Permission.AUDIT)], responses=listing_of(BatchView))
async def list_batches(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
) -> Response[bytes]:
    """The links of the audit chain, newest first."""

    async def read(page: Order) -> Page[BatchView]:
        found = await observing.batches(services.reader, principal.book, page)
        return Page([shown(batch) for batch in found.items], found.next_cursor)

    return await listed(request, order, read, "batches")


@get("/batches/{number:int}", operation_id="getBatch", guards=[needs(Permission.AUDIT)], responses=responses(BatchView))
async def get_batch(
    services: NamedDependency[Services], principal: NamedDependency[Principal], number: Number
) -> Response[bytes]:
    """One link of the audit chain."""
    return as_json(shown(await observing.batch(services.reader, principal.book, number)))


@get("/events", operation_id="listEvents", guards=[needs(Permission.READ)], responses=listing_of(Event))
async def list_events(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    kind: Annotated[str | None, QueryParameter(description="A kind, or a family such as transfer.*.")] = None,
    subject: Annotated[str | None, QueryParameter(description="What it is about, such as transfer:88213.")] = None,
    after: Annotated[int | None, QueryParameter(ge=0, description="The number of the last event seen.")] = None,
    since: Annotated[datetime | None, QueryParameter(name="at.gte")] = None,
    until: Annotated[datetime | None, QueryParameter(name="at.lte")] = None,
) -> Response[bytes]:
    """Facts, newest first. ``sort=number&after=…`` reads on from the last one seen."""
    asked = observing.EventFilter(kind, subject, after, since, until)
    return await listed(
        request, order, lambda page: observing.events(services.reader, principal.book, asked, page), "events"
    )


@get("/events/{number:int}", operation_id="getEvent", guards=[needs(Permission.READ)], responses=responses(Event))
async def get_event(
    services: NamedDependency[Services], principal: NamedDependency[Principal], number: Number
) -> Response[bytes]:
    """One event."""
    return as_json(await observing.event(services.reader, principal.book, number))


router = Router(
    "/",
    route_handlers=[list_commands, get_command, list_batches, get_batch, list_events, get_event],
    tags=["observing"],
)
