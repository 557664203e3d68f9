"""The ledger as a room."""

import asyncio
from contextlib import suppress

from canglian.kernel.errors import Busy, Unavailable
from canglian.kernel.values import utc_now
from canglian.ledger import keeping
from canglian.ledger.api import ROUTERS
from canglian.ledger.api.transfers import FAST
from canglian.ledger.commands import ExpireHold
from canglian.ledger.console import HANDLERS
from canglian.ledger.console.figures import FIGURES
from canglian.ledger.console.finding import FINDS
from canglian.ledger.console.picks import PICKS
from canglian.ledger.queries import holds, transfers
from canglian.web.additions import Remedy
from canglian.web.observing.records import register_reading
from canglian.web.room import Job, NavItem, Room, Workspace
from canglian.web.services import Services

EXPIRY_SECONDS = 5.0

register_reading(transfers.readable)


async def expire_holds(services: Services, book: int) -> None:
    """Let go of every hold whose time has passed. The key names the hold and the hour, so twice is harmless, and a
    refusal (a clock that was set back) is not for ever."""
    now = utc_now()

    async def expire(number: int) -> None:
        key = f"expire:hold_{number}:{now:%Y-%m-%dT%H}"
        with suppress(Busy, Unavailable):  # the next turn finds it again
            await services.engine.submit(book, ExpireHold(hold=number), actor="job:expire-holds", key=key)

    await asyncio.gather(*map(expire, await holds.due(services.reader, book, now)))


ROOM = Room(
    "ledger",
    api=ROUTERS,
    console=HANDLERS,
    fast=FAST,
    finds=FINDS,
    picks=PICKS,
    figures=FIGURES,
    nav=(
        NavItem(Workspace.OPERATIONS, "", "Activity", "/console/activity", "chart-line"),
        NavItem(Workspace.ACCOUNTS, "Ledger", "Accounts", "/console/accounts", "building-bank"),
        NavItem(Workspace.ACCOUNTS, "Ledger", "Transfers", "/console/transfers", "arrows-exchange"),
        NavItem(Workspace.ACCOUNTS, "Ledger", "Holds", "/console/holds", "lock"),
        NavItem(Workspace.ACCOUNTS, "Ledger", "Chart of accounts", "/console/chart-of-accounts", "table"),
        NavItem(Workspace.ACCOUNTS, "Ledger", "Trial balance", "/console/trial-balance", "scale"),
    ),
    jobs=(Job("expire-holds", EXPIRY_SECONDS, expire_holds),),
    templates=("canglian.ledger",),
    remedies={keeping.CODE: Remedy("Go to what keeps it", thing="owner")},
    objects={
        **dict.fromkeys(("account", "debit", "credit"), "/console/accounts/{}"),
        **dict.fromkeys(("transfer", "reverses", "reversed_by", "first", "last"), "/console/transfers/{}"),
        "hold": "/console/holds/{}",
        "head": "/console/chart-of-accounts/{}",
    },
)
