"""What the search finds of points; a customer's points; schemes that wait to be approved; choosing a scheme."""

from collections.abc import Sequence

from canglian.bank.reward.points import queries
from canglian.bank.reward.points.console.lists import EXCHANGES, MEMBERS, SCHEMES, member_rows
from canglian.bank.reward.points.model import PointScheme
from canglian.bank.reward.points.queries import PointMemberFilter, PointSchemeFilter
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.web.additions import SHOWN_MAX, WAITING_MAX, Excerpt, Pick, Picked, Rows, Waiting, found_by_id
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


async def _find(services: Services, book: int, text: str) -> list[Picked]:
    page = await queries.schemes(services.reader, book, PointSchemeFilter(), Order(limit=LIMIT_MAX))
    return [_picked(scheme) for scheme in page.items if text in (scheme.id, scheme.name, scheme.asset)]


async def _named(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    return [_picked(await queries.scheme(services.reader, book, identity)) for identity in identities]


def _picked(scheme: PointScheme) -> Picked:
    return Picked(scheme.id, scheme.name, scheme.asset)


FINDS = (
    found_by_id("psc", "Point schemes", _SCHEME, queries.scheme, SCHEMES + "/{id}"),
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
PICKS = (Pick("point_scheme", "Whole name or asset", _find, _named, ("scheme",)),)
