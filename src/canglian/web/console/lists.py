"""List pages: a table whose sort, filters and page stand in the address, exported as it is shown."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response

from canglian.kernel.errors import Malformed
from canglian.kernel.queries.paging import LIMIT_MAX, Order, Page
from canglian.web.console.pages import SECURITY, Pages
from canglian.web.csv import CSV, CSV_ROWS_MAX, as_csv

SIZES = (25, 50, 100, 200)


class Column(msgspec.Struct, frozen=True):
    """A column: the row's field, its title (a message id) and how it looks.

    ``kind`` is text, code, number, money, when, day, state, account, link or words; ``sort`` names the sort that a
    click on the head asks for.
    """

    field: str
    title: str
    kind: str = "text"
    sort: str | None = None


class Choice(msgspec.Struct, frozen=True):
    """One value of a filter and its word."""

    value: str
    title: str


class Filter(msgspec.Struct, frozen=True):
    """A filter: its name in the address, its label, and its choices, if it has some."""

    name: str
    label: str
    kind: str = "text"
    choices: Sequence[Choice] = ()


class ListSpec(msgspec.Struct, frozen=True):
    """A list page. ``href`` is the address of a row's own page, with the row's fields in braces."""

    name: str
    title: str
    purpose: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    href: str | None = None
    empty: str = "Nothing here yet."
    sort: str = ""


Read = Callable[[Order], Awaitable[Page[Any]]]


async def list_page(
    pages: Pages, spec: ListSpec, read: Read, *, template: str = "web/list.html", **context: Any
) -> Response[bytes]:
    """A list as a page, or as CSV with ``?format=csv``."""
    query = dict(pages.request.query_params)
    if query.get("format") == "csv":
        return await _export(spec, read, query)
    limit = _limit(query.get("limit"))
    shown: Any = {"scales": {}, "names": {}, "actions": (), **context}

    def sort_url(column: str) -> str:
        return address(query, cursor="", sort=_turned(query.get("sort") or spec.sort, column))

    page = await read(Order(query.get("sort") or None, query.get("cursor") or None, limit))
    return await pages.render(
        template,
        spec=spec,
        rows=page.items,
        sort=query.get("sort") or spec.sort,
        limit=limit,
        sizes=SIZES,
        next_url=None if page.next_cursor is None else address(query, cursor=page.next_cursor),
        first_url=address(query, cursor="") if query.get("cursor") else None,
        export_url=address(query, format="csv", cursor=""),
        sort_url=sort_url,
        is_filtered=any(query.get(one.name) for one in spec.filters),
        **shown,
    )


async def _export(spec: ListSpec, read: Read, query: Mapping[str, str]) -> Response[bytes]:
    rows: list[Any] = []
    cursor = None
    while len(rows) < CSV_ROWS_MAX:
        page = await read(Order(query.get("sort") or None, cursor, LIMIT_MAX))
        rows += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    headers = {**SECURITY, "content-disposition": f'attachment; filename="{spec.name}.csv"'}
    return Response(as_csv(rows), media_type=CSV, headers=headers)


def address(query: Mapping[str, str], **changes: str) -> str:
    """The page's own address with some parameters changed; an empty one goes."""
    merged = {**query, **changes}
    return "?" + urlencode({name: value for name, value in merged.items() if value != ""})


def _turned(current: str, column: str) -> str:
    return f"-{column}" if current == column else column


def _limit(text: str | None) -> int:
    if not text:
        return SIZES[0]
    if not text.isdecimal() or not 1 <= int(text) <= LIMIT_MAX:
        raise Malformed("list.limit_invalid", limit=text, most=LIMIT_MAX)
    return int(text)
