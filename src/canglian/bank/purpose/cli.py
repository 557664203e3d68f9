"""``canglian purpose-contract``, ``purpose-grant``, ``prepaid-offer``, ``prepaid-card``, ``template``, ``simulate``."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Group

from canglian.bank.approval import Book
from canglian.bank.purpose import importing, queries
from canglian.bank.purpose.actions import CONTRACTS, GRANTS
from canglian.bank.purpose.custody.actions import CARDS, OFFERS
from canglian.bank.purpose.scenarios import read_scenario
from canglian.bank.purpose.simulating import SimulatedStep, Simulation
from canglian.bank.purpose.simulating import simulate as run
from canglian.bank.purpose.template_cli import VERBS
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.kernel import Engine
from canglian.kernel.amounts import major
from canglian.kernel.errors import CODES
from canglian.ledger.importing import beside
from canglian.ledger.queries import chart
from canglian.web.cli import BookContext, Noun
from canglian.web.cli.output import Answer, facts, table
from canglian.web.cli.progress import steps
from canglian.web.error_text import format_error


async def simulate(
    file: Annotated[Path, typer.Argument(help="A scenario, TOML or JSON; docs/reference/scenarios.md describes it.")],
) -> Answer:
    """Live through a contract about money for a purpose on a book in memory, and show each step."""
    found = await run(read_scenario(file))
    return Answer(msgspec.to_builtins(found), _shown(found))


def _shown(found: Simulation) -> Any:
    heads = ["date", "time", "event", "whose", "where", ">amount", "outcome", ">not allotted", ">granted", ">shops"]
    steps = table([*heads, ">payer", ">holders"], [_row(step) for step in found.steps])
    places = table(["where", "whose", ">amount"], [(p.kind, p.name, major(p.amount, 2)) for p in found.places])
    return Group(found.name, steps, "", places)


def _row(step: SimulatedStep) -> list[str | None]:
    event, totals = step.event, step.totals
    money = (totals.unallotted, totals.granted, totals.shops, totals.returned, totals.released)
    amount = None if event.amount is None else major(event.amount, 2)
    place = [event.on.isoformat(), event.at, event.do.value.replace("_", " "), event.holder, event.shop, amount]
    return [*place, outcome_of(step), *(major(each, 2) for each in money)]


async def import_(
    context: BookContext,
    contract: Annotated[str, typer.Argument(help="The contract's id.")],
    file: Annotated[Path, typer.Argument(help="A CSV file with the columns wallet (number or id) and amount in yuan.")],
    outcomes: Annotated[
        Path | None, typer.Option("--outcomes", help="Where the outcome of every line goes, as CSV.")
    ] = None,
    further: Annotated[
        bool, typer.Option("--further", help="Who has a grant of the contract gets another one; else none.")
    ] = False,
) -> Answer:
    """Issue a grant to every holder of a file; run again after a crash, it goes on where it stopped, none twice."""
    services = context.services
    found = await queries.contract(context.reader, context.book, contract)
    scales = await chart.scales(context.reader, context.book)
    engine = Engine(services.store, Book, audited=services.audited, cache_max=importing.CACHE_MAX)
    find = importing.wallets_by_numbers(
        lambda number: WALLET_NUMBERS.index(services.keyring, number),
        lambda indexes: queries.wallets_by_number(context.reader, context.book, indexes),
    )
    try:
        with steps(f"issuing {file.name}") as progress:
            summary = await importing.import_grants(
                engine,
                context.book,
                importing.Target(contract, found.asset, scales.get(found.asset, 2), further),
                file,
                find,
                actor=context.actor,
                outcomes=outcomes,
                report=progress.reach,
            )
    finally:
        await engine.stop()
    counts = {"issued": summary.issued, "refused": summary.refused, "done before": summary.repeated}
    shown: list[tuple[str, Any]] = [("lines", f"{summary.lines:,}"), ("beside them", beside(summary))]
    shown += [(name, f"{number:,}") for name, number in counts.items()]
    headline = "Every holder has a grant." if summary.ok else "Not every line got its grant."
    answer = {**msgspec.to_builtins(summary), "ok": summary.ok}
    return Answer(answer, facts([*shown, ("outcomes in", outcomes)], headline), 0 if summary.ok else 1)


import_.__name__ = "import"


def outcome_of(step: SimulatedStep) -> str:
    """What became of a step: done, or why not."""
    if step.refused is None:
        return "done"
    return format_error(step.refused, step.fields, str) if step.refused in CODES else step.refused


NOUNS = {
    "purpose-contract": Noun(resource=CONTRACTS),
    "purpose-grant": Noun(resource=GRANTS, verbs=(import_,)),
    "prepaid-offer": Noun(resource=OFFERS),
    "prepaid-card": Noun(resource=CARDS),
    "template": Noun(verbs=VERBS),
    "simulate": Noun(alone=simulate),
}
