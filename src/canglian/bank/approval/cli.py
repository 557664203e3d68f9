"""``canglian approval``: proposals. Votes are given where a person signs in, not by whoever has the machine."""

from typing import Annotated

import msgspec
import typer

from canglian.bank.approval.actions import PROPOSALS
from canglian.bank.approval.views import view_of
from canglian.web.cli import BookContext, Noun
from canglian.web.cli.output import Answer, facts


async def show(context: BookContext, proposal: Annotated[str, typer.Argument(help="Its id.")]) -> Answer:
    """Show one proposal, with what was shown of it and what has changed since."""
    view = await view_of(context.services, context.book, proposal)
    data = msgspec.to_builtins(view)
    shown = {name: value for name, value in data.items() if not isinstance(value, list | dict)}
    asked = {fact["label"]: fact["value"] for fact in data["facts"]}
    return Answer(data, facts([(name.replace("_", " "), value) for name, value in {**asked, **shown}.items()]))


NOUNS = {"approval": Noun(resource=PROPOSALS, verbs=(show,))}
