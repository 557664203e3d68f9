"""A person's prepaid cards: what is left on each, what it buys, until when, giving it back, and buying one."""

from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.purpose import queries as contracts
from canglian.bank.purpose import shops
from canglian.bank.purpose.commands import BuyPrepaidCard, RefundPrepaidCard
from canglian.bank.purpose.commands.prepaid import BPS, TEMPLATE
from canglian.bank.purpose.custody import queries
from canglian.bank.purpose.custody.queries import OfferFilter, PrepaidCardView
from canglian.bank.purpose.model import MovementKind, OfferState, PrepaidOffer, PurposeMovement
from canglian.bank.purpose.queries import MovementFilter
from canglian.bank.purpose.shops import Shop
from canglian.bank.wallet.mobile.others import HomeRow
from canglian.bank.wallet.mobile.owning import CHANNEL, is_of, own_wallet, own_wallets
from canglian.bank.wallet.mobile.pin_pages import Payment, left, named, pin_page, seen
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletView
from canglian.kernel.errors import CanglianError, NotFound
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order, Page
from canglian.web.console.formats import money
from canglian.web.console.forms import read_money
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values
from canglian.web.services import Services

AT = "/m/cards"
TITLE = "Prepaid cards"
SHOWN_MAX = 50
"""How many cards, offers and movements a page shows, the newest first."""


@get("/cards", guards=[signed_in])
async def cards_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """The cards of this person, and the merchants that sell some."""
    reader, book = services.reader, person.book
    found = (await _cards(services, person)).items
    asked = OfferFilter(state=OfferState.OPEN)
    offers = (await queries.offers(reader, book, asked, Order(limit=SHOWN_MAX))).items
    known = await shops.directory().named(reader, book, [*(c.payee for c in found), *(o.payee for o in offers)])
    living = [card for card in found if card.is_living]
    return pages.render(
        "purpose/mobile/cards.html",
        living=living,
        ended=[card for card in found if not card.is_living],
        total=sum(card.remaining for card in living),
        offers=offers,
        shops=known,
    )


async def _cards(services: Services, person: Person) -> Page[PrepaidCardView]:
    reader, book = services.reader, person.book
    found = [] if person.party is None else await wallets.of_party(reader, book, person.party)
    found += await wallets.of_mobile(reader, book, person.mobile_index)
    return await queries.of_buyers(reader, book, [wallet.id for wallet in found], Order(limit=SHOWN_MAX))


async def on_home(services: Services, person: Person) -> list[HomeRow]:
    """A service on somebody's first page, where they have ever bought a card or one is on sale."""
    found = (await _cards(services, person)).items
    on_sale = await queries.offers(services.reader, person.book, OfferFilter(state=OfferState.OPEN), Order(limit=1))
    note = money(sum(card.remaining for card in found if card.is_living)) if found else ""
    return [HomeRow(AT, TITLE, "credit-card", note, is_name=False)] if found or on_sale.items else []


async def _own(services: Services, person: Person, identity: str) -> PrepaidCardView:
    """A card of one of this person's wallets. NotFound ``purpose_contract.not_found`` for one that is another's."""
    found = await queries.card(services.reader, person.book, identity)
    if not is_of(await wallets.wallet(services.reader, person.book, found.wallet), person):
        raise NotFound("purpose_contract.not_found", purpose_contract=identity)
    return found


@get("/cards/{contract:str}", guards=[signed_in])
async def card_page(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    contract: FromPath[str],
) -> Response[bytes]:
    """One card: what is left of one's own money and of the bonus, until when, and each use."""
    reader, book = services.reader, person.book
    card = await _own(services, person, contract)
    movements = await _history(services, person, card)
    back = [move.amount for move, is_bonus in movements if move.kind is MovementKind.RETURNED and not is_bonus]
    return pages.render(
        "purpose/mobile/card.html",
        closed=not card.is_living and (await queries.offer(reader, book, card.offer)).state is OfferState.CLOSED,
        returned=sum(back),
        card=card,
        shop=(await shops.directory().named(reader, book, [card.payee])).get(card.payee),
        can_give_back=_can_give_back(card, (await book_figures(reader, book)).today),
        movements=movements,
        inwards=(MovementKind.REFUNDED, MovementKind.FUNDED),
        done="done" in request.query_params,
    )


def _can_give_back(card: PrepaidCardView, today: date) -> bool:
    return card.is_living and card.refund_until is not None and today <= card.refund_until


async def _history(services: Services, person: Person, card: PrepaidCardView) -> list[tuple[PurposeMovement, bool]]:
    """What became of the card, the newest first, and whether it was the bonus's."""
    reader, book, order = services.reader, person.book, Order(limit=SHOWN_MAX)
    bonus = (await contracts.grant(reader, book, card.grant)).bonus
    own = (await contracts.movements(reader, book, MovementFilter(contract=card.id), order)).items
    extra = [] if bonus is None else (await contracts.movements(reader, book, MovementFilter(grant=bonus), order)).items
    rows = [*((movement, False) for movement in own), *((movement, True) for movement in extra)]
    return sorted(rows, key=lambda row: row[0].id, reverse=True)[:SHOWN_MAX]


# -- giving back -------------------------------------------------------------------------------------------------------


@get("/cards/{contract:str}/refund", guards=[signed_in])
async def refund_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    contract: FromPath[str],
) -> Response[Any]:
    """What would come back, before anything is asked."""
    card = await _own(services, person, contract)
    return await _Refund(pages, services, person, card, {}).show_form(None)


@post("/cards/{contract:str}/refund", status_code=200, guards=[signed_in])
async def refund_pad(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    contract: FromPath[str],
) -> Response[Any]:
    """The PIN pad."""
    form = await form_values(pages.request)
    return await _Refund(pages, services, person, await _own(services, person, contract), form).show_pad()


@post("/cards/{contract:str}/refund/pay", status_code=200, guards=[signed_in])
async def refund(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    contract: FromPath[str],
) -> Response[Any]:
    """Look at the PIN and give the card back."""
    form = await form_values(pages.request)
    return await _Refund(pages, services, person, await _own(services, person, contract), form).go_on()


class _Refund(Payment):
    """A card that somebody is about to give back."""

    def __init__(
        self, pages: MobilePages, services: Services, person: Person, card: PrepaidCardView, form: dict[str, str]
    ) -> None:
        super().__init__(pages, services, person, form)
        self._card = card
        self._at = f"{AT}/{card.id}"

    async def _wallet(self) -> WalletView:
        return await seen(
            self._services, self._person, await own_wallet(self._services, self._person, self._card.wallet)
        )

    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """What comes back to which wallet, and what goes back to the merchant."""
        today = (await book_figures(self._services.reader, self._person.book)).today
        return self._pages.render(
            "purpose/mobile/card_refund.html",
            error=error,
            card=self._card,
            can_give_back=_can_give_back(self._card, today),
            wallet=named(await self._wallet(), self._pages._),
            values=self._form,
        )

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad."""
        if error is None:
            await self.try_before_pin(self._card.wallet, self._command)
        card, say = self._card, self._pages._
        return pin_page(
            self._pages,
            self._form,
            error,
            title=say("Give the card back"),
            line=f"{card.name} → {named(await self._wallet(), say)}",
            action=f"{self._at}/refund/pay",
            return_to=f"{self._at}/refund",
            names=(),
            amount=card.remaining,
            asset=card.asset,
        )

    async def move(self) -> str:
        """Give it back; the page of the card."""
        version = await self._service.pass_pin(self._card.wallet, self._form.get("pin", ""))
        (await self._service.submit_keyed(self._command(version))).unwrap()
        return f"{self._at}?done=1"

    def _command(self, pin: int) -> RefundPrepaidCard:
        return RefundPrepaidCard(contract=self._card.id, channel=CHANNEL, pin=pin)


# -- buying ------------------------------------------------------------------------------------------------------------


@get("/cards/offers/{offer:str}", guards=[signed_in])
async def buy_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    offer: FromPath[str],
) -> Response[Any]:
    """How much is paid for a card, and with which wallet."""
    return await (await _purchase(pages, services, person, offer, {})).show_form(None)


@post("/cards/offers/{offer:str}", status_code=200, guards=[signed_in])
async def buy_pad(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    offer: FromPath[str],
) -> Response[Any]:
    """The PIN pad, with the bonus and the last day."""
    form = await form_values(pages.request)
    return await (await _purchase(pages, services, person, offer, form)).show_pad()


@post("/cards/offers/{offer:str}/pay", status_code=200, guards=[signed_in])
async def buy(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    offer: FromPath[str],
) -> Response[Any]:
    """Look at the PIN and buy the card."""
    form = await form_values(pages.request)
    return await (await _purchase(pages, services, person, offer, form)).go_on()


async def _purchase(
    pages: MobilePages, services: Services, person: Person, identity: str, form: dict[str, str]
) -> "_Purchase":
    offer = await queries.offer(services.reader, person.book, identity)
    shop = (await shops.directory().named(services.reader, person.book, [offer.payee])).get(offer.payee)
    return _Purchase(pages, services, person, offer, shop, form)


class _Purchase(Payment):
    """A card that somebody is about to buy."""

    def __init__(
        self,
        pages: MobilePages,
        services: Services,
        person: Person,
        offer: PrepaidOffer,
        shop: Shop | None,
        form: dict[str, str],
    ) -> None:
        super().__init__(pages, services, person, form)
        self._offer = offer
        self._shop = shop
        self._at = f"{AT}/offers/{offer.id}"

    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """The form."""
        return self._pages.render(
            "purpose/mobile/card_buy.html",
            error=error,
            offer=self._offer,
            shop=self._shop,
            wallets=await self._wallets(),
            refund_days=await self._refund_days(),
            at=self._at,
            values=self._form,
        )

    async def _refund_days(self) -> int | None:
        """For how many days a card can be given back, by its template in force."""
        made = await contracts.templates(self._services.reader, self._person.book)
        today = (await book_figures(self._services.reader, self._person.book)).today
        in_force = (each for each in made if each.code == TEMPLATE and each.effective_from <= today)
        return next((each.rules.refund_days for each in in_force), None)

    async def _wallets(self) -> list[WalletView]:
        """The buyer's wallets that can pay: where a bonus is given, those of its kind of money."""
        found = await own_wallets(self._services, self._person)
        if self._offer.pool is None:
            return found
        pool = await contracts.contract(self._services.reader, self._person.book, self._offer.pool)
        return [wallet for wallet in found if wallet.asset == pool.asset]

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad."""
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        own = await seen(self._services, self._person, wallet)
        amount, say = self._amount(), self._pages._
        if error is None:
            await self.try_before_pin(wallet.id, self._command)
        bonus = amount * self._offer.bonus_bps // BPS
        return pin_page(
            self._pages,
            self._form,
            error,
            title=self._offer.name,
            line=f"{named(own, self._pages._)} → {self._shop.title if self._shop else self._offer.name}",
            action=f"{self._at}/pay",
            return_to=self._at,
            names=("wallet", "amount"),
            amount=amount,
            asset=own.asset,
            rows=[
                (say("Bonus"), money(bonus, own.asset) if bonus else ""),
                (say("Valid for how many days"), str(self._offer.days)),
                (say("Balance afterwards"), left(own, amount)),
            ],
        )

    async def move(self) -> str:
        """Buy it; the page of the card."""
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        version = await self._service.pass_pin(wallet.id, self._form.get("pin", ""))
        card = (await self._service.submit_keyed(self._command(version))).unwrap()
        return f"{AT}/{card.contract.id}?done=1"

    def _amount(self) -> int:
        return read_money(self._form)

    def _command(self, pin: int) -> BuyPrepaidCard:
        return BuyPrepaidCard(
            offer=self._offer.id, wallet=self._form["wallet"], amount=self._amount(), channel=CHANNEL, pin=pin
        )


handlers = (cards_page, card_page, refund_page, refund_pad, refund, buy_page, buy_pad, buy)
