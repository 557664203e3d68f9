"""Contracts lived through before they are signed: each step with its outcome, and no fen lost."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from canglian.bank.purpose.scenarios import parse_scenario, read_scenario
from canglian.bank.purpose.simulating import Scenario, Simulation, simulate
from canglian.kernel.errors import Malformed

GUIDES = Path(__file__).parents[3] / "docs" / "guides"


def scenario(*events: dict[str, Any], **more: Any) -> Scenario:
    """A scenario over June, with a grocery and a bar."""
    begin: list[dict[str, Any]] = [{"on": "2026-06-01", "at": "08:00", "do": "sign"}]
    begin.append({"on": "2026-06-01", "at": "08:00", "do": "fund", "amount": 10_000})
    given = {
        "name": "福利",
        "valid_from": "2026-06-01",
        "valid_until": "2026-06-30",
        "shops": [{"name": "超市", "category": "5411"}, {"name": "酒吧", "category": "5813"}],
        "events": [*begin, *events],
        **({} if "rules" in more else {"template": "welfare"}),
        **more,
    }
    return msgspec.convert(given, Scenario)


def issue(holder: str, amount: int) -> dict[str, Any]:
    return {"on": "2026-06-01", "at": "09:00", "do": "issue", "holder": holder, "amount": amount}


def pay(holder: str, shop: str, amount: int, on: str = "2026-06-02") -> dict[str, Any]:
    return {"on": on, "do": "pay", "holder": holder, "shop": shop, "amount": amount}


def outcomes(found: Simulation) -> list[tuple[str, str | None]]:
    """What happened, and why not."""
    return [(step.event.do.value, step.refused) for step in found.steps]


def require_conserved(found: Simulation) -> None:
    for step in found.steps:
        totals = step.totals
        parts = (totals.unallotted, totals.granted, totals.shops, totals.returned, totals.released)
        assert sum(parts) == totals.funded
        assert min(parts) >= 0
    assert sum(place.amount for place in found.places) == found.steps[-1].totals.funded


async def test_the_meals_of_the_guide_are_paid_and_refused_as_it_says() -> None:
    found = await simulate(read_scenario(GUIDES / "meals.toml"))
    assert outcomes(found)[4:] == [
        ("pay", None),
        ("pay", "purpose.category_not_allowed"),
        ("pay", None),
        ("refund", None),
        ("pay", "purpose.region_not_allowed"),
        ("pay", "purpose.hour_not_allowed"),
        ("pay", "purpose.day_not_allowed"),
        ("revoke", None),
        ("expire", None),
        ("wind_up", None),
    ]
    require_conserved(found)
    assert {(place.kind, place.name): place.amount for place in found.places} == {
        ("payer", None): 57_800,
        ("shops", "社区食堂"): 1_200,
        ("shops", "老街面馆"): 1_000,
    }


async def test_wages_become_the_holders_own_at_the_end() -> None:
    found = await simulate(read_scenario(GUIDES / "payroll.json"))
    require_conserved(found)
    assert found.steps[-1].totals.released == 992_000
    assert found.steps[-1].event.on == date(2026, 6, 6)


async def test_a_refusal_changes_nothing_and_the_next_step_follows() -> None:
    late = pay("甲", "超市", 100, "2026-07-02")
    found = await simulate(scenario(issue("甲", 10_001), issue("甲", 5_000), pay("甲", "酒吧", 100), late))
    assert outcomes(found)[2:] == [
        ("issue", "purpose_contract.unallotted"),
        ("issue", None),
        ("pay", "purpose.category_not_allowed"),
        ("expire", None),
        ("wind_up", None),
        ("pay", "purpose_grant.ended"),
    ]
    assert found.steps[2].totals == found.steps[1].totals
    require_conserved(found)


async def test_a_contract_is_suspended_resumed_and_terminated() -> None:
    found = await simulate(
        scenario(
            issue("甲", 5_000),
            {"on": "2026-06-02", "do": "suspend"},
            pay("甲", "超市", 100),
            {"on": "2026-06-03", "do": "resume"},
            pay("甲", "超市", 100, "2026-06-03"),
            {"on": "2026-06-04", "do": "terminate"},
        )
    )
    assert [code for _, code in outcomes(found)[3:]] == [None, "purpose.suspended", None, None, None, None]
    assert found.steps[-1].totals.returned == 9_900
    require_conserved(found)


async def test_a_release_by_signatures_waits_for_two_people() -> None:
    rules = {"release": "by_signatures", "signatures": 2}
    signing = [{"on": "2026-06-02", "do": "release", "by": name} for name in ("a", "a", "b")]
    found = await simulate(
        scenario(issue("甲", 100), pay("甲", "酒吧", 1), *signing, pay("甲", "酒吧", 1), rules=rules)
    )
    assert [code for _, code in outcomes(found)[3:7]] == [
        "purpose.not_released",
        None,
        "purpose_contract.signed_already",
        None,
    ]
    assert outcomes(found)[7] == ("pay", None)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"events": [pay("甲", "超市", 1)]}, "simulation.holder"),
        ({"events": [{"on": "2026-06-01", "do": "fund"}]}, "simulation.amount"),
        ({"events": [{"on": "2026-06-02", "do": "sign"}, {"on": "2026-06-01", "do": "sign"}]}, "simulation.order"),
        ({"template": "nothing"}, "simulation.template"),
        ({"template": "welfare", "rules": {}}, "simulation.rules"),
    ],
)
async def test_what_cannot_be_lived_through_is_refused_with_its_reason(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Malformed) as refused:
        await simulate(scenario(**changed))
    assert refused.value.code == code


async def test_an_unknown_shop_is_named() -> None:
    with pytest.raises(Malformed, match=r"simulation\.shop"):
        await simulate(scenario(issue("甲", 100), pay("甲", "别处", 1)))


def test_files_are_read_strictly(tmp_path: Path) -> None:
    for text in (b"x = ", b'name = "x"', b"\xff\xfe", b"[" * 100_000):
        with pytest.raises(Malformed) as refused:
            parse_scenario(text)
        assert refused.value.code == "simulation.malformed"
    with pytest.raises(Malformed) as refused:
        parse_scenario(b"[" * 100_000, as_json=True)
    assert refused.value.code == "simulation.malformed"
    huge = tmp_path / "huge.toml"
    huge.write_bytes(b"#" * ((1 << 20) + 1))
    for path in (huge, tmp_path / "none.toml", tmp_path):
        with pytest.raises(Malformed) as refused:
            read_scenario(path)
        assert refused.value.code == "simulation.file"
