"""What shopping seasons add to other pages: the search, what waits, and the page of a merchant."""

from canglian.scenario.shopping.console.lists import NOTES, SEASONS
from canglian.scenario.shopping.console.theme import PLACES, THEMES
from canglian.scenario.shopping.model import Season, Theme
from canglian.scenario.shopping.queries import parts, seasons
from canglian.web.additions import WAITING_MAX, Waiting, found_by_id
from canglian.web.columns import Column
from canglian.web.principal import Permission, Principal
from canglian.web.services import Services

_NAMED = (Column("id", "Id", "code", phone=True), Column("name", "Name", phone=True))


async def _open_notes(services: Services, principal: Principal) -> int:
    return await parts.open_notes(services.reader, principal.book, WAITING_MAX)


FINDS = (
    found_by_id("sea", "Shopping seasons", _NAMED, seasons.season, SEASONS + "/{id}", named=Season),
    found_by_id("thm", "Themes", _NAMED, seasons.theme, THEMES + "/{id}", named=Theme),
    found_by_id(
        "sca",
        "Campaigns of seasons",
        (Column("id", "Id", "code", phone=True), Column("joining", "Who takes part", "word", family="joining")),
        seasons.place,
        PLACES + "/{id}",
    ),
)
WAITING = (Waiting("Notes for risk", f"{NOTES}?state=open", _open_notes, Permission.APPROVE),)
