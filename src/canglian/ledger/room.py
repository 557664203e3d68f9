"""The ledger as a room."""

from canglian.kernel.errors import Busy, Unavailable
from canglian.kernel.values import utc_now
from canglian.ledger.api import ROUTERS
from canglian.ledger.api.transfers import FAST
from canglian.ledger.commands import ExpireHold
from canglian.ledger.console import HANDLERS
from canglian.ledger.queries import holds
from canglian.web.room import Job, NavItem, Room
from canglian.web.services import Services

EXPIRY_SECONDS = 5.0


async def expire_holds(services: Services, book: int) -> None:
    """Let go of every hold whose time has passed; the key names the hold, so twice is harmless."""
    for number in await holds.due(services.reader, book, utc_now()):
        try:
            await services.engine.submit(
                book, ExpireHold(hold=number), actor="job:expire-holds", key=f"expire:hold:{number}"
            )
        except (Busy, Unavailable):
            return


ROOM = Room(
    "ledger",
    api=ROUTERS,
    console=HANDLERS,
    fast=FAST,
    nav=(
        NavItem("Overview", "Overview", "/console", "home"),
        NavItem("Ledger", "Accounts", "/console/accounts", "building-bank"),
        NavItem("Ledger", "Transfers", "/console/transfers", "arrows-exchange"),
        NavItem("Ledger", "Holds", "/console/holds", "lock"),
        NavItem("Ledger", "Trial balance", "/console/trial-balance", "scale"),
    ),
    jobs=(Job("expire-holds", EXPIRY_SECONDS, expire_holds),),
    templates=("canglian.ledger",),
)
