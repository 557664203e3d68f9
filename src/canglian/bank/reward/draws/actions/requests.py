"""Bodies of requests about draws, and what is looked up for a command beside them."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from canglian.bank.reward.draws import queries, service
from canglian.bank.reward.draws.commands import values
from canglian.bank.reward.draws.commands.values import Beat, CommittedSeed
from canglian.bank.reward.draws.model import Beacon, EntropyKind
from canglian.kernel.fields import Field, doc
from canglian.web.operations import RequestContext


class ApproveDrawRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hash of a seed that whoever approves keeps; null to have one made and kept sealed."""

    second_hash: Annotated[
        values.Hash | None,
        doc("The hash of your own seed, which you keep; null to have one made and kept sealed."),
        Field(label="Hash of your own seed", help="Empty to have a seed made and kept sealed until you reveal it."),
    ] = None


class RevealSecondSeedRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The second office's seed; null where it is kept sealed."""

    secret: Annotated[
        values.Secret | None,
        doc("The seed; null where it is kept sealed."),
        Field(label="Your seed", help="Empty where it is kept sealed."),
    ] = None


class HandOverRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code that the winner shows."""

    code: Annotated[
        str,
        Meta(pattern=r"^[0-9 ]{8,12}\Z", description="The code that the winner shows: eight digits."),
        Field(label="Code", help="Eight digits, on the winner's phone."),
    ]


async def new_seed(context: RequestContext, body: Any) -> CommittedSeed:
    del body
    return service.new_seed(context.services.keyring, _request(context, "own"))


async def approvers_seed(context: RequestContext, body: ApproveDrawRequest) -> CommittedSeed | None:
    found = await queries.draw(context.services.reader, context.principal.book, context.target["draw"])
    if found.entropy is not EntropyKind.SECOND_SEED:
        return None
    if body.second_hash is not None:
        return CommittedSeed(body.second_hash)
    return service.new_seed(context.services.keyring, _request(context, "second"))


def _request(context: RequestContext, whose: str) -> str | None:
    return None if context.key is None else f"{context.principal.scope}:{context.key}:{whose}"


async def chain(context: RequestContext, body: Any) -> Beacon | None:
    if body.entropy is not EntropyKind.DRAND:
        return None
    return await service.chain(context.services)


async def beat(context: RequestContext, body: Any) -> Beat:
    del body
    return await service.beat(context.services, context.principal.book, context.target["draw"])


async def bank_seed(context: RequestContext, body: Any) -> str:
    del body
    return await service.bank_seed(context.services, context.principal.book, context.target["draw"])


async def second_seed(context: RequestContext, body: RevealSecondSeedRequest) -> str:
    return await service.second_seed(context.services, context.principal.book, context.target["draw"], body.secret)


async def computed_again(context: RequestContext, body: Any) -> str:
    del body
    return await service.computed_again(context.services, context.principal.book, context.target["draw"])


async def proved(context: RequestContext, body: HandOverRequest) -> bool:
    principal = context.principal
    return await service.proves(context.services, principal.book, context.target["win"], body.code, principal.actor)


async def channel(context: RequestContext, body: Any) -> str:
    del body
    return context.channel
