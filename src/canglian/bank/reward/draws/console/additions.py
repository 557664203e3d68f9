"""What the search finds of draws, what a customer has won, draws that wait for somebody, campaigns on forms."""

from canglian.bank.reward.campaigns.model import Campaign
from canglian.bank.reward.draws import queries
from canglian.bank.reward.draws.console.lists import DRAWS, WINS, win_rows
from canglian.bank.reward.draws.model import Draw, DrawState
from canglian.bank.reward.draws.queries import DrawWinFilter
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order
from canglian.web.additions import SHOWN_MAX, WAITING_MAX, Excerpt, Rows, Waiting, found_by_id, pick_named
from canglian.web.columns import Column
from canglian.web.principal import Permission, Principal
from canglian.web.services import Services

_DRAW = (
    Column("name", "Name", phone=True),
    Column("state", "State", "state", phone=True),
    Column("draws_at", "Drawn at", "when"),
)
_WIN = (
    Column("id", "Id", "code", phone=True),
    Column("state", "State", "state", phone=True),
    Column("claim_by", "Claimed by", "until"),
)
_WON = (
    Column("draw_name", "Draw", phone=True),
    Column("prize_name", "Prize", phone=True),
    Column("state", "State", "state", phone=True),
    Column("claim_by", "Claimed by", "until"),
)
OBJECTS = {"draw": DRAWS + "/{}", "draw_win": WINS + "/{}"}


async def _won_by(reader: Reader, book: int, party: str) -> Rows:
    page = await queries.wins(reader, book, DrawWinFilter(party=party), Order(limit=SHOWN_MAX))
    return Rows(await win_rows(reader, book, page.items), more=page.next_cursor is not None)


async def _in_review(services: Services, principal: Principal) -> int:
    return await queries.count(services.reader, principal.book, DrawState.REVIEW, WAITING_MAX)


async def _frozen(services: Services, principal: Principal) -> int:
    return await queries.count(services.reader, principal.book, DrawState.FROZEN, WAITING_MAX)


FINDS = (
    found_by_id("drw", "Draws", _DRAW, queries.draw, DRAWS + "/{id}", named=Draw),
    found_by_id("win", "Prizes that were won", _WIN, queries.win, WINS + "/{id}"),
)
OF_PARTY = Excerpt("Prizes that were won", _WON, _won_by, WINS + "/{id}", WINS + "?party={}")
WAITING = (
    Waiting("Draws to publish", f"{DRAWS}?state=review", _in_review, Permission.APPROVE),
    Waiting("Draws whose list is closed", f"{DRAWS}?state=list_frozen", _frozen, Permission.APPROVE),
)
PICKS = (pick_named("campaign", Campaign, ("campaign",)), pick_named("draw", Draw))
