"""What the search finds of points; a customer's points; schemes that wait to be approved; choosing a scheme."""

from canglian.bank.reward.points import queries
from canglian.bank.reward.points.console.lists import EXCHANGES, MEMBERS, SCHEMES, member_rows
from canglian.bank.reward.points.model import PointScheme
from canglian.bank.reward.points.queries import PointMemberFilter
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order
from canglian.web.additions import SHOWN_MAX, WAITING_MAX, Excerpt, Rows, Waiting, found_by_id, pick_named
from canglian.web.columns import Column
from canglian.web.principal import Permission, Principal
from canglian.web.services import Services

_SCHEME = (
    Column("name", "Name", phone=True),
    Column("state", "State", "state", phone=True),
    Column("owner", "Run by"),
)
_EXCHANGE = (
    Column("name", "What for", phone=True),
    Column("points", "Points", "number", phone=True),
    Column("state", "State", "state"),
)
_MEMBER = (Column("id", "Id", "code", phone=True), Column("joined_at", "Since", "when"))
_OF_PARTY = (
    Column("scheme_name", "Point scheme", phone=True),
    Column("points", "Points", "number", phone=True),
    Column("debt", "Still to be netted", "number"),
    Column("joined_at", "Since", "when"),
)


async def _of_party(reader: Reader, book: int, party: str) -> Rows:
    page = await queries.members(reader, book, PointMemberFilter(party=party), Order(limit=SHOWN_MAX))
    return Rows(await member_rows(reader, book, page.items), more=page.next_cursor is not None)


async def _drafts(services: Services, principal: Principal) -> int:
    return await queries.count_drafts(services.reader, principal.book, WAITING_MAX)


FINDS = (
    found_by_id("psc", "Point schemes", _SCHEME, queries.scheme, SCHEMES + "/{id}", named=PointScheme),
    found_by_id("pmb", "Points of people", _MEMBER, queries.member, MEMBERS + "/{id}"),
    found_by_id("pex", "Exchanges of points", _EXCHANGE, queries.exchange, EXCHANGES + "/{id}"),
)
SECTIONS = {"party": (Excerpt("Points", _OF_PARTY, _of_party, MEMBERS + "/{id}", MEMBERS + "?party={}"),)}
WAITING = (Waiting("Point schemes to approve", f"{SCHEMES}?state=draft", _drafts, Permission.APPROVE),)
OBJECTS = {
    "point_scheme": SCHEMES + "/{}",
    "point_member": MEMBERS + "/{}",
    "point_exchange": EXCHANGES + "/{}",
}
PICKS = (pick_named("point_scheme", PointScheme, ("scheme",)),)
