"""``canglian bench cli``: how long commands take that ask no database, against the start of a bare interpreter.

Each is a process of its own, as somebody types it: the version, the help of the program, of every noun and of one verb
of each, the configuration, and the document of the API. An interpreter that does nothing starts between them; rounds
take turns, and medians are compared. The first round is not counted: it compiles what was never imported, and keeps the
document.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from canglian.app.cli.nouns import NOUNS, load_outline
from canglian.ledger.bench.ground import bars
from canglian.ledger.bench.report import Bar, Report, median, spread

PROGRAM = (sys.executable, "-c", "from canglian.app.cli import main; main()")
BARE = (sys.executable, "-c", "pass")


class Size(msgspec.Struct, frozen=True):
    """How many rounds, and how many nouns."""

    rounds: int
    nouns: int


FULL = Size(rounds=7, nouns=1_000)
QUICK = Size(rounds=3, nouns=1_000)
TINY = Size(rounds=1, nouns=1)


def commands(nouns: int) -> list[tuple[str, ...]]:
    """What is typed."""
    typed: list[tuple[str, ...]] = [("--version",), ("--help",), ("config", "--json"), ("openapi",)]
    for name in list(NOUNS)[:nouns]:
        typed.append((name, "--help"))
        verbs = getattr(load_outline(name), "commands", None)
        if verbs:
            typed.append((name, next(iter(verbs)), "--help"))
    return typed


def run(folder: Path, size: Size) -> Report:
    """Measure in ``folder``."""
    typed = commands(size.nouns)
    taken: dict[tuple[str, ...], list[float]] = {words: [] for words in typed}
    bare: list[float] = []
    with bars() as progress:
        task = progress.add_task("commands", total=(size.rounds + 1) * len(typed))
        for counted in (False, *(True for _ in range(size.rounds))):
            for words in typed:
                seconds, alone = _seconds(folder, *PROGRAM, *words), _seconds(folder, *BARE)
                if counted:
                    taken[words].append(seconds)
                    bare.append(alone)
                progress.advance(task)
    return _report(taken, bare)


def _seconds(folder: Path, *words: str) -> float:
    begun = time.perf_counter()
    subprocess.run(words, cwd=folder, env={**os.environ, "COLUMNS": "100"}, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def _report(taken: dict[tuple[str, ...], list[float]], bare: list[float]) -> Report:
    medians = {words: median(seconds) for words, seconds in taken.items()}
    slowest = max(medians, key=lambda words: medians[words])
    start = median(bare)
    return Report(
        "cli",
        {
            "commands": len(taken),
            "interpreter_seconds": round(start, 4),
            "interpreter_spread": spread(bare),
            "median_seconds": round(median(medians.values()), 3),
            "slowest": " ".join(slowest),
            "slowest_seconds": round(medians[slowest], 3),
            "slowest_spread": spread(taken[slowest]),
        },
        [
            Bar("median command / interpreter", median(medians.values()) / start, 20, at_most=True),
            Bar("slowest command / interpreter", medians[slowest] / start, 30, at_most=True),
        ],
    )
