"""The lists of seasons, of bureaus, and of notes for risk."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import structs

from canglian.bank.payment.queries import merchants
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries.history import history
from canglian.scenario.shopping.actions import ON_NOTE, OPEN
from canglian.scenario.shopping.model import NoteState, Season
from canglian.scenario.shopping.queries import money, parts, seasons
from canglian.scenario.shopping.queries.money import BureauFilter
from canglian.scenario.shopping.queries.parts import NoteFilter
from canglian.scenario.shopping.queries.seasons import SeasonFilter
from canglian.scenario.shopping.running import MOST_BPS
from canglian.web.additions import PageLink
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.filters import asked_for
from canglian.web.console.formats import joined
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

SEASONS = "/console/seasons"
BUREAUS = "/console/season-bureaus"
NOTES = "/console/season-notes"
_READ = [needs(Permission.READ)]

_SEASONS = ListSpec(
    "seasons",
    "Shopping seasons",
    "A city's seasons with their themes: what is on when, and whose money pays for it.",
    [
        Column("name", "Name", phone=True),
        Column("starts_on", "First day", "day", sort="starts_on", phone=True),
        Column("ends_on", "Last day", "day", phone=True),
        Column("malls", "Malls", "number"),
        Column("id", "Id", "code", sort="id"),
    ],
    href=SEASONS + "/{id}",
    empty="No season has been opened yet.",
    sort="-id",
)
_BUREAUS = ListSpec(
    "season-bureaus",
    "Bureaus",
    "Offices that pay for campaigns, and which logins see where their money went.",
    [
        Column("name", "Name", phone=True),
        Column("wallets", "Wallets", "number"),
        Column("logins", "Logins"),
        Column("opened_at", "Entered", "when"),
        Column("id", "Id", "code", sort="id"),
    ],
    href=BUREAUS + "/{id}",
    empty="No bureau has been entered yet.",
    sort="-id",
)
_NOTES = ListSpec(
    "season-notes",
    "Notes for risk",
    "Merchants whose sales with coupons look made; they are paid nothing out until somebody has looked.",
    [
        Column("name", "Merchant", phone=True),
        Column("what", "What was seen", phone=True),
        Column("payments", "Payments with coupons", "number"),
        Column("discount", "Discounts", "money"),
        Column("state", "State", "state", phone=True),
        Column("noted_at", "Noted", "when"),
        Column("id", "Id", "code", sort="id"),
    ],
    [Filter("state", "State", choices=[Choice(state.value, f"state.{state.value}") for state in NoteState])],
    href=NOTES + "/{id}",
    empty="Nothing looked made.",
    sort="-id",
)
_NEW = PageLink("Open a season", f"{SEASONS}/new", "plus", Permission.POST)
_NEW_BUREAU = PageLink("Enter a bureau", f"{BUREAUS}/new", "plus", Permission.ADMINISTER)


@get("/seasons", guards=_READ)
async def list_seasons(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """All seasons."""

    async def read_page(order: Order) -> Page[Any]:
        page = await seasons.seasons(services.reader, principal.book, SeasonFilter(), order)
        return Page([{**structs.asdict(row), "malls": len(row.malls)} for row in page.items], page.next_cursor)

    return await list_page(pages, _SEASONS, read_page, actions=[_NEW])


@get("/seasons/new", guards=[needs(Permission.POST)])
async def new_season(pages: NamedDependency[Pages]) -> Response[Any]:
    """The form of a new season."""
    return await _form(pages)


async def _form(pages: Pages, *, status: int = 200, submission: Submission | None = None) -> Response[Any]:
    (form,) = action_forms(pages, [OPEN], submission=submission)
    problem = None if submission is None else submission.problem
    return await pages.render("shopping/new.html", status=status, form=form, problem=problem)


def _to(result: Season) -> str:
    return f"{SEASONS}/{result.id}"


@post("/seasons/new", status_code=200, guards=[needs(Permission.POST)])
async def open_season(pages: NamedDependency[Pages]) -> Response[Any]:
    """Open a season."""
    return await submit_action(pages, [OPEN], partial(_form, pages), _to)


@get("/season-bureaus", guards=_READ)
async def list_bureaus(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """All bureaus."""

    async def read_page(order: Order) -> Page[Any]:
        page = await money.bureaus(services.reader, principal.book, BureauFilter(), order)
        rows = [
            {**structs.asdict(row), "wallets": len(row.wallets), "logins": joined(row.logins, pages._)}
            for row in page.items
        ]
        return Page(rows, page.next_cursor)

    return await list_page(pages, _BUREAUS, read_page, actions=[_NEW_BUREAU])


@get("/season-notes", guards=_READ)
async def list_notes(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All notes for risk."""
    reader, book = services.reader, principal.book
    asked = asked_for(NoteFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await parts.notes(reader, book, asked, order)
        names = await merchants.names(reader, book, [row.merchant for row in page.items])
        rows = [
            {
                **structs.asdict(row),
                "name": names.get(row.merchant, row.merchant),
                "what": joined([pages._(f"sign.{sign.value}") for sign in row.signs], pages._),
                "asset": "CNY",
            }
            for row in page.items
        ]
        return Page(rows, page.next_cursor)

    return await list_page(pages, _NOTES, read_page)


@get("/season-notes/{season_note:str}", guards=_READ)
async def note_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    season_note: FromPath[str],
) -> Response[Any]:
    """One note for risk."""
    return await _note(pages, services, principal, season_note)


async def _note(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    note = await parts.note(services.reader, principal.book, identity)
    return await pages.render(
        "shopping/note.html",
        status=status,
        note=note,
        merchant=await merchants.merchant(services.reader, principal.book, note.merchant),
        history=await history(services.reader, principal.book, f"merchant:{note.merchant}"),
        forms=action_forms(pages, ON_NOTE, note, submission=submission),
        share_bps=MOST_BPS,
        round_fen=parts.ROUND_FEN,
        quick_minutes=parts.QUICK_MINUTES,
        may_act=principal.may(Permission.APPROVE),
        problem=None if submission is None else submission.problem,
    )


@post("/season-notes/{season_note:str}", status_code=200, guards=[needs(Permission.APPROVE)])
async def act_on_note(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    season_note: FromPath[str],
) -> Response[Any]:
    """Say what was found."""
    await parts.note(services.reader, principal.book, season_note)
    show = partial(_note, pages, services, principal, season_note)
    return await submit_action(pages, ON_NOTE, show, f"{NOTES}/{season_note}", target={"note": season_note})


handlers = (list_seasons, new_season, open_season, list_bureaus, list_notes, note_page, act_on_note)
