"""A flash sale on a person's phone: the countdown by the server's time, the claim, and waiting in line for its outcome.

A claim has a ticket: its idempotency key and a signature that makes it this person's. Whoever waits asks again under
the same key, so a claim is never done twice, whatever is reloaded, closed or killed meanwhile; its outcome is read from
the command log.
"""

import asyncio
import re
from datetime import datetime
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.reward.bounds.windows import closes_at, opens_at
from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, CampaignState
from canglian.bank.reward.campaigns.rules import GOING
from canglian.bank.reward.commands import ClaimCoupon
from canglian.bank.reward.coupons import queries
from canglian.bank.reward.coupons.door import let_in
from canglian.bank.reward.coupons.model import Coupon
from canglian.bank.reward.mobile.devices import device_of, know_device
from canglian.bank.reward.segments.claiming import segments_seen
from canglian.bank.reward.wording import tiers_in_words
from canglian.bank.wallet.mobile.owning import identified_wallets, own_wallet
from canglian.kernel.command import Outcome
from canglian.kernel.crypto import same_secret
from canglian.kernel.errors import TOO_EARLY, Busy, CanglianError, NotFound, Rejection, Unavailable
from canglian.kernel.known import checked_key
from canglian.kernel.records import CommandLine
from canglian.web import problem
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values, key_of, new_key
from canglian.web.operations import as_json
from canglian.web.services import Services

AT = "/m/flash"
PATIENCE_SECONDS = 1.0
"""For how long a claim is waited for before its person is shown the line."""

_TICKET = "reward.claim_ticket"
_KEY = re.compile(r"[0-9a-f]{24}")
_PARTS = re.compile(r"(?P<key>[0-9a-f]{24})(?P<signature>[0-9a-f]{32})")

_under_way: Final[set[asyncio.Task[Any]]] = set()
"""Claims whose person was shown the line: they go on."""


class Sale(msgspec.Struct, frozen=True):
    """A flash sale as a person sees it. ``stage`` is early, open, out, closed or had."""

    offer: CampaignOffer
    campaign: Campaign
    words: str
    opens_at: datetime
    closes_at: datetime
    now: datetime
    stage: str
    coupon: Coupon | None


class Ticket(msgspec.Struct, frozen=True):
    """A claim of a person: with which wallet, under which key."""

    offer: str
    wallet: str
    key: str

    def signed(self, services: Services, person: Person) -> str:
        """The ticket as it stands in an address."""
        about = f"{person.scope}:{self.offer}:{self.wallet}:{self.key}"
        return self.key + services.keyring.blind_index(about, _TICKET)

    @property
    def log_key(self) -> str:
        """The idempotency key."""
        return f"flash:{self.key}"

    def address(self, services: Services, person: Person) -> str:
        """The page that waits for it."""
        return f"{AT}/{self.offer}/line/{self.signed(services, person)}?wallet={self.wallet}"


@get("/flash/{campaign_offer:str}", guards=[signed_in])
async def flash_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    campaign_offer: FromPath[str],
) -> Response[bytes]:
    """When it opens, what is left, and the button."""
    return know_device(pages, await _page(pages, services, person, campaign_offer))


async def _page(
    pages: MobilePages, services: Services, person: Person, offer: str, error: CanglianError | None = None
) -> Response[bytes]:
    sale = await _sale(pages, services, person, offer)
    status = None if error is None else problem.status_of(error)
    page = pages.render(
        "reward/mobile/flash.html",
        status=status,
        error=error,
        sale=sale,
        wallets=await identified_wallets(services, person),
        now_ms=_milliseconds(sale.now),
        opens_ms=_milliseconds(sale.opens_at),
    )
    if error is not None:
        page.headers.update(problem.headers_of(error))
    return page


async def _sale(pages: MobilePages, services: Services, person: Person, identity: str) -> Sale:
    reader, book, now = services.reader, person.book, services.engine.clock()
    offer = await campaigns.offer(reader, book, identity)
    campaign = await campaigns.campaign(reader, book, offer.campaign)
    if campaign.state not in (*GOING, CampaignState.ENDED, CampaignState.SETTLED):
        raise NotFound("campaign_offer.not_found", campaign_offer=identity)
    mine = await queries.of_offer(reader, book, person.party or "-", offer.id)
    opening, closing = opens_at(campaign, offer), closes_at(campaign, offer)
    if len(mine) >= offer.per_person:
        stage = "had"
    elif now >= closing or campaign.state not in GOING:
        stage = "closed"
    elif now < opening:
        stage = "early"
    elif offer.left < 1 or campaign.state is CampaignState.EXHAUSTED:
        stage = "out"
    else:
        stage = "open"
    words = tiers_in_words(offer.tiers, campaign.asset, pages._)
    return Sale(offer, campaign, words, opening, closing, now, stage, mine[0] if mine else None)


@post("/flash/{campaign_offer:str}/claim", status_code=200, guards=[signed_in])
async def claim(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    campaign_offer: FromPath[str],
) -> Response[Any] | Redirect:
    """Claim; whoever has to wait for the outcome is shown the line."""
    form = await form_values(pages.request)
    offer = await campaigns.offer(services.reader, person.book, campaign_offer)
    wallet = await own_wallet(services, person, form.get("wallet", ""))
    key = key_of(form) or ""
    ticket = Ticket(offer.id, wallet.id, key if _KEY.fullmatch(key) else new_key())
    try:
        outcome = await _ask(services, person, ticket, device_of(pages))
    except CanglianError as refused:
        return await _page(pages, services, person, offer.id, refused)
    if outcome is not None and outcome.error is not None:
        return await _page(pages, services, person, offer.id, outcome.error)
    if outcome is not None:
        return Redirect(f"/m/coupons/{outcome.unwrap().id}?done=1", status_code=303)
    return Redirect(ticket.address(services, person), status_code=303)


@get("/flash/{campaign_offer:str}/line/{ticket:str}", guards=[signed_in])
async def line_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    campaign_offer: FromPath[str],
    ticket: FromPath[str],
) -> Response[Any] | Redirect:
    """What became of a claim, or that it waits; nothing is asked for by looking."""
    found = _ticket(pages, services, person, campaign_offer, ticket)
    logged = await _logged(services, person, found)
    if logged is not None and logged.code is None:
        coupon = msgspec.json.decode(logged.result or "{}")["id"]
        return Redirect(f"/m/coupons/{coupon}?done=1", status_code=303)
    if logged is not None and logged.code is not None:
        refused = Rejection(logged.code, **msgspec.json.decode(logged.result or "{}", type=dict[str, Any]))
        return await _page(pages, services, person, found.offer, refused)
    sale = await _sale(pages, services, person, found.offer)
    return pages.render("reward/mobile/line.html", sale=sale, wallet=found.wallet, at=found.address(services, person))


@post("/flash/{campaign_offer:str}/line/{ticket:str}", status_code=200, guards=[signed_in])
async def ask_again(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    campaign_offer: FromPath[str],
    ticket: FromPath[str],
) -> Response[Any] | Redirect:
    """Ask again under the same key: where it is known what became of it, ``to`` is the page that shows it."""
    await form_values(pages.request)
    found = _ticket(pages, services, person, campaign_offer, ticket)
    await own_wallet(services, person, found.wallet)
    at, is_known = found.address(services, person), True
    try:
        outcome = await _ask(services, person, found, device_of(pages))
        is_known, error = outcome is not None, None if outcome is None else outcome.error
    except CanglianError as refused:
        is_known, error = not isinstance(refused, Busy), refused
    if error is not None and error.code in TOO_EARLY:
        at = f"{AT}/{found.offer}"
    if "application/json" in pages.request.headers.get("accept", ""):
        return as_json({"to": at if is_known else None})
    return Redirect(at, status_code=303)


def _ticket(pages: MobilePages, services: Services, person: Person, offer: str, text: str) -> Ticket:
    """A ticket that is this person's. NotFound ``claim_ticket.not_found``."""
    parts = _PARTS.fullmatch(text)
    found = Ticket(offer, pages.request.query_params.get("wallet", ""), parts["key"] if parts else "")
    if parts is None or not same_secret(found.signed(services, person), text):
        raise NotFound("claim_ticket.not_found")
    return found


async def _ask(services: Services, person: Person, ticket: Ticket, device: str | None) -> Outcome[Coupon] | None:
    """What became of a claim; None while it waits. Busy ``claim.often``, and the refusals of what is too early."""
    let_in(services, person.book, ticket.offer, ticket.wallet, device)
    seen = await segments_seen(services, person.book, ticket.offer, ticket.wallet)
    command = ClaimCoupon(offer=ticket.offer, wallet=ticket.wallet, device=device, segments=seen)
    claim = services.engine.submit(
        person.book, command, actor=person.actor, key=ticket.log_key, scope=person.scope, role=person.role
    )
    task = asyncio.ensure_future(claim)
    _under_way.add(task)
    task.add_done_callback(_over)
    done, _ = await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
    if not done or isinstance(task.exception(), Busy | Unavailable):
        return None
    return task.result()


def _over(task: asyncio.Task[Any]) -> None:
    _under_way.discard(task)
    if not task.cancelled():
        task.exception()  # whoever asks again learns of it


async def _logged(services: Services, person: Person, ticket: Ticket) -> CommandLine | None:
    """The line of the log with the outcome of a claim; None while there is none, or where it only came too early."""
    key = checked_key(ticket.log_key, person.scope)
    line = (await services.store.known(person.book, [key])).get(key)
    return None if line is None or line.code in TOO_EARLY else line


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


handlers = (flash_page, claim, line_page, ask_again)
