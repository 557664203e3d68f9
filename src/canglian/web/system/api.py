"""``/v1/me``, ``/v1/keys`` and ``/v1/books``: who one is, the keys of a book, and the books of the installation."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter
from msgspec import Meta

from canglian.kernel.errors import Forbidden
from canglian.kernel.fields import doc
from canglian.kernel.values import SYSTEM_BOOK, Name
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.principal import Permission, Principal, Role, needs
from canglian.web.services import Services
from canglian.web.system import access, queries
from canglian.web.system.commands import RevokeApiKey
from canglian.web.system.commands.keys import Client, Rate
from canglian.web.system.model import ApiKey, BookProfile

KeyId = Annotated[str, PathParameter(pattern=r"^[0-9a-z]{1,40}$", description="The key's prefix.")]


class Me(msgspec.Struct, frozen=True):
    """The principal of the request."""

    kind: Annotated[str, doc("`key` or `user`.")]
    id: Annotated[str, doc("Its number or id.")]
    name: Annotated[str, doc("What people read.")]
    book: Annotated[int, doc("The book's number.")]
    role: Annotated[Role, doc("What it may do.")]
    permissions: Annotated[list[Permission], doc("What the role may do.")]


class KeyView(msgspec.Struct, frozen=True):
    """An API key as it is shown: never the key itself."""

    id: Annotated[str, doc("Its number or id.")]
    name: Annotated[str, doc("What people read.")]
    client: Annotated[str, doc("Keys of one client share their idempotency keys.")]
    book: Annotated[int, doc("The book's number.")]
    role: Annotated[str, doc("What it may do.")]
    version: Annotated[str, doc("The version of the API that the key is pinned to, a date.")]
    rate_per_second: Annotated[int | None, doc("Requests a second for long; null for the server's default.")]
    rate_burst: Annotated[int | None, doc("Requests that may come at once; null for the server's default.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    created_by: Annotated[str, doc("Who made it.")]
    expires_at: Annotated[datetime | None, doc("When it ends by itself; null for never.")]
    revoked_at: Annotated[datetime | None, doc("When it was shut out, or null.")]


class NewKeyView(KeyView, frozen=True, kw_only=True):
    """A key that was just made. ``secret`` is the key to send, returned once, here."""

    secret: Annotated[str, doc("Returned once, here.")]


class KeyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key to be made for the principal's book."""

    name: Annotated[Name, doc("What people read.")]
    role: Annotated[Role, doc("What it may do.")]
    client: Annotated[Client | None, doc("Keys of one client share their idempotency keys.")] = None
    rate_per_second: Annotated[Rate | None, doc("Requests a second for long; null for the server's default.")] = None
    rate_burst: Annotated[Rate | None, doc("Requests that may come at once; null for the server's default.")] = None
    expires_at: Annotated[
        Annotated[datetime, Meta(tz=True)] | None,
        doc("When it ends by itself; null for never."),
    ] = None


class Keys(msgspec.Struct, frozen=True):
    """The keys of a book."""

    data: Annotated[list[KeyView], doc("The rows of this page.")]


class Books(msgspec.Struct, frozen=True):
    """Books of the installation."""

    data: Annotated[list[BookProfile], doc("The rows of this page.")]


def shown(key: ApiKey) -> KeyView:
    """A key without its digest."""
    return KeyView(**_plain(key))


def _plain(key: ApiKey) -> dict[str, Any]:
    fields = msgspec.structs.asdict(key)
    del fields["digest"]
    return {"book": fields.pop("of_book"), **fields}


@get("/me", operation_id="getMe", guards=[needs(Permission.READ)], responses=responses(Me), tags=["access"])
async def get_me(principal: NamedDependency[Principal]) -> Response[bytes]:
    """Who one is, in which book, and what one may do."""
    granted = [permission for permission in Permission if principal.may(permission)]
    return as_json(Me(principal.kind, principal.id, principal.name, principal.book, principal.role, granted))


@get(
    "/keys", operation_id="listKeys", guards=[needs(Permission.ADMINISTER)], responses=responses(Keys), tags=["access"]
)
async def list_keys(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """The API keys of the book."""
    return as_json(Keys([shown(key) for key in await queries.keys(services.reader, principal.book)]))


@post(
    "/keys",
    operation_id="createKey",
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(NewKeyView, 201, write=True),
    tags=["access"],
)
async def create_key(
    services: NamedDependency[Services], principal: NamedDependency[Principal], data: Body[KeyRequest]
) -> Response[bytes]:
    """Make an API key for this book. Its secret is returned once, here."""
    if principal.book == SYSTEM_BOOK and data.role is not Role.ADMIN:
        raise Forbidden("auth.forbidden", role=principal.role.value, permission=Permission.ADMINISTER.value)
    key, secret = await access.create_key(
        services,
        name=data.name,
        of_book=principal.book,
        role=data.role,
        actor=principal.actor,
        client=data.client,
        rate_per_second=data.rate_per_second,
        rate_burst=data.rate_burst,
        expires_at=data.expires_at,
    )
    return as_json(NewKeyView(**_plain(key), secret=secret), status=201)


@post(
    "/keys/{key:str}/revoke",
    operation_id="revokeKey",
    status_code=200,
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(KeyView, write=True),
    tags=["access"],
)
async def revoke_key(context: NamedDependency[RequestContext], key: KeyId) -> Response[bytes]:
    """Shut a program out."""
    outcome = await context.submit(RevokeApiKey(key=key, of_book=context.principal.book), book=SYSTEM_BOOK)
    revoked = outcome.unwrap()
    if not context.dry_run:
        context.services.forget_key(key)
    return as_json(shown(revoked))


@get("/books", operation_id="listBooks", guards=[needs(Permission.READ)], responses=responses(Books), tags=["book"])
async def list_books(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """The books that one sees: one's own, or all of them with a key of the installation (book 0)."""
    books = await queries.books(services.reader)
    return as_json(Books([book for book in books if principal.book in (SYSTEM_BOOK, book.id)]))


class BookRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A book to be opened."""

    code: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*\Z", max_length=32), doc("The short stable name.")]
    name: Annotated[Name, doc("What people read.")]


@post(
    "/books",
    operation_id="openBook",
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(BookProfile, 201, write=True),
    tags=["book"],
)
async def open_book(context: NamedDependency[RequestContext], data: Body[BookRequest]) -> Response[bytes]:
    """Open a book; only with a key of the installation (book 0)."""
    if context.principal.book != SYSTEM_BOOK:
        role = context.principal.role.value
        raise Forbidden("auth.forbidden", role=role, permission=Permission.ADMINISTER.value)
    outcome = await context.services.open_book(
        data.code,
        data.name,
        actor=context.principal.actor,
        key=context.key,
        scope=context.principal.scope,
        dry_run=context.dry_run,
        request_id=context.request_id,
    )
    headers = {"idempotent-replayed": "true"} if outcome.replayed else {}
    body = msgspec.json.encode(outcome.unwrap())
    return Response(body, status_code=200 if context.dry_run else 201, media_type="application/json", headers=headers)


router = Router("/", route_handlers=[get_me, list_keys, create_key, revoke_key, list_books, open_book])
