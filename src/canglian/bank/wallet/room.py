"""Wallets as a room."""

import canglian.bank.wallet.error_text  # pyright: ignore[reportUnusedImport] - registers the texts of refusals
import canglian.bank.wallet.held  # noqa: F401  # pyright: ignore[reportUnusedImport] - registers where wallets are for the limits
from canglian.bank.wallet.actions import RESOURCES
from canglian.bank.wallet.api import examples
from canglian.bank.wallet.console import HANDLERS
from canglian.bank.wallet.console.additions import FIGURES, FINDS, HOLDINGS, belongs
from canglian.bank.wallet.console.picks import PICKS
from canglian.bank.wallet.demo import PIN, fill_wallets
from canglian.bank.wallet.mobile import HANDLERS as MOBILE
from canglian.bank.wallet.running import INTEREST
from canglian.bank.wallet.versions import POLICIES, PRODUCTS
from canglian.kernel.errors import Busy, Unavailable
from canglian.web.additions import PageLink
from canglian.web.console.versions import version_pages
from canglian.web.links import by_id
from canglian.web.principal import Permission
from canglian.web.room import Job, NavItem, Room, Workspace
from canglian.web.services import Services

INTEREST_SECONDS = 60.0


async def accrue_interest(services: Services, book: int) -> None:
    """Bring interest up to the day before the business date; whatever stops it, the next turn goes on there."""
    try:
        await INTEREST.run(services.engine, services.reader, book)
    except (Busy, Unavailable):
        return


ROOM = Room(
    "wallet",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=by_id(examples.LINKS),
    demo=fill_wallets,
    demo_notes=(f"PIN      {PIN} pays from every wallet of a person",),
    api=(*(resource.router() for resource in RESOURCES), PRODUCTS.router(), POLICIES.router()),
    console=(*HANDLERS, *version_pages(PRODUCTS), *version_pages(POLICIES)),
    mobile=MOBILE,
    tabs=(
        PageLink("Home", "/m", "home"),
        PageLink("Scan", "/m/scan", "qrcode"),
        PageLink("Statements", "/m/statements", "list-details"),
        PageLink("Me", "/m/me", "user-circle"),
    ),
    nav=(
        NavItem(Workspace.ACCOUNTS, "Accounts", "Wallets", "/console/wallets", "devices"),
        NavItem(Workspace.ACCOUNTS, "Accounts", "Wallet transfers", "/console/wallet-transfers", "arrows-exchange"),
        NavItem(Workspace.OPERATIONS, "Parameters", "Wallet products", "/console/wallet-products", "list-details"),
        NavItem(Workspace.OPERATIONS, "Parameters", "Wallet parameters", "/console/wallet-policies", "adjustments"),
    ),
    jobs=(Job("wallet-interest", INTEREST_SECONDS, accrue_interest),),
    templates=("canglian.bank.wallet",),
    finds=FINDS,
    picks=PICKS,
    page_links={
        "home": (PageLink("Open a wallet", "/console/wallets/new", "devices", Permission.POST),),
        "party": (PageLink("Open a wallet", "/console/wallets/new?party={}", "devices", Permission.POST),),
    },
    figures=FIGURES,
    holdings=HOLDINGS,
    belongings={"wal": belongs},
    things={"wal": "/console/wallets/{}"},
    objects=dict.fromkeys(("wallet", "payer", "payee", "parent"), "/console/wallets/{}"),
)
