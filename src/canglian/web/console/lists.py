"""List pages: a table whose sort, filters, columns and page stand in the address, exported as it is shown."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response

from canglian.kernel.errors import Malformed
from canglian.kernel.queries.paging import LIMIT_MAX, Order, Page
from canglian.web.columns import Column, fields_on_a_phone
from canglian.web.console.exports import as_shown
from canglian.web.console.pages import SECURITY, YEAR_SECONDS, Pages
from canglian.web.csv import CSV, CSV_ROWS_MAX, cut_headers

SIZES = (25, 50, 100, 200)


class Choice(msgspec.Struct, frozen=True):
    """One value of a filter and its word."""

    value: str
    title: str


class Filter(msgspec.Struct, frozen=True):
    """A filter: its name in the address, its label, and its choices, if it has some.

    ``family`` are machine words that it suggests with what they mean; any other text is taken too.
    """

    name: str
    label: str
    kind: str = "text"
    choices: Sequence[Choice] = ()
    family: str = ""


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
    pages: Pages, spec: ListSpec, read: Read, *, template: str = "web/list.html", status: int = 200, **context: Any
) -> Response[bytes]:
    """A list as a page, or as CSV with ``?format=csv``.

    ``scales`` has the decimals of assets, ``names`` what accounts are called, ``actions`` the buttons on top.
    """
    query = _query(pages)
    shown: Any = {"scales": {}, "names": {}, "actions": (), **context}
    columns = _columns(pages, spec, query.get("columns"))
    if query.get("format") == "csv":
        return await _export(pages, spec, columns, read, query, shown)
    limit = _limit(query.get("limit"))
    sort = query.get("sort") or spec.sort
    page = await read(Order(query.get("sort") or None, query.get("cursor") or None, limit))

    linked = pages.sealed(query)

    def sort_url(column: str) -> str:
        return address(linked, cursor="", sort=_turned(sort, column))

    filters = {condition.name for condition in spec.filters}
    answer = await pages.render(
        template,
        status=status,
        spec=spec,
        columns=columns,
        narrow=fields_on_a_phone(columns),
        rows=page.items,
        sort=sort,
        limit=limit,
        sizes=[{"rows": size, "url": address(linked, limit=str(size), cursor="")} for size in SIZES],
        kept=[(name, value) for name, value in query.items() if name in ("limit", "columns")],
        chosen=[(name, value) for name, value in linked.items() if name not in ("columns", "format")],
        next_url=None if page.next_cursor is None else address(linked, cursor=page.next_cursor),
        first_url=address(linked, cursor="") if query.get("cursor") else None,
        clear_url=address({name: value for name, value in linked.items() if name not in filters}, cursor=""),
        export_url=address(linked, format="csv", cursor="", columns=",".join(column.field for column in columns)),
        export_max=CSV_ROWS_MAX,
        sort_url=sort_url,
        is_filtered=any(query.get(name) for name in filters),
        **shown,
    )
    if "columns" in query:
        pages.set_cookie(answer, _cookie(spec), ".".join(column.field for column in columns), YEAR_SECONDS)
    return answer


def _query(pages: Pages) -> dict[str, str]:
    given = pages.request.query_params
    columns = ",".join(given.getall("columns", []))
    return {**dict(given), **({"columns": columns} if columns else {})}


def _cookie(spec: ListSpec) -> str:
    return f"canglian_columns_{spec.name}"


def _columns(pages: Pages, spec: ListSpec, asked: str | None) -> list[Column]:
    """The columns that the address names, else those chosen in this browser, else all; the first one always."""
    known = asked.split(",") if asked else (pages.request.cookies.get(_cookie(spec)) or "").split(".")
    chosen = [column for position, column in enumerate(spec.columns) if position == 0 or column.field in known]
    return chosen if asked or len(chosen) > 1 else list(spec.columns)


async def _export(
    pages: Pages, spec: ListSpec, columns: Sequence[Column], read: Read, query: Mapping[str, str], shown: Any
) -> Response[bytes]:
    rows: list[Any] = []
    cursor = None
    while len(rows) < CSV_ROWS_MAX:
        page = await read(Order(query.get("sort") or None, cursor, LIMIT_MAX))
        rows += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    headers = {**SECURITY, **cut_headers(spec.name, len(rows), cut=cursor is not None)}
    body = as_shown(columns, rows, pages.language, shown["scales"], shown["names"])
    return Response(body, media_type=CSV, headers=headers)


def address(query: Mapping[str, str], **changes: str) -> str:
    """The page's own address with some parameters changed; an empty one goes."""
    merged = {**query, **changes}
    return "?" + urlencode({name: value for name, value in merged.items() if value != ""})


def _turned(current: str, column: str) -> str:
    return f"-{column}" if current == column else column


def _limit(text: str | None) -> int:
    if not text:
        return SIZES[0]
    if not text.isdecimal() or not 1 <= int(text[:9]) <= LIMIT_MAX:
        raise Malformed("list.limit_invalid", limit=text, most=LIMIT_MAX)
    return int(text)
