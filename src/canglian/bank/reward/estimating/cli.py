"""``canglian campaign estimate``."""

from datetime import date
from typing import Annotated

import msgspec
import typer
from rich.console import Group

from canglian.bank.reward.estimating import service
from canglian.bank.reward.estimating.model import Estimate
from canglian.kernel.amounts import major
from canglian.kernel.errors import Malformed
from canglian.web.cli import BookContext
from canglian.web.cli.output import Answer, facts, table


async def estimate(
    context: BookContext,
    campaign: Annotated[str, typer.Argument(help="The campaign's id.")],
    since: Annotated[
        str | None, typer.Option("--since", help="The first day; the last whole month by default.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="The day before which payments count.")] = None,
    uptake: Annotated[int, typer.Option("--uptake", min=1, max=100, help="How many of a hundred take part.")] = 100,
) -> Answer:
    """Show what a campaign would have cost with the payments of last month: who pays, and who gains."""
    first, last = await service.days_of(context.services, context.book)
    found = await service.estimate(
        context.services, context.book, campaign, _day(since, first), _day(until, last), uptake * 100
    )
    return Answer(msgspec.to_builtins(found), _shown(found))


def _day(text: str | None, default: date) -> date:
    try:
        return default if text is None else date.fromisoformat(text)
    except ValueError:
        raise Malformed("request.malformed", problem=f"{text} is no day", field="since") from None


def _shown(found: Estimate) -> Group:
    summary = facts(
        [
            ("payments", f"{found.gaining_payments:,} of {found.payments:,}"),
            ("customers", f"{found.gaining_people:,} of {found.people:,}"),
            ("cost", major(found.cost, 2)),
            ("cost in its own time", major(found.cost_of_campaign, 2)),
        ]
    )
    offers = table(
        ["offer", ">uses", ">cost"], [[offer.name, f"{offer.uses:,}", major(offer.cost, 2)] for offer in found.offers]
    )
    funders = table(["funder", ">cost"], [[funder.name, major(funder.cost, 2)] for funder in found.funders])
    shops = table(
        ["merchant", ">payments", ">cost"],
        [[each.name, f"{each.payments:,}", major(each.cost, 2)] for each in found.merchants],
    )
    return Group(summary, "", offers, "", funders, "", shops)
