"""Partners as a room."""

from canglian.bank.partner import examples, open_api
from canglian.bank.partner.actions import APPS, KEYS, PARTNERS
from canglian.bank.partner.calls import calls_of
from canglian.bank.partner.console import FINDS, HANDLERS, PICKS, WAITING
from canglian.bank.partner.demo import furnish
from canglian.web.room import Job, NavItem, Room, Workspace
from canglian.web.services import Services

COUNT_SECONDS = 5.0


async def count_calls(services: Services, book: int) -> None:
    """Put into a book how often apps called since the last time."""
    await calls_of(services).flush(book)


ROOM = Room(
    "partner",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=examples.LINKS,
    demo=furnish,
    api=(PARTNERS.router(), APPS.router(), KEYS.router(), open_api.ROUTER),
    console=HANDLERS,
    finds=FINDS,
    picks=PICKS,
    waiting=WAITING,
    nav=(
        NavItem(
            Workspace.SCENES, "", "Partners", "/console/partners", "plug-connected", covers=("/console/partner-apps",)
        ),
    ),
    templates=("canglian.bank.partner",),
    objects={"partner": "/console/partners/{}", "partner_app": "/console/partner-apps/{}"},
    signed=calls_of,
    jobs=(Job("count-partner-calls", COUNT_SECONDS, count_calls),),
)
