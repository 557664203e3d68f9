"""Parties as a room."""

from canglian.bank.party.api import ROUTERS
from canglian.bank.party.commands import ExpireOpening
from canglian.bank.party.console import HANDLERS
from canglian.bank.party.queries import openings
from canglian.kernel.errors import Busy, Unavailable
from canglian.kernel.values import utc_now
from canglian.web.room import Job, NavItem, Room
from canglian.web.services import Services

EXPIRY_SECONDS = 30.0


async def expire_openings(services: Services, book: int) -> None:
    """End every opening whose time has passed; the key names the opening, so twice is harmless."""
    for identity in await openings.due(services.reader, book, utc_now()):
        try:
            await services.engine.submit(
                book, ExpireOpening(opening=identity), actor="job:expire-openings", key=f"expire:opening:{identity}"
            )
        except (Busy, Unavailable):
            return


ROOM = Room(
    "party",
    api=ROUTERS,
    console=HANDLERS,
    nav=(
        NavItem("People", "People", "/console/people", "address-book"),
        NavItem("People", "Remote openings", "/console/openings", "user-check"),
        NavItem("People", "Black and grey list", "/console/lists", "user-exclamation"),
        NavItem("People", "Rules for people", "/console/party-policies", "adjustments"),
    ),
    jobs=(Job("expire-openings", EXPIRY_SECONDS, expire_openings),),
    templates=("canglian.bank.party",),
)
