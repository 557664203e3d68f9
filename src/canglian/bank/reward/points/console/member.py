"""Somebody's points of a scheme: their lots, what expires when, what they exchanged, and exchanging for them."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.reward.points import queries
from canglian.bank.reward.points.actions import EXCHANGE
from canglian.bank.reward.points.console.drawing import calendar_chart
from canglian.bank.reward.points.console.lists import EXCHANGES, named
from canglian.bank.reward.points.queries import PointExchangeFilter, PointLotFilter
from canglian.bank.reward.points.wording import exchange_in_words
from canglian.bank.wallet.model import WalletState
from canglian.bank.wallet.queries import wallets
from canglian.kernel.queries.paging import Order
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.additions import SHOWN_MAX
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/point-members/{point_member:str}", guards=[needs(Permission.READ)])
async def member_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    point_member: FromPath[str],
) -> Response[Any]:
    """Somebody's points."""
    return await _show(pages, services, principal, point_member)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    whole = await queries.member_whole(reader, book, identity)
    member = whole.member
    scheme = await queries.scheme(reader, book, member.scheme)
    lots = (await queries.lots(reader, book, PointLotFilter(member=identity), Order(limit=SHOWN_MAX))).items
    asked = PointExchangeFilter(member=identity)
    exchanges = (await queries.exchanges(reader, book, asked, Order(limit=SHOWN_MAX))).items
    own = await wallets.views(reader, book, await wallets.of_party(reader, book, member.party))
    choices = {
        "exchange": [
            (str(place), exchange_in_words(rule, scheme.pays, pages._))
            for place, rule in enumerate(scheme.exchanges, 1)
        ],
        "wallet": [
            (wallet.id, f"{pages._(wallet.name)} {wallet.number[-4:]}")
            for wallet in own
            if wallet.state is WalletState.ACTIVE and wallet.parent is None
        ],
    }
    return await pages.render(
        "reward/points/member.html",
        status=status,
        whole=whole,
        member=member,
        scheme=scheme,
        holder=(await named(reader, book, [member]))[0]["holder_name"],
        lots=lots,
        exchanges=exchanges,
        calendar=calendar_chart(whole.expiring, pages._),
        history=await history(reader, book, f"point_member:{identity}"),
        forms=action_forms(
            pages, [EXCHANGE] if scheme.exchanges else [], whole, choices=choices, submission=submission
        ),
        scales=await chart.scales(reader, book),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


@post("/point-members/{point_member:str}", status_code=200, guards=[needs(Permission.READ)])
async def act_on_member(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    point_member: FromPath[str],
) -> Response[Any]:
    """Exchange somebody's points."""
    await queries.member(services.reader, principal.book, point_member)
    show = partial(_show, pages, services, principal, point_member)
    return await submit_action(
        pages,
        [EXCHANGE],
        show,
        lambda exchange: f"{EXCHANGES}/{exchange.id}",
        target={"member": point_member},
    )


handlers = (member_page, act_on_member)
