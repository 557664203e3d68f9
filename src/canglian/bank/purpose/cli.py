"""``canglian purpose-contract``, ``purpose-grant``, ``prepaid-offer``, ``prepaid-card``, ``template``, ``simulate``."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Group

from canglian.bank.purpose.actions import CONTRACTS, GRANTS
from canglian.bank.purpose.custody.actions import CARDS, OFFERS
from canglian.bank.purpose.scenarios import read_scenario
from canglian.bank.purpose.simulating import SimulatedStep, Simulation
from canglian.bank.purpose.simulating import simulate as run
from canglian.bank.purpose.template_cli import VERBS
from canglian.kernel.amounts import major
from canglian.kernel.errors import CODES
from canglian.web.cli import Noun
from canglian.web.cli.output import Answer, table
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


def outcome_of(step: SimulatedStep) -> str:
    """What became of a step: done, or why not."""
    if step.refused is None:
        return "done"
    return format_error(step.refused, step.fields, str) if step.refused in CODES else step.refused


NOUNS = {
    "purpose-contract": Noun(resource=CONTRACTS),
    "purpose-grant": Noun(resource=GRANTS),
    "prepaid-offer": Noun(resource=OFFERS),
    "prepaid-card": Noun(resource=CARDS),
    "template": Noun(verbs=VERBS),
    "simulate": Noun(alone=simulate),
}
