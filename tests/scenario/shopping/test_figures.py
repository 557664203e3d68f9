"""What joining costs, how far money goes, and the statistics of the effect, against published values."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canglian.bank.reward import Tier
from canglian.bank.reward.campaigns.holdout import is_held_out, slot_of
from canglian.scenario.shopping.rules import JoiningCost, forecast, joining_cost
from canglian.scenario.shopping.statistics import (
    Sample,
    chi_squared_tail,
    difference,
    incomplete_beta,
    ratio_mismatch,
    student_distribution,
    student_quantile,
)

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
TEA = (Tier(10_000, 2_500),)


def test_joining_costs_a_share_of_what_is_taken_off_of_a_merchants_own_sales() -> None:
    # 120 and 200 yuan reach 100: 50 off of 320, so 15.625 of 100 yuan, of which a fifth is the merchant's.
    assert joining_cost(TEA, 2_000, [12_000, 20_000, 5_000]) == JoiningCost(1_563, 313, 2)
    assert joining_cost(TEA, 0, [12_000]) == JoiningCost(2_084, 0, 1)
    # Without sales that reach it, the dearest case: 25 off of 100.
    assert joining_cost(TEA, 2_000, [5_000]) == JoiningCost(2_500, 500, 0)
    rising = (Tier(2_000, 300), Tier(5_000, 1_000))
    assert joining_cost(rising, 5_000, []) == JoiningCost(2_000, 1_000, 0)
    assert joining_cost((Tier(0, 1_000, 1_000),), 10_000, []) == JoiningCost(1_000, 1_000, 0)


@given(st.lists(st.integers(1, 10**6), max_size=20), st.integers(0, 10_000))
def test_a_merchants_cost_is_never_above_the_discount_nor_below_its_share(prices: list[int], share: int) -> None:
    cost = joining_cost(TEA, share, prices)
    assert 0 <= cost.share <= cost.discount <= 10_000
    assert cost.share * 10_000 >= (cost.discount - 1) * share


def test_the_forecast_goes_on_as_the_last_six_hours_went() -> None:
    hours = [(NOW - timedelta(hours=back), 10) for back in range(1, 10)]
    found = forecast(90, hours, NOW, NOW - timedelta(days=2))
    assert found.per_hour == 10
    assert found.at == NOW + timedelta(hours=9)
    assert forecast(90, [], NOW, NOW - timedelta(days=2)).at is None
    assert forecast(0, [], NOW, NOW - timedelta(days=2)).at == NOW
    young = forecast(100, [(NOW - timedelta(hours=1), 50)], NOW, NOW - timedelta(hours=1))
    assert (young.per_hour, young.at) == (50, NOW + timedelta(hours=2))


@pytest.mark.parametrize(
    ("freedom", "chance", "value"),
    [  # Fisher and Yates, table III, as reprinted in the NIST handbook, 1.3.6.7.2
        (1, 0.975, 12.706),
        (2, 0.975, 4.303),
        (5, 0.975, 2.571),
        (10, 0.95, 1.812),
        (10, 0.975, 2.228),
        (10, 0.99, 2.764),
        (30, 0.975, 2.042),
        (100, 0.975, 1.984),
        (1_000_000, 0.975, 1.960),
    ],
)
def test_quantiles_of_students_t_are_those_of_the_tables(freedom: float, chance: float, value: float) -> None:
    assert student_quantile(chance, freedom) == pytest.approx(value, abs=5e-4)


@pytest.mark.parametrize(
    ("value", "chance"),
    [(2.706, 0.10), (3.841, 0.05), (5.024, 0.025), (6.635, 0.01), (10.828, 0.001)],  # NIST handbook, 1.3.6.7.4
)
def test_tails_of_chi_squared_are_those_of_the_tables(value: float, chance: float) -> None:
    assert chi_squared_tail(value) == pytest.approx(chance, rel=2e-3)


def test_the_incomplete_beta_has_its_closed_forms() -> None:
    assert incomplete_beta(1, 1, 0.3) == pytest.approx(0.3)
    assert incomplete_beta(2, 3, 0.4) == pytest.approx(0.5248)  # 1 - (1 - x)^4 - 4 x (1 - x)^3
    assert student_distribution(0, 7) == pytest.approx(0.5)
    assert student_distribution(1, 1) == pytest.approx(0.75)  # Cauchy: a half and arctan(1) / pi


def sample(*values: int) -> Sample:
    return Sample(len(values), sum(values), sum(value * value for value in values))


def test_welchs_interval_is_that_of_a_worked_example() -> None:
    # Example 1 of Welch's test, as worked in textbooks: t = -2.8352, freedom 25.18 (Wikipedia, three examples).
    first = sample(275, 210, 217, 237, 216, 197, 217, 206, 220, 249, 196, 230, 200, 247, 242)
    second = sample(271, 220, 208, 234, 286, 203, 240, 231, 225, 281, 220, 272, 233, 236, 234)
    found = difference(first, second)
    assert found is not None
    assert found.value == pytest.approx(sum_of(first) - sum_of(second))
    assert found.low < found.value < found.high
    reach = (found.high - found.low) / 2
    error = (first.variance / 15 + second.variance / 15) ** 0.5
    assert reach / error == pytest.approx(student_quantile(0.975, found.freedom))


def sum_of(group: Sample) -> float:
    return group.total / group.count


def test_the_variance_of_a_sample_is_exact() -> None:
    assert sample(2, 4, 4, 4, 5, 5, 7, 9).variance == pytest.approx(32 / 7)
    assert sample(10**9, 10**9 + 1).variance == 0.5
    assert difference(sample(1), sample(1, 2)) is None


def test_groups_that_are_no_fair_split_are_told() -> None:
    assert ratio_mismatch([9_000, 1_000], [0.9, 0.1]) == 1
    assert ratio_mismatch([9_100, 900], [0.9, 0.1]) == pytest.approx(0.000858, rel=1e-2)
    assert ratio_mismatch([0, 0], [0.9, 0.1]) == 1


def test_people_are_held_out_by_a_hash_that_is_always_the_same() -> None:
    people = [f"pty_{number:026d}" for number in range(20_000)]
    held = [person for person in people if is_held_out("cmp_a", person, 1_000)]
    assert held == [person for person in people if slot_of("cmp_a", person) < 1_000]
    assert ratio_mismatch([len(people) - len(held), len(held)], [0.9, 0.1]) > 0.001
    other = {person for person in people if is_held_out("cmp_b", person, 1_000)}
    assert 0 < len(other & set(held)) < 400, "campaigns hold out people that have nothing to do with each other"
    assert not is_held_out("cmp_a", people[0], 0)
