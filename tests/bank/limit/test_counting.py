"""What is counted, what is refused and what a refusal says."""

from datetime import date

import pytest

from canglian.bank.limit import Counterparty, Holder, LimitRules, Measure
from canglian.bank.limit.commands import AddLimitRules
from canglian.bank.party import Level
from canglian.kernel import Status
from tests.bank.limit.till import IN, OUT, Move, TakeBack, Till, ecny, moving, rule
from tests.ledger.branch import TODAY

DAY = "account.out:day_sum:2026-01-05"
YEAR = "account.out:year_sum:2026"


async def test_a_book_begins_with_the_figures_of_the_regulations(till: Till) -> None:
    await till.move(1)
    first: LimitRules = await till.get(LimitRules, 1)
    assert first.effective_from == date(2000, 1, 1)
    assert {rule.code: rule.limit for rule in first.content} == {
        "class2-out-day": 1_000_000,
        "class2-out-year": 20_000_000,
        "class2-in-unverified": 0,
        "class2-in-day": 1_000_000,
        "class2-in-year": 20_000_000,
        "class3-balance": 200_000,
        "class3-out-day": 200_000,
        "class3-out-year": 5_000_000,
        "class3-in-day": 200_000,
        "class3-in-year": 5_000_000,
        "ecny2-balance": 50_000_000,
        "ecny2-single": 5_000_000,
        "ecny2-day": 10_000_000,
        "ecny3-balance": 2_000_000,
        "ecny3-single": 500_000,
        "ecny3-day": 1_000_000,
        "ecny4-balance": 1_000_000,
        "ecny4-single": 200_000,
        "ecny4-day": 500_000,
        "ecny4-year": 5_000_000,
    }


async def test_a_class_two_account_spends_ten_thousand_a_day(till: Till) -> None:
    await till.move(600_000)
    await till.move(400_000, counterparty=Counterparty.UNBOUND)
    assert await till.used() == {DAY: 1_000_000, YEAR: 1_000_000}
    assert await till.passes(moving(1)) == {
        "rule": "class2-out-day",
        "name": "Class II: spent and sent to unbound accounts, a day",
        "measure": "day_sum",
        "limit": 1_000_000,
        "used": 1_000_000,
        "left": 0,
        "renews_at": "2026-01-06T00:00:00+08:00",
        "asset": "CNY",
    }
    await till.next_day()
    await till.move(1_000_000)
    assert await till.used() == {"account.out:day_sum:2026-01-06": 1_000_000, YEAR: 2_000_000}


@pytest.mark.parametrize("exempt", ["bound", "wealth", "loan", "bank"])
async def test_what_is_exempt_is_not_counted(till: Till, exempt: str) -> None:
    await till.move(9_000_000, counterparty=exempt)
    await till.move(9_000_000, counterparty=exempt, direction=IN)
    assert await till.used() == {}


async def test_money_from_unbound_accounts_comes_in_after_verification_face_to_face_only(till: Till) -> None:
    coming = {"direction": IN, "counterparty": Counterparty.UNBOUND}
    refused = await till.passes(moving(1, **coming))
    assert (refused["rule"], refused["limit"], refused["left"], refused["renews_at"]) == (
        "class2-in-unverified",
        0,
        0,
        None,
    )
    await till.move(1_000_000, **coming, level=Level.FACE_TO_FACE)
    assert (await till.passes(moving(1, **coming, level=Level.FACE_TO_FACE)))["rule"] == "class2-in-day"
    await till.move(1_000_000)  # what goes out has a counter of its own


async def test_the_year_ends_at_new_year(till: Till) -> None:
    for _ in range(20):
        await till.move(1_000_000)
        await till.next_day()
    refused = await till.passes(moving(1))
    assert (refused["rule"], refused["used"], refused["renews_at"]) == (
        "class2-out-year",
        20_000_000,
        "2027-01-01T00:00:00+08:00",
    )
    await till.next_day(date(2027, 1, 1))
    await till.move(1_000_000)
    assert await till.used() == {"account.out:day_sum:2027-01-01": 1_000_000, "account.out:year_sum:2027": 1_000_000}


async def test_an_anonymous_wallet_is_capped_in_every_way(till: Till) -> None:
    single = await till.passes(ecny(200_001))
    assert (single["rule"], single["limit"], single["left"], single["renews_at"]) == (
        "ecny4-single",
        200_000,
        200_000,
        None,
    )
    for amount in (200_000, 200_000, 100_000):
        await till.do(Move(movement=ecny(amount)))
    assert (await till.passes(ecny(1)))["rule"] == "ecny4-day"
    await till.do(Move(movement=ecny(5, direction=IN, balance_after=1_000_000)))
    full = await till.passes(ecny(5, direction=IN, balance_after=1_000_004))
    assert (full["rule"], full["used"], full["left"], full["renews_at"]) == ("ecny4-balance", 999_999, 1, None)
    await till.do(Move(movement=ecny(5, direction=IN, counterparty="bank", balance_after=1_000_004)))  # interest


async def test_a_capped_balance_has_to_be_told(till: Till) -> None:
    outcome = await till.ask(Move(movement=ecny(5, direction=IN)))
    assert outcome.status is Status.FAILED


async def test_what_a_wallet_used_in_a_lower_tier_counts_in_the_higher_one(till: Till) -> None:
    await till.do(Move(movement=ecny(200_000)))
    await till.do(Move(movement=ecny(5_000_000, 2, party="par_1", level=Level.REMOTE)))
    refused = await till.passes(ecny(5_000_000, 2, party="par_1", level=Level.REMOTE))
    assert (refused["rule"], refused["used"], refused["left"]) == ("ecny2-day", 5_200_000, 4_800_000)


async def test_what_has_no_rule_has_no_limit_and_leaves_nothing(till: Till) -> None:
    for product in ("deposit.class1", "deposit.corporate"):
        await till.move(10**14, product=product)
    await till.do(Move(movement=ecny(10**14, 1)))
    assert await till.used() == {}
    assert await till.used("wallet:wal_1") == {}


async def test_rules_count_movements_and_months_by_party(till: Till) -> None:
    await till.add(
        rule("often", 2, Measure.DAY_COUNT),
        rule("month", 500, Measure.MONTH_SUM, per=Holder.PARTY),
    )
    await till.move(100)
    await till.move(100, subject="deposit:dep_2")
    assert await till.used("par_1") == {"month:month_sum:2026-01": 200}
    assert await till.used("deposit:dep_2") == {"often:day_count:2026-01-05": 1}
    refused = await till.passes(moving(301, subject="deposit:dep_2"))
    assert (refused["rule"], refused["left"], refused["renews_at"]) == ("month", 300, "2026-02-01T00:00:00+08:00")
    await till.move(100)
    often = await till.passes(moving(1))
    assert often == {
        "rule": "often",
        "name": "OFTEN",
        "measure": "day_count",
        "limit": 2,
        "used": 2,
        "left": 0,
        "renews_at": "2026-01-06T00:00:00+08:00",
    }


async def test_who_has_no_party_is_counted_alone(till: Till) -> None:
    await till.add(rule("a", 500, per=Holder.PARTY, counter="c"), rule("b", 400, counter="c"))
    await till.move(300, party=None)
    assert await till.used() == {"c:day_sum:2026-01-05": 300}
    assert (await till.passes(moving(101, party=None)))["rule"] == "b"


async def test_rules_tell_channels_levels_and_counterparties_apart(till: Till) -> None:
    await till.add(
        rule("phone", 100, channels=["mobile"], levels=[Level.REMOTE], counterparties=[Counterparty.MERCHANT])
    )
    await till.move(101, channel="counter")
    await till.move(101, level=Level.FACE_TO_FACE)
    await till.move(101, counterparty=Counterparty.UNBOUND)
    await till.move(101, direction=IN)
    await till.move(101, asset="ECNY")
    await till.move(101, product="wallet.ewallet")
    assert (await till.passes(moving(101)))["rule"] == "phone"


async def test_a_refused_movement_counts_nowhere(till: Till) -> None:
    await till.add(rule("wide", 1000), rule("narrow", 100, Measure.SINGLE))
    await till.passes(moving(101))
    await till.move(100)
    assert await till.used() == {"wide:day_sum:2026-01-05": 100}


async def test_a_replayed_request_counts_once(till: Till) -> None:
    for replayed in (False, True):
        outcome = await till.ask(Move(movement=moving(100)), key="order-1")
        assert outcome.replayed is replayed
    assert await till.used() == {DAY: 100, YEAR: 100}
    first = await till.ask(Move(movement=moving(1_000_000)), key="order-2")
    again = await till.ask(Move(movement=moving(1_000_000)), key="order-2")
    assert first.error is not None
    assert again.error is not None
    assert (again.replayed, again.error.code, again.error.fields) == (True, "limit.exceeded", first.error.fields)


async def test_a_dry_run_counts_nothing(till: Till) -> None:
    outcome = await till.ask(Move(movement=moving(100)), dry_run=True)
    assert outcome.status is Status.APPLIED
    assert await till.used() == {}


# -- giving back -----------------------------------------------------------------------------------------------------


async def test_a_reversal_gives_back_in_the_periods_that_go_on(till: Till) -> None:
    await till.move(100)
    await till.do(TakeBack(movement=moving(100), on=TODAY))
    assert await till.used() == {DAY: 0, YEAR: 0}
    await till.move(100)
    await till.next_day()
    await till.move(50)
    await till.do(TakeBack(movement=moving(100), on=TODAY))
    assert await till.used() == {"account.out:day_sum:2026-01-06": 50, YEAR: 50}
    await till.next_day(date(2027, 1, 1))
    await till.move(7)
    await till.do(TakeBack(movement=moving(50), on=date(2026, 1, 6)))
    assert await till.used() == {"account.out:day_sum:2027-01-01": 7, "account.out:year_sum:2027": 7}


async def test_a_partial_refund_gives_back_money_and_no_movement(till: Till) -> None:
    await till.add(rule("sum", 100, Measure.MONTH_SUM), rule("often", 1, Measure.MONTH_COUNT))
    today = await till.next_day()
    await till.move(100)
    await till.do(TakeBack(movement=moving(40), on=today, whole=False))
    assert await till.used() == {"sum:month_sum:2026-01": 60, "often:month_count:2026-01": 1}
    await till.do(TakeBack(movement=moving(60), on=today))
    assert await till.used() == {"sum:month_sum:2026-01": 0, "often:month_count:2026-01": 0}


async def test_what_was_not_counted_then_is_not_given_back(till: Till) -> None:
    await till.add(rule("old", 1000))
    await till.move(100)
    await till.next_day()
    await till.add(rule("year", 100, Measure.YEAR_SUM), effective_from=date(2026, 1, 6))
    await till.move(100)
    await till.do(TakeBack(movement=moving(100), on=TODAY))
    assert (await till.used())["year:year_sum:2026"] == 100
    await till.passes(moving(1))


async def test_what_a_version_added_during_the_day_may_not_have_counted_is_not_given_back(till: Till) -> None:
    await till.move(100)
    await till.add(rule("year", 100, Measure.YEAR_SUM))
    await till.move(100)
    await till.do(TakeBack(movement=moving(100), on=TODAY))
    assert (await till.used())["year:year_sum:2026"] == 100


async def test_nothing_is_given_back_for_a_day_that_has_not_come(till: Till) -> None:
    outcome = await till.ask(TakeBack(movement=moving(100), on=date(2026, 1, 6)))
    assert outcome.status is Status.FAILED


# -- versions --------------------------------------------------------------------------------------------------------


async def test_a_lowered_limit_counts_what_was_used_already(till: Till) -> None:
    await till.add(rule("day", 1000))
    await till.move(800)
    await till.add(rule("day", 500))
    refused = await till.passes(moving(1))
    assert (refused["limit"], refused["used"], refused["left"]) == (500, 800, 0)
    await till.add(rule("day", 900))
    await till.move(100)


async def test_a_version_applies_from_its_day_on(till: Till) -> None:
    await till.add(rule("day", 100), effective_from=date(2026, 1, 6))
    await till.move(500)
    await till.next_day()
    assert (await till.passes(moving(101)))["rule"] == "day"


async def test_of_two_versions_of_a_day_the_later_applies(till: Till) -> None:
    await till.add(rule("a", 100))
    await till.add(rule("b", 200))
    assert (await till.passes(moving(201)))["rule"] == "b"
    await till.add(rule("c", 10), effective_from=date(2026, 1, 6))
    await till.move(200)


async def test_versions_are_checked(till: Till) -> None:
    past = AddLimitRules(effective_from=date(2026, 1, 4), content=[], note="x")
    assert (await till.refused(past))[0] == "limit_rules.in_past"
    twice = AddLimitRules(effective_from=TODAY, content=[rule("a"), rule("a")], note="x")
    assert await till.refused(twice) == ("limit_rules.code_twice", {"rule": "a"})
    out = rule("a", 1, Measure.BALANCE, direction=OUT)
    assert (await till.refused(AddLimitRules(effective_from=TODAY, content=[out], note="x")))[0] == (
        "limit_rules.balance_out"
    )
