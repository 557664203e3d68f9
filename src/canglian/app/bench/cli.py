"""``canglian bench``: measure this machine against the published bars.

Progress goes to stderr. The last line on stdout is one JSON object; the exit code is 1 when a bar does not hold.
"""

import secrets
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from canglian.app.bench import crash, growth, http, posting
from canglian.app.bench.ground import scratch
from canglian.app.bench.report import Report

app = typer.Typer(help="Measure this machine against the published bars.", no_args_is_help=True)

Quick = Annotated[bool, typer.Option("--quick", help="A smaller run of the same shape.")]
Tiny = Annotated[bool, typer.Option("--tiny", hidden=True, help="So small that its figures mean nothing.")]
Folder = Annotated[
    Path | None,
    typer.Option("--folder", help="Where the database of the run lies; its disk is what is measured.", exists=True),
]


@app.callback()
def bench() -> None:
    """Measure this machine against the published bars."""


@app.command("posting")
def bench_posting(quick: Quick = False, tiny: Tiny = False, folder: Folder = None) -> None:
    """Durable transfers a second through the engine, against COPY alone and against SQL."""
    size = posting.TINY if tiny else posting.QUICK if quick else posting.FULL
    with scratch(folder) as place:
        report = posting.run(place, size)
    print_report(report)


@app.command("http")
def bench_http(quick: Quick = False, tiny: Tiny = False, folder: Folder = None) -> None:
    """Single transfers over HTTP, against an ORM and against one SQL statement a request."""
    size = http.TINY if tiny else http.QUICK if quick else http.FULL
    with scratch(folder) as place:
        report = http.run(place, size)
    print_report(report)


@app.command("growth")
def bench_growth(quick: Quick = False, tiny: Tiny = False, folder: Folder = None) -> None:
    """Posting, memory and reading after a few transfers and after many."""
    size = growth.TINY if tiny else growth.QUICK if quick else growth.FULL
    with scratch(folder) as place:
        report = growth.run(place, size)
    print_report(report)


@app.command("crash")
def bench_crash(
    rounds: Annotated[int | None, typer.Option("--rounds", min=1, help="How many times something is killed.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Which chance decides what is killed and when.")] = None,
    quick: Quick = False,
    tiny: Tiny = False,
    folder: Folder = None,
) -> None:
    """Kill the server or PostgreSQL under load, again and again, and look for every request."""
    size = crash.TINY if tiny else crash.QUICK if quick else crash.FULL
    if rounds is not None:
        size = msgspec.structs.replace(size, rounds=rounds)
    with scratch(folder) as place:
        report = crash.run(place, size, secrets.randbits(32) if seed is None else seed)
    print_report(report)


@app.command("interest")
def bench_interest(quick: Quick = False, tiny: Tiny = False, folder: Folder = None) -> None:
    """A day's interest over many deposit accounts, killed in its middle and resumed."""
    from canglian.app.bench import interest

    size = interest.TINY if tiny else interest.QUICK if quick else interest.FULL
    with scratch(folder) as place:
        report = interest.run(place, size)
    print_report(report)


@app.command("wallet")
def bench_wallet(quick: Quick = False, tiny: Tiny = False, folder: Folder = None) -> None:
    """Transfers between wallets with their limits, against an ORM; many payees and one."""
    from canglian.app.bench import wallet

    size = wallet.TINY if tiny else wallet.QUICK if quick else wallet.FULL
    with scratch(folder) as place:
        report = wallet.run(place, size)
    print_report(report)


@app.command("onboarding")
def bench_onboarding(quick: Quick = False, tiny: Tiny = False, folder: Folder = None) -> None:
    """People taken on from a file with accounts and wallets, killed in the middle and resumed."""
    from canglian.app.bench import onboarding

    size = onboarding.TINY if tiny else onboarding.QUICK if quick else onboarding.FULL
    with scratch(folder) as place:
        report = onboarding.run(place, size)
    print_report(report)


def print_report(report: Report) -> None:
    """Print the report, and end with 1 when a bar does not hold."""
    for bar in report.bars:
        sign = "≤" if bar.at_most else "≥"
        print(f"{'holds ' if bar.holds else 'MISSED'} {bar.name}: {bar.value:.4g} {sign} {bar.bar:g}", file=sys.stderr)
    print(report.line(), flush=True)
    if not report.holds:
        raise typer.Exit(1)
