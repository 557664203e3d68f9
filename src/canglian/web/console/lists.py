"""List pages: a table whose sort, filters, columns and page stand in the address, exported as it is shown."""

import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response
from litestar.response import Stream

from canglian.kernel.errors import CanglianError, Malformed, NotFound
from canglian.kernel.queries.paging import LIMIT_MAX, Condition, Order, Page
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.web.actions import Action
from canglian.web.columns import Column, fields_on_a_phone
from canglian.web.console.exports import as_shown, rows_as_shown
from canglian.web.console.filters import Asked, Chip, Filter, asked_of, chip, conditions, current
from canglian.web.console.pages import SECURITY, Pages
from canglian.web.console.ticking import TICKED, bulk_forms, only
from canglian.web.console.views import views_of
from canglian.web.csv import CSV, file_headers
from canglian.web.system import queries

SIZES = (25, 50, 100, 200)


_KNOWN: dict[str, "ListSpec"] = {}


class ListSpec(msgspec.Struct, frozen=True):
    """A list page. ``href`` is the address of a row's own page, with the row's fields in braces.

    With a ``key``, the field that each row is known by, rows can be ticked, written into a file of their own, and
    what ``bulk`` says be done to them; ``has_numbers`` says that keys are numbers.
    """

    name: str
    title: str
    purpose: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    href: str | None = None
    empty: str = "Nothing here yet."
    sort: str = ""
    key: str = ""
    has_numbers: bool = False
    bulk: Sequence[Action] = ()

    def __post_init__(self) -> None:
        _KNOWN[self.name] = self

    @classmethod
    def named(cls, name: str) -> "ListSpec":
        """The list of a name; NotFound ``request.not_found``."""
        if name not in _KNOWN:
            raise NotFound("request.not_found", path=name)
        return _KNOWN[name]


Read = Callable[[Order], Awaitable[Page[Any]]]


class Narrowed(msgspec.Struct, frozen=True):
    """What the filters of a list say: their chips, and what the list is narrowed by beside what its handler reads."""

    chips: list[Chip]
    conditions: tuple[Condition, ...]
    problem: CanglianError | None

    @property
    def is_filtered(self) -> bool:
        """Whether any filter says anything."""
        return any(chip.text for chip in self.chips)


async def list_page(
    pages: Pages, spec: ListSpec, read: Read, *, template: str = "web/list.html", status: int = 200, **context: Any
) -> Response[Any]:
    """A list as a page, or as CSV with ``?format=csv``.

    ``scales`` has the decimals of assets, ``names`` what accounts are called, ``actions`` the buttons on top.
    """
    query = current(spec.filters, _query(pages))
    shown: Any = {"scales": {}, "names": {}, "actions": (), **context}
    columns = await _columns(pages, spec, query.get("columns"))
    linked = pages.sealed(query)
    narrowed = await _narrowed(pages, spec.filters, query, linked)
    sort, cursor, limit = query.get("sort") or None, query.get("cursor") or None, _limit(query.get("limit"))
    ticked = only(query.get(TICKED, ""), are_numbers=spec.has_numbers) if spec.key else ()
    order = Order(sort, cursor, limit, (*narrowed.conditions, *ticked))
    if query.get("format") == "csv":
        return await _export(pages, spec, columns, read, order, narrowed, shown)
    page = Page[Any]([], None) if narrowed.problem else await read(order)
    sort = order.sort or spec.sort

    def sort_url(column: str) -> str:
        return address(linked, cursor="", sort=_turned(sort, column))

    return await pages.render(
        template,
        status=status,
        spec=spec,
        columns=columns,
        narrow=fields_on_a_phone(columns),
        rows=page.items,
        sort=sort,
        limit=order.limit,
        sizes=[{"rows": size, "url": address(linked, limit=str(size), cursor="")} for size in SIZES],
        kept=[(name, value) for name, value in query.items() if name in ("limit", "columns")],
        views=await views_of(pages, spec.name, query),
        key=shown.get("key") or secrets.token_hex(8),
        next_url=None if page.next_cursor is None else address(linked, cursor=page.next_cursor),
        first_url=address(linked, cursor="") if order.cursor else None,
        clear_url=address(_without(linked, spec.filters), cursor=""),
        export_url=address(linked, format="csv", cursor="", columns=",".join(column.field for column in columns)),
        sort_url=sort_url,
        chips=narrowed.chips,
        bulk=bulk_forms(pages, spec.bulk),
        wrong=None if narrowed.problem is None else pages.refusal(narrowed.problem),
        is_filtered=narrowed.is_filtered,
        **shown,
    )


async def _narrowed(
    pages: Pages, filters: Sequence[Filter], query: Mapping[str, str], linked: Mapping[str, str]
) -> Narrowed:
    chips, found, problem = list[Chip](), list[Condition](), None
    for each in filters:
        asked = asked_of(each, query)
        if each.by_link and asked is None:
            continue
        is_picked = pages.picks.knows(each.pick)
        chosen, text = ("", asked.value) if asked and asked.operator == "find" else (asked.value if asked else "", "")
        pick = await pages.picks.show(each.name, each.pick, chosen, text) if is_picked else None
        wrong = None
        try:
            found += [] if asked is None else conditions(each, asked, await _today(pages, each))
        except CanglianError as error:
            wrong = problem = error
        clear = "" if asked is None else address(_without(linked, [each]), cursor="")
        message = "" if wrong is None else pages.refusal(wrong).text
        chips.append(chip(each, asked or Asked(""), pages._, clear, pick, message))
    return Narrowed(chips, tuple(found), problem)


async def _today(pages: Pages, filter: Filter) -> date:
    """The day that a filter's presets are seen from: the business date, or the day of the clock for instants."""
    if filter.kind == "date" and (today := await pages.today()) is not None:
        return today
    return utc_now().astimezone(SHANGHAI).date()


def _without(query: Mapping[str, str], filters: Iterable[Filter]) -> dict[str, str]:
    """A query without what it says of some filters."""
    gone = {name for each in filters for name in each.names(query)}
    return {name: value for name, value in query.items() if name not in gone}


def _query(pages: Pages) -> dict[str, str]:
    given = pages.request.query_params
    columns = ",".join(given.getall("columns", []))
    return {**dict(given), **({"columns": columns} if columns else {})}


async def _columns(pages: Pages, spec: ListSpec, asked: str | None) -> list[Column]:
    """The columns that the address names, else those that the user chose, else all; the first one always."""
    known = asked.split(",") if asked else []
    if not asked and pages.principal is not None:
        known = await queries.columns(pages.services.reader, spec.name, pages.principal.actor)
    chosen = [column for position, column in enumerate(spec.columns) if position == 0 or column.field in known]
    return chosen if asked or len(chosen) > 1 else list(spec.columns)


async def _export(
    pages: Pages, spec: ListSpec, columns: Sequence[Column], read: Read, order: Order, narrowed: Narrowed, shown: Any
) -> Response[Any]:
    """The whole list as CSV, written while it is read: what breaks off is no whole answer."""
    if narrowed.problem is not None:
        raise narrowed.problem
    order = msgspec.structs.replace(order, cursor=None, limit=LIMIT_MAX)
    first = await read(order)

    async def parts() -> AsyncGenerator[bytes]:
        page = first
        yield as_shown(columns, page.items, pages.language, shown["scales"], shown["names"])
        while page.next_cursor is not None:
            page = await read(msgspec.structs.replace(order, cursor=page.next_cursor))
            yield rows_as_shown(columns, page.items, pages.language, shown["scales"], shown["names"])

    return Stream(parts(), media_type=CSV, headers={**SECURITY, **file_headers(spec.name)})


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
