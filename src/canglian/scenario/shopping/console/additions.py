"""What shopping seasons add to other pages: the search, what waits, and the page of a merchant."""

from collections.abc import Sequence

from canglian.bank.reward.estimating.expecting import on_expected
from canglian.scenario.shopping.console.lists import NOTES, SEASONS
from canglian.scenario.shopping.console.theme import PLACES, THEMES
from canglian.scenario.shopping.model import Mall, Season, Theme
from canglian.scenario.shopping.queries import parts, seasons
from canglian.web.additions import WAITING_MAX, Pick, Picked, Waiting, found_by_id
from canglian.web.columns import Column
from canglian.web.principal import Permission, Principal
from canglian.web.services import Services

_NAMED = (Column("id", "Id", "code", phone=True), Column("name", "Name", phone=True))


async def _open_notes(services: Services, principal: Principal) -> int:
    return await parts.open_notes(services.reader, principal.book, WAITING_MAX)


on_expected(parts.expected)

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


async def _malls_called(services: Services, book: int, text: str) -> list[Picked]:
    return [_picked(mall) for mall in await seasons.malls(services.reader, book, called=text, codes=[text])]


async def _malls_with(services: Services, book: int, codes: Sequence[str]) -> list[Picked]:
    found = {mall.code: _picked(mall) for mall in await seasons.malls(services.reader, book, codes=codes)}
    return [found[code] for code in codes if code in found]


def _picked(mall: Mall) -> Picked:
    return Picked(mall.code, mall.name, f"{mall.code} · {mall.region}")


PICKS = (Pick("mall", "A part of the name", _malls_called, _malls_with, lists=("theme_malls",)),)
WAITING = (Waiting("Notes for risk", f"{NOTES}?state=open", _open_notes, Permission.APPROVE),)
