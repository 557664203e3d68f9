"""How far people are with the tasks of a month, whom they have invited, and what that has earned."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class TaskReward(msgspec.Struct, frozen=True):
    """What a step has earned. Nothing but a debt was paid off where ``coupon`` is null."""

    purchases: Annotated[int, doc("After how many purchases; 0 for joining.")]
    amount: Annotated[int, doc("What the step earns, in fen.")]
    coupon: Annotated[str | None, doc("The coupon's id, or null.")]


class TaskProgress(
    Entity, frozen=True, table="task_progress", key=("offer", "party", "month"), indexes={"party": ("party",)}
):
    """How far somebody is with a task in a month, in Shanghai. ``payments`` are the purchases that count.

    ``owed`` is what rewards that were used came to whose purchases were given back: the next ones are less by it.
    """

    offer: Annotated[str, doc("The offer's id.")]
    party: Annotated[str, doc("The customer's id.")]
    month: Annotated[date, doc("The first day of the month.")]
    wallet: Annotated[str, doc("The wallet that gets the coupons.")]
    payments: Annotated[tuple[str, ...], doc("The payments that count.")]
    rewards: Annotated[tuple[TaskReward, ...], doc("What the steps have earned.")]
    owed: Annotated[int, doc("What the next rewards are less by, in fen.")]
    joined_at: Annotated[datetime, doc("When somebody joined.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class Invitation(Entity, frozen=True, table="invitation", indexes={"mine": ("offer", "party")}):
    """Somebody's invitation for an offer, which others accept by its id. ``rewarded`` counts those that have paid."""

    id: Annotated[str, doc("The invitation's id.")]
    offer: Annotated[str, doc("The offer's id.")]
    party: Annotated[str, doc("Who invites: the customer's id.")]
    wallet: Annotated[str, doc("The wallet that gets the coupons.")]
    accepted: Annotated[int, doc("How many have accepted it.")]
    rewarded: Annotated[int, doc("How many of them have paid for the first time.")]
    owed: Annotated[int, doc("What the next rewards are less by, in fen.")]
    opened_at: Annotated[datetime, doc("When it was made.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class Invitee(Entity, frozen=True, table="invitee", key=("offer", "party"), indexes={"party": ("party",)}):
    """Somebody who has accepted an invitation, once for an offer; ``payment`` is their first one."""

    offer: Annotated[str, doc("The offer's id.")]
    party: Annotated[str, doc("Who was invited: the customer's id.")]
    invitation: Annotated[str, doc("The invitation's id.")]
    payment: Annotated[str | None, doc("The first payment, or null.")]
    coupon: Annotated[str | None, doc("The coupon that it has earned whoever invited, or null.")]
    accepted_at: Annotated[datetime, doc("When the invitation was accepted.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
