"""Lists over HTTP: the parameters that every list has, and its page as JSON or all of it as CSV."""

import functools
from collections.abc import AsyncGenerator, Callable
from typing import Annotated, Any, get_args

import msgspec
from litestar import Request, Response
from litestar.params import QueryParameter
from litestar.response import Stream

from canglian.kernel.fields import base_of, doc, fields_of
from canglian.kernel.queries.paging import LIMIT_DEFAULT, LIMIT_MAX, Order, Page
from canglian.web.csv import CSV, as_csv, csv_rows, file_headers, names_of
from canglian.web.operations import READ, answer, as_json

_ROWS = doc("The rows of this page.")
_CURSOR = doc("Where the next page begins: pass it as `cursor`. Null on the last page.")


NEXT_CURSOR = "canglian-next-cursor"
"""The header of a CSV answer with a ``limit``, after which the list goes on: where."""


class Listed(msgspec.Struct, frozen=True):
    """A page of a list."""

    data: list[Any]
    next_cursor: str | None


async def provide_order(
    sort: Annotated[str | None, QueryParameter(description="A field; a minus before it turns it round.")] = None,
    cursor: Annotated[str | None, QueryParameter(description="The next_cursor of the page before.")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=LIMIT_MAX, description="Rows a page.")] = LIMIT_DEFAULT,
) -> Order:
    """The dependency ``order``."""
    return Order(sort, cursor, limit)


async def listed(
    request: Request[Any, Any, Any], order: Order, read: Callable[[Order], Any], name: str
) -> Response[bytes]:
    """A list: one page as JSON; as CSV, where the client accepts that, all of it from its cursor on.

    A CSV is written while it is read, and what breaks off is no whole answer. Where ``limit`` is given it has so many
    rows, and ``Canglian-Next-Cursor`` says where the list goes on.
    """
    if not wants_csv(request):
        page: Page[Any] = await read(order)
        return as_json(Listed(page.items, page.next_cursor))
    kind = _kind_of_rows(request)
    if "limit" in request.query_params:
        page = await read(order)
        more = {} if page.next_cursor is None else {NEXT_CURSOR: page.next_cursor}
        return Response(as_csv(page.items, kind), media_type=CSV, headers={**file_headers(name), **more})
    first = await read(Order(order.sort, order.cursor, LIMIT_MAX))
    whole: Any = Stream(_parts(first, order, read, kind), media_type=CSV, headers=file_headers(name))
    return whole


async def _parts(
    page: Page[Any], order: Order, read: Callable[[Order], Any], kind: type[msgspec.Struct]
) -> AsyncGenerator[bytes]:
    """A list as CSV, page by page."""
    names = names_of(kind)
    yield as_csv(page.items, kind)
    while page.next_cursor is not None:
        page = await read(Order(order.sort, page.next_cursor, LIMIT_MAX))
        yield csv_rows(page.items, names)


def _kind_of_rows(request: Request[Any, Any, Any]) -> type[msgspec.Struct]:
    """What the rows of an operation's list are, as its answer is described."""
    handler: Any = request.route_handler
    answer: Any = handler.responses[200].data_container
    data = next(annotation for name, annotation, _ in fields_of(answer) if name == "data")
    return get_args(base_of(data)[0])[0]


def wants_csv(request: Request[Any, Any, Any]) -> bool:
    """Whether the client requests a table instead of JSON."""
    return CSV in request.headers.get("accept", "")


def csv_answer(rows: list[Any], kind: type[msgspec.Struct], name: str) -> Response[bytes]:
    """Rows of a kind as a file."""
    return Response(as_csv(rows, kind), media_type=CSV, headers=file_headers(name))


@functools.cache
def _page_of(kind: Any) -> type[msgspec.Struct]:
    """A page of a kind as a struct: one for each kind, whose name is that of its schema."""
    return msgspec.defstruct(
        f"{kind.__name__}List",
        [("data", Annotated[list[kind], _ROWS]), ("next_cursor", Annotated[str | None, _CURSOR])],
    )


def listing_of(kind: Any) -> Any:
    """READ, with the 200 of a list of ``kind``."""
    return {200: answer(_page_of(kind), "A page of the list."), **READ}
