"""The page of figures by version: what applies, what applied, and the form of a new version."""

import enum
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, get_args

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from canglian.kernel.amounts import major, share
from canglian.kernel.command import Command
from canglian.kernel.errors import Unauthenticated
from canglian.kernel.fields import Unit, base_of, field_of, fields_of
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.versions import in_force
from canglian.web.console.formats import money, number
from canglian.web.console.forms import Wrong, error_at, read, read_money
from canglian.web.console.pages import Pages
from canglian.web.console.submitting import Form, submit_form
from canglian.web.principal import Permission, needs
from canglian.web.versions import Versions

Say = Callable[[str], str]

_AROUND = ("code", "effective_from", "note")
"""The fields of a version that are no figures; the page has places of their own for them."""

_DECIMALS = {Unit.RATE_PPM: 4, Unit.SHARE_BPS: 2}
"""How many decimals of a percentage a unit has."""


class Figure(msgspec.Struct, frozen=True):
    """One figure of a kind. ``kind`` is how it is typed: text, number, decimal, flag, select or list.

    ``words`` is the family of an enum's members. ``default`` is what a new thing begins with.
    """

    name: str
    label: str
    help: str
    kind: str
    unit: Unit | None
    required: bool
    default: Any
    members: list[str] = []
    words: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it is set to the right in a table."""
        return self.kind in ("number", "decimal")

    def shown(self, value: Any, say: Say) -> str:
        """A value as people read it."""
        if value is None:
            return say("without limit")
        if self.kind == "flag":
            return say("yes") if value else say("no")
        if self.kind == "select":
            return say(f"{self.words}.{value.value}")
        if self.kind == "list":
            return "、".join(map(str, value))
        if self.unit is Unit.MONEY:
            return money(value)
        if self.unit is not None:
            return f"{major(value, _DECIMALS[self.unit])} %"
        return number(value) if self.kind == "number" else str(value)

    def written(self, value: Any) -> str:
        """A value as a form has it."""
        if value is None or value is msgspec.NODEFAULT:
            return ""
        if self.kind == "flag":
            return "yes" if value else ""
        if self.kind == "list":
            return " ".join(map(str, value))
        if self.unit is not None:
            return major(value, _DECIMALS.get(self.unit, 2))
        return str(value.value if isinstance(value, enum.Enum) else value)

    def read(self, form: Form) -> Any:
        """What a form says, for the command: nothing typed stays nothing. Rejects ``amount.*`` and ``share.*``."""
        text = form.get(self.name, "")
        if self.kind == "flag":
            return text == "yes"
        if self.kind == "list":
            return re.split(r"[\s,、]+", text) if text else ""
        if self.unit is Unit.MONEY and text:
            return read_money(form, self.name)
        if self.unit is not None and text:
            with error_at(self.name):
                return share(text, _DECIMALS[self.unit])
        return text


class VersionView(msgspec.Struct, frozen=True):
    """One version. ``state`` is applies, pending or nothing; ``texts`` are its figures in their order."""

    code: str
    name: str
    number: int | None
    effective_from: date
    state: str
    ended: bool
    texts: list[str]
    note: str
    who: str


def version_pages(kind: Versions) -> tuple[Any, ...]:
    """The handlers of a kind's page: seeing the versions, and adding one."""

    @get(kind.path, guards=[needs(Permission.READ)])
    async def show_versions(pages: NamedDependency[Pages]) -> Response[Any]:
        """All versions; the address may choose the thing whose figures stand in the form."""
        return await _show(pages, kind)

    @post(kind.path, status_code=200, guards=[needs(kind.add.permission)])
    async def add_version(pages: NamedDependency[Pages]) -> Response[Any]:
        """Add a version."""
        return await submit_form(pages, partial(_read, kind), partial(_show, pages, kind), f"/console{kind.path}")

    return show_versions, add_version


def figures_of(kind: Versions) -> list[Figure]:
    """The figures of a kind: the fields of its command beside code, date and note."""
    return [figure for figure in _fields(kind) if figure.name not in _AROUND]


def _fields(kind: Versions) -> list[Figure]:
    words = dict(kind.words)
    return [_figure(name, kind, default, words.get(name)) for name, kind, default in fields_of(kind.add.command)]


def _figure(name: str, annotation: Any, default: Any, words: str | None) -> Figure:
    base, optional = base_of(annotation)
    of_type = field_of(annotation)
    members = [member.value for member in base] if isinstance(base, type) and issubclass(base, enum.Enum) else []
    return Figure(
        name,
        of_type.label or f"field.{name}",
        of_type.help,
        _kind(base, of_type.unit, members),
        of_type.unit,
        default is msgspec.NODEFAULT and not optional,
        default,
        members,
        words or (re.sub(r"(?<!^)(?=[A-Z])", "_", base.__name__).lower() if members else ""),
    )


def _kind(base: Any, unit: Unit | None, members: Sequence[str]) -> str:
    if unit is not None:
        return "decimal"
    if members:
        return "select"
    if get_args(base):
        return "list"
    return {bool: "flag", int: "number"}.get(base, "text")


def _read(kind: Versions, form: Form) -> Command[Any]:
    fields = {name: form.get(name, "") for name in _AROUND}
    return read({**fields, **{figure.name: figure.read(form) for figure in figures_of(kind)}}, kind.add.command)


async def _show(
    pages: Pages, kind: Versions, status: int = 200, *, problem: Wrong | None = None, values: Form | None = None
) -> Response[Any]:
    if pages.principal is None:
        raise Unauthenticated("auth.required")
    reader, book = pages.services.reader, pages.principal.book
    versions, today = await kind.read(reader, book), (await book_figures(reader, book)).today
    applying = {code: in_force((each for each in versions if _code(each) == code), today) for code in _codes(versions)}
    fields = {figure.name: figure for figure in _fields(kind)}
    figures = [figure for figure in fields.values() if figure.name not in _AROUND]
    columns = [figure for figure in figures if figure.name != "name"]
    chosen = (values or pages.request.query_params).get("code", "")
    return await pages.render(
        "web/versions.html",
        status=status,
        kind=kind,
        figures=figures,
        columns=columns,
        versions=[_view(pages, columns, each, applying[_code(each)], today) for each in versions],
        choices={
            figure.name: [(word, pages._(f"{figure.words}.{word}")) for word in figure.members] for figure in figures
        },
        values=values or _values(figures, applying.get(chosen), chosen),
        asks=kind.new_codes or not kind.code or chosen in applying,
        code_figure=fields["code"] if kind.new_codes else None,
        dated=fields["effective_from"].required,
        noted=fields["note"].required,
        may_change=pages.principal.may(kind.add.permission),
        key=secrets.token_hex(8),
        problem=problem,
    )


def _code(version: Any) -> str:
    return getattr(version, "code", "")


def _codes(versions: Sequence[Any]) -> list[str]:
    return list(dict.fromkeys(_code(version) for version in versions))


def _values(figures: Sequence[Figure], base: Any, code: str) -> Mapping[str, str]:
    """What a form begins with: the figures in force, or what a new thing begins with."""
    figured = {figure.name: figure.default if base is None else getattr(base, figure.name) for figure in figures}
    return {"code": code, **{figure.name: figure.written(figured[figure.name]) for figure in figures}}


def _view(pages: Pages, figures: Sequence[Figure], version: Any, applies: Any, today: date) -> VersionView:
    return VersionView(
        _code(version),
        getattr(version, "name", ""),
        getattr(version, "version", None),
        version.effective_from,
        "applies" if version == applies else "pending" if version.effective_from > today else "",
        not getattr(version, "active", True),
        [figure.shown(getattr(version, figure.name), pages._) for figure in figures],
        version.note,
        version.added_by if hasattr(version, "added_by") else version.created_by,
    )
