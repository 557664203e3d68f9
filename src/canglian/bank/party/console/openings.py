"""Remote openings: the list, and one with its steps, its evidence and its review."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.party.actions import ON_OPENING
from canglian.bank.party.availability import OpeningShown
from canglian.bank.party.model import OpeningState
from canglian.bank.party.queries import openings, parties
from canglian.bank.party.queries.openings import OpeningFilter, OpeningView
from canglian.kernel.queries.paging import Order, Page
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.outside import is_connected
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/openings"

_LIST = ListSpec(
    "openings",
    "Remote onboarding (eKYC)",
    "Remote verifications: progress and items pending review.",
    [
        Column("started_at", "Started", "when", sort="started_at", phone=True),
        Column("name", "Customer", phone=True),
        Column("state", "State", "state", phone=True),
        Column("outcome", "Outcome", "words", phone=True),
        Column("channel", "Channel", "word", family="channel"),
        Column("tries", "Failed attempts", "number"),
        Column("steps", "Steps", "number"),
        Column("updated_at", "Changed", "when", sort="updated_at"),
        Column("expires_at", "Expires", "when"),
        Column("id", "Remote onboarding", "code", sort="id"),
    ],
    [
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in OpeningState],
            field="state",
        ),
        Filter("started_at", "Started", "instant"),
        Filter("channel", "Channel", field="channel"),
    ],
    href=PATH + "/{id}",
    empty="No remote verifications yet.",
    sort="-id",
    key="id",
)


@get("/openings", guards=[needs(Permission.READ)])
async def list_openings(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All openings."""
    state = request.query_params.get("state")
    asked = OpeningFilter(state=OpeningState(state) if state in set(OpeningState) else None)

    async def read_page(order: Order) -> Page[dict[str, Any]]:
        page = await openings.openings(services.reader, principal.book, asked, order)
        names = await parties.names(services.reader, principal.book, [opening.party for opening in page.items])
        return Page([_row(opening, names) for opening in page.items], page.next_cursor)

    return await list_page(pages, _LIST, read_page)


def _row(opening: OpeningView, names: dict[str, str]) -> dict[str, Any]:
    row = {name: getattr(opening, name) for name in opening.__struct_fields__}
    outcome = None if opening.outcome is None else f"outcome.{opening.outcome}"
    return {**row, "outcome": outcome, "name": names.get(opening.party, "—")}


@get("/openings/{opening:str}", guards=[needs(Permission.READ)])
async def opening_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    opening: FromPath[str],
) -> Response[Any]:
    """One opening."""
    return await _show(pages, services, principal, opening)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    found = await openings.opening(reader, book, identity)
    asked_outside = is_connected(services.settings, "identity") or is_connected(services.settings, "sms")
    return await pages.render(
        "party/opening.html",
        status=status,
        opening=found,
        way=[state for state in OpeningState if state is not OpeningState.REJECTED],
        steps=await openings.steps(reader, book, identity),
        names=await parties.names(reader, book, [found.party]),
        forms=action_forms(pages, ON_OPENING, OpeningShown(found, asked_outside), submission=submission),
        problem=None if submission is None else submission.problem,
    )


@post("/openings/{opening:str}", status_code=200, guards=[needs(Permission.READ)])
async def act_on_opening(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    opening: FromPath[str],
) -> Response[Any]:
    """Decide on a case that waits for a review, or ask outside again for the check that comes next."""
    again = partial(_show, pages, services, principal, opening)
    return await submit_action(pages, ON_OPENING, again, f"{PATH}/{opening}", target={"opening": opening})


handlers = (list_openings, opening_page, act_on_opening)
