"""``canglian campaign write`` and ``revise``: a campaign as a file, which is edited and becomes the draft again."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from canglian.bank.reward.campaigns import queries
from canglian.bank.reward.campaigns.commands.drafting import asked_again
from canglian.bank.reward.commands import ReviseCampaign
from canglian.kernel.errors import Malformed
from canglian.kernel.untrusted import read_json
from canglian.web.cli import BookContext
from canglian.web.cli.output import Answer, facts

BYTES_MAX = 1 << 20
"""How long the file of a campaign may be."""

CampaignArgument = Annotated[str, typer.Argument(help="The campaign's id.")]


async def write(
    context: BookContext,
    campaign: CampaignArgument,
    file: Annotated[Path, typer.Argument(help="The file to be written.")],
) -> Answer:
    """Write a campaign into a file, as the API asks for it: to be edited, and said again with `revise`."""
    whole = await queries.whole(context.reader, context.book, campaign)
    found = whole.campaign
    fields: dict[str, Any] = {
        "name": found.name,
        "summary": found.summary,
        "asset": found.asset,
        "starts_at": found.starts_at,
        "ends_at": found.ends_at,
        "uses_until": found.uses_until,
        "day_budget": found.day_budget,
        "store_budget": found.store_budget,
        "funders": [
            {"kind": each.kind, "name": each.name, "share_bps": each.share_bps, "wallet": each.wallet}
            for each in found.funders
        ],
        "offers": [asked_again(offer) for offer in whole.offers],
    }
    try:
        with file.open("xb") as to:
            to.write(msgspec.json.format(msgspec.json.encode(fields)) + b"\n")
    except OSError as error:
        raise Malformed("campaign.file", file=file.name, problem=error.strerror or "it failed") from None
    return Answer({"file": str(file)}, facts([("file", str(file))]))


async def revise(
    context: BookContext,
    campaign: CampaignArgument,
    file: Annotated[Path, typer.Argument(help="The whole draft as JSON; `canglian campaign write` writes one.")],
    key: Annotated[str | None, typer.Option("--key", help="The same key again changes nothing.")] = None,
) -> Answer:
    """Say all of a draft anew: what the file does not have is no longer part of it."""
    try:
        with file.open("rb") as source:
            raw = source.read(BYTES_MAX + 1)
        if len(raw) > BYTES_MAX:
            raise Malformed("campaign.file", file=file.name, problem="it is longer than a mebibyte")
        asked = msgspec.convert(
            {**read_json(raw, dict[str, Any]), "campaign": campaign, "channel": "counter"}, ReviseCampaign
        )
    except OSError as error:
        raise Malformed("campaign.file", file=file.name, problem=error.strerror or "it is not there") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("campaign.file", file=file.name, problem=str(error).rstrip(".")) from None
    engine = context.services.engine
    changed = (await engine.submit(context.book, asked, actor=context.actor, key=key)).unwrap()
    return Answer(msgspec.to_builtins(changed), facts([("campaign", changed.id), ("name", changed.name)]))
