"""Fees by steps: each rate counts for the part between its amount and the next one."""

from dataclasses import dataclass

import msgspec
import pytest

from canglian.bank.payment import FeeStep, SourceUse
from canglian.bank.payment.arithmetic import fee_of, tax_in
from canglian.bank.payment.commands import PayOrder, SetFeeSchedule
from canglian.bank.payment.model import FeeSchedule
from canglian.bank.payment.rules import first_schedules
from canglian.bank.payment.typed import FeeScheduleTyped, step_typed
from canglian.kernel.errors import Rejection
from canglian.kernel.values import utc_now
from tests.bank.payment.shops import Shops


@dataclass(frozen=True)
class Figures:
    """A schedule to count by."""

    rate: int
    steps: tuple[FeeStep, ...] = ()
    large: tuple[int, int] | None = None

    def schedule(self) -> FeeSchedule:
        large_from, large_rate = self.large or (None, None)
        return first_schedules(utc_now())[0].replace(
            rate_bps=self.rate, steps=self.steps, large_from=large_from, large_rate_bps=large_rate
        )


STEPS = (FeeStep(500_000, 30), FeeStep(5_000_000, 25))


@pytest.mark.parametrize(
    ("amount", "fee"),
    [
        (100_000, 380),  # 1,000.00 at 0.38 %
        (500_000, 1_900),
        (500_001, 1_900),
        (600_000, 1_900 + 300),
        (5_000_000, 1_900 + 13_500),
        (9_000_000, 1_900 + 13_500 + 10_000),
    ],
)
def test_each_step_counts_for_its_own_part(amount: int, fee: int) -> None:
    assert fee_of(Figures(38, STEPS).schedule(), amount) == fee


def test_one_step_for_large_payments_counts_as_it_did_and_as_a_step_does() -> None:
    old, new = Figures(38, large=(500_000, 20)).schedule(), Figures(38, (FeeStep(500_000, 20),)).schedule()
    for amount in (1, 499_999, 500_000, 500_001, 777_777):
        assert fee_of(old, amount) == fee_of(new, amount)
    assert fee_of(old, 700_000) == 1_900 + 400


async def test_a_schedule_with_steps_is_set_and_takes_the_fee_with_its_tax(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ecny(1, 10_000_000)
    asked = SetFeeSchedule(
        code="standard", name="标准商户", rate_bps=38, tax_bps=600, refundable=True, note="阶梯", steps=STEPS
    )
    await branch.do(asked)
    order = await branch.order(shop, 600_000)
    paid = await branch.do(PayOrder(order=order.id, sources=(SourceUse(item=wallet.id, pin=1),), channel="mobile"))
    assert (paid.fee, paid.tax) == (2_200, tax_in(Figures(38).schedule(), 2_200))
    assert paid.tax == 125
    for steps in ((STEPS[1], STEPS[0]), (STEPS[0], STEPS[0])):
        wrong = SetFeeSchedule(
            code="standard", name="标准商户", rate_bps=38, tax_bps=600, refundable=True, note="阶梯", steps=steps
        )
        assert (await branch.refused(wrong))[0] == "fee_schedule.steps"


def test_steps_are_typed_as_yuan_and_percent() -> None:
    assert step_typed("5000=0.30") == FeeStep(500_000, 30)
    assert [str(step) for step in STEPS] == ["5000.00=0.30", "50000.00=0.25"]
    for text in ("", "5000", "x=1", "5000=x", "0=0.3", "5000=11", "5000=-1"):
        with pytest.raises(Rejection):
            step_typed(text)
    fields = {"code": "standard", "name": "x", "rate_bps": 38, "tax_bps": 600, "refundable": True, "note": "x"}
    typed = msgspec.convert({**fields, "steps": ["5000=0.30"]}, FeeScheduleTyped)
    assert typed.command_fields()["steps"] == (FeeStep(500_000, 30),)
