"""Schemes, members, lots and exchanges as they are shown; the calendar of what expires."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.bank.reward.points.model import (
    ExchangeState,
    PointExchange,
    PointLot,
    PointMember,
    PointScheme,
    SchemeState,
)
from canglian.bank.reward.points.rules import liability, worth
from canglian.bank.wallet.queries.wallets import balances
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_text
from canglian.kernel.shape import shape

MONTHS_MAX = 36
"""How many months a calendar shows at most."""


class PointSchemeFilter(msgspec.Struct, frozen=True):
    """Which schemes; None means any."""

    state: Annotated[SchemeState | None, doc("Only in this state.")] = None


class PointMemberFilter(msgspec.Struct, frozen=True):
    """Whose points; None means anybody's."""

    scheme: Annotated[str | None, doc("Only of this scheme.")] = None
    party: Annotated[str | None, doc("Only of this customer.")] = None


class PointLotFilter(msgspec.Struct, frozen=True):
    """Which lots; None means any."""

    scheme: Annotated[str | None, doc("Only of this scheme.")] = None
    member: Annotated[str | None, doc("Only of this member.")] = None
    party: Annotated[str | None, doc("Only of this customer.")] = None
    payment: Annotated[str | None, doc("Only earned by this payment.")] = None


class PointExchangeFilter(msgspec.Struct, frozen=True):
    """Which exchanges; None means any."""

    payment: Annotated[str | None, doc("Only what took money off this payment.")] = None

    scheme: Annotated[str | None, doc("Only of this scheme.")] = None
    member: Annotated[str | None, doc("Only of this member.")] = None
    party: Annotated[str | None, doc("Only of this customer.")] = None
    state: Annotated[ExchangeState | None, doc("Only in this state.")] = None


class Expiring(msgspec.Struct, frozen=True):
    """How many points expire in a month."""

    month: Annotated[str | None, doc("The month, `2027-03`; null for points that never expire.")]
    points: Annotated[int, doc("How many points have their last day in it.")]


class ExpiringDay(msgspec.Struct, frozen=True):
    """How many points of somebody have a day as their last one."""

    day: Annotated[date, doc("The last business date on which they are spent.")]
    points: Annotated[int, doc("How many points.")]


class SchemeFigures(msgspec.Struct, frozen=True):
    """What has become of a scheme's points, by its accounts of the ledger, and what they cost."""

    awarded: Annotated[int, doc("How many points were awarded.")]
    spent: Annotated[int, doc("How many were exchanged, less those that came back.")]
    expired: Annotated[int, doc("How many have expired.")]
    taken_back: Annotated[int, doc("How many refunds took back or netted.")]
    outstanding: Annotated[int, doc("How many people have.")]
    liability: Annotated[int, doc("What these cost at the scheme's price, in fen.")]
    deductible: Annotated[int, doc("What these take off payments at most, in fen; 0 where they take off nothing.")]
    funds: Annotated[int, doc("How much money is set aside for exchanges, in fen.")]
    members: Annotated[int, doc("How many people have joined.")]


class RuleFigures(msgspec.Struct, frozen=True):
    """What a bounded rule has given to all together."""

    rule: Annotated[int, doc("Which of the scheme's rules, from 1.")]
    points: Annotated[int, doc("How many points, less those that refunds have cancelled.")]
    left: Annotated[int | None, doc("How many it still gives in all; null where it has no bound for all together.")]
    people: Annotated[int, doc("How many people have got any.")]


class PointSchemeWhole(msgspec.Struct, frozen=True):
    """A scheme with its figures and its calendar."""

    scheme: Annotated[PointScheme, doc("The scheme itself.")]
    figures: Annotated[SchemeFigures, doc("What has become of its points.")]
    bounded: Annotated[list[RuleFigures], doc("What its rules with a bound have given, in their order.")]
    expiring: Annotated[list[Expiring], doc("How many points expire in which month, the next one first.")]


class PointMemberWhole(msgspec.Struct, frozen=True):
    """Somebody's points of a scheme with the calendar of their expiry."""

    member: Annotated[PointMember, doc("The member itself.")]
    balance: Annotated[int, doc("How many points they have, by the ledger.")]
    spendable: Annotated[int, doc("How many can be exchanged today.")]
    expiring: Annotated[list[Expiring], doc("How many points expire in which month, the next one first.")]


class Months(msgspec.Struct, frozen=True):
    """What was earned, exchanged and has expired in a month."""

    month: str
    earned: int
    spent: int
    expired: int


class Movement(msgspec.Struct, frozen=True):
    """Points that came or went, and what for. ``name`` is the other side in words, where it has any."""

    at: datetime
    code: str
    points: int
    name: str
    payment: str | None


_SCHEMES = listing(PointScheme, by_text("id"))
_MEMBERS = listing(PointMember, by_text("id"))
_LOTS = listing(PointLot, by_text("id"))
_EXCHANGES = listing(PointExchange, by_text("id"))


async def schemes(reader: Reader, book: int, asked: PointSchemeFilter, order: Order) -> Page[PointScheme]:
    """A page of schemes, newest first."""
    where = Where("book = $1")
    where.add("state = ?", asked.state)
    return await _SCHEMES.page(reader, book, where, order)


async def scheme(reader: Reader, book: int, identity: str) -> PointScheme:
    """A scheme; NotFound ``point_scheme.not_found``."""
    return await one(reader, book, PointScheme, identity)


async def whole(reader: Reader, book: int, identity: str) -> PointSchemeWhole:
    """A scheme with its figures; NotFound ``point_scheme.not_found``."""
    found = await scheme(reader, book, identity)
    calendar = await expiring(reader, book, scheme=identity)
    known = (await figures(reader, book, [found]))[found.id]
    return PointSchemeWhole(found, known, await _bounded(reader, book, found), calendar)


async def _bounded(reader: Reader, book: int, found: PointScheme) -> list[RuleFigures]:
    """What the bounded rules of a scheme have given."""
    sql = (
        "SELECT rule, sum(points) FILTER (WHERE party = '')::bigint, count(*) FILTER (WHERE party <> '') "
        "FROM point_rule_count WHERE book = $1 AND scheme = $2 GROUP BY rule"
    )
    given = {row[0]: (row[1], row[2]) for row in await reader.rows(sql, book, found.id)}
    shown: list[RuleFigures] = []
    for place, rule in enumerate(found.rules, 1):
        points, people = given.get(place, (0, 0))
        if rule.is_bounded:
            shown.append(RuleFigures(place, points, None if rule.total is None else rule.total - points, people))
    return shown


async def figures(reader: Reader, book: int, found: Iterable[PointScheme]) -> dict[str, SchemeFigures]:
    """What has become of the points of schemes, by their ids."""
    all_schemes = list(found)
    places = ("awarded", "spent", "expired", "taken_back", "funds")
    known = await balances(reader, book, [getattr(each, place) for each in all_schemes for place in places])
    sql = "SELECT scheme, count(*) FROM point_member WHERE book = $1 AND scheme = ANY($2::text[]) GROUP BY scheme"
    counted = {row[0]: row[1] for row in await reader.rows(sql, book, [each.id for each in all_schemes])}
    shown: dict[str, SchemeFigures] = {}
    for each in all_schemes:
        awarded, spent, expired, taken_back, funds = [known[getattr(each, place)][0] for place in places]
        outstanding = -awarded - spent - expired - taken_back
        shown[each.id] = SchemeFigures(
            awarded=-awarded,
            spent=spent,
            expired=expired,
            taken_back=taken_back,
            outstanding=outstanding,
            liability=liability(outstanding, each.price),
            deductible=0 if each.deduction is None else worth(each.deduction, outstanding),
            funds=funds,
            members=counted.get(each.id, 0),
        )
    return shown


async def members(reader: Reader, book: int, asked: PointMemberFilter, order: Order) -> Page[PointMember]:
    """A page of members, newest first."""
    where = Where("book = $1")
    where.add("scheme = ?", asked.scheme)
    where.add("party = ?", asked.party)
    return await _MEMBERS.page(reader, book, where, order)


async def member(reader: Reader, book: int, identity: str) -> PointMember:
    """Somebody's points of a scheme; NotFound ``point_member.not_found``."""
    return await one(reader, book, PointMember, identity)


async def member_whole(reader: Reader, book: int, identity: str) -> PointMemberWhole:
    """Somebody's points with their calendar; NotFound ``point_member.not_found``."""
    found = await member(reader, book, identity)
    balance = (await balances(reader, book, [found.account]))[found.account][0]
    calendar = await expiring(reader, book, member=identity)
    return PointMemberWhole(found, balance, sum(month.points for month in calendar), calendar)


async def members_of(reader: Reader, book: int, party: str) -> list[PointMember]:
    """Somebody's points, the newest scheme first."""
    return await some(reader, book, PointMember, "party", party)


async def lots(reader: Reader, book: int, asked: PointLotFilter, order: Order) -> Page[PointLot]:
    """A page of lots, newest first."""
    where = Where("book = $1")
    where.add("scheme = ?", asked.scheme)
    where.add("member = ?", asked.member)
    where.add("party = ?", asked.party)
    where.add("payment = ?", asked.payment)
    return await _LOTS.page(reader, book, where, order)


async def lot(reader: Reader, book: int, identity: str) -> PointLot:
    """A lot; NotFound ``point_lot.not_found``."""
    return await one(reader, book, PointLot, identity)


async def exchanges(reader: Reader, book: int, asked: PointExchangeFilter, order: Order) -> Page[PointExchange]:
    """A page of exchanges, newest first."""
    where = Where("book = $1")
    where.add("scheme = ?", asked.scheme)
    where.add("member = ?", asked.member)
    where.add("party = ?", asked.party)
    where.add("state = ?", asked.state)
    where.add("payment = ?", asked.payment)
    return await _EXCHANGES.page(reader, book, where, order)


async def exchange(reader: Reader, book: int, identity: str) -> PointExchange:
    """An exchange; NotFound ``point_exchange.not_found``."""
    return await one(reader, book, PointExchange, identity)


async def expiring(
    reader: Reader, book: int, *, scheme: str | None = None, member: str | None = None
) -> list[Expiring]:
    """How many points of a scheme, or of a member, have their last day in which month; what is over is left out."""
    column, identity = ("scheme", scheme) if member is None else ("living", member)
    sql = (
        "SELECT to_char(valid_until, 'YYYY-MM'), sum(remaining)::bigint FROM point_lot "
        f"WHERE book = $1 AND {column} = $2 AND living IS NOT NULL "
        "AND (valid_until IS NULL OR valid_until >= (SELECT book.today FROM book WHERE book.book = $1)) "
        "GROUP BY 1 ORDER BY 1 NULLS LAST LIMIT $3"
    )
    return [Expiring(row[0], row[1]) for row in await reader.rows(sql, book, identity, MONTHS_MAX)]


async def expiring_days(reader: Reader, book: int, member: str) -> list[ExpiringDay]:
    """The last days of somebody's points, the next one first; what is over and what never expires is left out."""
    sql = (
        "SELECT valid_until, sum(remaining)::bigint FROM point_lot "
        "WHERE book = $1 AND living = $2 AND valid_until >= (SELECT book.today FROM book WHERE book.book = $1) "
        "GROUP BY 1 ORDER BY 1 LIMIT $3"
    )
    return [ExpiringDay(row[0], row[1]) for row in await reader.rows(sql, book, member, MONTHS_MAX)]


async def by_months(reader: Reader, book: int, identity: str, since: date) -> list[Months]:
    """What was earned, exchanged and has expired in each month since a day."""
    earned = (
        "SELECT to_char(earned_on, 'YYYY-MM'), sum(points)::bigint FROM point_lot "
        "WHERE book = $1 AND scheme = $2 AND earned_on >= $3 GROUP BY 1"
    )
    spent = (
        "SELECT to_char(\"on\", 'YYYY-MM'), sum(points - returned)::bigint FROM point_exchange "
        "WHERE book = $1 AND scheme = $2 AND \"on\" >= $3 AND state = 'done' GROUP BY 1"
    )
    expired = (
        "SELECT to_char(valid_until, 'YYYY-MM'), sum(expired)::bigint FROM point_lot "
        "WHERE book = $1 AND scheme = $2 AND valid_until >= $3 AND expired > 0 GROUP BY 1"
    )
    found = [
        {row[0]: row[1] for row in await reader.rows(sql, book, identity, since)} for sql in (earned, spent, expired)
    ]
    names = sorted({*found[0], *found[1], *found[2]})
    return [Months(name, *(figure.get(name, 0) for figure in found)) for name in names]


async def over(reader: Reader, book: int, today: date, last: str, most: int) -> list[str]:
    """Members with points whose last day is over, in the order of their ids, after one of them."""
    sql = (
        "SELECT DISTINCT living FROM point_lot WHERE book = $1 AND living IS NOT NULL "
        "AND valid_until < $2 AND living > $3 ORDER BY living LIMIT $4"
    )
    return [row[0] for row in await reader.rows(sql, book, today, last, most)]


async def names(reader: Reader, book: int, identities: Iterable[str]) -> dict[str, tuple[str, str]]:
    """What schemes are called and in which unit of value they pay, by their ids."""
    sql = "SELECT id, name, pays FROM point_scheme WHERE book = $1 AND id = ANY($2::text[])"
    return {row[0]: (row[1], row[2]) for row in await reader.rows(sql, book, list(dict.fromkeys(identities)))}


async def have(reader: Reader, book: int, found: Iterable[PointMember]) -> dict[str, int]:
    """How many points members have, by their ids."""
    accounts = {each.id: each.account for each in found}
    known = await balances(reader, book, accounts.values())
    return {identity: known[account][0] for identity, account in accounts.items()}


async def movements(reader: Reader, book: int, found: PointMember, most: int) -> list[Movement]:
    """What came and went of somebody's points, the newest first, with the other side of each in words."""
    sql = (
        "SELECT booked_at, code, CASE WHEN credit = $2 THEN amount ELSE -amount END, reference FROM ("
        "(SELECT * FROM transfer WHERE book = $1 AND credit = $2 ORDER BY id DESC LIMIT $3) UNION ALL "
        "(SELECT * FROM transfer WHERE book = $1 AND debit = $2 ORDER BY id DESC LIMIT $3)"
        ") moved ORDER BY id DESC LIMIT $3"
    )
    rows = await reader.rows(sql, book, found.account, most)
    words = await _words(reader, book, [row[3] for row in rows if row[3]])
    return [
        Movement(row[0], row[1], row[2], words.get(row[3] or "", ""), row[3] if _is_payment(row[3]) else None)
        for row in rows
    ]


async def _words(reader: Reader, book: int, references: list[str]) -> dict[str, str]:
    """What movements were about: the merchant of a payment, the reason of an award, the name of an exchange."""
    payments = (
        "SELECT payment.id, merchant.name FROM payment JOIN merchant "
        "ON merchant.book = $1 AND merchant.id = payment.merchant "
        "WHERE payment.book = $1 AND payment.id = ANY($2::text[])"
    )
    awards = "SELECT id, coalesce(reason, '') FROM point_lot WHERE book = $1 AND id = ANY($2::text[])"
    exchanged = "SELECT id, name FROM point_exchange WHERE book = $1 AND id = ANY($2::text[])"
    wanted = list(dict.fromkeys(references))
    return {row[0]: row[1] for sql in (payments, awards, exchanged) for row in await reader.rows(sql, book, wanted)}


def _is_payment(reference: str | None) -> bool:
    return reference is not None and reference.startswith("pay_")


async def active(reader: Reader, book: int) -> list[PointScheme]:
    """Schemes of which points are earned now."""
    form = shape(PointScheme)
    sql = f"SELECT {', '.join(form.names)} FROM point_scheme WHERE book = $1 AND state = 'active' ORDER BY id LIMIT 50"
    return [form.make(row) for row in map(tuple, await reader.rows(sql, book))]


async def count_drafts(reader: Reader, book: int, most: int) -> int:
    """How many schemes wait to be approved, up to a bound."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM point_scheme WHERE book = $1 AND state = 'draft' LIMIT $2) found"
    return await reader.value(sql, book, most)
