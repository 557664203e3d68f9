"""The page of figures by version: what applies, what applied, and the form of a new version."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from canglian.kernel.command import Command
from canglian.kernel.errors import Unauthenticated
from canglian.kernel.fields import fields_of
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.versions import in_force
from canglian.web.console.forms import Wrong, read
from canglian.web.console.inputs import FormField, form_field
from canglian.web.console.pages import Pages
from canglian.web.console.submitting import Form, submit_form
from canglian.web.principal import Permission, needs
from canglian.web.versions import Versions

_AROUND = ("code", "effective_from", "note")
"""The fields of a version that are no figures; the page has places of their own for them."""


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


def figures_of(kind: Versions) -> list[FormField]:
    """The figures of a kind: the fields of its command beside code, date and note."""
    return [figure for figure in _fields(kind) if figure.name not in _AROUND]


def _fields(kind: Versions) -> list[FormField]:
    asked, words = fields_of(kind.add.command), dict(kind.words)
    return [form_field(name, annotation, default, words.get(name)) for name, annotation, default in asked]


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
        choices={figure.name: figure.choices(pages._) for figure in figures},
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


def _values(figures: Sequence[FormField], base: Any, code: str) -> Mapping[str, str]:
    """What a form begins with: the figures in force, or what a new thing begins with."""
    figured = {figure.name: figure.default if base is None else getattr(base, figure.name) for figure in figures}
    return {"code": code, **{figure.name: figure.written(figured[figure.name]) for figure in figures}}


def _view(pages: Pages, figures: Sequence[FormField], version: Any, applies: Any, today: date) -> VersionView:
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
