"""The forms of actions: what a page shows of each, and what becomes of the one that was sent.

A page makes its forms with ``action_forms`` and shows them with the macros of ``web/actions.html``; the handler of its
POST calls ``submit_action``. What was typed, and what is wrong with it, comes back to the form that was sent only.
"""

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response
from litestar.response import Redirect

from canglian.kernel.command import Outcome
from canglian.kernel.errors import CanglianError, NotFound, Unauthenticated
from canglian.kernel.fields import fields_of
from canglian.web.actions import Action
from canglian.web.console.forms import KEY, Wrong, form_values, read
from canglian.web.console.inputs import FormField, form_field
from canglian.web.console.pages import Pages
from canglian.web.console.picking import Shown
from canglian.web.form import Form, Input, Message, Why
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission

ACTION = "action"
"""The field of a form that names its action."""

FORM = "_form"
"""The field with the form's id: an action may stand in many rows of a page."""

Choices = Mapping[str, Iterable[tuple[str, str]]]
"""What a page offers, by the name of a field: values, and titles as they are shown."""

Answer = Callable[[Outcome[Any]], Awaitable[Response[Any]]]
"""What is answered in the place of an address to go on to."""

_AMOUNT = r"\s*¥?[0-9][0-9,]*(\.[0-9]+)?\s*"
"""How an amount may be written; what it comes to is read and checked where it is sent to."""

_DIGEST = "[0-9a-fA-F]{64}"

_TYPES = {"date": "date", "first_day": "date", "last_day": "date", "instant": "datetime-local", "tel": "tel"}


class InputView(msgspec.Struct, frozen=True):
    """One input, of a kind of ``FormField``. The value of ticks are those that are ticked, with spaces between.

    ``file`` is what the button says that chooses the file of a digest.
    """

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
    pick: Shown | None = None
    file: str = ""

    @property
    def type(self) -> str:
        """The type of an input element."""
        return _TYPES.get(self.kind, "text")

    @property
    def attributes(self) -> dict[str, str]:
        """What helps to type it: the keyboard of a phone, and how long it may be."""
        keyboard = {"number": "numeric", "account": "numeric", "decimal": "decimal"}.get(self.kind)
        found = {} if keyboard is None else {"inputmode": keyboard}
        if self.kind == "decimal" and self.name == "amount":
            found["pattern"] = _AMOUNT  # the browser refuses the rest before it asks whether to go on
        if self.kind == "digest":
            found.update({"data-digest": self.file, "pattern": _DIGEST, "spellcheck": "false"})
        return found if self.longest is None else {**found, "maxlength": str(self.longest)}


class FormView(msgspec.Struct, frozen=True):
    """One form, sent to its page or to ``address``. With a ``reason`` why it cannot be sent now it has no inputs;
    ``first`` is the page, and what it is called, where somebody does what has to come first. What the reader's role
    never does is ``denied``."""

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
    download: bool = False
    address: str = ""
    first: tuple[str, str] | None = None
    denied: bool = False

    @property
    def asks(self) -> bool:
        """Whether there is anything to fill in; else a button is enough."""
        return bool(self.note) or any(view.kind != "hidden" for view in self.inputs)


class Submission(msgspec.Struct, frozen=True):
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
    submission: Submission | None = None,
    refused: Mapping[str, Why] | None = None,
    address: str = "",
) -> list[FormView]:
    """The forms of actions for what a page shows; those that do not apply to it are left out.

    ``target`` are hidden fields that tell one row of the page from another. ``choices`` and ``initial`` are by field.
    ``refused`` are actions that were tried in vain (``trying.refusals``). The forms are sent to ``address``, where
    there is one, else to their page.
    """
    offered = [(action, action.form) for action in actions if action.form is not None and action.form.applies(shown)]
    return [
        _form_view(
            pages,
            action,
            form,
            shown,
            target or {},
            choices or {},
            initial or {},
            submission or Submission(),
            _why(pages, action, form, shown, refused or {}),
            address,
        )
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
    submission: Submission,
    why: Why | None,
    address: str,
) -> FormView:
    values = submission.values
    was_sent = values.get(ACTION) == action.name and all(values.get(name) == value for name, value in target.items())
    form_id = "-".join([action.name, *(value[-8:] for value in target.values())])  # another one in every row of a page
    reason = "" if why is None else _text(pages, why.reason)
    typed, problem = (values, submission.problem) if was_sent else ({}, None)
    hidden = [InputView(f"{form_id}-{name}", name, "hidden", value=value) for name, value in target.items()]
    fresh = {asked.name for asked in form.inputs if asked.secret or asked.kind == "hidden"}
    held = {**initial, **{name: text for name, text in typed.items() if name not in fresh}}
    inputs = [
        input_view(pages, form_id, asked, field, choices, held, problem)
        for asked, field in asked_of(action.asked_of_people, form)
        if field.name not in target and asked.applies(shown)
    ]
    note = form.note(shown) if callable(form.note) else form.note
    return FormView(
        form_id,
        action.name,
        pages._(form.title),
        pages._(form.submit or form.title),
        _text(pages, form.confirm(shown) if callable(form.confirm) else form.confirm),
        _text(pages, note),
        form.danger,
        secrets.token_hex(8),
        reason,
        was_sent,
        [] if reason else [*hidden, *inputs],
        form.download,
        address,
        None if why is None or not why.path else (why.path, pages._(why.link)),
        pages.principal is None or not pages.principal.may(action.permission),
    )


def _why(pages: Pages, action: Action, form: Form, shown: Any, refused: Mapping[str, Why]) -> Why | None:
    """Why a form cannot be sent now: the role, the state of what is shown, or what came of trying."""
    if pages.principal is None or not pages.principal.may(action.permission):
        if action.permission is Permission.APPROVE:
            return Why(reason=pages._("Only an approver or administrator may do this."))
        return Why(reason=pages._("Your role may not do this."))
    found = form.unavailable(shown) or refused.get(action.name)
    return found if found is None or isinstance(found, Why) else Why(reason=found)


def _text(pages: Pages, message: Message | None) -> str:
    """A message in the reader's language, nothing where there is none."""
    if not message:
        return ""
    return pages._(message) if isinstance(message, str) else pages._(message[0]) % message[1]


# -- inputs --------------------------------------------------------------------------------------------------------


def asked_of(body: type[msgspec.Struct] | None, form: Form) -> list[tuple[Input, FormField]]:
    """What a form asks for, in its order."""
    if body is None:
        return []
    known = {name: (annotation, default) for name, annotation, default in fields_of(body)}
    named = {*(each.name for each in form.inputs), *form.omit, *form.fixed}
    asked = [*form.inputs, *(Input(name=name) for name in known if name not in named)]
    return [
        (each, form_field(each.name, *known[each.name], each.family, each.kind, keeps=each.keeps)) for each in asked
    ]


def input_view(
    pages: Pages,
    form_id: str,
    asked: Input,
    field: FormField,
    choices: Choices,
    values: Mapping[str, str],
    problem: Wrong | None,
) -> InputView:
    """One input of a form, with what stands in it and what is wrong with it."""
    offered = _choices(pages, asked, field, choices)
    help_text = asked.help or field.help
    is_typed = offered is None and (field.kind in ("text", "number") or pages.picks.knows(field.kind))
    many = offered is None and field.kind == "list"
    kind = pages.picks.kind_of(asked.of or field.name, field.kind) if is_typed else ""
    kind = pages.picks.kind_of_each(asked.of or field.name) if many else kind
    value = " ".join(field.ticked(values)) if field.kind == "ticks" else values.get(field.name, asked.initial)
    return InputView(
        f"{form_id}-{field.name}",
        field.name,
        "pick" if kind else field.kind if offered is None or field.kind == "ticks" else "select",
        pages._(asked.label or field.label),
        pages._(help_text) if help_text else "",
        value,
        field.required,
        offered or [],
        "" if problem is None else problem.at(field.name),
        field.longest,
        pages.picks.view(field.name, kind, many=many) if kind else None,
        pages._("Choose the file") if field.kind == "digest" else "",
    )


def _choices(pages: Pages, asked: Input, field: FormField, given: Choices) -> list[tuple[str, str]] | None:
    """What may be chosen: what the page says, else the form, else all members of an enum."""
    if field.name in given:
        offered = list(given[field.name])
    elif asked.choices:
        offered = [(value, pages._(title)) for value, title in asked.choices]
    elif field.members:
        offered = field.choices(pages._)
    else:
        return None
    return offered if field.required or not all(value for value, _ in offered) else [("", "—"), *offered]


# -- what was sent -------------------------------------------------------------------------------------------------


async def submit_action(
    pages: Pages,
    actions: Sequence[Action],
    again: Callable[..., Awaitable[Response[Any]]],
    to: str | Callable[[Any], str],
    *,
    target: Mapping[str, Any] | None = None,
    asset: str = "CNY",
    answers: Mapping[str, Answer] | None = None,
) -> Response[Any]:
    """Do what the form that was sent asks for, and go on to the address ``to``, which may be made of the result.

    ``target`` are the command's fields that the page's address names; the rest of the action's target comes from the
    form. Amounts are of ``asset``. ``answers``, by the names of actions, are what is answered instead of the address.
    What is refused, in reading or by a rule, is shown by ``again``, which takes ``status`` and ``submission``. Raises
    Forbidden ``form.foreign`` and ``auth.forbidden``, NotFound for an action that is not there.
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
    context = RequestContext(pages.services, principal, values.get(KEY) or None, False, request_id, channel="counter")
    named = {name: values.get(name, "") for name in action.target if name not in (target or {})}
    try:
        values = await pages.picks.settle(values)
        command = await action_command(context, action, values, {**(target or {}), **named}, asset)
        outcome = await context.submit(command)
        result = outcome.unwrap()
        if answers is not None and action.name in answers:
            return await answers[action.name](outcome)
    except CanglianError as error:
        problem = msgspec.structs.replace(pages.refusal(error), form=values.get(FORM, action.name))
        return await again(status=422, submission=Submission(values, problem))
    return Redirect(to if isinstance(to, str) else to(result), status_code=303)


async def action_command(
    context: RequestContext, action: Action, values: Mapping[str, str], target: Mapping[str, Any], asset: str = "CNY"
) -> Any:
    """The command of an action from a form's texts. Raises Malformed ``form.*`` and ``amount.*`` at the field."""
    named = msgspec.structs.asdict(read(dict(target), action.address))
    scales = await context.services.scales(context.principal.book)
    asks = action.asked_of_people
    body = None if asks is None else read(_texts(action, values, target, asset, scales), asks)
    return await action.make(context, named, body)


def _texts(
    action: Action, values: Mapping[str, str], target: Mapping[str, Any], asset: str, scales: Mapping[str, int]
) -> dict[str, Any]:
    """A form's values under the names of the body, with what the form and the page's address fill in."""
    assert action.form is not None
    texts = {
        field.name: field.read(values, asset, scales) for _, field in asked_of(action.asked_of_people, action.form)
    }
    texts |= {name: target[name] for name in action.form.omit if target.get(name) is not None}
    texts |= action.form.fixed
    return {action.names.get(name, name): value for name, value in texts.items()}
