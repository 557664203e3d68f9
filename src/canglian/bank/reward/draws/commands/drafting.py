"""A draw is drafted with its seed, submitted, approved by a second person with theirs, and changed in favour alone."""

from datetime import timedelta
from typing import Annotated, Any

from canglian.bank.reward.campaigns.model import Campaign
from canglian.bank.reward.campaigns.rules import GOING
from canglian.bank.reward.draws import drawing, money
from canglian.bank.reward.draws.commands import values
from canglian.bank.reward.draws.commands.values import CommittedSeed
from canglian.bank.reward.draws.favour import worse
from canglian.bank.reward.draws.model import (
    PRIZE_MAX,
    Beacon,
    ConditionKind,
    Draw,
    DrawCondition,
    DrawSeed,
    DrawState,
    EntropyKind,
    Prize,
)
from canglian.bank.reward.draws.proof import first_round
from canglian.bank.reward.draws.publishing import rules_of
from canglian.bank.reward.draws.rules import RANKED_MAX, changed, count, published, refuse_own, require
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason, doc
from canglian.ledger.book import Book

_STATE = DrawState
TIME_MAX = timedelta(days=400)
"""How far ahead a draw is drawn at most."""


class DraftDraw(Command[Draw], kind="reward.draft_draw"):
    """Draft a draw. Its ``seed`` is made now: the hash is shown, and the seed is kept sealed for the reveal.

    Rejects ``draw.times``, ``draw.prize_above``, ``draw.too_many``, ``draw.campaign``, ``draw.condition`` and
    ``draw.no_beacon``.
    """

    name: values.CampaignName
    summary: values.Summary
    prizes: values.Prizes
    joins_from: values.JoinsFrom
    joins_until: values.JoinsUntil
    draws_at: values.DrawsAt
    fallback: values.Fallback
    fallback_at: values.FallbackAt
    seed: CommittedSeed
    campaign: Annotated[
        values.CampaignId | None, doc("The campaign that pays for its prizes, or null for the bank.")
    ] = None
    asset: values.Asset = "CNY"
    condition: Annotated[DrawCondition, doc("Who may join, and by what.")] = DrawCondition()
    per_person: values.PerPerson = 1
    alternates: values.Alternates = 0
    claim_days: values.ClaimDays = 7
    tax_note: values.TaxNote = "偶然所得个人所得税由本行承担"
    entropy: Annotated[EntropyKind, doc("What the seed is mixed with, which nobody knows at the freeze.")] = (
        EntropyKind.SECOND_SEED
    )
    beacon: Beacon | None = None

    def decide(self, book: Book) -> Draw:
        _refuse_times(book, self)
        _refuse_prizes(book, self.prizes, self.alternates)
        if self.campaign is not None:
            _refuse_campaign(book, self.campaign, self.asset)
        alone = self.condition.kind in (ConditionKind.OPEN, ConditionKind.LIST) and self.per_person > 1
        if alone or (self.condition.kind is ConditionKind.COUPON and self.campaign is None):
            book.reject("draw.condition", field="condition")
        if self.entropy is EntropyKind.DRAND and self.beacon is None:
            book.reject("draw.no_beacon", field="entropy")
        draw = _drafted(book, self)
        book.add(DrawSeed(draw.id, self.seed.sealed or "", None))
        book.emit("draw.drafted", f"draw:{draw.id}", draw=draw.id)
        return draw


class SubmitDraw(Command[Draw], kind="reward.submit_draw"):
    """Hand a draft in to be approved. Rejects ``draw.state`` and ``draw.times``."""

    draw: values.DrawId

    def decide(self, book: Book) -> Draw:
        draw = require(book, self.draw, _STATE.DRAFT)
        _refuse_late(book, draw)
        return changed(book, draw.replace(submitted_by=book.actor), _STATE.REVIEW)


class SendBackDraw(Command[Draw], kind="reward.send_back_draw"):
    """Send a draw back to whoever drafted it. Rejects ``draw.state``."""

    draw: values.DrawId
    reason: Reason

    def decide(self, book: Book) -> Draw:
        return changed(book, require(book, self.draw, _STATE.REVIEW), _STATE.DRAFT, self.reason)


class DropDraw(Command[Draw], kind="reward.drop_draw"):
    """Drop a draw that was not published. What was published is held. Rejects ``draw.state``."""

    draw: values.DrawId
    reason: Reason

    def decide(self, book: Book) -> Draw:
        return changed(book, require(book, self.draw, _STATE.DRAFT, _STATE.REVIEW), _STATE.DROPPED, self.reason)


class ApproveDraw(Command[Draw], kind="reward.approve_draw"):
    """Publish a draw, as somebody else than who drafted or submitted it: its rules are hashed, its money is set aside.

    Where a second seed decides, it is of whoever approves: the hash of ``second`` binds them to it, and it
    is kept sealed where they do not keep it themselves.

    Rejects ``draw.state``, ``draw.own_approval``, ``draw.times``, ``draw.second_seed`` and ``draw.unfunded``.
    """

    draw: values.DrawId
    second: CommittedSeed | None = None

    def decide(self, book: Book) -> Draw:
        draw = require(book, self.draw, _STATE.REVIEW)
        refuse_own(book, draw)
        _refuse_late(book, draw)
        if draw.entropy is EntropyKind.SECOND_SEED:
            if self.second is None or self.second.hash == draw.seed_hash:
                book.reject("draw.second_seed", field="second_hash")
            draw = draw.replace(second_hash=self.second.hash)
            if self.second.sealed is not None:
                book.put(book.get(DrawSeed, draw.id).replace(second=self.second.sealed))
        draw = money.set_aside(book, draw, money.worth(draw.prizes))
        draw = published(book, draw.replace(approved_by=book.actor))
        return changed(book, draw, _STATE.PUBLISHED)


class ChangeDraw(Command[Draw], kind="reward.change_draw"):
    """Change what was published in favour of entrants: more prizes and alternates, more time to join and to claim.

    Anything else is refused with ``draw.worse``. Rejects ``draw.state``, ``draw.own_approval``, ``draw.over``,
    ``draw.prize_above``, ``draw.too_many`` and ``draw.unfunded``.
    """

    draw: values.DrawId
    reason: Reason
    prizes: Annotated[values.Prizes | None, doc("The prizes from now on; null leaves it.")] = None
    alternates: Annotated[values.Alternates | None, doc("How many alternates from now on; null leaves it.")] = None
    joins_until: Annotated[values.JoinsUntil | None, doc("Before when people join from now on; null leaves it.")] = None
    claim_days: Annotated[
        values.ClaimDays | None, doc("For how many days a prize is claimed from now on; null leaves it.")
    ] = None

    def decide(self, book: Book) -> Draw:
        before = require(book, self.draw, _STATE.PUBLISHED)
        if book.actor == before.drafted_by:
            book.reject("draw.own_approval")
        if book.now >= before.joins_until:
            book.reject("draw.over", draw=before.id)
        names = ("prizes", "alternates", "joins_until", "claim_days")
        asked: dict[str, Any] = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        draw = before.replace(**asked)
        _refuse_prizes(book, draw.prizes, draw.alternates)
        found = worse(rules_of(before, 0), rules_of(draw, 0))
        if found is not None:
            book.reject("draw.worse", what=found, field=found)
        draw = money.set_aside(book, draw, money.worth(draw.prizes) - money.worth(before.prizes))
        draw = published(book, draw.replace(reason=self.reason, updated_at=book.now))
        book.emit("draw.changed", f"draw:{draw.id}", draw=draw.id, version=draw.version)
        return book.put(draw)


def _refuse_times(book: Book, asked: DraftDraw) -> None:
    in_order = asked.joins_from < asked.joins_until <= asked.draws_at < asked.fallback_at
    if not in_order or asked.joins_until <= book.now or asked.draws_at > book.now + TIME_MAX:
        book.reject("draw.times", field="joins_until")


def _refuse_late(book: Book, draw: Draw) -> None:
    if book.now >= draw.joins_until:
        book.reject("draw.times", field="joins_until")


def _refuse_prizes(book: Book, prizes: tuple[Prize, ...], alternates: int) -> None:
    """Rejects ``draw.prize_above`` and ``draw.too_many``."""
    for prize in prizes:
        if prize.value > PRIZE_MAX:
            book.reject("draw.prize_above", limit=PRIZE_MAX, asset="CNY", field="prizes")
    if count(prizes) + alternates > RANKED_MAX:
        book.reject("draw.too_many", most=RANKED_MAX, field="prizes")


def _refuse_campaign(book: Book, identity: str, asset: str) -> None:
    """Rejects ``draw.campaign`` for one that does not run, or pays in another asset."""
    campaign = book.get(Campaign, identity)
    if campaign.state not in GOING or campaign.asset != asset:
        book.reject("draw.campaign", campaign=campaign.id, field="campaign")


def _drafted(book: Book, asked: DraftDraw) -> Draw:
    identity = book.new_id("drw")
    beacon = asked.beacon if asked.entropy is EntropyKind.DRAND else None
    planned = None
    if beacon is not None:
        planned = first_round(beacon.genesis, beacon.period, int(asked.draws_at.timestamp()))
    return book.add(
        Draw(
            id=identity,
            campaign=asked.campaign,
            name=asked.name,
            summary=asked.summary,
            asset=asked.asset,
            state=_STATE.DRAFT,
            condition=asked.condition,
            per_person=asked.per_person,
            prizes=asked.prizes,
            alternates=asked.alternates,
            claim_days=asked.claim_days,
            tax_note=asked.tax_note,
            joins_from=asked.joins_from.replace(microsecond=0),
            joins_until=asked.joins_until.replace(microsecond=0),
            draws_at=asked.draws_at.replace(microsecond=0),
            entropy=asked.entropy,
            beacon=beacon,
            round=planned,
            fallback=asked.fallback,
            fallback_at=asked.fallback_at.replace(microsecond=0),
            seed_hash=asked.seed.hash,
            second_hash=None,
            version=0,
            rules_hash=None,
            reserved=(),
            pool=None,
            entries=0,
            head=drawing.first_link(identity),
            frozen_at=None,
            deciding_round=None,
            value=None,
            signature=None,
            drawn_at=None,
            figure=None,
            figure_by=None,
            seed=None,
            revealed_at=None,
            result_hash=None,
            verified_at=None,
            kept_until=None,
            reason=None,
            drafted_at=book.now,
            drafted_by=book.actor,
            submitted_by=None,
            approved_by=None,
            updated_at=book.now,
        )
    )
