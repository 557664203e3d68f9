"""The pages of reconciliation: a day at a glance, the days, their differences, and one of them side by side."""

import secrets
from datetime import date
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.settlement.reconciling import queries
from canglian.bank.settlement.reconciling.actions import ON_DIFFERENCE, ON_SEVERAL
from canglian.bank.settlement.reconciling.arriving import ArrivedFiles, reconcile_day
from canglian.bank.settlement.reconciling.channels import CHANNELS
from canglian.bank.settlement.reconciling.matching import DifferenceKind, Side
from canglian.bank.settlement.reconciling.model import DayState, DifferenceState, Priority
from canglian.bank.settlement.reconciling.queries import DayFilter, DayWhole, DifferenceFilter
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries.history import history
from canglian.web.additions import WAITING_MAX, Waiting, found_by_id
from canglian.web.columns import Column
from canglian.web.console import Choice, Filter, ListSpec, Pages, list_page
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.charts import Chart, Series
from canglian.web.console.filters import asked_for
from canglian.web.console.forms import Wrong
from canglian.web.console.submitting import Form, answer_form
from canglian.web.outside.connections import is_connected
from canglian.web.principal import Permission, Principal, needs
from canglian.web.reading import form_of
from canglian.web.services import Services

PATH = "/console/reconciliation"
DAYS = "/console/reconciliation-days"
DIFFERENCES = "/console/reconciliation-differences"
DAYS_SHOWN = 10

_READ = [needs(Permission.READ)]


def _choices(kind: Any, family: str) -> list[Choice]:
    return [Choice(member.value, f"{family}.{member.value}") for member in kind]


_CHANNELS = [Choice(code, f"money_channel.{code}") for code in CHANNELS]
_DAYS = ListSpec(
    "reconciliation-days",
    "Reconciled days",
    "Each day of each channel: whether all three sides have arrived, and what differs.",
    [
        Column("date", "Business date", "day", sort="date", phone=True),
        Column("channel", "Channel", "word", family="money_channel", phone=True),
        Column("state", "State", "word", family="reconciliation_day", phone=True),
        Column("pending", "Within their grace", "number"),
        Column("breaks", "Breaks", "number", phone=True),
        Column("run", "Runs", "number"),
        Column("updated_at", "Last change", "when"),
    ],
    [
        Filter("date", "Business date", "date", earlier=("first_date", "last_date")),
        Filter("state", "State", choices=_choices(DayState, "reconciliation_day"), field="state"),
        Filter("channel", "Channel", choices=_CHANNELS, field="channel"),
    ],
    href=PATH + "?date={date}&channel={channel}",
    empty="No day has been reconciled yet.",
    sort="-date",
)
_DIFFERENCES = ListSpec(
    "reconciliation-differences",
    "Differences of channels",
    "Where the channel's file, the ledger and the merchants' orders do not agree.",
    [
        Column("date", "Business date", "day", sort="date", phone=True),
        Column("side", "Side", "word", family="reconciliation_side", phone=True),
        Column("kind", "Kind", "word", family="reconciliation_kind", phone=True),
        Column("difference", "Difference", "money", sort="difference", phone=True),
        Column("priority", "Priority", "word", family="priority"),
        Column("state", "State", "word", family="reconciliation_difference", phone=True),
        Column("assignee", "Assigned to"),
        Column("channel", "Channel", "word", family="money_channel"),
        Column("key", "Matched by", "code"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("state", "State", choices=_choices(DifferenceState, "reconciliation_difference"), field="state"),
        Filter("on", "Business date", "date", field="date"),
        Filter("kind", "Kind", choices=_choices(DifferenceKind, "reconciliation_kind"), field="kind"),
        Filter("side", "Side", choices=_choices(Side, "reconciliation_side"), field="side"),
        Filter("difference", "Difference", "money"),
        Filter("priority", "Priority", choices=_choices(Priority, "priority"), field="priority"),
        Filter("channel", "Channel", choices=_CHANNELS, field="channel"),
        Filter("assignee", "Assigned to", field="assignee", may_lack=True),
    ],
    href=DIFFERENCES + "/{id}",
    empty="Nothing differs.",
    sort="-date",
    key="id",
    bulk=ON_SEVERAL,
)


@get("/reconciliation-days", guards=_READ)
async def list_days(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """The days that were reconciled, the last one first."""
    asked = asked_for(DayFilter, request.query_params)
    return await list_page(pages, _DAYS, lambda order: queries.days(services.reader, principal.book, asked, order))


@get("/reconciliation-differences", guards=_READ)
async def list_differences(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Differences, those of the last day first."""
    asked = asked_for(DifferenceFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.differences(services.reader, principal.book, asked, order)
        return Page([{**msgspec.structs.asdict(found), "asset": "CNY"} for found in page.items], page.next_cursor)

    return await list_page(pages, _DIFFERENCES, read_page)


# -- a day ---------------------------------------------------------------------------------------------------------


@get("/reconciliation", guards=_READ)
async def day_page(pages: NamedDependency[Pages], request: Request[Any, Any, Any]) -> Response[Any]:
    """A day at a glance; by default the last one."""
    return await _show_day(pages, _day(request.query_params.get("date")), request.query_params.get("channel"))


async def _show_day(
    pages: Pages, on: date | None, channel: str | None, problem: Wrong | None = None, status: int = 200
) -> Response[Any]:
    assert pages.principal is not None
    reader, book, settings = pages.services.reader, pages.principal.book, pages.services.settings
    today = (await book_figures(reader, book)).today
    last = (await queries.days(reader, book, DayFilter(), Order("-date", None, DAYS_SHOWN))).items
    code = channel if channel in CHANNELS else last[0].channel if last and on is None else "channel"
    shown = on or next((day.date for day in last if day.channel == code), today)
    found = await queries.day_or_none(reader, book, shown, code)
    whole = None if found is None else await queries.whole(reader, book, shown, code)
    service = CHANNELS[code].service
    asked = DifferenceFilter(on=shown, channel=code)
    return await pages.render(
        "settlement/reconciliation.html",
        status=status,
        on=shown,
        today=today,
        channel=code,
        channels=list(CHANNELS),
        whole=whole,
        sides=list(Side),
        chart=None if whole is None else _drawn(pages, whole),
        days=last,
        differences=(await queries.differences(reader, book, asked, Order("id", None, DAYS_SHOWN))).items,
        is_fetched=service is not None and is_connected(settings, service),
        may_post=pages.principal.may(Permission.POST),
        problem=problem,
        key=secrets.token_hex(8),
    )


def _drawn(pages: Pages, whole: DayWhole) -> Chart:
    """The open differences, by side and kind, in the colours of their priorities."""
    _ = pages._
    labels = [f"{_(f'reconciliation_side.{c.side}')} · {_(f'reconciliation_kind.{c.kind}')}" for c in whole.counts]
    series = [
        Series(_(f"priority.{priority}"), [getattr(count, priority) for count in whole.counts]) for priority in Priority
    ]
    return Chart(_("Open differences by kind and priority"), labels, series, kind="bar", lying=True)


@post("/reconciliation", status_code=200, guards=[needs(Permission.POST)])
async def run_day(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Reconcile a day with the file that was sent, or the one that the channel has."""

    async def act(form: Form) -> str:
        on = _day(form.get("date")) or (await book_figures(services.reader, principal.book)).today
        sent, actor = ArrivedFiles(file=await _uploaded(pages)), principal.actor
        day = await reconcile_day(services, principal.book, on, form.get("channel", ""), sent, actor=actor)
        return f"{PATH}?date={day.date}&channel={day.channel}"

    async def again(status: int, problem: Wrong, values: Form) -> Response[Any]:
        return await _show_day(pages, _day(values.get("date")), values.get("channel"), problem, status)

    return await answer_form(pages, act, again)


async def _uploaded(pages: Pages) -> bytes | None:
    """The file that was sent, None where there is none."""
    sent = (await form_of(pages.request)).get("file")
    return (await sent.read() or None) if isinstance(sent, UploadFile) else None


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return None


# -- a difference --------------------------------------------------------------------------------------------------


@get("/reconciliation-differences/{difference:str}", guards=_READ)
async def difference_page(pages: NamedDependency[Pages], difference: FromPath[str]) -> Response[Any]:
    """A difference, with its lines of each side."""
    return await _show(pages, difference)


async def _show(pages: Pages, identity: str, status: int = 200, submission: Submission | None = None) -> Response[Any]:
    assert pages.principal is not None
    reader, book = pages.services.reader, pages.principal.book
    found = await queries.difference(reader, book, identity)
    return await pages.render(
        "settlement/difference.html",
        status=status,
        found=found,
        sides=list(Side),
        subject=found.key.split(" ")[-1],
        history=await history(reader, book, f"reconciliation_difference:{identity}"),
        forms=action_forms(
            pages, ON_DIFFERENCE, found, initial={"assignee": pages.principal.name}, submission=submission
        ),
        may_act=pages.principal.may(Permission.POST) or pages.principal.may(Permission.APPROVE),
        problem=None if submission is None else submission.problem,
    )


@post("/reconciliation-differences/{difference:str}", status_code=200, guards=_READ)
async def act_on_difference(pages: NamedDependency[Pages], difference: FromPath[str]) -> Response[Any]:
    """Assign, resolve, accept or open again: whoever may, which each action says itself."""
    assert pages.principal is not None
    await queries.difference(pages.services.reader, pages.principal.book, difference)
    return await submit_action(
        pages,
        ON_DIFFERENCE,
        partial(_show, pages, difference),
        f"{DIFFERENCES}/{difference}",
        target={"difference": difference},
    )


# -- what this room adds to others' pages --------------------------------------------------------------------------

_SHORT = (
    Column("date", "Business date", "day", phone=True),
    Column("difference", "Difference", "number", phone=True),
    Column("state", "State", "word", family="reconciliation_difference", phone=True),
)


async def _breaks(services: Services, principal: Principal) -> int:
    asked = DifferenceFilter(state=DifferenceState.BREAK)
    order = Order("id", None, WAITING_MAX)
    return len((await queries.differences(services.reader, principal.book, asked, order)).items)


async def _incomplete(services: Services, principal: Principal) -> int:
    asked = DayFilter(state=DayState.INCOMPLETE)
    return len((await queries.days(services.reader, principal.book, asked, Order("-date", None, WAITING_MAX))).items)


FINDS = (found_by_id("rcd", "Differences of channels", _SHORT, queries.difference, DIFFERENCES + "/{id}"),)
WAITING = (
    Waiting("Breaks between channel and ledger", f"{DIFFERENCES}?state=break", _breaks),
    Waiting("Days whose channel file is missing", f"{DAYS}?state=incomplete", _incomplete),
)
HANDLERS = (list_days, list_differences, day_page, run_day, difference_page, act_on_difference)
