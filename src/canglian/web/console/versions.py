"""The page of figures by version: what applies, what applied, and the form of a new version."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import NODEFAULT

from canglian.kernel.errors import Unauthenticated
from canglian.kernel.fields import fields_of
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.versions import in_force
from canglian.web.actions import Action
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.inputs import FormField, form_field
from canglian.web.console.pages import Pages
from canglian.web.form import Form, Input
from canglian.web.principal import Permission, needs
from canglian.web.versions import Versions

_AROUND = ("code", "effective_from", "note")
"""The fields of a version that are no figures; the page has places of their own for them."""

_DATED = Input(name="effective_from", label="Applies from")
_TODAY = Input(name="effective_from", label="Applies from", help="Empty for today.")


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
    add = _with_form(kind)

    @get(kind.path, guards=[needs(Permission.READ)])
    async def show_versions(pages: NamedDependency[Pages]) -> Response[Any]:
        """All versions; the address may choose the thing whose figures stand in the form."""
        return await _show(pages, kind, add)

    @post(kind.path, status_code=200, guards=[needs(kind.add.permission)])
    async def add_version(pages: NamedDependency[Pages]) -> Response[Any]:
        """Add a version."""
        return await submit_action(pages, [add], partial(_show, pages, kind, add), f"/console{kind.path}")

    return show_versions, add_version


def figures_of(kind: Versions) -> list[FormField]:
    """The figures of a kind: the fields of its command beside code, date and note."""
    asked, words = fields_of(kind.add.command), dict(kind.words)
    return [
        form_field(name, annotation, default, words.get(name))
        for name, annotation, default in asked
        if name not in _AROUND
    ]


def _with_form(kind: Versions) -> Action:
    """The action that adds a version: which thing and from when, its figures, and who decided it."""
    (dated,) = [default for name, _, default in fields_of(kind.add.command) if name == "effective_from"]
    code = (Input(name="code", kind="" if kind.new_codes else "hidden"),) if kind.code else ()
    form = Form(
        title="A new version",
        submit="Add the version",
        confirm="Add this version? A version is never changed afterwards.",
        inputs=(
            *code,
            _DATED if dated is NODEFAULT else _TODAY,
            *(Input(name=figure.name, family=figure.family) for figure in figures_of(kind)),
            Input(name="note", label="Note", help="Which regulation, or whose decision."),
        ),
    )
    return replace(kind.add, form=form)


async def _show(
    pages: Pages, kind: Versions, add: Action, status: int = 200, submission: Submission | None = None
) -> Response[Any]:
    if pages.principal is None:
        raise Unauthenticated("auth.required")
    reader, book = pages.services.reader, pages.principal.book
    versions, today = await kind.read(reader, book), (await book_figures(reader, book)).today
    applying = {code: in_force((each for each in versions if _code(each) == code), today) for code in _codes(versions)}
    figures = figures_of(kind)
    columns = [figure for figure in figures if figure.name != "name"]
    chosen = (submission.values if submission else pages.request.query_params).get("code", "")
    initial = {"code": chosen} if submission else _values(figures, applying.get(chosen), chosen)
    (form,) = action_forms(pages, [add], initial=initial, submission=submission)
    return await pages.render(
        "web/versions.html",
        status=status,
        kind=kind,
        columns=columns,
        versions=[_view(pages, columns, each, applying[_code(each)], today) for each in versions],
        form=form,
        chosen=chosen,
        asks=kind.new_codes or not kind.code or chosen in applying,
        may_change=pages.principal.may(kind.add.permission),
        problem=None if submission is None else submission.problem,
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
