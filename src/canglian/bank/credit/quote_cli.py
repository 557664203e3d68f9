"""``canglian loan quote``: the plan of a loan as a table, CSV or JSON. Needs no installation and no database."""

import csv
import enum
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from chinese_calendar.constants import holidays, workdays
from rich.console import Group

from canglian.bank.credit.plan import (
    DayCount,
    Drawdown,
    Fees,
    Holidays,
    Keep,
    Method,
    MonthEnd,
    Pause,
    Payoff,
    PlannedDate,
    Prepaid,
    RateChange,
    Repricing,
    Rounding,
    Schedule,
    Terms,
    Unit,
    floating,
    payoff,
    prepaid,
    schedule,
)
from canglian.kernel.amounts import major, minor, share
from canglian.kernel.errors import Malformed, Rejection
from canglian.kernel.values import SHANGHAI
from canglian.web.cli.dates import day as typed_day
from canglian.web.cli.output import Answer, as_text, facts, table, write_json

T = TypeVar("T")

SATURDAY = 5
_WHOLE = re.compile(r"[0-9]{1,6}")
_SIGNED = re.compile(r"-?[0-9]{1,6}")


class Output(enum.Enum):
    """How a plan is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


async def quote(
    principal: Annotated[str, typer.Option("--principal", metavar="YUAN", help="What is lent, such as 100000.")],
    rate: Annotated[
        str | None, typer.Option("--rate", metavar="PERCENT", help="A year's interest in percent, such as 4.35.")
    ] = None,
    months: Annotated[
        str | None, typer.Option("--months", metavar="NUMBER", help="How many monthly instalments; or --instalments.")
    ] = None,
    method: Annotated[Method, typer.Option("--method", help="How principal comes back.")] = Method.EQUAL_INSTALMENTS,
    start: Annotated[
        str | None, typer.Option("--start", metavar="DATE", help="When it is drawn and begins; by default today.")
    ] = None,
    day_count: Annotated[
        DayCount, typer.Option("--day-count", help="Which part of a year some days are.")
    ] = DayCount.MONTHLY,
    output: Annotated[Output, typer.Option("-o", "--output", help="What is printed.")] = Output.TABLE,
    instalments: Annotated[
        str | None, typer.Option("--instalments", metavar="NUMBER", help="How many instalments, by --unit and --every.")
    ] = None,
    unit: Annotated[Unit, typer.Option("--unit", help="What lies between two instalments.")] = Unit.MONTH,
    every: Annotated[str, typer.Option("--every", metavar="NUMBER", help="So many units lie between them.")] = "1",
    first_due: Annotated[
        str | None, typer.Option("--first-due", metavar="DATE", help="When the first instalment is due.")
    ] = None,
    on: Annotated[
        list[str] | None,
        typer.Option("--on", metavar="DATE=WEIGHT", help="A day of a plan by dates, and its part of the principal."),
    ] = None,
    balloon: Annotated[
        str | None, typer.Option("--balloon", metavar="YUAN", help="Principal that is left to the last instalment.")
    ] = None,
    grace_principal: Annotated[
        str, typer.Option("--grace-principal", metavar="NUMBER", help="So many instalments pay interest alone.")
    ] = "0",
    grace_interest: Annotated[
        str, typer.Option("--grace-interest", metavar="NUMBER", help="The interest of so many is due after them.")
    ] = "0",
    interest_free: Annotated[
        str, typer.Option("--interest-free", metavar="NUMBER", help="So many instalments cost no interest.")
    ] = "0",
    drawdown: Annotated[
        list[str] | None,
        typer.Option("--drawdown", metavar="DATE=YUAN", help="What is drawn when, instead of all at the start."),
    ] = None,
    down_payment: Annotated[
        str, typer.Option("--down-payment", metavar="PERCENT", help="Of each drawdown, paid back on its day.")
    ] = "0",
    rate_change: Annotated[
        list[str] | None, typer.Option("--rate-change", metavar="DATE=PERCENT", help="Another rate from a day on.")
    ] = None,
    published: Annotated[
        list[str] | None,
        typer.Option("--published", metavar="DATE=PERCENT", help="A published rate (LPR) instead of --rate."),
    ] = None,
    margin_bps: Annotated[
        str, typer.Option("--margin-bps", metavar="NUMBER", help="Hundredths of a percent above the published rate.")
    ] = "0",
    repriced: Annotated[
        Repricing, typer.Option("--repriced", help="When the rate follows the published one.")
    ] = Repricing.NEW_YEAR,
    pause: Annotated[
        list[str] | None,
        typer.Option("--pause", metavar="DATE=DATE", help="No interest after the first day until the second one."),
    ] = None,
    subsidy: Annotated[
        str, typer.Option("--subsidy", metavar="PERCENT", help="Of all interest, paid by another.")
    ] = "0",
    fee: Annotated[str | None, typer.Option("--fee", metavar="YUAN", help="A fee at the start.")] = None,
    fee_rate: Annotated[
        str, typer.Option("--fee-rate", metavar="PERCENT", help="The same as a part of the principal.")
    ] = "0",
    fee_each: Annotated[
        str | None, typer.Option("--fee-each", metavar="YUAN", help="A fee of every instalment.")
    ] = None,
    early_fee_rate: Annotated[
        str, typer.Option("--early-fee-rate", metavar="PERCENT", help="Of principal that is prepaid.")
    ] = "0",
    month_end: Annotated[MonthEnd, typer.Option("--month-end", help="When a month has no such day.")] = MonthEnd.CLAMP,
    holidays_rule: Annotated[
        Holidays, typer.Option("--holidays", help="Where days off of China move an instalment.")
    ] = Holidays.NONE,
    unmoved_interest: Annotated[
        bool, typer.Option("--unmoved-interest", help="Days by which one is moved change no interest.")
    ] = False,
    rounding: Annotated[
        Rounding, typer.Option("--rounding", help="How parts of a fen are rounded.")
    ] = Rounding.HALF_UP,
    last_takes_rest: Annotated[
        bool, typer.Option("--last-takes-rest", help="Spread nothing of what rounding leaves to the last instalment.")
    ] = False,
    prepay: Annotated[
        list[str] | None,
        typer.Option("--prepay", metavar="DATE=YUAN", help="Pay back early, and show the plan that is left."),
    ] = None,
    keep: Annotated[Keep, typer.Option("--keep", help="What stays after it.")] = Keep.INSTALMENT,
    payoff_on: Annotated[
        str | None, typer.Option("--payoff-on", metavar="DATE", help="Also say what pays it off on a day.")
    ] = None,
) -> Answer | None:
    """Print the plan of a loan. Needs no installation."""
    begins = typed_day(start) or datetime.now(SHANGHAI).date()
    changes = tuple(RateChange(*pair) for pair in _pairs(rate_change, _percent, "2026-07-15=3.5"))
    if bool(published) == bool(rate) or (published and changes):
        raise Malformed("loan_plan.rate_unclear")
    if published:
        index = _pairs(published, _percent, "2026-01-20=3.0")
        rate_ppm, changes = floating(index, _whole(margin_bps, _SIGNED), begins, repriced)
    else:
        rate_ppm = _percent(str(rate))
    dates = tuple(PlannedDate(*pair) for pair in _pairs(on, _whole, "2026-10-31=2"))
    terms = Terms(
        principal=_fen(principal),
        rate_ppm=rate_ppm,
        instalments=_count(months, instalments, unit) if not dates else 1,
        method=method,
        unit=unit,
        every=_whole(every),
        day_count=day_count,
        rounding=rounding,
        month_end=month_end,
        holidays=holidays_rule,
        moved_interest=not unmoved_interest,
        first_due=typed_day(first_due),
        grace_principal=_whole(grace_principal),
        grace_interest=_whole(grace_interest),
        interest_free=_whole(interest_free),
        balloon=_fen(balloon) if balloon else 0,
        dates=dates,
        rate_changes=changes,
        pauses=tuple(Pause(*pair) for pair in _pairs(pause, _day, "2026-02-04=2026-02-10")),
        down_payment_ppm=_percent(down_payment),
        subsidy_ppm=_percent(subsidy),
        fees=Fees(
            upfront=_fen(fee) if fee else 0,
            upfront_ppm=_percent(fee_rate),
            each=_fen(fee_each) if fee_each else 0,
            early_ppm=_percent(early_fee_rate),
        ),
        spread=not last_takes_rest,
    )
    drawdowns = [Drawdown(*pair) for pair in _pairs(drawdown, _fen, "2026-03-01=50000")]
    plan = schedule(terms, begins, drawdowns or None, is_business_day)
    payments = list[Prepaid]()
    left: Schedule | None = plan
    for day, amount in _pairs(prepay, _fen, "2026-06-20=10000"):
        if left is None:
            raise Rejection("loan_plan.after_end", day=day.isoformat(), end=payments[-1].on.isoformat())
        payments.append(prepaid(left, day, amount, keep))
        left = payments[-1].schedule
    ends = None if payoff_on is None or left is None else payoff(left, _day(payoff_on))
    return _printed(plan, left, payments, ends, output)


def is_business_day(day: date) -> bool:
    """Whether banks in China work on a day; in years that are not announced all but weekends."""
    return day in workdays or (day not in holidays and day.weekday() < SATURDAY)


# -- reading -------------------------------------------------------------------------------------------------------


def _fen(text: str) -> int:
    return minor(text, 2, "CNY")


def _percent(text: str) -> int:
    return share(text, 4)


def _whole(text: str, form: re.Pattern[str] = _WHOLE) -> int:
    if not form.fullmatch(text):
        raise Malformed("loan_plan.number_invalid", text=text)
    return int(text)


def _count(months: str | None, instalments: str | None, unit: Unit) -> int:
    if (months is None) == (instalments is None) or (months is not None and unit is not Unit.MONTH):
        raise Malformed("loan_plan.instalments_unclear")
    return _whole(months or instalments or "")


def _day(text: str) -> date:
    found = typed_day(text)
    assert found is not None
    return found


def _pairs(texts: Sequence[str] | None, read: Callable[[str], T], example: str) -> list[tuple[date, T]]:
    """Days with what belongs to each, as they are typed."""
    pairs = list[tuple[date, T]]()
    for text in texts or ():
        before, equals, after = text.partition("=")
        if not equals:
            raise Malformed("loan_plan.pair_invalid", text=text, example=example)
        pairs.append((_day(before), read(after)))
    return pairs


# -- printing ------------------------------------------------------------------------------------------------------

_MONEY = ("principal", "interest", "subsidy", "fee", "total", "balance")


def _printed(
    plan: Schedule, left: Schedule | None, payments: Sequence[Prepaid], ends: Payoff | None, output: Output
) -> Answer | None:
    shown = left if payments else plan
    rows = () if shown is None else shown.instalments
    if output is Output.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(["number", "start", "end", "due", *_MONEY])
        for row in rows:
            money = [major(getattr(row, name)).replace(",", "") for name in _MONEY]
            writer.writerow([row.number, row.start, row.end, row.due, *money])
        return None
    data: dict[str, Any] = {
        "asset": "CNY",
        "start": plan.start,
        "terms": msgspec.to_builtins(plan.terms),
        **_totals(plan),
        "instalments": [{**msgspec.to_builtins(row), "total": row.total} for row in rows],
        "prepayments": [_paid(paid) for paid in payments],
        "payoff": None if ends is None else {**msgspec.to_builtins(ends), "total": ends.total},
    }
    if output is Output.JSON:
        write_json(as_text(data))
        return None
    return Answer(data, _table(plan, rows, payments, ends))


def _totals(plan: Schedule) -> dict[str, Any]:
    return {
        "principal": plan.principal,
        "interest": plan.interest,
        "subsidy": plan.subsidy,
        "fees": plan.fees,
        "total": plan.total,
        "annual_rate": None if (rate := _annual_rate(plan)) is None else format(rate, "f"),
    }


def _annual_rate(plan: Schedule) -> Decimal | None:
    """The yearly rate; None where there is none, as when fees take all that is lent."""
    try:
        return plan.annual_rate()
    except Rejection:
        return None


def _paid(paid: Prepaid) -> dict[str, Any]:
    names = ("on", "principal", "interest", "fee", "subsidy", "total", "saved")
    return {name: getattr(paid, name) for name in names}


def _table(plan: Schedule, rows: Sequence[Any], payments: Sequence[Prepaid], ends: Payoff | None) -> Any:
    used = [name for name in _MONEY if name not in ("subsidy", "fee") or any(getattr(row, name) for row in rows)]
    heads = ["instalment" if name == "total" else name for name in used]
    lines = [(row.number or "down", row.due.isoformat(), *(major(getattr(row, name)) for name in used)) for row in rows]
    rate = _annual_rate(plan)
    summary = [
        ("principal", major(plan.principal)),
        ("interest", major(plan.interest)),
        ("paid by another", major(plan.subsidy) if plan.subsidy else None),
        ("fees", major(plan.fees) if plan.fees else None),
        ("in all", major(plan.total)),
        ("annual rate (IRR)", None if rate is None else f"{(rate * 100).quantize(Decimal('0.0001'))} %"),
    ]
    parts: list[Any] = []
    for paid in payments:
        parts.append(facts([(name, _text(value)) for name, value in _paid(paid).items()], "Paid back early:"))
        parts.append("")
    parts += [table([">no.", "due", *(f">{head}" for head in heads)], lines), ""]
    parts.append(facts(summary, "As it was agreed:" if payments else None))
    if ends is not None:
        owed = [("principal", ends.principal), ("interest", ends.interest), ("fee", ends.fee), ("in all", ends.total)]
        parts += ["", facts([(name, major(amount)) for name, amount in owed], f"To pay it off on {ends.on}:")]
    return Group(*parts)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else major(value)
