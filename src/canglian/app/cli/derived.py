"""Nouns of the command line that a room brings: ``list``, ``show``, one verb an action, and verbs of its own.

    app = noun(Noun(resource=ACCOUNTS), "Deposit accounts: list, show, freeze, close.")

What an address names is an argument, what a body has an option, money in yuan and rates in percent; ``--key`` makes it
happen once and ``--dry-run`` only shows the outcome. A verb acts as an administrator at this machine: what a policy
puts under approval is refused here too.
"""

import enum
from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any, get_origin

import msgspec
import typer
from msgspec import structs

from canglian.app.cli.options import Cursor, DryRun, Fen, Key, Limit
from canglian.app.cli.verb import verb
from canglian.app.opening import CliContext
from canglian.kernel.amounts import major, minor, share
from canglian.kernel.errors import AMOUNTS
from canglian.kernel.fields import DECIMALS, Unit, base_of, description_of, field_of, fields_of
from canglian.kernel.queries.paging import Order
from canglian.ledger.queries import chart
from canglian.web.actions import Action, Resource
from canglian.web.cli import Noun
from canglian.web.cli.output import Answer, facts, table
from canglian.web.operations import RequestContext
from canglian.web.principal import Principal, Role
from canglian.web.problem import from_validation


def noun(found: Noun, summary: str) -> typer.Typer:
    """The group of verbs of a noun, or its one command."""
    if found.alone is not None:
        alone = typer.Typer(help=summary)
        alone.command(help=summary)(verb(found.alone))
        return alone
    app = typer.Typer(help=summary, no_args_is_help=True)
    app.callback()(_group(summary))
    if found.resource is not None:
        _add(app, found.resource)
    for function in found.verbs:
        app.command(function.__name__.replace("_", "-"))(verb(function))
    return app


def _add(app: typer.Typer, resource: Resource) -> None:
    """The verbs of a resource."""
    if resource.listing is not None:
        app.command("list")(verb(_list(resource)))
    if resource.show is not None:
        app.command("show")(verb(_show(resource)))
    for action in (each for each in resource.actions if each.cli):
        app.command(action.name)(verb(_do(action)))


def _group(summary: str) -> Callable[[], None]:
    def group() -> None: ...

    group.__doc__ = summary
    return group


# -- reading -------------------------------------------------------------------------------------------------------


def _list(resource: Resource) -> Callable[..., Any]:
    listing = resource.listing
    assert listing is not None
    filters = [(name, kind) for name, kind, _ in fields_of(listing.filter) if name != "index"]
    money = _money(resource)

    async def rows(context: CliContext, *, limit: int, cursor: str | None, **given: Any) -> Answer:
        asked = _read(given, listing.filter)
        page = await listing.read(context.reader, context.book, asked, Order(None, cursor, limit))
        scales = await chart.scales(context.reader, context.book)
        heads = [f"{'>' if name in money else ''}{name.replace('_', ' ')}" for name in listing.columns]
        lines = [[_cell(row, name, scales, money) for name in listing.columns] for row in page.items]
        data = {"data": msgspec.to_builtins(page.items), "next_cursor": page.next_cursor}
        return Answer(data, table(heads, lines))

    options = [_option(name, kind, None) for name, kind in filters]
    common = [_keyword("limit", Limit, 50), _keyword("cursor", Cursor, None)]
    return _signed(rows, [*options, *common], f"List {resource.plural or resource.tag}, newest first.")


def _show(resource: Resource) -> Callable[..., Any]:
    read, money = resource.show, _money(resource)
    assert read is not None

    async def one_row(context: CliContext, *, id: str) -> Answer:
        row = await read(context.reader, context.book, id)
        scales = await chart.scales(context.reader, context.book)
        names = [name for name, _, _ in fields_of(type(row))]
        return Answer(
            msgspec.to_builtins(row), facts([(_words(name), _cell(row, name, scales, money)) for name in names])
        )

    argument = Annotated[str, typer.Argument(metavar="ID", help="Its id.")]
    return _signed(
        one_row, [_keyword("id", argument, Parameter.empty)], f"Show one of the {resource.plural or resource.tag}."
    )


def _cell(row: Any, name: str, scales: dict[str, int], money: frozenset[str]) -> Any:
    value = getattr(row, name)
    asset = getattr(row, "asset", "CNY")
    if type(value) is int and asset is not None and name in money:
        return major(value, scales.get(asset, 2))
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return value.value if isinstance(value, enum.Enum) else value


def _money(resource: Resource) -> frozenset[str]:
    """The fields of a noun that count minor units."""
    listing = resource.listing
    return AMOUNTS if listing is None else (AMOUNTS | set(listing.money)) - set(listing.counts)


def _words(name: str) -> str:
    return name.replace("_", " ")


# -- doing ---------------------------------------------------------------------------------------------------------


def _do(action: Action) -> Callable[..., Any]:
    targets = [(name, kind) for name, kind, _ in fields_of(action.address)]
    asks = action.asked_of_people
    outside = {} if asks is None else {info.name: info.encode_name for info in structs.fields(asks)}
    asked = [] if asks is None else list(fields_of(asks))
    units = {outside[name]: unit for name, kind, _ in asked if (unit := field_of(kind).unit)}

    async def do(context: CliContext, *, key: str | None, dry_run: bool, fen: bool = False, **given: Any) -> Answer:
        given |= {name: _counted(given[name], unit, fen=fen) for name, unit in units.items() if given[name] is not None}
        given["fen"] = fen  # what people type may ask for it itself
        target = _read({name: given[name] for name, _ in targets}, action.address)
        body = None if asks is None else _read({name: given[name] for name in outside.values()}, asks)
        request = RequestContext(context.opened.services, _principal(context), key, dry_run, None)
        outcome = await request.submit(await action.make(request, structs.asdict(target), body))
        data = msgspec.to_builtins(await action.shown(request, outcome.unwrap()))
        done = "Done before, with this key. Nothing was changed." if outcome.replayed else "Done."
        done = "Would be done; nothing was changed." if dry_run else done
        pairs = data.items() if isinstance(data, dict) else [("result", data)]
        return Answer(data, facts([(_words(name), value) for name, value in pairs], done))

    arguments = [
        _keyword(name, Annotated[str, typer.Argument(metavar=name.upper(), help=description_of(kind))], Parameter.empty)
        for name, kind in targets
    ]
    options = [_option(outside[name], kind, default) for name, kind, default in asked]
    common = [_keyword("key", Key, None), _keyword("dry_run", DryRun, False)]
    if Unit.MONEY in units.values():
        common.append(_keyword("fen", Fen, False))
    return _signed(do, [*arguments, *options, *common], action.help)


def _counted(text: str, unit: Unit, *, fen: bool) -> int:
    """What is typed in yuan or percent, as the command has it. Rejects ``amount.*`` and ``share.*``."""
    if unit is Unit.MONEY:
        return minor(text, DECIMALS[unit], "CNY", fen=fen)
    return share(text, DECIMALS[unit])


def _principal(context: CliContext) -> Principal:
    """Who can run commands at the machine is an administrator of its books."""
    return Principal("user", context.actor, context.actor, context.book, Role.ADMIN, context.actor, "cli")


def _read(values: dict[str, Any], kind: type[Any]) -> Any:
    """Options as a struct; what was left out is left to the struct's own default."""
    given = {name: getattr(value, "value", value) for name, value in values.items() if value not in (None, [])}
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise from_validation(error) from None


# -- parameters ----------------------------------------------------------------------------------------------------


def _option(name: str, annotation: Any, default: Any) -> Parameter:
    """A field as an option: a choice for an enum, a flag for a truth, one that is repeated for a list, else a text."""
    kind, optional = base_of(annotation)
    needed = default is msgspec.NODEFAULT and not optional
    field = field_of(annotation)
    help_text = field.help or field.label if field.unit else description_of(annotation)
    flag = f"--{name.replace('_', '-')}"
    if kind is bool and default is False:
        return _keyword(name, Annotated[bool, typer.Option(flag, help=help_text)], False)
    text: Any = kind if isinstance(kind, type) and issubclass(kind, enum.Enum) else str
    if get_origin(kind) in (tuple, list):
        text = list[str]
    if needed:
        return _keyword(name, Annotated[text, typer.Option(flag, help=help_text)], Parameter.empty)
    return _keyword(name, Annotated[text | None, typer.Option(flag, help=help_text)], None)


def _keyword(name: str, annotation: Any, default: Any) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _signed(function: Callable[..., Any], parameters: list[Parameter], summary: str) -> Callable[..., Any]:
    """A function that says which parameters it takes, for the maker of commands."""
    first = Parameter("context", Parameter.POSITIONAL_OR_KEYWORD, annotation=CliContext)
    function.__signature__ = Signature([first, *parameters])  # pyright: ignore[reportFunctionMemberAccess] - read by Typer
    function.__doc__ = summary
    return function
