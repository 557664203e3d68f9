"""Pages: Jinja templates with what every page needs around them.

A room's templates lie in the folder ``pages`` of its package and are named by the package's last word:
``ledger/account.html``. Everything is escaped; nothing inline is executed (see ``SECURITY``).
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import jinja2
import msgspec
from litestar import Request, Response

from canglian.kernel.errors import CODES, CanglianError, NotFound
from canglian.kernel.hidden import shown
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.values import SYSTEM_BOOK
from canglian.web.additions import Belonging, DayFigure, Excerpt, Holding, PageLink, Pick, Rows, Waiting, nested
from canglian.web.columns import fields_on_a_phone
from canglian.web.compressing import compressed
from canglian.web.console import plain
from canglian.web.console.addresses import query_in_address, sealed
from canglian.web.console.charts import is_empty
from canglian.web.console.formats import FILTERS
from canglian.web.console.forms import COOKIE, Wrong, form_token, wrong
from canglian.web.console.picking import Picks
from canglian.web.console.rail import COOKIE as RAIL_COOKIE
from canglian.web.console.rail import OPENED_MAX, drawn, place_of, waits_text
from canglian.web.principal import Principal
from canglian.web.room import NavItem, Room
from canglian.web.services import Services, services_of
from canglian.web.showing import SECRETS, own_address, show_once
from canglian.web.system import queries
from canglian.web.system.model import BookProfile
from canglian.web.words import LANGUAGES, family, preferred, translated

LANGUAGE_COOKIE = "canglian_language"
YEAR_SECONDS = 365 * 24 * 3600
COUNTED_SECONDS = 5.0
"""How long it is known what waits in a book that does not change."""

COUNTED_MAX = 10_000
HTML = "text/html"

SECURITY = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

LEFT_BEHIND = {"clear-site-data": '"cache", "storage"'}
"""What a browser forgets at a logout: pages that it kept, and what scripts and the worker stored. Of the cookies, that
of the session is taken back; those of the language and of a known device stay."""


@dataclass(frozen=True)
class Console:
    """The console that the rooms make together: its templates, its rail, and what rooms add to shared pages."""

    rooms: Sequence[Room]
    templates: jinja2.Environment
    nav: list[NavItem]
    picks: Mapping[str, Pick]


class Filled(msgspec.Struct, frozen=True):
    """An excerpt with its rows."""

    excerpt: Excerpt
    rows: Rows
    asked: str

    @property
    def narrow(self) -> set[str]:
        """The fields that a phone shows."""
        return fields_on_a_phone(self.excerpt.columns)

    @property
    def addresses(self) -> list[str]:
        """The addresses of the rows' own pages."""
        rows = (row if isinstance(row, dict) else msgspec.structs.asdict(row) for row in self.rows.items)
        return [self.excerpt.href.format_map(row) for row in rows]


class Around(msgspec.Struct, frozen=True):
    """What stands around every page of a logged-in person: where they are, and what waits for them there."""

    book: BookProfile | None = None
    today: date | None = None
    waiting: Sequence[tuple[Waiting, int]] = ()

    @property
    def waits(self) -> int:
        """How much waits in all."""
        return sum(count for _, count in self.waiting)


@cache
def manifest() -> dict[str, str]:
    """The names of the built assets; empty where they were not built."""
    file = resources.files("canglian.web") / "static" / "dist" / "manifest.json"
    return msgspec.json.decode(file.read_bytes(), type=dict[str, str]) if file.is_file() else {}


def asset(name: str) -> str:
    """The address of a built asset."""
    return f"/static/{manifest().get(name, name)}"


def environment(composed: Iterable[Room]) -> jinja2.Environment:
    """The templates of the toolkit and of every room."""
    composed = list(composed)
    packages = {"web": "canglian.web"}
    packages |= {package.rsplit(".", 1)[-1]: package for room in composed for package in room.templates}
    loaders = {prefix: jinja2.PackageLoader(package, "pages") for prefix, package in packages.items()}
    made = jinja2.Environment(
        loader=jinja2.PrefixLoader(loaders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    made.filters.update(FILTERS)
    given: Any = {
        "asset": asset,
        "is_empty": is_empty,
        "dictionary": msgspec.structs.asdict,
        "objects": {name: address for room in composed for name, address in room.objects.items()},
        "plain": plain,
        "suggested": suggested,
        "waits_text": waits_text,
    }
    made.globals.update(given)
    return made


def _finalize(value: Any) -> Any:
    """What a page prints of a value: hidden characters by their numbers."""
    return shown(value) if type(value) is str else value


def suggested(of: str, language: str) -> list[tuple[str, str]]:
    """The machine words of a family with what they mean, for a field that takes one of them."""
    if of != "refusal":
        return list(family(of, language).items())
    return [(code, plain.refusal(code, lambda text: translated(text, language))) for code in sorted(CODES)]


class Pages:
    """Renders pages for one request."""

    def __init__(self, request: Request[Any, Any, Any], console: Console) -> None:
        self.request = request
        self.services = services_of(request)
        self.principal: Principal | None = request.scope.get("user")
        self.language = language_of(request)
        self.picks = Picks(self.services, self.principal, console.picks, self._)
        self._console = console

    def _(self, text: str) -> str:
        """A text in the reader's language."""
        return translated(text, self.language)

    async def render(self, name: str, *, status: int = 200, **context: Any) -> Response[bytes]:
        """A page."""
        around = Around() if self.principal is None else await self._look_around(self.principal)
        return self.render_in(around, name, status=status, **context)

    def render_in(self, around: Around, name: str, *, status: int = 200, **context: Any) -> Response[bytes]:
        """A page whose surroundings are known, made without the database."""
        text = self._console.templates.get_template(name).render(**self._given(around), **context)
        body, coding = compressed(text.encode(), self.request.headers.get("accept-encoding"))
        page = Response(body, status_code=status, media_type=HTML, headers={**SECURITY, **coding})
        if any(context.get(name) for name in SECRETS):
            show_once(self.request)
        state: Any = self.request.scope["state"]
        if "form_cookie" in state:
            self.set_cookie(page, COOKIE, state["form_cookie"])
        return page

    async def found(self, principal: Principal, text: str) -> list[Filled]:
        """What rooms find of a text, where they find anything that the reader may see."""
        finds = [excerpt for room in self._console.rooms for excerpt in room.finds if principal.may(excerpt.permission)]
        return await self._filled(principal, finds, text)

    async def sections(self, principal: Principal, page: str, identity: str) -> list[Filled]:
        """What rooms add to the page of a thing, where they have anything."""
        excerpts = [excerpt for room in self._console.rooms for excerpt in room.sections.get(page, ())]
        return await self._filled(principal, excerpts, identity)

    def first_of(self, principal: Principal) -> str:
        """The first page of the rail that somebody may see; their own security where there is none."""
        mine = (item.path for item in self._console.nav if item.is_for(principal))
        return next(mine, "/console/security")

    async def holdings(self, principal: Principal, party: str) -> list[Holding]:
        """What a customer has, of all rooms; the same money once."""
        reader, book = self.services.reader, principal.book
        reads = [read for room in self._console.rooms for read in room.holdings]
        found = await asyncio.gather(*(read(reader, book, party) for read in reads))
        return nested([holding for holdings in found for holding in holdings])

    def links(self, page: str, identity: str = "") -> list[PageLink]:
        """The buttons that rooms add to a page, those that who looks may use."""
        links = [link for room in self._console.rooms for link in room.page_links.get(page, ())]
        may = [link for link in links if self.principal is not None and self.principal.may(link.permission)]
        return [replace(link, path=link.path.format(identity)) for link in may]

    def figures(self, principal: Principal) -> list[DayFigure]:
        """The figures of the day that rooms bring, those that who looks may see."""
        return [figure for room in self._console.rooms for figure in room.figures if principal.may(figure.permission)]

    async def waiting(self, principal: Principal) -> Sequence[tuple[Waiting, int]]:
        """What waits for who looks, with how much there is of it, where there is any."""
        return (await self._look_around(principal)).waiting

    async def today(self) -> date | None:
        """The business date of the book that the page is about."""
        return None if self.principal is None else (await self._look_around(self.principal)).today

    async def _look_around(self, principal: Principal) -> Around:
        """What stands around the page; read once a request, counted again once the book has gone on."""
        state: Any = self.request.scope["state"]
        if "around" not in state:
            state["around"] = await look_around(self.services, principal, self._console.rooms)
        return state["around"]

    async def _filled(self, principal: Principal, excerpts: list[Excerpt], asked: str) -> list[Filled]:
        found = await asyncio.gather(*(self._rows(principal, excerpt, asked) for excerpt in excerpts))
        return [Filled(excerpt, rows, asked) for excerpt, rows in zip(excerpts, found, strict=True) if rows.items]

    async def _rows(self, principal: Principal, excerpt: Excerpt, asked: str) -> Rows:
        if excerpt.search is not None:
            return await excerpt.search(self.services, principal.book, asked)
        return await excerpt.read(self.services.reader, principal.book, asked)

    def set_cookie(self, response: Response[Any], name: str, value: str, seconds: int | None = None) -> None:
        """Set a cookie that scripts cannot read and other sites cannot send."""
        secure = self.services.settings.has_secure_cookies
        response.set_cookie(name, value, max_age=seconds, path="/", httponly=True, secure=secure, samesite="lax")

    def sealed(self, query: Mapping[str, str]) -> dict[str, str]:
        """A query as it may stand in an address of the reader's pages."""
        return dict(query) if self.principal is None else sealed(self.services.keyring, self.principal, query)

    def query_of(self, **query: str) -> str:
        """A query as it may stand in an address, encoded."""
        return urlencode(self.sealed(query))

    def refusal(self, error: CanglianError) -> Wrong:
        """An error as a form shows it, in the reader's language."""
        return wrong(error, self.language)

    def page_of(self, identity: str | None) -> str:
        """The address of a thing's page by its id; nothing where no room knows it."""
        beginning = (identity or "").partition("_")[0]
        return next((room.things[beginning] for room in self._console.rooms if beginning in room.things), "").format(
            identity
        )

    async def belongings(self, principal: Principal, owner: str | None) -> Sequence[Belonging]:
        """What an account of an owner belongs to; nothing where no room knows the owner, or it is gone."""
        beginning = (owner or "").partition("_")[0]
        for room in self._console.rooms:
            if owner is not None and beginning in room.belongings:
                try:
                    return await room.belongings[beginning](self.services.reader, principal.book, owner)
                except NotFound:
                    return []
        return []

    def remedy(self, error: CanglianError, about: Mapping[str, str] | None = None) -> tuple[str, str]:
        """What leads on after a refusal: a title and an address, both empty where nothing does.

        ``about`` are the fields that name the thing that was refused, for a page that takes them.
        """
        for room in self._console.rooms:
            remedy = room.remedies.get(error.code)
            if remedy is not None:
                path = self.page_of(error.fields.get(remedy.thing)) if remedy.thing else remedy.path
                if not path:
                    return "", ""
                more = f"&{self.query_of(**about)}" if remedy.carries and about else ""
                return remedy.title, path.format_map(error.fields) + more
        return "", ""

    def _rail(self, around: Around) -> str:
        principal = self.principal
        items = tuple(item for item in self._console.nav if principal is not None and item.is_for(principal))
        here = place_of(items, self.request.scope["path"])
        opened = self.request.cookies.get(RAIL_COOKIE, "")[:OPENED_MAX]
        return drawn(self._console.templates, items, here, tuple(around.waiting), opened, self.language)

    def _given(self, around: Around) -> dict[str, Any]:
        principal = self.principal
        scope: Any = self.request.scope
        query = query_in_address(self.request)
        return {
            "_": self._,
            "gettext": self._,
            "around": around,
            "principal": principal,
            "language": self.language,
            "other_language": next(language for language in LANGUAGES if language != self.language),
            "rail": self._rail(around),
            "picks": self.picks,
            "path": scope["path"],
            "here": own_address(scope, query),
            "books": sum(of != str(SYSTEM_BOOK) for of in scope["auth"][1].roles) if scope.get("auth") else 0,
            "query": self.request.query_params,
            "query_of": self.query_of,
            "token": form_token(self.request),
            "request_id": scope["state"].get("request_id"),
        }


async def look_around(services: Services, principal: Principal, composed: Iterable[Room]) -> Around:
    """The book that a page is about, its business date, and what waits there for who looks."""
    profile = await queries.book(services.reader, str(principal.book))
    if profile is None:
        return Around()
    figures = await book_figures(services.reader, principal.book)
    return Around(profile, figures.today, await _waiting(services, principal, composed, figures.sequence))


async def _waiting(
    services: Services, principal: Principal, composed: Iterable[Room], sequence: int
) -> Sequence[tuple[Waiting, int]]:
    """What waits, counted again after every change of the book, and after a while: deliveries change no book."""
    counts: dict[tuple[int, str, str], tuple[int, float, Sequence[tuple[Waiting, int]]]]
    counts = services.memory.setdefault("waiting", {})
    reader = principal.book, principal.actor, principal.role.value
    known = counts.get(reader)
    if known is not None and known[0] == sequence and monotonic() - known[1] < COUNTED_SECONDS:
        return known[2]
    kinds = [kind for room in composed for kind in room.waiting if principal.may(kind.permission)]
    counted = await asyncio.gather(*(kind.count(services, principal) for kind in kinds))
    if len(counts) >= COUNTED_MAX:
        counts.clear()
    waits = [(kind, count) for kind, count in zip(kinds, counted, strict=True) if count]
    counts[reader] = sequence, monotonic(), waits
    return counts[reader][2]


def language_of(request: Request[Any, Any, Any]) -> str:
    """The reader's language: what was chosen here, what the user chose, what the browser accepts; else Chinese."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    signed_in: Any = request.scope.get("auth")
    if signed_in is not None and signed_in[1].language in LANGUAGES:
        return signed_in[1].language
    return preferred(None if signed_in else request.headers.get("accept-language"))
