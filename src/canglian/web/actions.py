"""Actions: what can be done to a thing, who may, and what is asked, declared once.

A room's ``actions.py`` is its table of contents::

    FREEZE = Action(
        command=FreezeAccount,
        name="freeze",
        help="Freeze money in, money out, both, or everything but the counter.",
        permission=Permission.POST,
        target=("account",),
        names={"freeze_kind": "kind"},
        route=Route(operation_id="freezeDepositAccount", path="/{deposit_account:str}/freezes", status=201,
                    response=AccountFreeze, body="FreezeRequest"),
        form=Form(title="Freeze", confirm="Freeze this account? It takes effect at once.", danger=True),
    )
    ACCOUNTS = Resource(name="deposit", path="/deposit-accounts", tag="deposit accounts", actions=(FREEZE, …), …)

From it come the API's route and body (here), the form of a page (``canglian.web.console.actions``) and the verb of the
command line (``canglian.app.cli.derived``). An action only translates: what needs more is a handler beside it.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from inspect import Parameter, Signature
from typing import Any

import msgspec
from litestar import Response, Router
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.types import Method

from canglian.kernel.command import Command
from canglian.kernel.fields import fields_of
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order, Page
from canglian.web.form import Form
from canglian.web.operations import Body, RequestContext, responses
from canglian.web.operations import Read as AnswerRead
from canglian.web.principal import Permission, needs
from canglian.web.reading import nothing_is_asked

Resolve = Callable[[RequestContext, Any], Awaitable[Any]]
"""Gives the value of one field of the command, from the context (who asks, and for what) and the body."""

_PARAMETER = re.compile(r"{(\w+):\w+}")


@dataclass(frozen=True, kw_only=True)
class Route:
    """An action's place in the HTTP API: what is posted, unless ``method`` says otherwise.

    ``path`` is below the resource's; its parameters are, in order, the action's ``target``. ``response`` is what is
    answered, ``view`` makes it of the command's result and reads nothing; ``seen`` does so where it depends on the
    request, and ``read`` where it takes a query. ``body`` is the name of the body's schema, made of the command's
    fields; or a struct, whose fields of the same name go into the command. ``body_help`` is what the schema says of
    itself. ``also`` are statuses of refusals that few operations have.
    """

    operation_id: str
    path: str = ""
    response: Any
    status: int = 200
    view: Callable[[Any], Any] | None = None
    seen: Callable[["RequestContext", Any], Any] | None = None
    read: AnswerRead[Any] | None = None
    body: str | type[msgspec.Struct] = ""
    body_help: str = ""
    method: Method = "POST"
    also: tuple[int, ...] = ()

    @property
    def parameters(self) -> list[str]:
        """The names of the path's parameters, in order."""
        return _PARAMETER.findall(self.path)


@dataclass(frozen=True, kw_only=True)
class Action:
    """One command as somebody asks for it.

    ``target`` are the fields that the address names; ``names`` are fields that faces call otherwise (command's name →
    theirs); ``fixed`` are fields that this action fills itself, ``resolve`` those that are made of the body and of who
    asks. All others are asked for; ``typed`` is how people type them in a form and on the command line, where the API
    asks otherwise. ``cli`` makes it a verb of the command line: not what asks for a number of a person, which others at
    the machine could read, nor what a person decides in their own name.
    """

    command: type[Command[Any]]
    name: str
    help: str
    permission: Permission
    target: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    fixed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    resolve: Mapping[str, Resolve] = field(default_factory=dict[str, Resolve])
    typed: "type[Typed] | None" = None
    route: Route | None = None
    form: Form | None = None
    cli: bool = True

    def __post_init__(self) -> None:
        known = set(self.command.__struct_fields__)
        for what in (self.target, self.names, self.fixed, self.resolve):
            if not_there := set(what) - known:
                self.wrong(f"{self.command.__name__} has no {', '.join(sorted(not_there))}")
        if self.route is not None and len(self.route.parameters) != len(self.target):
            self.wrong(f"the path {self.route.path!r} does not name {self.target}")
        if self.form is not None:
            fields = set(self.asked_of_people.__struct_fields__) if self.asked_of_people is not None else set[str]()
            named = {*(asked.name for asked in self.form.inputs), *self.form.omit, *self.form.fixed}
            if not_there := named - fields:
                self.wrong(f"its form asks for {', '.join(sorted(not_there))}")

    def wrong(self, problem: str) -> None:
        """Say at import what is wrong with this declaration."""
        raise AssertionError(f"action {self.name!r} of {self.command.__kind__}: {problem}")

    @cached_property
    def address(self) -> type[msgspec.Struct]:
        """The fields of ``target``, as a struct."""
        kinds = {name: kind for name, kind, _ in fields_of(self.command)}
        return msgspec.defstruct("Address", [(name, kinds[name]) for name in self.target])

    @cached_property
    def asked(self) -> list[str]:
        """The command's fields that are asked for."""
        given = {*self.target, *self.fixed, *self.resolve}
        return [name for name in self.command.__struct_fields__ if name not in given]

    @cached_property
    def body(self) -> type[msgspec.Struct] | None:
        """What is asked for, as a struct; None where nothing is."""
        named = self.route.body if self.route is not None else ""
        if isinstance(named, type):
            return named
        if not self.asked:
            return None
        if not (self.target or self.names or self.fixed or self.resolve or named):
            return self.command
        return msgspec.defstruct(
            named or f"{self.command.__name__}Request",
            [
                (name, kind, _named(default, self.names.get(name)))
                for name, kind, default in fields_of(self.command)
                if name in self.asked
            ],
            namespace={"__doc__": (self.route.body_help if self.route is not None else "") or None},
            module=self.command.__module__,
            frozen=True,
            kw_only=True,
            forbid_unknown_fields=True,
        )

    @property
    def asked_of_people(self) -> type[msgspec.Struct] | None:
        """What forms and the command line ask for, as a struct; None where nothing is."""
        return self.body if self.typed is None else self.typed

    async def shown(self, context: RequestContext, result: Any) -> Any:
        """What faces answer of the command's result."""
        if self.route is None:
            return result
        if self.route.read is not None:
            return await self.route.read(context, result)
        return result if self.route.view is None else self.route.view(result)

    async def make(self, context: RequestContext, target: Mapping[str, Any], body: Any) -> Command[Any]:
        """The command, from who asks, what the address names, and what was asked for."""
        if type(body) is self.command and not (self.target or self.fixed or self.resolve):
            return body
        if self.resolve:
            context = msgspec.structs.replace(context, target=target)
        values = {**self.fixed, **target}
        asked = {*self.command.__struct_fields__} - {*self.resolve}
        values |= {name: value for name, value in self._fields_of(body).items() if name in asked}
        for name, resolve in self.resolve.items():
            values[name] = await resolve(context, body)
        return self.command(**values)

    def _fields_of(self, body: Any) -> dict[str, Any]:
        """What a body says, by the names of the command's fields."""
        if self.typed is not None and isinstance(body, self.typed):
            return body.command_fields()
        return {} if body is None else {name: getattr(body, name) for name in body.__struct_fields__}


class Typed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people type where the API asks otherwise."""

    def command_fields(self) -> dict[str, Any]:
        """It as fields of the command."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Listing:
    """How a noun is listed: the query, the struct of its filters (each an option), and the columns for people.

    ``money`` names fields that count minor units beside those that most nouns have (``AMOUNTS``), ``counts`` those of
    the latter that count something else here, such as points.
    """

    read: Callable[[Reader, int, Any, Order], Awaitable[Page[Any]]]
    filter: type[msgspec.Struct]
    columns: tuple[str, ...]
    money: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A noun of the API and of the command line, and what can be done to it.

    ``parameters`` are the annotated types of path parameters, ``handlers`` what is no mere translation: lists, files
    and whatever asks more than one question. ``listing`` and ``show`` are what the command line reads, and ``plural``
    what it calls them: by default the tag.
    """

    name: str
    path: str
    tag: str
    plural: str = ""
    actions: Sequence[Action] = ()
    listing: Listing | None = None
    show: Callable[[Reader, int, str], Awaitable[Any]] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    handlers: Sequence[Any] = ()

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for action in self.actions:
            if action.name in seen:
                action.wrong(f"{self.name} has two of this name")
            seen.add(action.name)
            for name in action.route.parameters if action.route is not None else ():
                if name not in self.parameters:
                    action.wrong(f"{self.name} does not say what the parameter {name} is")

    def router(self) -> Router:
        """The routes of its actions and handlers."""
        derived = [_handler(self, action) for action in self.actions if action.route is not None]
        return Router(self.path, route_handlers=[*self.handlers, *derived], tags=[self.tag])

    def action(self, name: str) -> Action | None:
        """One of its actions by name."""
        return next((action for action in self.actions if action.name == name), None)


def _named(default: Any, name: str | None) -> Any:
    if name is None:
        return default if default is not msgspec.NODEFAULT else msgspec.field()
    return msgspec.field(default=default, name=name)


def _handler(resource: Resource, action: Action) -> Any:
    """The route of an action. It translates, and nothing else."""
    route = action.route
    assert route is not None
    filled = list(zip(route.parameters, action.target, strict=True))

    async def handle(context: RequestContext, **given: Any) -> Response[bytes]:
        target = {name: given[parameter] for parameter, name in filled}
        command = await action.make(context, target, given.get("data"))
        view = route.view if route.seen is None else partial(route.seen, context)
        return await context.respond(command, view, read=route.read, status=route.status)

    annotations: dict[str, Any] = {"context": NamedDependency[RequestContext]}
    annotations |= {parameter: resource.parameters[parameter] for parameter in route.parameters}
    if action.body is not None:
        annotations["data"] = Body[action.body]
    handle.__annotations__ = {**annotations, "return": Response[bytes]}
    handle.__signature__ = Signature(  # pyright: ignore[reportFunctionMemberAccess] - the framework reads it
        [Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind) for name, kind in annotations.items()],
        return_annotation=Response[bytes],
    )
    handle.__doc__ = action.help
    handle.__name__ = handle.__qualname__ = action.command.__name__
    handle.__module__ = action.command.__module__
    handle.__code__ = handle.__code__.replace(co_name=action.command.__name__)
    return HTTPRouteHandler(
        route.path,
        http_method=route.method,
        operation_id=route.operation_id,
        status_code=route.status,
        guards=[needs(action.permission), *([nothing_is_asked] if action.body is None else [])],
        responses=responses(route.response, route.status, write=True, also=route.also),
    )(handle)
