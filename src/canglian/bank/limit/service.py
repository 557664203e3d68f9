"""Between the faces and the limits: whose limits are asked for."""

import msgspec

from canglian.bank.limit import queries
from canglian.bank.limit.commands.overrides import PARTY
from canglian.bank.limit.holdings import holding, holdings
from canglian.bank.limit.measures import Direction
from canglian.bank.limit.standing import Asked, HolderLimits
from canglian.bank.party import Level
from canglian.bank.party.queries import parties
from canglian.kernel.errors import Malformed
from canglian.kernel.postgres.reader import Reader


class LimitsAsked(msgspec.Struct, frozen=True):
    """A request for limits: a subject, a party or both, and the kind of movement."""

    subject: str | None = None
    party: str | None = None
    product: str | None = None
    level: Level | None = None
    channel: str | None = None
    direction: Direction | None = None
    counterparty: str | None = None
    asset: str | None = None


async def limits(reader: Reader, book: int, asked: LimitsAsked) -> list[HolderLimits]:
    """The limits of a subject, of a party with a product, or of all that a party holds.

    The room of a subject describes it; without one the request does. Malformed ``limit.whose`` and
    ``limit.product_needed``, NotFound ``party.not_found``.
    """
    if asked.subject is None and asked.party is None:
        raise Malformed("limit.whose", field="subject")
    found = await _held(reader, book, asked)
    if not found:
        return []
    return await queries.what_is_left(reader, book, *(_narrowed(subject, asked) for subject in found))


async def _held(reader: Reader, book: int, asked: LimitsAsked) -> list[Asked]:
    party = None if asked.party is None else await parties.party(reader, book, asked.party)
    level = asked.level or (Level.NONE if party is None else party.level)
    if asked.product is not None:
        return [Asked(asked.product, level, asked.subject, asked.party)]
    if asked.subject is not None:
        found = await holding(reader, book, asked.subject)
        if found is None:
            raise Malformed("limit.product_needed", subject=asked.subject, field="product")
        return [found]
    return [] if asked.party is None else await holdings(reader, book, asked.party)


def _narrowed(held: Asked, asked: LimitsAsked) -> Asked:
    return msgspec.structs.replace(
        held,
        within=None if held.within is None else _narrowed(held.within, asked),
        channel=asked.channel,
        direction=asked.direction,
        counterparty=asked.counterparty,
        asset=asked.asset or held.asset,
    )


__all__ = ["PARTY", "LimitsAsked", "limits"]
