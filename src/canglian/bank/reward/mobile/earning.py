"""A person's tasks of this month with their progress, their invitation with its link and QR code, and accepting one."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.campaigns.holdout import is_held_out
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, OfferKind, TaskStep
from canglian.bank.reward.earning import queries
from canglian.bank.reward.earning.actions import accepting
from canglian.bank.reward.earning.commands import AcceptInvitation, InviteFriends, JoinTask
from canglian.bank.reward.earning.giving import earning_of
from canglian.bank.reward.earning.model import Invitation, TaskProgress
from canglian.bank.reward.earning.queries import InvitationFilter
from canglian.bank.reward.earning.tasks import month_of
from canglian.bank.reward.segments.claiming import segments_seen
from canglian.bank.wallet.codes import picture
from canglian.bank.wallet.mobile.others import HomeRow
from canglian.bank.wallet.mobile.owning import identified_wallets, own_wallet, wallet_service
from canglian.kernel.errors import CanglianError
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import utc_now
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values
from canglian.web.services import Services

AT = "/m/tasks"
SHOWN_MAX = 50


class Step(msgspec.Struct, frozen=True):
    """A step, and whether it was reached."""

    step: TaskStep
    is_reached: bool


class Task(msgspec.Struct, frozen=True):
    """A task of this month as somebody sees it; without ``progress`` they have not joined."""

    offer: CampaignOffer
    campaign: Campaign
    purchase_min: int
    steps: list[Step]
    progress: TaskProgress | None


class Inviting(msgspec.Struct, frozen=True):
    """An offer for inviting; ``address`` and ``picture`` are of this person's invitation, where there is one."""

    offer: CampaignOffer
    campaign: Campaign
    invitation: Invitation | None
    address: str = ""
    picture: str = ""


@get("/tasks", guards=[signed_in])
async def tasks_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """This month's tasks and this person's invitations."""
    return await _show(pages, services, person)


async def _show(
    pages: MobilePages, services: Services, person: Person, error: CanglianError | None = None
) -> Response[bytes]:
    reader, book, now = services.reader, person.book, utc_now()
    found = [
        (campaign, offer)
        for campaign, offers in await campaigns.claimable(reader, book, now, SHOWN_MAX)
        for offer in offers
        if not is_held_out(campaign.id, person.party or "", offer.audience.holdout_bps)
    ]
    mine = [] if person.party is None else await queries.progress_of(reader, book, person.party)
    progress = {each.offer: each for each in mine if each.month == month_of(now)}
    return pages.render(
        "reward/mobile/tasks.html",
        error=error,
        tasks=[
            _task(offer, campaign, progress.get(offer.id)) for campaign, offer in found if _is(offer, OfferKind.TASK)
        ],
        inviting=[
            await _inviting(services, person, offer, campaign)
            for campaign, offer in found
            if _is(offer, OfferKind.INVITE)
        ],
        wallets=await identified_wallets(services, person),
    )


def _is(offer: CampaignOffer, kind: OfferKind) -> bool:
    return offer.kind is kind


def _task(offer: CampaignOffer, campaign: Campaign, progress: TaskProgress | None) -> Task:
    had = set[int]() if progress is None else {reward.purchases for reward in progress.rewards}
    steps = [Step(step, step.purchases in had) for step in earning_of(offer).steps]
    return Task(offer, campaign, earning_of(offer).purchase_min, steps, progress)


async def _inviting(services: Services, person: Person, offer: CampaignOffer, campaign: Campaign) -> Inviting:
    if person.party is None:
        return Inviting(offer, campaign, None)
    asked = InvitationFilter(offer=offer.id, party=person.party)
    found = (await queries.invitations(services.reader, person.book, asked, Order(limit=1))).items
    if not found:
        return Inviting(offer, campaign, None)
    settings = services.settings
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    address = f"{base.rstrip('/')}/m/invitations/{found[0].id}"
    return Inviting(offer, campaign, found[0], address, picture(address))


@post("/tasks/{campaign_offer:str}", status_code=200, guards=[signed_in])
async def take_part(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    campaign_offer: FromPath[str],
) -> Response[Any] | Redirect:
    """Join a task for this month, or make an invitation."""
    form = await form_values(pages.request)
    offer = await campaigns.offer(services.reader, person.book, campaign_offer)
    wallet = await own_wallet(services, person, form.get("wallet", ""))
    seen = await segments_seen(services, person.book, offer.id, wallet.id)
    kind: Any = InviteFriends if offer.kind is OfferKind.INVITE else JoinTask
    service = wallet_service(services, person, form)
    outcome = await service.submit_keyed(kind(offer=offer.id, wallet=wallet.id, segments=seen))
    if outcome.error is not None:
        return await _show(pages, services, person, outcome.error)
    return Redirect(AT, status_code=303)


@get("/invitations/{invitation:str}", guards=[signed_in])
async def invitation_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    invitation: FromPath[str],
) -> Response[bytes]:
    """What somebody was invited to; it says nothing of who invited."""
    return await _invited(pages, services, person, invitation)


async def _invited(
    pages: MobilePages, services: Services, person: Person, identity: str, error: CanglianError | None = None
) -> Response[bytes]:
    found = await queries.invitation(services.reader, person.book, identity)
    offer = await campaigns.offer(services.reader, person.book, found.offer)
    mine = [] if person.party is None else await queries.invitee_of(services.reader, person.book, person.party)
    return pages.render(
        "reward/mobile/invitation.html",
        error=error,
        invitation=found,
        offer=offer,
        campaign=await campaigns.campaign(services.reader, person.book, offer.campaign),
        purchase_min=earning_of(offer).purchase_min,
        has_accepted=any(each.offer == offer.id for each in mine),
        wallets=await identified_wallets(services, person),
    )


@post("/invitations/{invitation:str}", status_code=200, guards=[signed_in])
async def accept_invitation(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    invitation: FromPath[str],
) -> Response[Any] | Redirect:
    """Accept an invitation."""
    form = await form_values(pages.request)
    wallet = await own_wallet(services, person, form.get("wallet", ""))
    seen = await accepting(services, person.book, wallet.id)
    service = wallet_service(services, person, form)
    outcome = await service.submit_keyed(AcceptInvitation(invitation=invitation, wallet=wallet.id, segments=seen))
    if outcome.error is not None:
        return await _invited(pages, services, person, invitation, outcome.error)
    return Redirect(f"/m/invitations/{invitation}", status_code=303)


async def on_home(services: Services, person: Person) -> list[HomeRow]:
    """A service on somebody's first page, where there is anything to do."""
    found = await campaigns.claimable(services.reader, person.book, utc_now(), SHOWN_MAX)
    if all(offer.kind.is_claimed for _, offers in found for offer in offers):
        return []
    return [HomeRow(AT, "Tasks and invitations", "heart-handshake", "", is_name=False)]


handlers = (tasks_page, take_part, invitation_page, accept_invitation)
