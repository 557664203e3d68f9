"""``canglian bench``: measure this machine against the published bars.

Progress goes to stderr. The last line on stdout is one JSON object; the exit code is 1 when a bar does not hold.

Rooms bring their benchmarks (``RoomConfig``); those of the whole product stand in this package. A benchmark's module,
with all that it measures, is imported when it runs; where its ``run`` takes the ``product``, it is given it to serve.
"""

import secrets
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from canglian.app.rooms import configs
from canglian.ledger.bench.product import Product
from canglian.ledger.bench.report import Report

app = typer.Typer(help="Measure this machine against the published bars.", no_args_is_help=True)

Quick = Annotated[bool, typer.Option("--quick", help="A smaller run of the same shape.")]
Tiny = Annotated[bool, typer.Option("--tiny", hidden=True, help="So small that its figures mean nothing.")]
Folder = Annotated[
    Path | None,
    typer.Option("--folder", help="Where the database of the run lies; its disk is what is measured.", exists=True),
]

_HERE = "canglian.app.bench"
_MODULES = {
    **{
        name: (f"{config.package}.bench.{name}", summary)
        for config in configs()
        for name, summary in config.benchmarks.items()
        if "+" not in name
    },
    "http": (f"{_HERE}.http", "Single transfers over HTTP, against an ORM and against one SQL statement a request."),
    "cli": (f"{_HERE}.starting", "Commands that ask no database, against the start of a bare interpreter."),
    "pages": (f"{_HERE}.pages", "Every page of the console and of a phone: its weight as it is sent, and its time."),
}


@app.callback()
def bench() -> None:
    """Measure this machine against the published bars."""


_WITH = {
    name: (f"{config.package}.bench.{variant}", summary)
    for config in configs()
    for named, summary in config.benchmarks.items()
    for name, found, variant in [named.partition("+")]
    if found
}
"""Benchmarks that a room above has with something of its own: ``payment+offers`` is `payment --with-offers`."""


def _measuring(module: str) -> Callable[..., None]:
    def measure(quick: Quick = False, tiny: Tiny = False, folder: Folder = None) -> None:
        benchmark = import_module(module)
        served = [_product()] if "product" in signature(benchmark.run).parameters else []
        _run(benchmark, folder, _size(benchmark, quick=quick, tiny=tiny), *served)

    return measure


def _measuring_with(module: str, variant: str, summary: str) -> Callable[..., None]:
    alone, beside = _measuring(module), _measuring(variant)
    option = typer.Option(f"--with-{variant.rpartition('.')[2]}", help=summary)

    def measure(
        with_it: Annotated[bool, option] = False, quick: Quick = False, tiny: Tiny = False, folder: Folder = None
    ) -> None:
        (beside if with_it else alone)(quick=quick, tiny=tiny, folder=folder)

    return measure


for _name, (_module, _summary) in _MODULES.items():
    _variant = _WITH.get(_name)
    _measure = _measuring(_module) if _variant is None else _measuring_with(_module, *_variant)
    app.command(_name, help=_summary)(_measure)


@app.command("crash")
def bench_crash(
    rounds: Annotated[int | None, typer.Option("--rounds", min=1, help="How many times something is killed.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Which chance decides what is killed and when.")] = None,
    quick: Quick = False,
    tiny: Tiny = False,
    folder: Folder = None,
) -> None:
    """Kill the server or PostgreSQL under load, again and again, and look for every request."""
    crash = import_module(f"{_HERE}.crash")
    size = _size(crash, quick=quick, tiny=tiny)
    if rounds is not None:
        size = msgspec.structs.replace(size, rounds=rounds)
    _run(crash, folder, size, secrets.randbits(32) if seed is None else seed)


NAMES = tuple(command.name for command in app.registered_commands if command.name is not None)
"""What can be measured."""


def _product() -> Product:
    """The product, for what is measured as it is served."""
    return import_module(f"{_HERE}.serving").Product()


def _size(benchmark: Any, *, quick: bool, tiny: bool) -> Any:
    return benchmark.TINY if tiny else benchmark.QUICK if quick else benchmark.FULL


def _run(benchmark: Any, parent: Path | None, size: Any, *more: Any) -> None:
    with _scratch(parent) as folder:
        report: Report = benchmark.run(folder, size, *more)
    print_report(report)


@contextmanager
def _scratch(parent: Path | None) -> Generator[Path]:
    """A folder for one run, below ``parent`` or where the machine keeps temporary files; gone afterwards.

    Others may enter it: PostgreSQL runs as another user where this process is root.
    """
    with tempfile.TemporaryDirectory(prefix="canglian-bench-", dir=parent) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def print_report(report: Report) -> None:
    """Print the report, and end with 1 when a bar does not hold."""
    for bar in report.bars:
        sign = "≤" if bar.at_most else "≥"
        print(f"{'holds ' if bar.holds else 'MISSED'} {bar.name}: {bar.value:.4g} {sign} {bar.bar:g}", file=sys.stderr)
    print(report.line(), flush=True)
    if not report.holds:
        raise typer.Exit(1)
