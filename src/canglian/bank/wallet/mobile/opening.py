"""Opening a wallet with a phone: which one, and what each asks for."""

from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from canglian.bank.deposit import AccountState, DepositAccount, ProductClass
from canglian.bank.deposit.commands import AllotNumbers, OpenDepositAccount
from canglian.bank.deposit.numbers import ACCOUNT_NUMBERS
from canglian.bank.party import Level, OpeningState
from canglian.bank.party.commands.entrance import mobile_of
from canglian.bank.party.queries import entrance, openings
from canglian.bank.wallet.commands import OpenWallet
from canglian.bank.wallet.mobile.owning import CHANNEL, own_wallets, wallet_service
from canglian.bank.wallet.model import WalletKind, WalletProduct, WalletState
from canglian.bank.wallet.queries import figures, funding, wallets
from canglian.bank.wallet.queries.wallets import WalletView
from canglian.bank.wallet.service import WalletService
from canglian.kernel.errors import CanglianError, Rejection
from canglian.kernel.queries.observing import book_figures
from canglian.web.console.submitting import or_again
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values
from canglian.web.services import Services

CLASS2 = "deposit.class2"


class Choice(msgspec.Struct, frozen=True):
    """A product that may be opened; ``why`` says why not now."""

    code: str
    name: str
    what: str
    why: str


@get("/open", guards=[signed_in])
async def opening_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """Which wallet?"""
    return await _form(pages, services, person, {})


async def _form(
    pages: MobilePages, services: Services, person: Person, values: dict[str, str], error: CanglianError | None = None
) -> Response[bytes]:
    choices = await _choices(pages, services, person)
    return pages.render(
        "wallet/mobile/opening.html",
        error=error,
        choices=choices,
        first=next((choice.code for choice in choices if not choice.why), ""),
        verify=person.level == Level.NONE.value,
        values=values,
    )


async def _choices(pages: MobilePages, services: Services, person: Person) -> list[Choice]:
    """The products for persons in force, and what stands in the way of each."""
    say = pages._
    today = (await book_figures(services.reader, person.book)).today
    mine = await own_wallets(services, person)
    deposits = [] if person.party is None else await funding.deposits_of(services.reader, person.book, person.party)
    found: dict[str, WalletProduct] = {}
    for product in await figures.products(services.reader, person.book):
        if product.effective_from <= today and product.kind is not WalletKind.ECNY_CORPORATE:
            found.setdefault(product.code, product)
    what = {
        "wallet.ewallet": say("For everyday payments in the bank's scenes, on an account of Class II"),
        "wallet.ecny1": say("e-CNY without limits, for whoever was seen at a branch"),
        "wallet.ecny2": say("e-CNY with high limits, bound to your account"),
        "wallet.ecny3": say("e-CNY with lower limits, for whoever has shown an identity card"),
        "wallet.ecny4": say("e-CNY by your mobile number alone, with low limits"),
    }
    return [
        Choice(product.code, product.name, what.get(product.code, ""), _why(say, product, person, mine, deposits))
        for product in sorted(found.values(), key=_everyday_first)
        if product.active
    ]


def _everyday_first(product: WalletProduct) -> tuple[bool, str]:
    return product.kind is not WalletKind.EWALLET, product.code


def _why(
    say: Any, product: WalletProduct, person: Person, mine: list[WalletView], deposits: list[DepositAccount]
) -> str:
    """The obstacle that is shown before an attempt; the book decides in any case."""
    if not product.anonymous and (person.party is None or Level(person.level).rank < product.level.rank):
        seen = product.level is Level.FACE_TO_FACE
        return say("Come to a branch with your identity card first.") if seen else say("Show who you are first.")
    if product.anonymous and any(wallet.product == product.code for wallet in mine):
        return say("You have one already.")
    if product.kind is WalletKind.EWALLET and any(wallet.product == product.code for wallet in mine):
        return say("You have one already.")
    if product.kind is WalletKind.ECNY and product.account and not deposits:
        return say("Open an e-wallet first; this one is bound to its account.")
    return ""


@post("/open", status_code=200, guards=[signed_in])
async def open_wallet(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[Any]:
    """Open it, with the account that it stands on where it needs one. Then a PIN is set."""
    form = await form_values(request)
    service = wallet_service(services, person, form)

    async def act() -> str:
        product = form.get("product", "")
        if product == "wallet.ewallet":
            asked: dict[str, Any] = {"deposit": await _class2(services, person, service), "party": person.party}
        elif product == "wallet.ecny4":
            asked = await _by_mobile(services, person)
        else:
            asked = {"deposit": await _bound_deposit(services, person), "party": person.party}
        given = {"product": product, "number": await service.number(), "channel": CHANNEL, **asked}
        opened = (await service.submit_keyed(_command(given))).unwrap()
        return f"/m/wallets/{opened.id}/pin"

    return await or_again(act(), partial(_form, pages, services, person, form))


def _command(given: dict[str, Any]) -> OpenWallet:
    """The command. Rejects ``wallet_product.not_found`` for a product that there is not."""
    try:
        return msgspec.convert(msgspec.to_builtins(OpenWallet(**given)), OpenWallet)
    except msgspec.ValidationError:
        raise Rejection("wallet_product.not_found", wallet_product=given["product"], field="product") from None


async def _class2(services: Services, person: Person, service: WalletService) -> str:
    """A Class II account of this person that no e-wallet stands on yet; one is opened where there is none."""
    reader, book = services.reader, person.book
    if person.party is None:
        raise Rejection("wallet_product.party_needed", product="wallet.ewallet", field="product")
    taken = {wallet.deposit for wallet in await wallets.of_party(reader, book, person.party) if _stands(wallet)}
    for account in await funding.deposits_of(reader, book, person.party):
        fits = account.product_class is ProductClass.CLASS2 and account.state is AccountState.ACTIVE
        if fits and account.id not in taken:
            return account.id
    done = [
        opening
        for opening in await openings.openings_of(reader, book, person.party)
        if opening.state is OpeningState.ACTIVE
    ]
    key = None if service.key is None else f"deposit-number:{service.key}"
    row = (await service.submit(AllotNumbers(), key=key)).unwrap()
    number = ACCOUNT_NUMBERS.allotted(services.keyring, row.prefix, row.first, service.request)
    command = OpenDepositAccount(
        product=CLASS2,
        number=number,
        channel=CHANNEL,
        party=person.party,
        opening=done[0].id if done else None,
    )
    key = None if service.key is None else f"deposit:{service.key}"
    return (await service.submit(command, key=key)).unwrap().id


def _stands(wallet: Any) -> bool:
    return wallet.kind is WalletKind.EWALLET and wallet.state is not WalletState.CLOSED


async def _bound_deposit(services: Services, person: Person) -> str | None:
    """The account that an e-CNY wallet is bound to: the holder's first one that is active."""
    if person.party is None:
        return None
    found = await funding.deposits_of(services.reader, person.book, person.party)
    active = [account.id for account in found if account.state is AccountState.ACTIVE]
    return active[-1] if active else None


async def _by_mobile(services: Services, person: Person) -> dict[str, Any]:
    """Tier 4: of somebody who is known, or of the mobile of the session."""
    if person.party is not None:
        return {"party": person.party}
    session = await entrance.session(services.reader, person.book, person.session)
    mobile = None if session is None else mobile_of(session)
    if mobile is None:
        raise Rejection("person_session.ended")
    return {"mobile": mobile}


handlers = (opening_page, open_wallet)
