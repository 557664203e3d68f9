"""The outline of the command line: every verb and option of every noun, so that helps and completion are quick.

A noun's module imports all that its verbs need, the engine and the server's toolkit among it. Its help needs none of
that: it is made from ``outline/<noun>.json``, which ``python -m canglian.app.reference_pages`` writes and a test holds
to the modules. A noun without a file, such as that of an installed scenario, is loaded.
"""

import enum
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

FOLDER = Path(__file__).with_name("outline")

_TYPES: dict[str, type[Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "path": Path,
    "datetime": datetime,
}
_KEPT = ("metavar", "envvar", "min", "max")
"""What a parameter of Typer says of itself, and an outline keeps where it is set."""


def names() -> set[str]:
    """The nouns with an outline."""
    return {file.stem for file in FOLDER.glob("*.json")}


def read(name: str) -> Any:
    """A noun as a command or group of Typer that only explains itself; None where it has no outline."""
    file = FOLDER / f"{name}.json"
    if not file.exists():
        return None
    kept = json.loads(file.read_bytes())
    if "verbs" not in kept:
        alone = typer.Typer(help=kept["help"], add_completion=False)
        alone.command(help=kept["help"])(_function(kept))
        return typer.main.get_command(alone)
    app = typer.Typer(help=kept["help"], no_args_is_help=True, add_completion=False)
    app.callback()(_group(kept["help"]))
    for verb, verb_kept in kept["verbs"].items():
        app.command(verb, help=verb_kept["help"])(_function(verb_kept))
    return typer.main.get_command(app)


def write(commands: Mapping[str, Any], folder: Path = FOLDER) -> None:
    """Write the outlines of nouns, and take away those of others."""
    folder.mkdir(exist_ok=True)
    for file in folder.glob("*.json"):
        if file.stem not in commands:
            file.unlink()
    for name, command in commands.items():
        (folder / f"{name}.json").write_text(as_text(command), encoding="utf-8")


def as_text(command: Any) -> str:
    """The outline of a command or group, one parameter a line."""
    verbs = getattr(command, "commands", None)
    if verbs is None:
        return _verb(command) + "\n"
    lines = [f"{_json(name)}: {_verb(verb)}" for name, verb in verbs.items()]
    return f'{{"help": {_json(command.help)}, "verbs": {{\n{_joined(lines)}\n}}}}\n'


def _verb(command: Any) -> str:
    params = [_json(_kept(param)) for param in command.params]
    return f'{{"help": {_json(command.help)}, "params": [\n{_joined(params)}\n]}}'


def _kept(param: Any) -> dict[str, Any]:
    descriptor = param.type_descriptor
    kept: dict[str, Any] = {"name": param.name, "help": param.help, "type": _type(descriptor)}
    if param.param_type_name == "option":
        kept["flags"] = ["/".join([*param.opts, *param.secondary_opts])] if param.secondary_opts else param.opts
    if not param.required:
        kept["default"] = _plain(param.default)
    for name in _KEPT:
        value = getattr(param, name)
        if value is not None and value != "":
            kept[name] = value
    return kept | ({"hidden": True} if param.hidden else {})


def _type(descriptor: Any) -> Any:
    if descriptor.is_choice:
        return [_plain(choice) for choice in descriptor.choices]
    kind = get_args(descriptor.annotation)[0] if descriptor.is_list else descriptor.annotation
    name = "path" if descriptor.is_path else kind.__name__
    return f"{name}s" if descriptor.is_list else name


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    return str(value) if isinstance(value, Path) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _joined(lines: list[str]) -> str:
    return ",\n".join(lines)


# -- as Typer reads it ---------------------------------------------------------------------------------------------


def _function(kept: Mapping[str, Any]) -> Callable[..., None]:
    """A function with the parameters of a verb. Nobody calls it: a verb that runs is that of the module."""

    def explained(**given: Any) -> None:
        raise AssertionError(given)

    parameters = [_parameter(param) for param in kept["params"]]
    explained.__signature__ = Signature(parameters)  # pyright: ignore[reportFunctionMemberAccess] - read by Typer
    explained.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return explained


def _parameter(kept: Mapping[str, Any]) -> Parameter:
    kind = _annotation(kept["type"])
    default = kept.get("default", Parameter.empty)
    if isinstance(kept["type"], list) and isinstance(default, str):
        default = kind(default)
    elif kind is Path and isinstance(default, str):
        default = Path(default)
    more = {name: kept[name] for name in (*_KEPT, "help", "hidden") if name in kept}
    info = typer.Option(*kept["flags"], **more) if "flags" in kept else typer.Argument(**more)
    optional = default is None
    return Parameter(
        kept["name"],
        Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind | None if optional else kind, info],
    )


def _annotation(kept: Any) -> Any:
    if isinstance(kept, list):
        return enum.StrEnum("Choice", {f"CHOICE_{number}": choice for number, choice in enumerate(kept)})
    if kept.endswith("s"):
        return list[_TYPES[kept[:-1]]]
    return _TYPES[kept]


def _group(summary: str) -> Callable[[], None]:
    def group() -> None: ...

    group.__doc__ = summary
    return group
