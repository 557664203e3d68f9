"""The nouns of the command line, each loaded when it is asked for.

``canglian --help`` and completion of nouns read only this table, the help of a noun and of its verbs only its outline;
a noun's module, with the engine and the drivers that it needs, is imported when one of its verbs runs. Tests hold
summaries and outlines to the modules' own.
"""

import json
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from pkgutil import resolve_name
from typing import Any, NamedTuple, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from canglian.app.cli import outline
from canglian.app.rooms import configs, sandboxes

USAGE = 2
"""The exit code of a command that cannot be read."""


class Noun(NamedTuple):
    """Where a noun lives, its panel in the help and its one-line summary.

    The module has a Typer ``app``; that of a room has ``NOUNS``.
    """

    module: str
    panel: str
    summary: str


_SET_UP, _LEDGER, _BANK = "Set up and run", "The ledger", "People and money"
_TRUST, _ACCESS, _BUILD = "Trust", "Access", "Developers"
_HERE = "canglian.app.cli"
_WORLDS = ", ".join(sandboxes())

NOUNS = {
    "demo": Noun(f"{_HERE}.demo", _SET_UP, "Fill a demo branch once and serve it."),
    "init": Noun(f"{_HERE}.init", _SET_UP, "Set up an installation: database, first book, first administrator."),
    "serve": Noun(f"{_HERE}.serve", _SET_UP, "Serve the API and the console."),
    "sandbox": Noun(f"{_HERE}.sandbox", _SET_UP, f"Run worlds outside the bank, to try it with: {_WORLDS}."),
    "doctor": Noun(f"{_HERE}.doctor", _SET_UP, "Check everything that Canglian needs, with a remedy for each fault."),
    "migrate": Noun(f"{_HERE}.migrate", _SET_UP, "Bring the database to this version's schema."),
    "config": Noun(f"{_HERE}.config", _SET_UP, "Show every setting, its value and where it came from."),
    "book": Noun(f"{_HERE}.book", _LEDGER, "Books: list, create, close the day, assets and heads."),
    "account": Noun(f"{_HERE}.account", _LEDGER, "Accounts: open, list, show, change, freeze, close."),
    "transfer": Noun(f"{_HERE}.transfer", _LEDGER, "Transfers: post, list, show, reverse, trace."),
    "hold": Noun(f"{_HERE}.hold", _LEDGER, "Holds: place, capture, release, expire, list, show."),
    "ledger": Noun(f"{_HERE}.ledger", _LEDGER, "The whole ledger: import, export, statement, trial balance."),
    **{
        name: Noun(f"{config.package}.cli", _BANK, summary)
        for config in configs()
        for name, summary in config.nouns.items()
    },
    "audit": Noun(f"{_HERE}.audit", _TRUST, "Prove the audit chain and replay the command log."),
    "outbox": Noun(f"{_HERE}.outbox", _TRUST, "Events on their way out: receivers, deliveries, dead letters."),
    "user": Noun(f"{_HERE}.user", _ACCESS, "People who log in to the console."),
    "key": Noun(f"{_HERE}.key", _ACCESS, "API keys of programs; change of the encryption key."),
    "openapi": Noun(f"{_HERE}.openapi", _BUILD, "Print the OpenAPI document of the HTTP API."),
    "bench": Noun("canglian.app.bench.cli", _BUILD, "Measure this machine against the published bars."),
}


QUICK = {
    tuple(names.split()): f"{config.package}.{function}"
    for config in configs()
    for names, function in config.quick.items()
}
"""The function of each verb that needs nothing of its noun, by both names."""


class Nouns(TyperGroup):
    """The root of the command line."""

    def get_params(self, ctx: Any) -> Any:
        """The options of the root itself."""
        return [_as_flag(param) for param in super().get_params(ctx)]

    def list_commands(self, ctx: Any) -> list[str]:
        """The nouns, in the order of the help."""
        return list(NOUNS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A stand-in that knows its name and summary; see ``resolve_command`` for the real one."""
        noun = NOUNS.get(cmd_name)
        return noun and TyperCommand(cmd_name, help=noun.summary, rich_help_panel=noun.panel)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The real command of a noun, loaded now; only its outline where nothing runs."""
        name = args[0]
        if name in NOUNS:
            return name, _explained(ctx, name, args[1:]) or _quick(name, args[1:]) or load(name), args[1:]
        return super().resolve_command(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run; a command that cannot be read ends in exit code 2, as JSON where JSON was asked for."""
        del standalone_mode, prog_name
        words = list(sys.argv[1:] if args is None else args)
        try:
            code = super().main(
                words,
                "canglian",
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
        except typer.TyperException as wrong:
            _usage(wrong, as_json="--json" in words, words=words)
        except typer.Abort:
            print("Stopped; nothing was done.", file=sys.stderr)
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)


def load(name: str) -> Any:
    """The command or group of a noun."""
    found = _typer(name)
    found._add_completion = False  # the root has it
    return _finished(name, typer.main.get_command(found))


def load_outline(name: str) -> Any:
    """The command or group of a noun, to be explained only; None where it has no outline."""
    command = outline.read(name)
    return None if command is None else _finished(name, command)


def _finished(name: str, command: Any) -> Any:
    command.name = name
    _without_types_of_flags(command)
    return command


def _explained(ctx: Any, name: str, words: list[str]) -> Any:
    """The outline of a noun where only a help or a completion is asked for, or nothing of a group; else None."""
    if ctx.resilient_parsing or not {"-h", "--help"}.isdisjoint(words):
        return load_outline(name)
    command = None if words else load_outline(name)
    return command if hasattr(command, "commands") else None


def _quick(name: str, words: list[str]) -> Any:
    """The group of a noun with the one verb that is asked for, where it needs nothing of the noun; else None."""
    path = QUICK.get((name, *words[:1]))
    if path is None:
        return None
    app = typer.Typer(help=NOUNS[name].summary, add_completion=False)
    app.callback()(_nothing)
    app.command(words[0])(import_module(f"{_HERE}.verb").verb(resolve_name(path)))
    return _finished(name, typer.main.get_command(app))


def _nothing() -> None:
    """What a group does by itself."""


def _typer(name: str) -> Any:
    """The Typer of a module of this floor, or the one made of a room's noun."""
    noun = NOUNS[name]
    module = import_module(noun.module)
    if noun.panel != _BANK:
        return module.app
    return import_module(f"{_HERE}.derived").noun(module.NOUNS[name], noun.summary)


def _without_types_of_flags(command: Any) -> None:
    """A flag takes no value, so its help names no type, which would read as one that has to be typed."""
    for param in command.params:
        _as_flag(param)
    made = command.get_help_option

    def of_help(ctx: Any) -> Any:
        return _as_flag(made(ctx))

    command.get_help_option = of_help
    for verb in getattr(command, "commands", {}).values():
        _without_types_of_flags(verb)


def _as_flag(param: Any) -> Any:
    if getattr(param, "is_flag", False) and param.metavar is None:
        param.metavar = ""
        if not param.expose_value and param.default is None:
            param.default = False  # nothing has to be made a truth of, for which a validator would be imported
    return param


def _usage(wrong: typer.TyperException, *, as_json: bool, words: list[str]) -> NoReturn:
    message = wrong.format_message()
    if not message:  # the help was asked for by giving nothing, and has been printed
        sys.exit(USAGE)
    context = getattr(wrong, "ctx", None)
    path = context.command_path if context is not None else "canglian"
    if message.startswith("No such command") and path == "canglian":
        close = get_close_matches(words[0], NOUNS)
        message += f" Did you mean {' or '.join(close)}?" if close else ""
    advice = f"See {path} --help."
    if as_json:
        print(json.dumps({"error": {"code": "cli.usage", "message": message, "next": advice}}), file=sys.stderr)
    else:
        print(f"Error: {message}\n{advice}", file=sys.stderr)
    sys.exit(USAGE)
