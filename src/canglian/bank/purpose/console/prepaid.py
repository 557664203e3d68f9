"""Prepaid cards for operators: offers with what became of their cards, the cards, and closing with a preview."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import structs

from canglian.bank.purpose import shops
from canglian.bank.purpose.commands.prepaid import PrepaidCard
from canglian.bank.purpose.console.labels import holder_texts, shop_texts
from canglian.bank.purpose.console.lists import CONTRACTS
from canglian.bank.purpose.custody import queries
from canglian.bank.purpose.custody.actions import BUY, CLOSE, OPEN
from canglian.bank.purpose.custody.availability import OfferShown
from canglian.bank.purpose.custody.queries import CardFilter, OfferFilter, PrepaidCardView
from canglian.bank.purpose.model import ContractState, OfferState, PrepaidOffer
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.additions import PageLink
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.filters import asked_for
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

OFFERS = "/console/prepaid-offers"
CARDS = "/console/prepaid-cards"
SHOWN_MAX = 20
_READ = [needs(Permission.READ)]

_OFFER_LIST = ListSpec(
    "prepaid-offers",
    "Offers of prepaid cards",
    "Cards that merchants sell in advance: what is paid stays the buyer's until each use.",
    [
        Column("name", "Name", phone=True),
        Column("payee_name", "Merchant", phone=True),
        Column("days", "Valid for how many days", "number"),
        Column("state", "State", "state", phone=True),
        Column("opened_at", "Created", "when", sort="id"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in OfferState],
            field="state",
        ),
        Filter("payee", "Merchant", pick="merchant"),
    ],
    href=OFFERS + "/{id}",
    empty="No merchant sells prepaid cards yet.",
    sort="-id",
    key="id",
)
_CARD_LIST = ListSpec(
    "prepaid-cards",
    "Prepaid cards",
    "Whose card of which merchant, and what is left on it. No merchant moves this money.",
    [
        Column("name", "Name", phone=True),
        Column("payee_name", "Merchant"),
        Column("holder_name", "Buyer", phone=True),
        Column("paid", "Paid for it", "money"),
        Column("remaining", "Own money left", "money", phone=True),
        Column("bonus_remaining", "Bonus left", "money"),
        Column("uses", "Uses", "number"),
        Column("state", "State", "state", phone=True),
        Column("valid_until", "Last day", "day"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("state", "State", choices=[Choice(state.value, f"state.{state.value}") for state in ContractState]),
        Filter("payee", "Merchant", pick="merchant"),
        Filter("offer", "Offer of prepaid cards", pick="prepaid_offer"),
        Filter("wallet", "Buyer", pick="wallet"),
    ],
    href=CONTRACTS + "/{id}",
    empty="No prepaid card has been sold yet.",
    sort="-id",
    key="id",
)
_NEW = PageLink("Open an offer of prepaid cards", f"{OFFERS}/new", "plus", Permission.POST)


@get("/prepaid-offers", guards=_READ)
async def list_offers(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All offers of prepaid cards."""
    asked = asked_for(OfferFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.offers(services.reader, principal.book, asked, order)
        names = await shop_texts(services.reader, principal.book, [offer.payee for offer in page.items])
        rows = [{**structs.asdict(offer), "payee_name": names.get(offer.payee, offer.payee)} for offer in page.items]
        return Page(rows, page.next_cursor)

    return await list_page(pages, _OFFER_LIST, read_page, actions=[_NEW])


@get("/prepaid-cards", guards=_READ)
async def list_cards(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All prepaid cards."""
    asked = asked_for(CardFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.cards(services.reader, principal.book, asked, order)
        return Page(await card_rows(services, principal.book, page.items), page.next_cursor)

    return await list_page(pages, _CARD_LIST, read_page, scales=await chart.scales(services.reader, principal.book))


async def card_rows(services: Services, book: int, found: list[PrepaidCardView]) -> list[dict[str, Any]]:
    """Cards with the names of their merchants and buyers."""
    shop_names = await shop_texts(services.reader, book, [card.payee for card in found])
    buyers = await holder_texts(services.reader, book, [card.wallet for card in found])
    return [
        {
            **structs.asdict(card),
            "payee_name": shop_names.get(card.payee, card.payee),
            "holder_name": buyers.get(card.wallet, card.wallet),
        }
        for card in found
    ]


@get("/prepaid-offers/{prepaid_offer:str}", guards=_READ)
async def offer_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    prepaid_offer: FromPath[str],
) -> Response[Any]:
    """One offer: its cards, and how far giving them back has come once it is closed."""
    return await _show(pages, services, principal, prepaid_offer)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    offer = await queries.offer(reader, book, identity)
    shown = OfferShown(offer, await queries.standing(reader, book, identity))
    cards = (await queries.cards(reader, book, CardFilter(offer=identity), Order(limit=SHOWN_MAX))).items
    return await pages.render(
        "purpose/offer.html",
        status=status,
        offer=offer,
        standing=shown.standing,
        shop=(await shops.directory().named(reader, book, [offer.payee])).get(offer.payee),
        cards=await card_rows(services, book, cards),
        history=await history(reader, book, f"prepaid_offer:{identity}"),
        forms=action_forms(pages, [BUY, CLOSE], shown, submission=submission),
        scales=await chart.scales(reader, book),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


@post("/prepaid-offers/{prepaid_offer:str}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_offer(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    prepaid_offer: FromPath[str],
) -> Response[Any]:
    """Sell a card to a buyer who is there, or close the offer."""
    await queries.offer(services.reader, principal.book, prepaid_offer)
    show = partial(_show, pages, services, principal, prepaid_offer)
    return await submit_action(pages, [BUY, CLOSE], show, _to, target={"offer": prepaid_offer})


def _to(result: PrepaidOffer | PrepaidCard) -> str:
    return f"{CONTRACTS}/{result.contract.id}" if isinstance(result, PrepaidCard) else f"{OFFERS}/{result.id}"


@get("/prepaid-offers/new", guards=[needs(Permission.POST)])
async def new_offer(pages: NamedDependency[Pages], request: Request[Any, Any, Any]) -> Response[Any]:
    """The form of a new offer; the address may name its merchant."""
    return await _form(pages, request.query_params)


async def _form(
    pages: Pages, initial: Any = None, *, status: int = 200, submission: Submission | None = None
) -> Response[Any]:
    (form,) = action_forms(pages, [OPEN], initial=initial, submission=submission)
    problem = None if submission is None else submission.problem
    return await pages.render("purpose/new_offer.html", status=status, form=form, problem=problem)


@post("/prepaid-offers/new", status_code=200, guards=[needs(Permission.POST)])
async def open_offer(pages: NamedDependency[Pages]) -> Response[Any]:
    """Let a merchant sell prepaid cards."""
    return await submit_action(pages, [OPEN], partial(_form, pages), _to)


handlers = (list_offers, list_cards, offer_page, act_on_offer, new_offer, open_offer)
