"""The forms of actions: what a page shows of each, and what becomes of the one that was sent.

A page makes its forms with ``action_forms`` and shows them with the macros of ``web/actions.html``; the handler of its
POST calls ``submit_action``. What was typed, and what is wrong with it, comes back to the form that was sent only.
"""

import enum
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from litestar import Response
from litestar.response import Redirect

from canglian.kernel.amounts import share
from canglian.kernel.errors import CanglianError, NotFound, Unauthenticated
from canglian.kernel.fields import Unit, base_of, field_of, fields_of
from canglian.web.actions import Action, Form, Input
from canglian.web.console.forms import KEY, Wrong, error_at, form_values, read, read_money
from canglian.web.console.pages import Pages
from canglian.web.operations import RequestContext

ACTION = "action"
"""The field of a form that names its action."""

FORM = "_form"
"""The field with the form's id: an action may stand in many rows of a page."""

Choices = Mapping[str, Iterable[tuple[str, str]]]
"""What a page offers, by the name of a field: values, and titles as they are shown."""


class InputView(msgspec.Struct, frozen=True):
    """One input. ``kind`` is text, number, money, percent, date, flag, select or hidden."""

    id: str
    name: str
    kind: str
    label: str = ""
    help: str = ""
    value: str = ""
    required: bool = False
    choices: list[tuple[str, str]] = []
    wrong: str = ""
    longest: int | None = None


class FormView(msgspec.Struct, frozen=True):
    """One form. ``reason`` says why it cannot be sent now; then it has no inputs."""

    id: str
    action: str
    title: str
    submit: str
    confirm: str
    note: str
    danger: bool
    key: str
    reason: str
    open: bool
    inputs: list[InputView] = []

    @property
    def asks(self) -> bool:
        """Whether there is anything to fill in; else a button is enough."""
        return bool(self.note) or any(view.kind != "hidden" for view in self.inputs)


class Sent(msgspec.Struct, frozen=True):
    """The form that was sent and refused, for the page that shows it again."""

    values: Mapping[str, str] = {}
    problem: Wrong | None = None


def action_forms(
    pages: Pages,
    actions: Sequence[Action],
    shown: Any = None,
    *,
    target: Mapping[str, str] | None = None,
    choices: Choices | None = None,
    initial: Mapping[str, str] | None = None,
    sent: Sent | None = None,
) -> list[FormView]:
    """The forms of actions for what a page shows; those that do not apply to it are left out.

    ``target`` are hidden fields that tell one row of the page from another. ``choices`` and ``initial`` are by field.
    """
    offered = [(action, action.form) for action in actions if action.form is not None and action.form.applies(shown)]
    return [
        _form_view(pages, action, form, shown, target or {}, choices or {}, initial or {}, sent or Sent())
        for action, form in offered
    ]


def _form_view(
    pages: Pages,
    action: Action,
    form: Form,
    shown: Any,
    target: Mapping[str, str],
    choices: Choices,
    initial: Mapping[str, str],
    sent: Sent,
) -> FormView:
    values = sent.values
    was_sent = values.get(ACTION) == action.name and all(values.get(name) == value for name, value in target.items())
    form_id, reason = _id(action, target), _unavailable(pages, action, form, shown)
    typed, problem = (values, sent.problem) if was_sent else ({}, None)
    hidden = [InputView(f"{form_id}-{name}", name, "hidden", value=value) for name, value in target.items()]
    inputs = [
        _input_view(pages, form_id, field, choices, {**initial, **typed}, problem)
        for field in _fields(action, form)
        if field.name not in target
    ]
    return FormView(
        form_id,
        action.name,
        pages._(form.title),
        pages._(form.submit or form.title),
        pages._(form.confirm) if form.confirm else "",
        pages._(form.note) if form.note else "",
        form.danger,
        secrets.token_hex(8),
        reason,
        was_sent,
        [] if reason else [*hidden, *inputs],
    )


def _id(action: Action, target: Mapping[str, str]) -> str:
    """The id of a form, which is another one in every row of a page."""
    return "-".join([action.name, *(value[-8:] for value in target.values())])


def _unavailable(pages: Pages, action: Action, form: Form, shown: Any) -> str:
    if pages.principal is None or not pages.principal.may(action.permission):
        return pages._("Your role may not do this.")
    reason = form.unavailable(shown)
    return pages._(reason) if reason else ""


# -- inputs --------------------------------------------------------------------------------------------------------


class _Field(msgspec.Struct, frozen=True):
    """A field that a form asks for: what its form says of it, and what its type says."""

    name: str
    kind: Any
    optional: bool
    asked: Input
    label: str
    help: str
    unit: Unit | None
    longest: int | None


def _fields(action: Action, form: Form) -> list[_Field]:
    """What a form asks for, in its order."""
    if action.body is None:
        return []
    fields = {name: (kind, default) for name, kind, default in fields_of(action.body)}
    asked = {each.name: each for each in form.inputs}
    left = [name for name in fields if name not in asked and name not in form.omit and name not in form.fixed]
    return [_field(asked.get(name) or Input(name=name), *fields[name]) for name in (*asked, *left)]


def _field(asked: Input, annotation: Any, default: Any) -> _Field:
    kind, optional = base_of(annotation)
    of_type = field_of(annotation)
    return _Field(
        asked.name,
        kind,
        optional or default is not msgspec.NODEFAULT,
        asked,
        asked.label or of_type.label or f"field.{asked.name}",
        asked.help or of_type.help,
        of_type.unit,
        _longest(annotation),
    )


def _longest(annotation: Any) -> int | None:
    """How many characters a text takes at most."""
    found = (meta.max_length for meta in getattr(annotation, "__metadata__", ()) if isinstance(meta, msgspec.Meta))
    return next((most for most in found if most), None)


def _input_view(
    pages: Pages, form_id: str, field: _Field, choices: Choices, values: Mapping[str, str], problem: Wrong | None
) -> InputView:
    offered = _choices(pages, field, choices)
    return InputView(
        f"{form_id}-{field.name}",
        field.name,
        _kind(field, offered),
        pages._(field.label),
        pages._(field.help) if field.help else "",
        field.asked.initial if field.asked.secret else values.get(field.name, field.asked.initial),
        not field.optional and field.kind is not bool,
        offered or [],
        problem.text if problem is not None and problem.field == field.name else "",
        field.longest,
    )


def _kind(field: _Field, offered: list[tuple[str, str]] | None) -> str:
    if offered is not None:
        return "select"
    if field.unit is not None:
        return "money" if field.unit is Unit.MONEY else "percent"
    return {bool: "flag", int: "number", date: "date"}.get(field.kind, "text")


def _choices(pages: Pages, field: _Field, given: Choices) -> list[tuple[str, str]] | None:
    """What may be chosen: what the page says, else the form, else all members of an enum."""
    if field.name in given:
        offered = list(given[field.name])
    elif field.asked.choices:
        offered = [(value, pages._(title)) for value, title in field.asked.choices]
    elif isinstance(field.kind, type) and issubclass(field.kind, enum.Enum):
        family = field.asked.family or _snake(field.kind.__name__)
        offered = [(member.value, pages._(f"{family}.{member.value}")) for member in field.kind]
    else:
        return None
    return [("", "—"), *offered] if field.optional and all(value for value, _ in offered) else offered


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


# -- what was sent -------------------------------------------------------------------------------------------------


async def submit_action(
    pages: Pages,
    actions: Sequence[Action],
    again: Callable[..., Awaitable[Response[Any]]],
    to: str | Callable[[Any], str],
    *,
    target: Mapping[str, Any] | None = None,
    asset: str = "CNY",
) -> Response[Any]:
    """Do what the form that was sent asks for, and go on to the address ``to``, which may be made of the result.

    ``target`` are the command's fields that the page's address names; the rest of the action's target comes from the
    form. Amounts are of ``asset``. What is refused, in reading or by a rule, is shown by ``again``, which takes
    ``status`` and ``sent``. Raises Forbidden ``form.foreign`` and ``auth.forbidden``, NotFound for an unknown action.
    """
    principal = pages.principal
    if principal is None:
        raise Unauthenticated("auth.required")
    values = await form_values(pages.request)
    action = next((each for each in actions if each.name == values.get(ACTION) and each.form is not None), None)
    if action is None:
        raise NotFound("request.not_found", path=pages.request.scope["path"])
    principal.require(action.permission)
    request_id = pages.request.scope["state"].get("request_id")
    context = RequestContext(pages.services, principal, values.get(KEY) or None, False, request_id)
    named = {name: values.get(name, "") for name in action.target if name not in (target or {})}
    try:
        command = await _command(context, action, values, {**(target or {}), **named}, asset)
        result = (await context.submit(command)).unwrap()
    except CanglianError as error:
        problem = msgspec.structs.replace(pages.refusal(error), form=values.get(FORM, action.name))
        return await again(status=422, sent=Sent(values, problem))
    return Redirect(to if isinstance(to, str) else to(result), status_code=303)


async def _command(
    context: RequestContext, action: Action, values: Mapping[str, str], target: Mapping[str, Any], asset: str
) -> Any:
    """The command of an action from a form's texts. Raises Malformed ``form.*`` and ``amount.*`` at the field."""
    kinds = {name: kind for name, kind, _ in fields_of(action.command)}
    addressed = msgspec.defstruct("Target", [(name, kinds[name]) for name in action.target])
    named = msgspec.structs.asdict(read(dict(target), addressed))
    body = None if action.body is None else read(await _texts(context, action, values, asset), action.body)
    return await action.make(context, named, body)


async def _texts(context: RequestContext, action: Action, values: Mapping[str, str], asset: str) -> dict[str, Any]:
    """A form's values under the names of the body: amounts and shares as integers, ticks as truths."""
    assert action.body is not None
    assert action.form is not None
    scales = await context.services.scales(context.principal.book)
    texts: dict[str, Any] = {}
    for name, annotation, _ in fields_of(action.body):
        text, as_sent = values.get(name, ""), action.names.get(name, name)
        kind, _ = base_of(annotation)
        unit = field_of(annotation).unit
        if name in action.form.fixed:
            texts[as_sent] = action.form.fixed[name]
        elif name in action.form.omit:
            continue
        elif kind is bool:
            texts[as_sent] = text == "yes"
        elif unit is Unit.MONEY and text:
            texts[as_sent] = read_money(values, name, asset, scales)
        elif unit is not None and text:
            with error_at(name):
                texts[as_sent] = share(text, 4 if unit is Unit.RATE_PPM else 2)
        else:
            texts[as_sent] = text
    return texts
