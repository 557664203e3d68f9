"""What a command prints: one JSON document for machines, tables and plain lines for people.

Answers go to stdout and nothing else does; progress and errors go to stderr.
"""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import TextIOWrapper
from typing import Any, NamedTuple, TextIO

import msgspec
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from canglian.kernel import hidden
from canglian.kernel.values import SHANGHAI

WIDE = 240
"""Columns assumed when the output is no terminal, so that nothing is cut off in a file or a pipe."""

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")

_encode = msgspec.json.Encoder(enc_hook=str).encode


class Answer(NamedTuple):
    """What a verb gives back: ``data`` for ``--json``, ``view`` for people, and the exit code."""

    data: Any
    view: RenderableType
    code: int = 0


def console(*, stderr: bool = False) -> Console:
    """A console on stdout or stderr: as wide as the terminal, or wide enough for a pipe."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(
        file=stream,
        width=None if stream.isatty() else WIDE,
        highlight=False,
        soft_wrap=not stream.isatty(),
        emoji=False,
    )


def give(answer: Answer, *, as_json: bool) -> None:
    """Print an answer on stdout."""
    if as_json:
        write_json(as_text(answer.data))
    else:
        console().print(answer.view)


def as_text(data: Any) -> str:
    """One JSON document: on one line, or indented where a person reads it on a terminal."""
    encoded = _encode(data)
    return (msgspec.json.format(encoded, indent=2) if sys.stdout.isatty() else encoded).decode()


def write_json(text: str, *, stderr: bool = False) -> None:
    """Write a JSON document and end its line; escaped where the stream cannot encode it, so that nothing is lost."""
    stream = sys.stderr if stderr else sys.stdout
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        text = _NOT_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text)
    stream.write(text + "\n")
    stream.flush()


def csv_stream() -> TextIO:
    """Stdout for a CSV: a pipe or a file gets UTF-8 whatever the locale, for programs read it; a terminal its own."""
    if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> RenderableType:
    """Rows under their heads; a head that starts with ``>`` is a column of figures, flush right."""
    grid = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        right = column.startswith(">")
        grid.add_column(column.lstrip(">"), justify="right" if right else "left", no_wrap=right)
    count = 0
    for row in rows:
        grid.add_row(*(cell if isinstance(cell, Text) else Text(shown(cell)) for cell in row))
        count += 1
    return grid if count else Text("Nothing to show.")


def facts(pairs: Iterable[tuple[str, Any]], title: str | None = None) -> RenderableType:
    """One thing, a fact a line, under a sentence that says what was done; absent facts are left out."""
    grid = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    grid.add_column(style="bold")
    grid.add_column()
    for name, value in pairs:
        if value is not None:
            grid.add_row(name, value if isinstance(value, Text) else Text(shown(value)))
    return grid if title is None else Group(Text(title), grid)


def shown(value: Any) -> str:
    """A cell's text: nothing for None, Shanghai time for an instant, yes or no for a truth, lists in a line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {shown(each)}" for name, each in value.items() if each is not None)
    if isinstance(value, list | tuple):
        return "; ".join(map(shown, value))
    return hidden.shown(str(value))


def print_ready(data: dict[str, Any]) -> None:
    """Say to a program that it is served now: one line of JSON."""
    write_json(msgspec.json.encode(data).decode())
