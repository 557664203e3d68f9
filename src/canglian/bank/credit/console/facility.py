"""One facility: its parts by product, holds and loans, reviewing and freezing it, and drawing at the counter."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.credit.console.lists import FACILITIES, LOANS, named, with_holders
from canglian.bank.credit.console.wallets import wallet_choices
from canglian.bank.credit.facilities import queries
from canglian.bank.credit.facilities.actions import ON_FACILITY, RELEASE
from canglian.bank.credit.facilities.queries import FacilityWhole, LimitHoldFilter
from canglian.bank.credit.loans import queries as loans
from canglian.bank.credit.loans.actions import DRAW
from canglian.bank.credit.loans.queries import LoanFilter
from canglian.bank.credit.products import queries as products
from canglian.kernel.amounts import major
from canglian.kernel.queries.paging import Order
from canglian.ledger.queries.history import history
from canglian.web.additions import SHOWN_MAX
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/facilities/{facility:str}", guards=[needs(Permission.READ)])
async def facility_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    facility: FromPath[str],
) -> Response[Any]:
    """One facility."""
    return await _show(pages, services, principal, facility)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    whole = await queries.whole(reader, book, identity)
    facility = whole.facility
    names = {(each.code, each.version): each for each in await products.versions(reader, book)}
    parts = [(part, names[part.product, part.version]) for part in facility.parts]
    holds = (await queries.holds(reader, book, LimitHoldFilter(facility=identity), Order(limit=SHOWN_MAX))).items
    drawn = (await loans.loans(reader, book, LoanFilter(facility=identity), Order(limit=SHOWN_MAX))).items
    rooms = {room.product: room.room for room in whole.rooms}
    choices = {
        "product": [
            (part.product, f"{pages._(product.name)} · {pages._('left')} {major(rooms[part.product])}")
            for part, product in parts
            if rooms[part.product]
        ],
        "wallet": await wallet_choices(pages, reader, book, facility.party),
    }
    offered = (*ON_FACILITY, DRAW) if _can_draw(whole) and choices["wallet"] else ON_FACILITY
    initial = {"limit": major(facility.limit).replace(",", "")}
    shown = [*_releases(pages, holds, submission)]
    return await pages.render(
        "credit/facility.html",
        status=status,
        whole=whole,
        facility=facility,
        parts=[(part, product, rooms[part.product]) for part, product in parts],
        holds=[(hold, form) for hold, form in zip(holds, shown, strict=True)],
        loans=await named(reader, book, drawn),
        holder=(await with_holders(reader, book, [facility]))[0]["holder_name"],
        history=await history(reader, book, f"facility:{identity}"),
        forms=action_forms(pages, offered, whole, choices=choices, initial=initial, submission=submission),
        may_act=principal.may(Permission.POST) or principal.may(Permission.APPROVE),
        problem=None if submission is None else submission.problem,
    )


def _can_draw(whole: FacilityWhole) -> bool:
    return any(room.room for room in whole.rooms)


def _releases(pages: Pages, holds: Any, submission: Submission | None) -> list[list[Any]]:
    """The form that lets go of each hold, in its row."""
    return [
        action_forms(pages, [RELEASE], hold, target={"limit_hold": hold.id}, submission=submission) for hold in holds
    ]


@post("/facilities/{facility:str}", status_code=200, guards=[needs(Permission.READ)])
async def act_on_facility(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    facility: FromPath[str],
) -> Response[Any]:
    """What somebody does to a facility; each action asks for its own permission."""
    await queries.facility(services.reader, principal.book, facility)
    show = partial(_show, pages, services, principal, facility)

    def to(result: Any) -> str:
        return f"{LOANS}/{result.id}" if result.id.startswith("lon_") else f"{FACILITIES}/{facility}"

    return await submit_action(pages, (*ON_FACILITY, DRAW, RELEASE), show, to, target={"facility": facility})


handlers = (facility_page, act_on_facility)
