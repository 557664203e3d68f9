"""Every benchmark of the family: one JSON object as the last line, and an exit code that says whether the bars hold."""

import json
import subprocess
import sys
from typing import Any

import pytest
import typer

from canglian.app.bench.cli import NAMES, print_report
from canglian.ledger.bench.report import Bar, Report

PROGRAM = "from canglian.app.cli import main; main()"


def _run(*arguments: str) -> tuple[subprocess.CompletedProcess[str], Any]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "bench", *arguments], capture_output=True, text=True, timeout=600, check=False
    )
    assert done.stdout.strip(), done.stderr[-3000:]
    return done, json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_reports_figures_against_bars(name: str) -> None:
    done, report = _run(name, "--tiny")
    assert report.keys() == {"bench", "figures", "bars"}
    assert report["bench"] == name
    assert report["figures"]
    assert report["bars"]
    for bar in report["bars"]:
        assert bar.keys() == {"name", "value", "bar", "kind", "holds"}
        within = {"at most": bar["value"] <= bar["bar"], "at least": bar["value"] >= bar["bar"]}[bar["kind"]]
        assert bar["holds"] == within, bar
        assert bar["name"] in done.stderr
    assert done.returncode == (0 if all(bar["holds"] for bar in report["bars"]) else 1)
    if name in ("interest", "onboarding"):
        exact = [bar for bar in report["bars"] if "resident" not in bar["name"]]
        assert [bar for bar in exact if not bar["holds"]] == []
    if name in ("wallet", "payment"):
        assert [bar for bar in report["bars"] if bar["kind"] == "at most" and not bar["holds"]] == []
    if name == "eod":
        assert report["figures"]["differing"] == []
    if name == "crash":
        assert {bar["name"] for bar in report["bars"]} >= {"lost", "doubled", "unbalanced", "chain verified"}
        assert [bar for bar in report["bars"] if not bar["holds"]] == []
        assert report["figures"]["rounds"] == 2


def test_the_benchmarks_are_of_one_family() -> None:
    assert {"posting", "http", "growth", "crash", "interest", "wallet", "onboarding", "payment", "eod"} <= set(NAMES)
    assert len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize(
    ("bar", "holds"),
    [
        (Bar("rate", 2, 1), True),
        (Bar("rate", 1, 1), True),
        (Bar("rate", 0.99, 1), False),
        (Bar("lost", 0, 0, at_most=True), True),
        (Bar("lost", 1, 0, at_most=True), False),
    ],
)
def test_a_bar_that_does_not_hold_ends_with_1(bar: Bar, holds: bool, capsys: pytest.CaptureFixture[str]) -> None:
    report = Report("some", {"rate": 1}, [Bar("other", 1, 1), bar])
    if holds:
        print_report(report)
    else:
        with pytest.raises(typer.Exit) as ended:
            print_report(report)
        assert ended.value.exit_code == 1
    printed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [bar["holds"] for bar in printed["bars"]] == [True, holds]
