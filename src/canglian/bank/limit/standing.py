"""What could still move: the rules for a subject or a party, what is used of each, and what is left."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.bank.limit.counting import granted_for
from canglian.bank.limit.matching import counter_key, covers
from canglian.bank.limit.measures import Counterparty, Direction, Holder, Measure
from canglian.bank.limit.model import LimitRule, LimitRules, LimitTally
from canglian.bank.party import Level
from canglian.kernel.fields import doc


class Asked(msgspec.Struct, frozen=True):
    """Whose limits, and for what. None of ``channel``, ``direction`` or ``counterparty`` stands for any.

    ``balance`` is what the subject holds, as far as it is known; ``title`` is how a page names it. ``within`` is the
    account whose money the subject's is, if it has none of its own: the limits of that one stop it, too.
    """

    product: str
    level: Level
    subject: str | None = None
    party: str | None = None
    channel: str | None = None
    direction: Direction | None = None
    counterparty: str | None = None
    asset: str | None = None
    balance: int | None = None
    title: str | None = None
    within: "Asked | None" = None


class Left(msgspec.Struct, frozen=True):
    """One rule and what is left of it. ``asset`` is None where movements are counted.

    ``used`` and ``left`` of a balance are None where it is not known. ``override`` is the one that holds instead of the
    rule's own limit, ``override_until`` its last day.
    """

    rule: Annotated[str, doc("The code of the rule.")]
    name: Annotated[str, doc("What the rule is called.")]
    measure: Annotated[
        Measure,
        doc("What is measured: one movement, the sum or count of a day, month or year, or the balance."),
    ]
    direction: Annotated[Direction | None, doc("`in` or `out`; null for both.")]
    counterparties: Annotated[
        list[Counterparty],
        doc("Who on the other side is counted; empty for everybody who is not exempt."),
    ]
    exempt: Annotated[list[Counterparty], doc("Who on the other side is not counted.")]
    channels: Annotated[list[str], doc("The channels that the rule is about; empty for all.")]
    per: Annotated[Holder, doc("Whose movements are added up: of one `subject`, or all of its `party`.")]
    asset: Annotated[str | None, doc("The unit of the figures; null where movements are counted.")]
    limit: Annotated[int, doc("How much may move or be held, in the minor unit of the asset, or how many movements.")]
    used: Annotated[int | None, doc("How much has moved in the period, or is held; null where it is not known.")]
    left: Annotated[
        int | None, doc("How much may still move, in the minor unit or as a number; null where it is not known.")
    ]
    renews_at: Annotated[
        datetime | None,
        doc("When it begins anew: midnight in Shanghai; null for one movement and for the balance."),
    ]
    override: Annotated[str | None, doc("The override that holds instead of the rule's own limit, or null.")]
    override_until: Annotated[date | None, doc("The last day of that override, or null.")]


class HolderLimits(msgspec.Struct, frozen=True):
    """All limits of one subject, or of a party with a product.

    ``most_out`` and ``most_in`` are the most that one more movement may have, in the minor unit, where nobody on the
    other side is exempt; None where no rule bounds it.
    """

    subject: Annotated[
        str | None,
        doc("The account or wallet, such as `wallet:wal_…`; null where a party is asked for."),
    ]
    party: Annotated[str | None, doc("The party's id.")]
    product: Annotated[str, doc("The code of the product, such as `deposit.class2`.")]
    level: Annotated[Level, doc("How well the party is known: `none`, `remote` or `face_to_face`.")]
    title: Annotated[str | None, doc("How pages name the account or wallet, or null.")]
    limits: Annotated[list[Left], doc("The rules that may stop a movement, each with what is left.")]
    most_out: Annotated[int | None, doc("The most that one more movement may take out; null where no rule bounds it.")]
    most_in: Annotated[int | None, doc("The most that one more movement may bring in; null where no rule bounds it.")]
    within: Annotated[
        str | None,
        doc("The subject whose money this one's is, as an e-wallet's; its limits are among these. Null for own money."),
    ] = None


def together(own: HolderLimits, other: HolderLimits) -> HolderLimits:
    """The limits of a subject and of the account whose money it has: of both, the tighter bounds a movement."""
    return msgspec.structs.replace(
        own,
        limits=[*own.limits, *other.limits],
        most_out=min((most for most in (own.most_out, other.most_out) if most is not None), default=None),
        most_in=min((most for most in (own.most_in, other.most_in) if most is not None), default=None),
        within=other.subject,
    )


def standing(
    rules: LimitRules, asked: Asked, own: LimitTally | None, partys: LimitTally | None, today: date
) -> HolderLimits:
    """What is left of every rule that may stop a movement of what is asked for."""
    partys = own if asked.party is None else partys
    limits = [_left(rule, asked, own, partys, today) for rule in rules.content if _concerns(rule, asked)]
    return HolderLimits(
        asked.subject,
        asked.party,
        asked.product,
        asked.level,
        asked.title,
        limits,
        _most(limits, Direction.OUT),
        _most(limits, Direction.IN),
    )


def _concerns(rule: LimitRule, asked: Asked) -> bool:
    """Whether a rule may be about a movement like this; a cap of the balance is about what comes in."""
    direction = Direction.IN if rule.measure is Measure.BALANCE else rule.direction
    return (
        covers(rule.products, asked.product)
        and asked.asset in (None, rule.asset)
        and (not rule.levels or asked.level in rule.levels)
        and (None in (direction, asked.direction) or direction == asked.direction)
        and (asked.channel is None or not rule.channels or asked.channel in rule.channels)
        and asked.counterparty not in rule.exempt
        and (asked.counterparty is None or not rule.counterparties or asked.counterparty in rule.counterparties)
    )


def _left(rule: LimitRule, asked: Asked, own: LimitTally | None, partys: LimitTally | None, today: date) -> Left:
    granted = granted_for(rule.code, own, partys, today)
    limit = rule.limit if granted is None else granted.limit
    used: int | None = 0
    if rule.measure is Measure.BALANCE:
        used = asked.balance
    elif rule.measure.adds_up:
        tally = partys if rule.per is Holder.PARTY else own
        used = 0 if tally is None else tally.used.get(counter_key(rule, today), 0)
    return Left(
        rule=rule.code,
        name=rule.name,
        measure=rule.measure,
        direction=Direction.IN if rule.measure is Measure.BALANCE else rule.direction,
        counterparties=rule.counterparties,
        exempt=rule.exempt,
        channels=rule.channels,
        per=rule.per,
        asset=None if rule.measure.counts else rule.asset,
        limit=limit,
        used=used,
        left=None if used is None else max(0, limit - used),
        renews_at=rule.measure.renews_at(today),
        override=None if granted is None else granted.id,
        override_until=None if granted is None else granted.until,
    )


def _most(limits: Iterable[Left], direction: Direction) -> int | None:
    bounds = [
        0 if limit.measure.counts else limit.left
        for limit in limits
        if limit.direction in (None, direction)
        and limit.left is not None
        and not (limit.measure.counts and limit.left > 0)
    ]
    return min(bounds, default=None)
