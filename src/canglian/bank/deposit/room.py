"""Deposit accounts as a room."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import canglian.bank.deposit.error_text  # pyright: ignore[reportUnusedImport] - registers the texts of refusals
import canglian.bank.deposit.holdings  # noqa: F401  # pyright: ignore[reportUnusedImport] - registers where accounts are
from canglian.bank.deposit.actions import ACCOUNTS, BOUND_ACCOUNTS
from canglian.bank.deposit.api import ROUTERS, examples
from canglian.bank.deposit.commands import ExpireBinding, ExpireFreeze, MarkDormant
from canglian.bank.deposit.console import HANDLERS
from canglian.bank.deposit.console.additions import FIGURES, FINDS, HOLDINGS, WAITING, belongs
from canglian.bank.deposit.console.picks import PICKS
from canglian.bank.deposit.demo import fill_deposits
from canglian.bank.deposit.mobile import HANDLERS as MOBILE
from canglian.bank.deposit.outside import ADAPTERS
from canglian.bank.deposit.queries import due
from canglian.bank.deposit.running import INTEREST
from canglian.bank.deposit.versions import POLICIES, PRODUCTS
from canglian.kernel.command import Command
from canglian.kernel.errors import Busy, Unavailable
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.values import utc_now
from canglian.web.additions import PageLink
from canglian.web.console.versions import version_pages
from canglian.web.links import by_id
from canglian.web.principal import Permission
from canglian.web.room import Job, NavItem, Room, Workspace
from canglian.web.services import Services

INTEREST_SECONDS = 20.0
KEEPING_SECONDS = 30.0


async def accrue(services: Services, book: int) -> None:
    """Bring interest up to yesterday; see ``running``."""
    with suppress(Busy, Unavailable):  # the next turn goes on where this one stopped
        await INTEREST.run(services.engine, services.reader, book)


async def keep(services: Services, book: int) -> None:
    """Let bindings lapse, lift freezes that are over, and put to sleep what nobody used."""
    reader, now = services.reader, utc_now()
    today = (await book_figures(reader, book)).today
    asked: list[tuple[str, Command[Any]]] = []
    asked += _keyed(
        "lapse", ((bound, ExpireBinding(bound_account=bound)) for bound in await due.lapsing(reader, book, now))
    )
    asked += _keyed(
        "thaw", ((freeze, ExpireFreeze(freeze=freeze)) for freeze in await due.thawing(reader, book, today))
    )
    dormant = await due.falling_dormant(reader, book, today)
    asked += _keyed(f"dormant:{today}", ((account, MarkDormant(account=account)) for account in dormant))
    for key, command in asked:
        try:
            await services.engine.submit(book, command, actor="job:deposit-keeping", key=key)
        except (Busy, Unavailable):
            return


def _keyed(name: str, commands: Iterable[tuple[str, Command[Any]]]) -> list[tuple[str, Command[Any]]]:
    """Each under a key that names what it is about, so that twice is harmless."""
    return [(f"{name}:{identity}", command) for identity, command in commands]


ROOM = Room(
    "deposit",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=by_id(examples.LINKS),
    demo=fill_deposits,
    api=(ACCOUNTS.router(), BOUND_ACCOUNTS.router(), *ROUTERS, PRODUCTS.router(), POLICIES.router()),
    console=(*HANDLERS, *version_pages(PRODUCTS), *version_pages(POLICIES)),
    nav=(
        NavItem(Workspace.ACCOUNTS, "Accounts", "Deposit accounts", "/console/deposits", "building-bank"),
        NavItem(Workspace.ACCOUNTS, "Accounts", "Payment orders", "/console/rail-orders", "arrows-exchange"),
        NavItem(
            Workspace.OPERATIONS, "End of day", "Reconciliation breaks", "/console/rail-differences", "alert-triangle"
        ),
        NavItem(Workspace.OPERATIONS, "Parameters", "Deposit products", "/console/deposit-products", "table"),
        NavItem(Workspace.OPERATIONS, "Parameters", "Deposit parameters", "/console/deposit-policies", "adjustments"),
    ),
    mobile=MOBILE,
    templates=("canglian.bank.deposit",),
    finds=FINDS,
    picks=PICKS,
    page_links={
        "home": (PageLink("Open an account", "/console/deposits/new", "building-bank", Permission.POST),),
        "party": (PageLink("Open an account", "/console/deposits/new?party={}", "building-bank", Permission.POST),),
    },
    figures=FIGURES,
    holdings=HOLDINGS,
    waiting=WAITING,
    belongings={"dep": belongs},
    things={"dep": "/console/deposits/{}", "rail": "/console/rail-orders/{}"},
    objects={
        "deposit_account": "/console/deposits/{}",
        "rail_order": "/console/rail-orders/{}",
        "rail_difference": "/console/rail-differences/{}",
    },
    outside=ADAPTERS,
    jobs=(
        Job("deposit-interest", INTEREST_SECONDS, accrue),
        Job("deposit-keeping", KEEPING_SECONDS, keep),
    ),
)
