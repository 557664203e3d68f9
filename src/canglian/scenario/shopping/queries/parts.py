"""Merchants in the campaigns of seasons, what their coupons took off, and who pays them for it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec

from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one
from canglian.kernel.queries.paging import Order, Page, Where, by_text
from canglian.kernel.shape import shape
from canglian.scenario.shopping.model import NoteState, PartState, SeasonMerchant, SeasonNote

SEEN_DAYS = 30
"""A merchant's cost is counted from its sales of so many days."""

PRICES_MAX = 500


class PartFilter(msgspec.Struct, frozen=True):
    """Which parts of merchants; None means any."""

    place: Annotated[str | None, doc("Only in this campaign's place of a season.")] = None
    merchant: Annotated[str | None, doc("Only of this merchant.")] = None
    state: Annotated[PartState | None, doc("Only in this state.")] = None


class NoteFilter(msgspec.Struct, frozen=True):
    """Which notes; None means any."""

    merchant: Annotated[str | None, doc("Only about this merchant.")] = None
    state: Annotated[NoteState | None, doc("Only in this state.")] = None


_PARTS = listing(SeasonMerchant, by_text("id"))
_NOTES = listing(SeasonNote, by_text("id"))


async def parts(reader: Reader, book: int, asked: PartFilter, order: Order) -> Page[SeasonMerchant]:
    """A page of parts of merchants, newest first."""
    where = Where("book = $1")
    where.add("place = ?", asked.place)
    where.add("merchant = ?", asked.merchant)
    where.add("state = ?", asked.state)
    return await _PARTS.page(reader, book, where, order)


async def expected(reader: Reader, book: int, campaign: str) -> set[str]:
    """The merchants that are invited to a campaign, or have asked to take part in it."""
    sql = "SELECT merchant FROM season_merchant WHERE book = $1 AND campaign = $2 AND state IN ('invited', 'asked')"
    return {row[0] for row in await reader.rows(sql, book, campaign)}


async def part(reader: Reader, book: int, identity: str) -> SeasonMerchant:
    """A merchant's part; NotFound ``season_merchant.not_found``."""
    return await one(reader, book, SeasonMerchant, identity)


async def notes(reader: Reader, book: int, asked: NoteFilter, order: Order) -> Page[SeasonNote]:
    """A page of notes, newest first."""
    where = Where("book = $1")
    where.add("merchant = ?", asked.merchant)
    where.add("state = ?", asked.state)
    return await _NOTES.page(reader, book, where, order)


async def note(reader: Reader, book: int, identity: str) -> SeasonNote:
    """A note; NotFound ``season_note.not_found``."""
    return await one(reader, book, SeasonNote, identity)


async def open_notes(reader: Reader, book: int, most: int) -> int:
    """How many notes nobody has looked at, up to a bound."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM season_note WHERE book = $1 AND state = 'open' LIMIT $2) found"
    return await reader.value(sql, book, most)


async def asked_to_join(reader: Reader, book: int, most: int) -> int:
    """How many merchants have asked to join and wait, up to a bound."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM season_merchant WHERE book = $1 AND state = 'asked' LIMIT $2) found"
    return await reader.value(sql, book, most)


async def of_places(reader: Reader, book: int, places: Iterable[str], most: int = 5_000) -> list[SeasonMerchant]:
    """The merchants that take the coupons of some campaigns now."""
    form = shape(SeasonMerchant)
    sql = (
        f"SELECT {', '.join(form.names)} FROM season_merchant WHERE book = $1 AND place = ANY($2::text[]) "
        "AND state IN ('joined', 'leaving') ORDER BY id LIMIT $3"
    )
    return [form.make(row) for row in map(tuple, await reader.rows(sql, book, list(places), most))]


async def out_due(reader: Reader, book: int, now: datetime, most: int = 200) -> list[str]:
    """Parts of merchants whose days after leaving are over, or whose campaign's coupons are used no more."""
    leaving = (
        "SELECT id FROM season_merchant WHERE book = $1 AND state = 'leaving' AND leaves_at <= $2 "
        "ORDER BY leaves_at, id LIMIT $3"
    )
    over = (
        "SELECT m.id FROM season_merchant m JOIN campaign c ON c.book = $1 AND c.id = m.campaign "
        "WHERE m.book = $1 AND m.state IN ('joined', 'leaving') AND c.uses_until <= $2 ORDER BY m.id LIMIT $3"
    )
    found = [row[0] for sql in (leaving, over) for row in await reader.rows(sql, book, now, most)]
    return list(dict.fromkeys(found))


async def prices(reader: Reader, book: int, merchant: str, today: date) -> list[int]:
    """The prices of a merchant's sales of the last days, the newest first."""
    sql = (
        "SELECT gross FROM payment WHERE book = $1 AND merchant = $2 AND state = 'paid' AND \"on\" > $3 "
        f"ORDER BY id DESC LIMIT {PRICES_MAX}"
    )
    since = today - timedelta(days=SEEN_DAYS)
    return [row[0] for row in await reader.rows(sql, book, merchant, since)]


async def open_notes_about(reader: Reader, book: int, merchants: Sequence[str]) -> dict[str, str]:
    """The open notes about some merchants, by merchant."""
    sql = "SELECT merchant, id FROM season_note WHERE book = $1 AND state = 'open' AND merchant = ANY($2::text[])"
    return {row[0]: row[1] for row in await reader.rows(sql, book, list(merchants))}


class Paid(msgspec.Struct, frozen=True):
    """What a funder pays a merchant for coupons that were used there, in fen."""

    name: str
    amount: int


class DiscountsToday(msgspec.Struct, frozen=True):
    """What coupons took off at a merchant on a day, and who pays the merchant for it."""

    payments: int
    discount: int
    payers: Sequence[Paid]


async def discounts_on(reader: Reader, book: int, merchant: str, day: date) -> DiscountsToday:
    """What coupons took off the payments of a business date at a merchant, by who pays, less what went back."""
    sql = (
        "SELECT c.funders, n.spent, n.used FROM coupon n JOIN payment p ON p.book = $1 AND p.id = n.payment "
        "JOIN campaign c ON c.book = $1 AND c.id = n.campaign "
        'WHERE n.book = $1 AND p.merchant = $2 AND p."on" = $3 AND n.used > 0'
    )
    sums: dict[str, int] = {}
    count = total = 0
    for funders, spent, used in await reader.rows(sql, book, merchant, day):
        count, total = count + 1, total + used
        for funder, part in zip(funders, spent, strict=True):
            sums[funder["name"]] = sums.get(funder["name"], 0) + part
    payers = [Paid(name, amount) for name, amount in sorted(sums.items(), key=lambda pair: -pair[1]) if amount]
    return DiscountsToday(count, total, payers)


class Suspect(msgspec.Struct, frozen=True):
    """What a merchant's payments with coupons of some time look like."""

    merchant: str
    payments: int
    discount: int
    own_people: int
    round_amounts: int
    quick_refunds: int


ROUND_FEN = 5_000
"""Whole multiples of fifty yuan are round amounts."""

QUICK_MINUTES = 60
"""A refund within so many minutes is a quick one."""


async def suspects(reader: Reader, book: int, since: datetime, least: int) -> list[Suspect]:
    """Merchants in seasons with at least so many payments with coupons since then, with what is odd in these."""
    sql = (
        "SELECT p.merchant, count(*), sum(l.captured)::bigint, "
        "count(*) FILTER (WHERE n.party = m.party OR EXISTS (SELECT 1 FROM merchant_staff s WHERE s.book = $1 "
        "AND s.merchant = p.merchant AND s.party = n.party AND s.removed_at IS NULL)), "
        f"count(*) FILTER (WHERE p.gross % {ROUND_FEN} = 0), "
        "count(*) FILTER (WHERE EXISTS (SELECT 1 FROM refund r WHERE r.book = $1 AND r.payment = p.id "
        f"AND r.at <= p.at + interval '{QUICK_MINUTES} minutes')) "
        "FROM payment_line l JOIN payment p ON p.book = $1 AND p.id = l.payment "
        "JOIN coupon n ON n.book = $1 AND n.id = l.item JOIN merchant m ON m.book = $1 AND m.id = p.merchant "
        "WHERE l.book = $1 AND l.source = 'coupon' AND p.at >= $2 "
        "AND NOT EXISTS (SELECT 1 FROM season_note o WHERE o.book = $1 AND o.merchant = p.merchant "
        "AND (o.state = 'open' OR o.updated_at >= p.at)) "
        "AND EXISTS (SELECT 1 FROM season_merchant x WHERE x.book = $1 AND x.merchant = p.merchant) "
        "GROUP BY p.merchant HAVING count(*) >= $3 ORDER BY p.merchant LIMIT 500"
    )
    return [Suspect(*row) for row in await reader.rows(sql, book, since, least)]
