"""Whatever a rule or a case can say, a form asks for it and words tell it: nothing is lost in an edited copy."""

from datetime import date
from typing import Any

import msgspec
import pytest
from msgspec import structs

from canglian.bank.purpose.console import rule_form
from canglian.bank.purpose.console.rule_form import case_rows, typed_cases, typed_rules
from canglian.bank.purpose.rules import Case, OnExpiry, Payee, Payees, ReleaseRule, Rules, Use
from canglian.bank.purpose.seeds import SEEDED
from canglian.bank.purpose.wording import rules_in_words

PAYEES: dict[str, tuple[str, ...]] = {
    "ids": ("mer_fruit",),
    "lists": ("county",),
    "categories": ("5411", "0763"),
    "regions": ("3301",),
    "goods": ("rice",),
}
CHANGED: dict[str, dict[str, Any]] = {
    "days": {"days": (1, 5)},
    "from_minute": {"from_minute": 480},
    "until_minute": {"until_minute": 1_260},
    "amount_max": {"amount_max": 50_000},
    "uses_max": {"uses_max": 3},
    "release": {"release": ReleaseRule.ON_EVENT},
    "release_on": {"release": ReleaseRule.ON_DATE, "release_on": date(2026, 7, 1)},
    "signatures": {"release": ReleaseRule.BY_SIGNATURES, "signatures": 3},
    "on_expiry": {"on_expiry": OnExpiry.RELEASE},
    "named": {"named": True},
    "transferable": {"transferable": True},
    "payout": {"payout": True},
    "refund_days": {"refund_days": 7},
    **{f"allowed.{name}": {"allowed": Payees(**{name: texts})} for name, texts in PAYEES.items()},
    **{f"blocked.{name}": {"blocked": Payees(**{name: texts})} for name, texts in PAYEES.items()},
}
"""Rules that say something in one respect, by the field."""

SHOP = Payee(id=rule_form.SHOP, category="5411", region="330106")
CASE = Case(name="水果可付", use=Use(payee=SHOP, amount=1_000, on=date(2026, 7, 1), remaining=2_000))
CASES: dict[str, Case] = {
    "expected": structs.replace(CASE, expected="purpose.payee_blocked"),
    **{
        name: structs.replace(CASE, use=structs.replace(CASE.use, **{name: value}))
        for name, value in {
            "amount": 1_234,
            "on": date(2026, 7, 2),
            "minute": 61,
            "remaining": 0,
            "uses": 2,
            "signatures": 3,
            "valid_from": date(2026, 6, 1),
            "valid_until": date(2026, 8, 1),
        }.items()
    },
    **{
        f"payee.{name}": structs.replace(CASE, use=structs.replace(CASE.use, payee=structs.replace(SHOP, **change)))
        for name, change in {
            "id": {"id": "mer_fruit"},
            "category": {"category": "5813"},
            "region": {"region": "110101"},
            "lists": {"lists": ("county", "city")},
            "goods": {"goods": ("rice",)},
        }.items()
    },
}
"""Cases that differ from ``CASE`` in one respect, by the field."""


def say(text: str) -> str:
    return text


def test_every_field_of_the_rules_and_cases_is_tried_here() -> None:
    sides = {"allowed", "blocked"}
    fields = {f"{side}.{name}" for side in sides for name in Payees.__struct_fields__}
    assert set(CHANGED) == {*Rules.__struct_fields__} - sides | fields
    of_payee = {f"payee.{name}" for name in Payee.__struct_fields__}
    assert set(CASES) == {"expected", *Use.__struct_fields__} - {"payee"} | of_payee


@pytest.mark.parametrize("field", CHANGED)
def test_a_form_asks_for_every_field_of_the_rules(field: str) -> None:
    rules = Rules(**CHANGED[field])
    form = {name: text for name, text in rule_form.written(rules).items() if text}
    assert msgspec.convert(typed_rules(form), Rules) == rules


@pytest.mark.parametrize("field", CHANGED)
def test_words_tell_every_field_of_the_rules(field: str) -> None:
    before = Rules(release=ReleaseRule.BY_SIGNATURES) if field == "signatures" else Rules()
    assert rules_in_words(Rules(**CHANGED[field]), say) != rules_in_words(before, say)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_form_asks_for_every_field_of_a_case(case: Case) -> None:
    [row, *_] = case_rows([case], None)
    form = {f"case0_{name}": text for name, text in row.items()}
    assert msgspec.convert(typed_cases(form), list[Case]) == [case]


@pytest.mark.parametrize("code", [seeded[0] for seeded in SEEDED])
def test_a_copy_of_every_first_template_says_the_same(code: str) -> None:
    _, _, _, rules, cases = next(seeded for seeded in SEEDED if seeded[0] == code)
    assert msgspec.convert(typed_rules(rule_form.written(rules)), Rules) == rules
    rows = case_rows(cases, None)
    form = {f"case{place}_{name}": text for place, row in enumerate(rows) for name, text in row.items()}
    assert tuple(msgspec.convert(typed_cases(form), list[Case])) == cases
