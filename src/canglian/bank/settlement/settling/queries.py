"""What a run of settlements reads, and settlements as they are shown."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.bank.payment.model import Merchant
from canglian.bank.payment.paying import FEE, FEE_BACK, TAX, TAX_BACK
from canglian.bank.payment.payouts import NextPayout as Coming
from canglian.bank.payment.payouts import when_paid_out
from canglian.bank.payment.splitting import RETURNED, SPLIT
from canglian.bank.settlement.calendar import YearOf, business_day_after, day_in
from canglian.bank.settlement.queries import years_by_number
from canglian.bank.settlement.settling.model import Settlement, SettlementState, SettlementTerms
from canglian.bank.settlement.settling.paying_out import CLAIM, PAYOUT
from canglian.bank.settlement.settling.settle import DueSettlement, Sums
from canglian.bank.settlement.settling.terms import CYCLE, settled_until
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Listing, Order, Page, Where, by_date, by_number, by_text

Day = date  # a field named date would hide the type

_OF_CODE = {
    FEE: ("fees", -1),
    FEE_BACK: ("fees", -1),
    TAX: ("tax", -1),
    TAX_BACK: ("tax", -1),
    CLAIM: ("claims_in", 1),
    PAYOUT: ("other", 1),
}
"""Which sum a transfer belongs to by what it is for, and the sign of what comes in. All others are of sources."""


class Standing(msgspec.Struct, frozen=True, gc=False):
    """An account of a merchant, how far it is settled, and what was carried over."""

    merchant: str
    asset: str
    account: int
    after: int
    carried: int
    date: date | None
    seen: int
    cycle: int
    held: bool


async def years_of(reader: Reader, book: int, day: date) -> YearOf:
    """The calendar around a day."""
    return (await years_by_number(reader, book, range(day.year - 1, day.year + 2))).get


async def last_transfer(reader: Reader, book: int) -> int:
    """The number of the last transfer of the ledger, 0 for none."""
    sql = "SELECT coalesce((counters->>'transfer')::bigint, 0) FROM book WHERE book = $1"
    return await reader.value(sql, book) or 0


async def boundary(reader: Reader, book: int, years: YearOf, day: date, cycle: int) -> int:
    """The last transfer that a settlement on a business day contains, by the cut-off of the day until which it goes.

    A day that was not cut off ends where the first transfer of a later date stands.
    """
    until = settled_until(years, day, cycle)
    found = await reader.value("SELECT last_transfer FROM cutoff WHERE book = $1 AND date = $2", book, until)
    if found is not None:
        return found
    return await reader.value(_BOUNDARY, book, until) or 0


_BOUNDARY = (
    "WITH RECURSIVE halved(low, high) AS ("
    "SELECT 0::bigint, coalesce((counters->>'transfer')::bigint, 0) FROM book WHERE book = $1 UNION ALL "
    "SELECT CASE WHEN t.date <= $2 THEN t.id ELSE h.low END, "
    "CASE WHEN t.date <= $2 THEN h.high ELSE (h.low + h.high) / 2 END FROM halved h LEFT JOIN LATERAL ("
    "SELECT x.id, x.date FROM transfer x WHERE x.book = $1 AND x.id > (h.low + h.high) / 2 ORDER BY x.id LIMIT 1"
    ") t ON true WHERE h.low < h.high) SELECT low FROM halved WHERE low >= high LIMIT 1"
)
"""The last transfer of a date or an earlier one, by halving: numbers and dates of transfers rise together."""


async def standings(reader: Reader, book: int, after: str, most: int) -> list[Standing]:
    """The accounts of the next merchants, by their ids after ``after``."""
    sql = _STANDINGS.format(merchants="id > $2 ORDER BY id LIMIT $3")
    return [Standing(*row) for row in await reader.rows(sql, book, after, most)]


async def standings_of(reader: Reader, book: int, merchant: str) -> list[Standing]:
    """The accounts of one merchant."""
    sql = _STANDINGS.format(merchants="id = $2")
    return [Standing(*row) for row in await reader.rows(sql, book, merchant)]


_STANDINGS = (
    "SELECT m.id, m.asset, m.account, coalesce(p.last_transfer, 0), coalesce(p.carried, 0), p.date, "
    f"b.last_transfer, coalesce(t.cycle, {CYCLE}), t.hold_reason IS NOT NULL "
    "FROM (SELECT n.id, a.key AS asset, a.value::bigint AS account FROM (SELECT id, accounts FROM merchant "
    "WHERE book = $1 AND {merchants}) n CROSS JOIN LATERAL jsonb_each_text(n.accounts) a) m "
    "JOIN balance b ON b.book = $1 AND b.account = m.account "
    "LEFT JOIN settlement_position p ON p.book = $1 AND p.account = m.account "
    "LEFT JOIN settlement_terms t ON t.book = $1 AND t.merchant = m.id ORDER BY m.id, m.asset"
)


async def due(
    reader: Reader, book: int, day: date, found: Sequence[Standing], boundaries: dict[int, int]
) -> list[DueSettlement]:
    """What of these accounts is settled on a business day: something was booked, or what was carried may be paid."""
    asked = [
        standing
        for standing in found
        if (standing.date is None or standing.date < day) and (standing.seen > standing.after or standing.carried > 0)
    ]
    if not asked:
        return []
    accounts = [standing.account for standing in asked]
    # what an account has moved since a later run began is never behind what is settled
    last = {standing.account: max(standing.after, min(boundaries[standing.cycle], standing.seen)) for standing in asked}
    sums, since, touched = await _booked(reader, book, asked, last)
    kept = await _kept_back(reader, book, day, asked, last)
    claims = await _claims(reader, book, day, asked)
    items: list[DueSettlement] = []
    for standing, account in zip(asked, accounts, strict=True):
        of_claims = claims.get((standing.merchant, standing.asset), ())
        if account not in touched and (standing.held or standing.carried <= 0):
            continue
        kept_due, kept_all = kept.get((standing.merchant, standing.asset), (0, 0))
        items.append(
            DueSettlement(
                merchant=standing.merchant,
                asset=standing.asset,
                account=account,
                after=standing.after,
                last=last[account],
                seen=standing.seen,
                sums=sums.get(account, Sums()),
                since=since.get(account, 0),
                kept_due=kept_due,
                kept=kept_all,
                claims=of_claims,
            )
        )
    return items


async def _booked(
    reader: Reader, book: int, asked: Sequence[Standing], last: dict[int, int]
) -> tuple[dict[int, Sums], dict[int, int], set[int]]:
    """By account: sums of what is settled, the sum of what was booked later, and in which anything is settled.

    What settlements themselves took from an account stands in what they carried over.
    """
    sql = (
        "SELECT d.account, x.code, true, coalesce(sum(x.amount) FILTER (WHERE x.id <= d.last), 0)::bigint, "
        "coalesce(sum(x.amount) FILTER (WHERE x.id > d.last), 0)::bigint "
        "FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS d(account, after, last, seen) "
        "JOIN transfer x ON x.book = $1 AND x.credit = d.account AND x.id > d.after AND x.id <= d.seen GROUP BY 1, 2 "
        "UNION ALL "
        "SELECT d.account, x.code, false, coalesce(sum(x.amount) FILTER (WHERE x.id <= d.last), 0)::bigint, "
        "coalesce(sum(x.amount) FILTER (WHERE x.id > d.last), 0)::bigint "
        "FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS d(account, after, last, seen) "
        "JOIN transfer x ON x.book = $1 AND x.debit = d.account AND x.id > d.after AND x.id <= d.seen "
        f"AND x.code <> '{PAYOUT}' AND x.code <> '{CLAIM}' GROUP BY 1, 2"
    )
    accounts = [standing.account for standing in asked]
    columns = [
        accounts,
        [standing.after for standing in asked],
        [last[account] for account in accounts],
        [standing.seen for standing in asked],
    ]
    figures: dict[int, dict[str, int]] = {}
    since: dict[int, int] = {}
    for account, code, incoming, settled, later in await reader.rows(sql, book, *columns):
        sign = 1 if incoming else -1
        if later:
            since[account] = since.get(account, 0) + sign * later
        if settled:
            name, side = _sum_of(code, incoming=incoming)
            own = figures.setdefault(account, {})
            own[name] = own.get(name, 0) + sign * side * settled
    return {account: Sums(**own) for account, own in figures.items()}, since, set(figures)


def _sum_of(code: str, *, incoming: bool) -> tuple[str, int]:
    """The name of the sum that a transfer belongs to, and the sign of what comes in there."""
    if code == SPLIT:
        return ("splits_in", 1) if incoming else ("splits_out", -1)
    if code == RETURNED:
        return ("splits_out", -1) if incoming else ("splits_in", 1)
    return _OF_CODE.get(code) or (("gross", 1) if incoming else ("refunds", -1))


async def _kept_back(
    reader: Reader, book: int, day: date, asked: Sequence[Standing], last: dict[int, int]
) -> dict[tuple[str, str], tuple[int, int]]:
    """What of payments is kept back to be split, by merchant and asset: of those that are settled, and of all."""
    sql = (
        "SELECT d.merchant, d.asset, coalesce(sum(l.captured - l.refunded - l.fee + l.fee_refunded - l.split) "
        "FILTER (WHERE l.transfer <= d.last), 0)::bigint, "
        "coalesce(sum(l.captured - l.refunded - l.fee + l.fee_refunded - l.split), 0)::bigint "
        "FROM unnest($2::text[], $3::text[], $4::bigint[]) AS d(merchant, asset, last) "
        "JOIN payment p ON p.book = $1 AND p.merchant = d.merchant AND p.split_until >= $5 "
        "AND p.split_until IS NOT NULL "
        "JOIN payment_line l ON l.book = $1 AND l.payment = p.id AND l.asset = d.asset GROUP BY 1, 2"
    )
    merchants = [standing.merchant for standing in asked]
    assets = [standing.asset for standing in asked]
    lasts = [last[standing.account] for standing in asked]
    rows = await reader.rows(sql, book, merchants, assets, lasts, day)
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


async def _claims(
    reader: Reader, book: int, day: date, asked: Sequence[Standing]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Claims that merchants owe, by merchant and asset, the oldest first."""
    sql = (
        "SELECT receiver, asset, array_agg(id ORDER BY id) FROM split_claim WHERE book = $1 "
        'AND receiver = ANY($2::text[]) AND collected < amount AND "on" <= $3 GROUP BY 1, 2'
    )
    rows = await reader.rows(sql, book, list({standing.merchant for standing in asked}), day)
    return {(row[0], row[1]): tuple(row[2]) for row in rows}


async def kept_back_of(reader: Reader, book: int, settlement: Settlement, day: date) -> int:
    """What of the account of a settlement is kept back to be split now."""
    of_account = Standing(settlement.merchant, settlement.asset, settlement.account, 0, 0, None, 0, 0, False)
    found = await _kept_back(reader, book, day, [of_account], {settlement.account: 0})
    return found.get((settlement.merchant, settlement.asset), (0, 0))[1]


async def count_due(reader: Reader, book: int, day: date) -> int:
    """About how many accounts of merchants a run of a business day still has to look at."""
    sql = (
        "SELECT count(*) FROM (SELECT a.value::bigint AS account FROM merchant n CROSS JOIN LATERAL "
        "jsonb_each_text(n.accounts) a WHERE n.book = $1) m "
        "JOIN balance b ON b.book = $1 AND b.account = m.account "
        "LEFT JOIN settlement_position p ON p.book = $1 AND p.account = m.account "
        "WHERE (p.date IS NULL OR p.date < $2) AND b.last_transfer > coalesce(p.last_transfer, 0)"
    )
    return await reader.value(sql, book, day)


async def cycles(reader: Reader, book: int) -> list[int]:
    """The cycles by which merchants are settled."""
    rows = await reader.rows("SELECT DISTINCT cycle FROM settlement_terms WHERE book = $1", book)
    return sorted({CYCLE, *(row[0] for row in rows)})


# -- as they are shown ---------------------------------------------------------------------------------------------


class SettlementEntry(msgspec.Struct, frozen=True):
    """A transfer that a settlement contains. ``amount`` is below nothing where it was taken from the merchant."""

    id: Annotated[int, doc("The number of the transfer in the ledger.")]
    code: Annotated[str, doc("What it is for.")]
    amount: Annotated[int, doc("In fen; below nothing for a fee, a refund or a share of another merchant.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    date: Annotated[Day, doc("The business date.")]
    booked_at: Annotated[datetime, doc("When it was committed.")]
    reference: Annotated[str | None, doc("The payment that it belongs to, or null.")]


class NextPayout(msgspec.Struct, frozen=True):
    """When the money comes: what the next settlement of a merchant would pay out of an asset."""

    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    date: Annotated[Day, doc("The business date of the next settlement.")]
    amount: Annotated[int, doc("What it would pay out, in fen, if nothing else happened.")]
    held: Annotated[bool, doc("Whether the merchant is on hold, so that it waits.")]


class SettlementFilter(msgspec.Struct, frozen=True):
    """Which settlements; None means any."""

    merchant: Annotated[str | None, doc("Only of this merchant.")] = None
    state: Annotated[SettlementState | None, doc("Only in this state.")] = None
    first_date: Annotated[date | None, doc("Only of this business date or later.")] = None
    last_date: Annotated[date | None, doc("Only of this business date or earlier.")] = None


_SETTLEMENTS = listing(
    Settlement, by_text("id"), date=by_date("date"), paid_out=by_number("paid_out"), net=by_number("net")
)


async def settlements(reader: Reader, book: int, asked: SettlementFilter, order: Order) -> Page[Settlement]:
    """A page of settlements, newest first."""
    where = Where("book = $1")
    where.add("merchant = ?", asked.merchant)
    where.add("state = ?", asked.state)
    where.add("date >= ?", asked.first_date)
    where.add("date <= ?", asked.last_date)
    return await _SETTLEMENTS.page(reader, book, where, order)


async def settlement(reader: Reader, book: int, identity: str) -> Settlement:
    """A settlement; NotFound ``settlement.not_found``."""
    return await one(reader, book, Settlement, identity)


async def terms(reader: Reader, book: int, merchant: str) -> SettlementTerms | None:
    """The terms of a merchant, None where nobody has set any."""
    return next(iter(await some(reader, book, SettlementTerms, "merchant", merchant)), None)


_ENTRIES = Listing(
    "id, code, CASE WHEN credit = $2 THEN amount ELSE -amount END, asset, date, booked_at, reference FROM transfer",
    by_number("id"),
    {"id": by_number("id")},
    lambda row: SettlementEntry(*row),
    "id",
)


async def entries(reader: Reader, book: int, found: Settlement, order: Order) -> Page[SettlementEntry]:
    """The transfers of the ledger that a settlement contains, the first one first; with what was carried in its net."""
    where = Where("book = $1")
    where.add("(credit = ? OR debit = ?)", found.account)
    where.add(f"(credit = $2 OR (code <> '{PAYOUT}' AND code <> '{CLAIM}')) AND id > ?", found.after_transfer)
    where.add("id <= ?", found.last_transfer)
    return await _ENTRIES.page(reader, book, where, order)


class DayTotal(msgspec.Struct, frozen=True):
    """What settlements of a business date came to, by asset and state."""

    asset: str
    state: SettlementState
    count: int
    net: int
    fees: int
    paid_out: int
    carried_out: int


async def day_totals(reader: Reader, book: int, day: date) -> list[DayTotal]:
    """What the settlements of a business date came to."""
    sql = (
        "SELECT asset, state, count(*), sum(net)::bigint, sum(fees + tax)::bigint, sum(paid_out)::bigint, "
        "sum(carried_out)::bigint FROM settlement WHERE book = $1 AND date = $2 GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return [DayTotal(row[0], SettlementState(row[1]), *row[2:]) for row in await reader.rows(sql, book, day)]


async def next_payouts(reader: Reader, book: int, merchant: str) -> list[NextPayout]:
    """When a merchant gets how much, by asset: what its next settlement would pay out if nothing else happened."""
    today = await reader.value("SELECT today FROM book WHERE book = $1", book)
    years = await years_of(reader, book, today)
    payouts: list[NextPayout] = []
    until: dict[date, dict[int, int]] = {}
    for standing in await standings_of(reader, book, merchant):
        settled = standing.date == today or not day_in(years, today).is_business_day
        day = business_day_after(years, today).day if settled else today
        boundaries = until.setdefault(day, {})
        if standing.cycle not in boundaries:
            boundaries[standing.cycle] = await boundary(reader, book, years, day, standing.cycle)
        asked = standing if standing.date is None or standing.date < day else None
        items = [] if asked is None else await due(reader, book, day, [asked], boundaries)
        sums = items[0].sums.net - items[0].kept_due if items else 0
        payouts.append(NextPayout(standing.asset, day, max(0, standing.carried + sums), standing.held))
    return payouts


async def coming(reader: Reader, book: int, merchant: Merchant) -> Coming | None:
    """When a merchant gets its money, all assets together, as its own pages say it."""
    payouts = await next_payouts(reader, book, merchant.id)
    if not payouts or any(payout.held for payout in payouts):
        return None
    return Coming(min(payout.date for payout in payouts), sum(payout.amount for payout in payouts))


when_paid_out(coming)


async def of_transfers(reader: Reader, book: int, transfers: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The settlement and the merchant of transfers that paid one out; of others nothing."""
    sql = (
        "SELECT t.id, s.id, s.merchant FROM transfer t JOIN settlement s ON s.book = $1 AND s.id = t.reference "
        f"WHERE t.book = $1 AND t.id = ANY($2::bigint[]) AND t.code = '{PAYOUT}'"
    )
    return {row[0]: (row[1], row[2]) for row in await reader.rows(sql, book, list(transfers))}
