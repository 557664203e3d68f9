"""A draw is published by a second person, frozen, drawn, revealed and computed again, each in its time and once."""

from datetime import timedelta
from typing import Any

import pytest

from canglian.bank.party.model import Party
from canglian.bank.reward.draws import (
    ConditionKind,
    Draw,
    DrawCondition,
    DrawEntry,
    DrawState,
    EntropyKind,
    Prize,
    PrizeKind,
    WinState,
    drawing,
)
from canglian.bank.reward.draws.commands import (
    AddEntrants,
    ApproveDraw,
    ChangeDraw,
    ConfirmDraw,
    ConfirmFigure,
    DrawByBeacon,
    DropDraw,
    FreezeDraw,
    JoinDraw,
    RevealDraw,
    RevealSecondSeed,
    SendBackDraw,
    StateFigure,
    SubmitDraw,
)
from canglian.bank.reward.draws.commands.values import Beat, CommittedSeed
from canglian.bank.reward.draws.model import Beacon, DrawRules
from canglian.bank.reward.draws.proof import first_round
from canglian.bank.reward.sandbox import drand
from tests.bank.reward.draws.lots import FIRST, LUCKY, OTHER, SECOND, SEED, Lots
from tests.bank.reward.seasons import off

_WORTH = 88_800 + 2 * 600
BEACON = Beacon(chain=drand.CHAIN, genesis=drand.GENESIS, period=3, key=drand.PUBLIC_KEY)


def beat(number: int) -> Beat:
    found = drand.round_of(number)
    return Beat(round=number, value=found["randomness"], signature=found["signature"])


async def code(lots: Lots, command: Any) -> str:
    """The code with which a command is refused; nothing has changed by it."""
    return (await lots.refused(command))[0]


async def test_a_second_person_publishes_it_with_their_own_seed_and_its_money_is_set_aside(lots: Lots) -> None:
    drafted: Draw = await lots.do(await lots.draft_of())
    assert (drafted.state, drafted.version, drafted.seed_hash) == (DrawState.DRAFT, 0, drawing.commitment(SEED))
    second = CommittedSeed(drawing.commitment(SECOND))
    await lots.do(SubmitDraw(draw=drafted.id))
    assert await code(lots, ApproveDraw(draw=drafted.id, second=second)) == "draw.own_approval"
    back = await lots.second(SendBackDraw(draw=drafted.id, reason="奖品太少"))
    assert (back.state, back.reason) == (DrawState.DRAFT, "奖品太少")
    await lots.do(SubmitDraw(draw=drafted.id))
    published: Draw = await lots.second(ApproveDraw(draw=drafted.id, second=second))
    assert (published.state, published.version) == (DrawState.PUBLISHED, 1)
    (rules,) = await lots.rows(DrawRules)
    assert rules.hash == published.rules_hash
    assert await lots.balance(published.pool or 0) == _WORTH
    assert published.kept_until == (published.draws_at + timedelta(days=731)).date()


async def test_whoever_approves_brings_another_seed(lots: Lots) -> None:
    drafted: Draw = await lots.do(await lots.draft_of())
    await lots.do(SubmitDraw(draw=drafted.id))
    for second in (None, CommittedSeed(drafted.seed_hash)):
        outcome = await lots.engine.submit(1, ApproveDraw(draw=drafted.id, second=second), actor="user:second")
        assert outcome.error is not None
        assert outcome.error.code == "draw.second_seed"
    assert (await lots.draw(drafted)).state is DrawState.REVIEW


async def test_a_draft_that_contradicts_itself_or_is_worth_too_much_is_refused(lots: Lots) -> None:
    now = lots.now
    dear = Prize("大奖", PrizeKind.GOODS, 5_000_001, 1)
    for fields, expected in (
        ({"joins_until": now}, "draw.times"),
        ({"draws_at": now + timedelta(hours=1)}, "draw.times"),
        ({"fallback_at": now + timedelta(days=1)}, "draw.times"),
        ({"prizes": (dear,)}, "draw.prize_above"),
        ({"prizes": (LUCKY, Prize("奖", PrizeKind.GOODS, 1, 1_000)), "alternates": 1_000}, "draw.too_many"),
        ({"entropy": EntropyKind.DRAND}, "draw.no_beacon"),
        ({"per_person": 2}, "draw.condition"),
        ({"condition": DrawCondition(kind=ConditionKind.COUPON)}, "draw.condition"),
    ):
        assert await code(lots, await lots.draft_of(**fields)) == expected
    right = Prize("大奖", PrizeKind.GOODS, 5_000_000, 1)
    assert (await lots.do(await lots.draft_of(prizes=(right,)))).prizes == (right,)
    assert len(await lots.rows(Draw)) == 1


async def test_what_was_not_published_may_be_dropped_and_what_was_is_held(lots: Lots) -> None:
    drafted: Draw = await lots.do(await lots.draft_of())
    assert (await lots.do(DropDraw(draw=drafted.id, reason="改期"))).state is DrawState.DROPPED
    published = await lots.published()
    assert await code(lots, DropDraw(draw=published.id, reason="改期")) == "draw.state"


async def test_people_join_once_in_time_with_a_number_that_says_nothing(lots: Lots) -> None:
    draw = await lots.published(joins_from=lots.now + timedelta(hours=1))
    first, second = await lots.people(2)
    assert await code(lots, JoinDraw(draw=draw.id, wallet=first.id)) == "draw.not_started"
    lots.now = draw.joins_from
    entry: DrawEntry = await lots.do(JoinDraw(draw=draw.id, wallet=first.id))
    assert (entry.position, entry.link) == (1, drawing.next_link(drawing.first_link(draw.id), entry.number))
    assert await code(lots, JoinDraw(draw=draw.id, wallet=first.id)) == "draw_entrant.per_person"
    other: DrawEntry = await lots.do(JoinDraw(draw=draw.id, wallet=second.id))
    after = await lots.draw(draw)
    assert (after.entries, after.head) == (2, drawing.chained(draw.id, [entry.number, other.number]))
    assert await code(lots, AddEntrants(draw=draw.id, wallets=(second.id,), reason="补录")) == "draw.not_by_list"
    lots.now = draw.joins_until
    (late,) = await lots.people(1, 50)
    assert await code(lots, JoinDraw(draw=draw.id, wallet=late.id)) == "draw.over"
    await lots.do(FreezeDraw(draw=draw.id))
    assert await code(lots, JoinDraw(draw=draw.id, wallet=late.id)) == "draw.state"
    assert await code(lots, FreezeDraw(draw=draw.id)) == "draw.state"


async def test_a_person_with_several_wallets_is_in_once(lots: Lots) -> None:
    draw = await lots.published()
    (first,) = await lots.people(1)
    again = await lots.ecny(party=await lots.get(Party, first.party))
    await lots.do(JoinDraw(draw=draw.id, wallet=first.id))
    assert await code(lots, JoinDraw(draw=draw.id, wallet=again.id)) == "draw_entrant.per_person"


async def test_a_list_names_people_once_and_nobody_joins_by_themselves(lots: Lots) -> None:
    draw = await lots.published(condition=DrawCondition(kind=ConditionKind.LIST))
    people = await lots.people(3)
    assert await code(lots, JoinDraw(draw=draw.id, wallet=people[0].id)) == "draw.by_list"
    ids = tuple(wallet.id for wallet in people)
    joined = await lots.do(AddEntrants(draw=draw.id, wallets=ids[:2], reason="老客户"))
    assert (joined.added, joined.before) == (2, 0)
    joined = await lots.do(AddEntrants(draw=draw.id, wallets=(*ids, ids[2]), reason="老客户"))
    assert (joined.added, joined.before, joined.entries) == (1, 3, 3)
    lots.now = draw.joins_until
    assert await code(lots, AddEntrants(draw=draw.id, wallets=ids, reason="补录")) == "draw.over"


async def test_it_is_held_step_by_step_each_once_and_in_its_time(lots: Lots) -> None:
    draw = await lots.published()
    await lots.joined(draw, await lots.people(8))
    assert await code(lots, FreezeDraw(draw=draw.id)) == "draw.not_over"
    lots.now = draw.joins_until
    frozen: Draw = await lots.do(FreezeDraw(draw=draw.id))
    reveal = RevealSecondSeed(draw=draw.id, secret=SECOND)
    assert await code(lots, reveal) == "draw.own_approval"
    early = await lots.engine.submit(1, reveal, actor="user:second")
    assert early.error is not None
    assert early.error.code == "draw.not_yet"
    lots.now = draw.draws_at
    wrong = await lots.engine.submit(1, RevealSecondSeed(draw=draw.id, secret=OTHER), actor="user:second")
    assert wrong.error is not None
    assert wrong.error.code == "draw.seed_wrong"
    assert await code(lots, RevealDraw(draw=draw.id, seed=SEED)) == "draw.state"
    await lots.second(reveal)
    assert await code(lots, RevealDraw(draw=draw.id, seed=OTHER)) == "draw.seed_wrong"
    revealed: Draw = await lots.do(RevealDraw(draw=draw.id, seed=SEED))
    assert (revealed.entries, revealed.head) == (frozen.entries, frozen.head)
    wins = await lots.wins(draw)
    assert [win.state for win in wins] == [WinState.OFFERED] * 3 + [WinState.WAITING]
    key = drawing.key_of(frozen.rules_hash or "", frozen.head, 8, SEED, SECOND, None)
    assert [win.position - 1 for win in wins] == list(drawing.positions(key, 8))[:4]
    assert await code(lots, RevealDraw(draw=draw.id, seed=SEED)) == "draw.state"  # not drawn twice
    assert await code(lots, ConfirmDraw(draw=draw.id, result_hash="0" * 64)) == "draw.result_differs"
    confirmed: Draw = await lots.do(ConfirmDraw(draw=draw.id, result_hash=revealed.result_hash or ""))
    assert confirmed.state is DrawState.VERIFIED


async def test_a_draw_that_nobody_joined_is_void_and_its_money_is_free(lots: Lots) -> None:
    draw = await lots.published()
    lots.now = draw.joins_until
    assert (await lots.do(FreezeDraw(draw=draw.id))).state is DrawState.VOID
    assert await lots.balance(draw.pool or 0) == 0


async def test_money_that_no_prize_takes_is_free_at_the_reveal(lots: Lots) -> None:
    draw = await lots.revealed(people=2)
    assert [win.prize for win in await lots.wins(draw)] == [1, 2]
    assert await lots.balance(draw.pool or 0) == 88_800 + 600


async def test_the_round_of_the_beacon_decides_and_a_late_freeze_takes_a_later_one(lots: Lots) -> None:
    draw = await lots.published(entropy=EntropyKind.DRAND, beacon=BEACON)
    planned = first_round(drand.GENESIS, 3, int(draw.draws_at.timestamp()))
    assert (draw.round, draw.second_hash) == (planned, None)
    await lots.joined(draw, await lots.people(3))
    lots.now = draw.draws_at + timedelta(hours=2)
    frozen: Draw = await lots.do(FreezeDraw(draw=draw.id))
    later = first_round(drand.GENESIS, 3, int(lots.now.timestamp()) + 60)
    assert frozen.deciding_round == later > planned
    assert await code(lots, DrawByBeacon(draw=draw.id, beat=beat(planned))) == "draw.beacon"
    forged = Beat(round=later, value=OTHER, signature=beat(later).signature)
    assert await code(lots, DrawByBeacon(draw=draw.id, beat=forged)) == "draw.beacon"
    second = await lots.engine.submit(1, RevealSecondSeed(draw=draw.id, secret=SECOND), actor="user:second")
    assert second.error is not None
    assert second.error.code == "draw.other_entropy"
    drawn: Draw = await lots.do(DrawByBeacon(draw=draw.id, beat=beat(later)))
    assert (drawn.state, drawn.value) == (DrawState.DRAWN, beat(later).value)


async def test_a_withheld_seed_is_replaced_by_the_public_figure_that_two_people_state(lots: Lots) -> None:
    draw = await lots.drawn()
    state = StateFigure(draw=draw.id, figure="3386.10")
    assert await code(lots, state) == "draw.fallback_early"
    lots.now = draw.fallback_at
    assert await code(lots, RevealDraw(draw=draw.id, seed=SEED)) == "draw.withheld"
    await lots.do(state)
    assert await code(lots, ConfirmFigure(draw=draw.id, figure="3386.10")) == "draw.own_approval"
    other = await lots.engine.submit(1, ConfirmFigure(draw=draw.id, figure="3386.11"), actor="user:second")
    assert other.error is not None
    assert other.error.code == "draw.figure_differs"
    revealed: Draw = await lots.second(ConfirmFigure(draw=draw.id, figure="3386.10"))
    assert (revealed.state, revealed.seed, revealed.figure) == (DrawState.REVEALED, None, "3386.10")
    key = drawing.key_of(draw.rules_hash or "", draw.head, 8, None, SECOND, "3386.10")
    assert [win.position - 1 for win in await lots.wins(draw)] == list(drawing.positions(key, 8))[:4]


async def test_a_second_seed_that_never_came_is_replaced_too(lots: Lots) -> None:
    draw = await lots.frozen()
    lots.now = draw.fallback_at
    late = await lots.engine.submit(1, RevealSecondSeed(draw=draw.id, secret=SECOND), actor="user:second")
    assert late.error is not None
    assert late.error.code == "draw.withheld"
    await lots.do(StateFigure(draw=draw.id, figure="3386.10"))
    revealed: Draw = await lots.second(ConfirmFigure(draw=draw.id, figure="3386.10"))
    assert (revealed.seed, revealed.value) == (None, None)
    assert len(await lots.wins(draw)) == 4


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"prizes": (LUCKY, FIRST)}, "prizes"),
        ({"prizes": (FIRST,)}, "prizes"),
        ({"prizes": (FIRST, Prize("幸运奖", PrizeKind.BENEFIT, 600, 1))}, "prizes"),
        ({"prizes": (Prize("一等奖", PrizeKind.BENEFIT, 90_000, 1), LUCKY)}, "prizes"),
        ({"alternates": 0}, "alternates"),
        ({"claim_days": 6}, "claim_days"),
        ({"joins_until": -1}, "joins_until"),
        ({"joins_until": 61}, "joins_until"),
    ],
)
async def test_what_is_worse_for_anybody_is_refused_after_publication(
    lots: Lots, fields: dict[str, Any], what: str
) -> None:
    draw = await lots.published()
    if "joins_until" in fields:
        fields = {"joins_until": draw.joins_until + timedelta(minutes=fields["joins_until"])}
    command = ChangeDraw(draw=draw.id, reason="调整", **fields)
    assert await code(lots, command) == "draw.own_approval"
    outcome = await lots.engine.submit(1, command, actor="user:second")
    assert outcome.error is not None
    assert (outcome.error.code, outcome.error.fields["what"]) == ("draw.worse", what)
    assert await lots.draw(draw) == draw


async def test_more_prizes_and_more_time_are_published_as_a_version_of_their_own(lots: Lots) -> None:
    draw = await lots.published()
    prizes = (FIRST, Prize("幸运奖", PrizeKind.BENEFIT, 600, 5), Prize("纪念奖", PrizeKind.BENEFIT, 100, 10))
    until = draw.joins_until + timedelta(minutes=30)
    change = ChangeDraw(draw=draw.id, prizes=prizes, joins_until=until, alternates=4, claim_days=10, reason="加奖")
    changed: Draw = await lots.second(change)
    assert (changed.version, changed.state) == (2, DrawState.PUBLISHED)
    assert changed.rules_hash != draw.rules_hash
    assert await lots.balance(draw.pool or 0) == 88_800 + 5 * 600 + 10 * 100
    assert [rules.hash for rules in await lots.rows(DrawRules)] == [draw.rules_hash, changed.rules_hash]
    lots.now = until
    late = await lots.engine.submit(1, ChangeDraw(draw=draw.id, claim_days=11, reason="加"), actor="user:second")
    assert late.error is not None
    assert late.error.code == "draw.over"


async def test_a_campaigns_funders_pay_for_prizes_and_keep_what_nobody_claims(lots: Lots) -> None:
    campaign = await lots.approved(off(), ends_at=lots.now + timedelta(days=10))
    dear = Prize("大奖", PrizeKind.BENEFIT, 100_001, 1)
    drafted: Draw = await lots.do(await lots.draft_of(campaign=campaign.id, prizes=(dear,)))
    await lots.do(SubmitDraw(draw=drafted.id))
    poor = await lots.engine.submit(
        1, ApproveDraw(draw=drafted.id, second=CommittedSeed(drawing.commitment(SECOND))), actor="user:second"
    )
    assert poor.error is not None
    assert (poor.error.code, await lots.funders(campaign)) == (
        "draw.unfunded",
        [(50_000, 0, 0, 0), (30_000, 0, 0, 0), (20_000, 0, 0, 0)],
    )
    prizes = (Prize("一等奖", PrizeKind.BENEFIT, 1_001, 1), Prize("二等奖", PrizeKind.BENEFIT, 100, 2))
    draw = await lots.revealed(people=2, campaign=campaign.id, prizes=prizes, alternates=0)
    assert draw.reserved == (551, 330, 220)  # two winners: 1,101 of 1,201 stay set aside
    assert await lots.funders(campaign) == [(49_449, 551, 0, 0), (29_670, 330, 0, 0), (19_780, 220, 0, 0)]


async def test_a_payment_or_a_used_coupon_lets_people_join_once_for_each(lots: Lots) -> None:
    merchant, wallet = await lots.shop(), await lots.ewallet(1, 100_000)
    draw = await lots.published(
        condition=DrawCondition(kind=ConditionKind.PAYMENT, least=1_000),
        per_person=2,
        joins_until=lots.now + timedelta(days=1),
    )
    small = await lots.paid(merchant, wallet, 999)
    first, second, third = [await lots.paid(merchant, wallet, 1_000) for _ in range(3)]
    stranger = await lots.ewallet(2, 100_000)
    for basis, who, expected in (
        (None, wallet, "draw_entrant.payment"),
        (small.id, wallet, "draw_entrant.payment"),
        (first.id, stranger, "draw_entrant.payment"),
    ):
        assert await code(lots, JoinDraw(draw=draw.id, wallet=who.id, basis=basis)) == expected
    one: DrawEntry = await lots.do(JoinDraw(draw=draw.id, wallet=wallet.id, basis=first.id))
    assert await code(lots, JoinDraw(draw=draw.id, wallet=wallet.id, basis=first.id)) == "draw_entrant.basis_used"
    two: DrawEntry = await lots.do(JoinDraw(draw=draw.id, wallet=wallet.id, basis=second.id))
    assert one.number == two.number
    assert await code(lots, JoinDraw(draw=draw.id, wallet=wallet.id, basis=third.id)) == "draw_entrant.per_person"
