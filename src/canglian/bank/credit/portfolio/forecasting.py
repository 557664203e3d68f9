"""What loans will earn and what is to be set aside for them, as they stand or if things were otherwise; pure.

Interest is that of the plans in force, as it falls due. With another rate it is in proportion to the rate, on the same
principal. A loan that grows worse by a bucket has the class of that bucket; below it interest counts no more.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated

import msgspec

from canglian.bank.credit.loans.model import BUCKETS, LoanClass
from canglian.bank.credit.loans.risk.classing import (
    STOPPED_FROM,
    class_by_days,
    is_bad,
    provision_of,
    worst,
)
from canglian.bank.credit.products.model import LoanProduct
from canglian.kernel.fields import doc

WHAT_IF_DAYS = 365
SHIFT_MAX_BPS = 2_000
WORSE_MAX = len(BUCKETS) - 1


class Group(msgspec.Struct, frozen=True):
    """Loans that have what counts in common, and what of them falls due at each step."""

    product: str
    version: int
    asset: str
    rate_ppm: int
    bucket: int
    stopped: bool
    class_floor: LoanClass | None
    loans: int
    outstanding: int
    provision: int
    fallen_principal: int
    fallen_interest: int
    principal: tuple[int, ...]
    interest: tuple[int, ...]

    @property
    def within_a_year(self) -> int:
        """The interest that falls due within 365 days."""
        return sum(self.interest[:-1])


class Forecast(msgspec.Struct, frozen=True):
    """The loans of a money, as they stand and as they would."""

    asset: Annotated[str, doc("In which money: `CNY` or `ECNY`.")]
    income: Annotated[int, doc("The interest that falls due within 365 days and is recognised, in fen.")]
    income_then: Annotated[int, doc("The same at the other rate, after loans grew worse, in fen.")]
    provision: Annotated[int, doc("What is set aside, in fen.")]
    provision_then: Annotated[int, doc("What would have to be set aside, in fen; rounded by group of like loans.")]
    bad: Annotated[int, doc("The principal of loans below special mention, in fen.")]
    bad_then: Annotated[int, doc("The same after loans grew worse, in fen.")]


class WhatIf(msgspec.Struct, frozen=True):
    """What would be if."""

    shift_bps: Annotated[int, doc("By how many basis points the yearly rates are changed.")]
    worse: Annotated[int, doc("By how many buckets all loans grow worse.")]
    data: Annotated[list[Forecast], doc("By money.")]


def what_if(
    groups: Iterable[Group], offered: Mapping[tuple[str, int], LoanProduct], shift_bps: int, worse: int
) -> WhatIf:
    """What would be if rates were others and every loan were some buckets worse. No rate falls below nothing."""
    sums: dict[str, list[int]] = {}
    for group in groups:
        product = offered[group.product, group.version]
        now = group.bucket
        then = BUCKETS[min(BUCKETS.index(now) + worse, len(BUCKETS) - 1)]
        provision = (
            group.provision if then == now else provision_of(product, group.outstanding, _class(group, product, then))
        )
        figures = (
            0 if group.stopped else group.within_a_year,
            0 if _is_stopped(group, product, then) else _shifted(group, shift_bps),
            group.provision,
            provision,
            group.outstanding if is_bad(_class(group, product, now)) else 0,
            group.outstanding if is_bad(_class(group, product, then)) else 0,
        )
        before = sums.get(group.asset, [0] * len(figures))
        sums[group.asset] = [old + more for old, more in zip(before, figures, strict=True)]
    return WhatIf(shift_bps, worse, [Forecast(asset, *sums[asset]) for asset in sorted(sums)])


def _shifted(group: Group, shift_bps: int) -> int:
    if not group.rate_ppm:
        return group.within_a_year
    rate = max(0, group.rate_ppm + shift_bps * 100)
    return (group.within_a_year * rate + group.rate_ppm // 2) // group.rate_ppm


def _class(group: Group, product: LoanProduct, bucket: int) -> LoanClass:
    found = worst(class_by_days(product, bucket), group.class_floor or LoanClass.NORMAL)
    return worst(found, LoanClass.SUBSTANDARD) if group.stopped or bucket >= STOPPED_FROM else found


def _is_stopped(group: Group, product: LoanProduct, bucket: int) -> bool:
    return group.stopped or bucket >= STOPPED_FROM or is_bad(_class(group, product, bucket))
