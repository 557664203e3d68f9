"""The first page: what somebody has, and what can be done with it; and a page for each wallet."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.wallet.mobile import lines
from canglian.bank.wallet.mobile.limits import paid_today
from canglian.bank.wallet.mobile.others import home_rows
from canglian.bank.wallet.mobile.owning import own_wallet, own_wallets
from canglian.bank.wallet.model import WalletKind
from canglian.bank.wallet.model.wallets import NUMBER
from canglian.bank.wallet.queries import wallets
from canglian.kernel.values import utc_now
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services

RECENT = 5
"""How many movements the first page shows."""

MONEY = ("CNY", "ECNY")
"""What is added up to one figure."""


@get("/", guards=[signed_in])
async def home(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """What somebody has in all wallets and pockets, the services, and what moved last."""
    found = await own_wallets(services, person)
    reader, book = services.reader, person.book
    return pages.render(
        "wallet/mobile/home.html",
        wallets=found,
        held=sum(wallet.held for wallet in found if wallet.asset in MONEY),
        lines=await lines.recent(pages, services, person, found, RECENT),
        pockets={wallet.id: await wallets.pockets_of(reader, book, wallet.id) for wallet in found},
        more=await home_rows(services, person),
        total=sum(wallet.balance for wallet in found if wallet.asset in MONEY),
    )


@get("/wallets/{wallet:str}", guards=[signed_in])
async def wallet_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
) -> Response[bytes]:
    """One wallet: what it has, how it stands, what may be done; its holder alone sees its whole number here."""
    found = await own_wallet(services, person, wallet)
    reader, book = services.reader, person.book
    pin = await wallets.pin_of(reader, book, found.family)
    return pages.render(
        "wallet/mobile/wallet.html",
        wallet=(await wallets.views(reader, book, [found]))[0],
        pockets=await wallets.pockets_of(reader, book, found.id),
        number=_in_groups(services.keyring.open(found.number_sealed, NUMBER)),
        today=await paid_today(reader, book, found),
        pin_set=pin is not None and pin.digest is not None,
        pin_locked=pin is not None and pin.is_locked(utc_now()),
    )


@get("/wallets/{wallet:str}/top-up", guards=[signed_in])
async def top_up(
    services: NamedDependency[Services], person: NamedDependency[Person], wallet: FromPath[str]
) -> Redirect:
    """How money comes into a wallet: from another bank, by exchange, or from the wallet that it belongs to."""
    found = await own_wallet(services, person, wallet)
    if found.parent is not None:
        return Redirect(f"/m/wallets/{found.parent}/transfer", status_code=303)
    way = "recharge" if found.kind is WalletKind.EWALLET else "exchange"
    return Redirect(f"/m/wallets/{found.id}/{way}", status_code=303)


def _in_groups(number: str) -> str:
    """A number as it is read aloud: in fours."""
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


handlers = (home, wallet_page, top_up)
