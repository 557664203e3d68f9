"""Lists over HTTP: the parameters that every list has, and its page as JSON or all of it as CSV."""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from litestar import Request, Response
from litestar.params import QueryParameter

from canglian.kernel.fields import doc
from canglian.kernel.queries.paging import LIMIT_DEFAULT, LIMIT_MAX, Order, Page
from canglian.web.csv import CSV, CSV_ROWS_MAX, as_csv, cut_headers
from canglian.web.operations import READ, answer, as_json

_ROWS = doc("The rows of this page.")
_CURSOR = doc("Where the next page begins: pass it as `cursor`. Null on the last page.")


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
    """A list: one page as JSON, or up to ``CSV_ROWS_MAX`` rows as CSV where the client accepts that.

    A CSV that ends there although the list goes on has the header ``Canglian-Truncated``.
    """
    if not wants_csv(request):
        page: Page[Any] = await read(order)
        return as_json(Listed(page.items, page.next_cursor))
    rows: list[Any] = []
    cursor = order.cursor
    while len(rows) < CSV_ROWS_MAX:
        page = await read(Order(order.sort, cursor, LIMIT_MAX))
        rows += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return csv_answer(rows, name, cut=cursor is not None)


def wants_csv(request: Request[Any, Any, Any]) -> bool:
    """Whether the client requests a table instead of JSON."""
    return CSV in request.headers.get("accept", "")


def csv_answer(rows: list[Any], name: str, *, cut: bool = False) -> Response[bytes]:
    """Rows as a file; where the list goes on after them, the answer says so."""
    return Response(as_csv(rows), media_type=CSV, headers=cut_headers(name, len(rows), cut=cut))


def listing_of(kind: Any) -> Any:
    """READ, with the 200 of a list of ``kind``."""
    page = msgspec.defstruct(
        f"{kind.__name__}List",
        [("data", Annotated[list[kind], _ROWS]), ("next_cursor", Annotated[str | None, _CURSOR])],
    )
    return {200: answer(page, "A page of the list."), **READ}
