"""The rules of purpose-bound money, on both lists and in time; seeded templates keep to their cases."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from canglian.bank.purpose.model import TemplateKind
from canglian.bank.purpose.rules import (
    FAR,
    Payee,
    Payees,
    ReleaseRule,
    Rules,
    Use,
    contradiction,
    failed_case,
    most,
    refusal,
    spending_order,
)
from canglian.bank.purpose.seeds import first_templates

SHOP = Payee(id="mer_1", category="5411", region="330106", lists=("fair",), goods=("rice",))
DAY = date(2026, 7, 1)  # a Wednesday


def use(**fields: Any) -> Use:
    asked: dict[str, Any] = {"payee": SHOP, "amount": 100, "on": DAY, "remaining": 1_000, **fields}
    return Use(**asked)


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (Rules(), None),
        (Rules(allowed=Payees(ids=("mer_1",))), None),
        (Rules(allowed=Payees(ids=("mer_2",))), "purpose.payee_not_allowed"),
        (Rules(allowed=Payees(lists=("fair", "other"))), None),
        (Rules(allowed=Payees(lists=("other",))), "purpose.list_not_allowed"),
        (Rules(allowed=Payees(categories=("5411",))), None),
        (Rules(allowed=Payees(categories=("5812",))), "purpose.category_not_allowed"),
        (Rules(allowed=Payees(regions=("3301",))), None),
        (Rules(allowed=Payees(regions=("3302",))), "purpose.region_not_allowed"),
        (Rules(allowed=Payees(goods=("rice", "oil"))), None),
        (Rules(allowed=Payees(goods=("oil",))), "purpose.goods_not_allowed"),
        (Rules(blocked=Payees(ids=("mer_1",))), "purpose.payee_blocked"),
        (Rules(blocked=Payees(lists=("fair",))), "purpose.payee_blocked"),
        (Rules(blocked=Payees(categories=("5411",))), "purpose.payee_blocked"),
        (Rules(blocked=Payees(regions=("33",))), "purpose.payee_blocked"),
        (Rules(blocked=Payees(goods=("rice",))), "purpose.goods_blocked"),
        (Rules(blocked=Payees(ids=("mer_2",), regions=("44",))), None),
        (Rules(allowed=Payees(ids=("mer_1",)), blocked=Payees(ids=("mer_1",))), "purpose.payee_blocked"),
        (Rules(days=(3,)), None),
        (Rules(days=(1, 2)), "purpose.day_not_allowed"),
        (Rules(from_minute=720, until_minute=721), None),
        (Rules(until_minute=720), "purpose.hour_not_allowed"),
        (Rules(amount_max=99), "purpose.amount_above_use"),
        (Rules(release=ReleaseRule.ON_DATE, release_on=DAY), None),
        (Rules(release=ReleaseRule.ON_DATE, release_on=date(2026, 7, 2)), "purpose.not_released"),
        (Rules(release=ReleaseRule.ON_EVENT), "purpose.not_released"),
    ],
)
def test_what_rules_say_of_a_payment(rules: Rules, code: str | None) -> None:
    assert refusal(rules, use()) == code


def test_money_is_spent_from_its_first_day_to_its_last() -> None:
    bounds: dict[str, Any] = {"valid_from": DAY, "valid_until": DAY}
    assert refusal(Rules(), use(**bounds)) is None
    assert refusal(Rules(), use(**bounds, on=date(2026, 6, 30))) == "purpose.not_yet_valid"
    assert refusal(Rules(), use(**bounds, on=date(2026, 7, 2))) == "purpose.expired"


def test_uses_and_amounts_are_bounded() -> None:
    rules = Rules(uses_max=2, amount_max=600)
    assert refusal(rules, use(uses=1, amount=600)) is None
    assert refusal(rules, use(uses=2)) == "purpose.uses_exhausted"
    assert refusal(Rules(), use(amount=1_001)) == "purpose.insufficient"
    assert (most(rules, use()), most(Rules(), use()), most(rules, use(uses=2))) == (600, 1_000, 0)
    assert most(Rules(blocked=Payees(ids=("mer_1",))), use()) == 0
    assert most(Rules(), use(remaining=0)) == 0


def test_a_release_waits_for_all_its_signatures() -> None:
    rules = Rules(release=ReleaseRule.BY_SIGNATURES, signatures=3)
    assert refusal(rules, use(signatures=2)) == "purpose.not_released"
    assert refusal(rules, use(signatures=3)) is None
    assert refusal(Rules(release=ReleaseRule.ON_EVENT), use(signatures=1)) is None


def test_goods_that_are_not_named_do_not_pass_an_allow_list_of_goods() -> None:
    unnamed = Payee(id="mer_1", category="5411", region="330106")
    assert refusal(Rules(allowed=Payees(goods=("rice",))), use(payee=unnamed)) == "purpose.goods_not_allowed"


def test_the_most_restricted_is_spent_first_then_what_expires_earliest() -> None:
    free, bound = Rules(), Rules(allowed=Payees(categories=("5411",)), amount_max=5)
    some = [(free, DAY, "a"), (free, date(2026, 6, 1), "b"), (bound, FAR, "c"), (bound, FAR, "d")]
    assert [item[2] for item in sorted(some, key=lambda item: spending_order(*item))] == ["c", "d", "b", "a"]


def test_rules_that_nothing_can_follow_contradict_themselves() -> None:
    assert contradiction(Rules(from_minute=600, until_minute=600)) == "hours"
    assert contradiction(Rules(release=ReleaseRule.ON_DATE)) == "release_on"
    assert contradiction(Rules(release_on=DAY)) == "release_on"
    assert contradiction(Rules()) is None


def test_seeded_templates_keep_to_their_cases() -> None:
    seeded = first_templates(datetime(2026, 7, 1, tzinfo=UTC))
    assert {template.code for template in seeded} == {kind.value for kind in TemplateKind}
    for template in seeded:
        assert contradiction(template.rules) is None
        assert {case.expected is None for case in template.cases} == {True, False}, template.code
        assert failed_case(template.rules, template.cases) is None, template.code
