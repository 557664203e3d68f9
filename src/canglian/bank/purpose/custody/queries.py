"""Offers of prepaid cards and the cards that were sold; what is due: cards to be given back, grants to be paid out."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.bank.purpose.model import ContractState, OfferState, PrepaidOffer, PurposeContract
from canglian.bank.purpose.rules import Rules
from canglian.kernel.errors import NotFound
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one
from canglian.kernel.queries.paging import Listing, Order, Page, Where, by_text
from canglian.kernel.shape import shape


class OfferFilter(msgspec.Struct, frozen=True):
    """Which offers; None means any."""

    payee: Annotated[str | None, doc("Only of this merchant.")] = None
    state: Annotated[OfferState | None, doc("Only in this state.")] = None


class CardFilter(msgspec.Struct, frozen=True):
    """Which cards; None means any."""

    payee: Annotated[str | None, doc("Only of this merchant.")] = None
    offer: Annotated[str | None, doc("Only of this offer.")] = None
    wallet: Annotated[str | None, doc("Only of this buyer's wallet.")] = None
    state: Annotated[ContractState | None, doc("Only in this state.")] = None


class PrepaidCardView(msgspec.Struct, frozen=True):
    """A prepaid card: what was paid for it and what is left, and the same of its bonus."""

    id: Annotated[str, doc("The id of its contract.")]
    offer: Annotated[str, doc("The offer by which it was sold.")]
    payee: Annotated[str, doc("The merchant at which it is used.")]
    name: Annotated[str, doc("What people read.")]
    wallet: Annotated[str, doc("The wallet of its buyer.")]
    asset: Annotated[str, doc("The unit of value, such as `ECNY`.")]
    grant: Annotated[str, doc("The grant that pays with it.")]
    paid: Annotated[int, doc("What was paid for it, in fen.")]
    remaining: Annotated[int, doc("What remains of that, in fen: its buyer's own money.")]
    bonus: Annotated[int, doc("Its bonus, in fen.")]
    bonus_remaining: Annotated[int, doc("What remains of the bonus, in fen.")]
    uses: Annotated[int, doc("How often it was used.")]
    state: Annotated[ContractState, doc("Where it stands.")]
    bought_on: Annotated[date, doc("When it was bought.")]
    valid_until: Annotated[date, doc("The last day on which it is used.")]
    refund_until: Annotated[date | None, doc("The last day on which all that is left may be taken back, or null.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]

    @property
    def is_living(self) -> bool:
        """Whether it can be used, or could be again."""
        return self.state in LIVING


class PrepaidTotals(msgspec.Struct, frozen=True):
    """What a merchant's cards come to. None of it is the merchant's before it is used."""

    cards: Annotated[int, doc("How many cards can be used.")]
    remaining: Annotated[int, doc("What remains of what was paid for them, in fen.")]
    bonus_remaining: Annotated[int, doc("What remains of their bonus, in fen.")]
    used: Annotated[int, doc("What was paid with all cards so far, the bonus included, less refunds, in fen.")]


class OfferStanding(msgspec.Struct, frozen=True):
    """What became of the cards of an offer: how far giving them back has come, once it is closed."""

    sold: Annotated[int, doc("How many cards were sold.")]
    living: Annotated[int, doc("How many of them can be used, or have to be given back yet.")]
    paid: Annotated[int, doc("What was paid for all of them, in fen.")]
    remaining: Annotated[int, doc("What remains of that on living cards, in fen: their buyers' own money.")]
    bonus_remaining: Annotated[int, doc("What remains of the bonus of living cards, in fen.")]
    used: Annotated[int, doc("What was paid with all cards, the bonus included, less refunds, in fen.")]
    given_back: Annotated[int, doc("What went back to buyers, in fen.")]
    waiting: Annotated[int, doc("How many cards have ended whose buyers' wallets took nothing yet.")]
    waiting_amount: Annotated[int, doc("What waits for them, in fen.")]


LIVING = (ContractState.ACTIVE, ContractState.SUSPENDED, ContractState.EXHAUSTED)
_OFFERS = listing(PrepaidOffer, by_text("id"))
_FROM = (
    "purpose_contract c JOIN purpose_grant g ON g.book = $1 AND g.id = c.card "
    "JOIN prepaid_offer o ON o.book = $1 AND o.id = c.offer "
    "LEFT JOIN purpose_grant b ON b.book = $1 AND b.id = g.bonus"
)
_CARDS = Listing(
    "c.id, c.offer, o.payee, c.name, g.holder, c.asset, g.id, g.amount, g.remaining, coalesce(b.amount, 0), "
    "coalesce(b.remaining, 0), g.uses, c.state, c.funded_on, c.valid_until, "
    f"c.funded_on + (c.rules ->> 'refund_days')::integer, g.updated_at FROM {_FROM}",
    by_text("c.id"),
    {"id": by_text("c.id")},
    lambda row: msgspec.convert(dict(zip(PrepaidCardView.__struct_fields__, row, strict=True)), PrepaidCardView),
    "-id",
)
_LIVING = "('active', 'suspended', 'exhausted')"
_WAITS = "c.unallotted + c.allotted > 0"


async def offers(reader: Reader, book: int, asked: OfferFilter, order: Order) -> Page[PrepaidOffer]:
    """A page of offers, newest first."""
    where = Where("book = $1")
    where.add("payee = ?", asked.payee)
    where.add("state = ?", asked.state)
    return await _OFFERS.page(reader, book, where, order)


async def offer(reader: Reader, book: int, identity: str) -> PrepaidOffer:
    """An offer; NotFound ``prepaid_offer.not_found``."""
    return await one(reader, book, PrepaidOffer, identity)


async def cards(reader: Reader, book: int, asked: CardFilter, order: Order) -> Page[PrepaidCardView]:
    """A page of cards, newest first."""
    where = Where("c.book = $1", "c.offer IS NOT NULL")
    where.add("o.payee = ?", asked.payee)
    where.add("c.offer = ?", asked.offer)
    where.add("c.payer = ?", asked.wallet)
    where.add("c.state = ?", asked.state)
    return await _CARDS.page(reader, book, where, order)


async def of_buyers(reader: Reader, book: int, wallets: Sequence[str], order: Order) -> Page[PrepaidCardView]:
    """A page of the cards of some wallets, newest first."""
    where = Where("c.book = $1", "c.offer IS NOT NULL")
    where.add("c.payer = ANY(?::text[])", list(wallets))
    return await _CARDS.page(reader, book, where, order)


async def card(reader: Reader, book: int, identity: str) -> PrepaidCardView:
    """A card by the id of its contract; NotFound ``purpose_contract.not_found``."""
    where = Where("c.book = $1", "c.offer IS NOT NULL")
    where.add("c.id = ?", identity)
    page = await _CARDS.page(reader, book, where, Order(limit=1))
    if not page.items:
        raise NotFound("purpose_contract.not_found", purpose_contract=identity)
    return page.items[0]


async def standing(reader: Reader, book: int, identity: str) -> OfferStanding:
    """What became of the cards of an offer."""
    living, waits = f"FILTER (WHERE c.state IN {_LIVING})", f"FILTER (WHERE c.state NOT IN {_LIVING} AND {_WAITS})"
    sql = (
        f"SELECT count(*), count(*) {living}, coalesce(sum(g.amount), 0), coalesce(sum(g.remaining) {living}, 0), "
        f"coalesce(sum(b.remaining) {living}, 0), coalesce(sum(g.spent + coalesce(b.spent, 0)), 0), "
        "(SELECT coalesce(sum(m.amount), 0) FROM purpose_movement m JOIN purpose_contract x ON x.book = $1 "
        "AND x.id = m.contract WHERE m.book = $1 AND x.offer = $2 AND x.offer IS NOT NULL AND m.kind = 'returned'), "
        f"count(*) {waits}, coalesce(sum(c.unallotted + c.allotted) {waits}, 0) "
        f"FROM {_FROM} WHERE c.book = $1 AND c.offer IS NOT NULL AND c.offer = $2"
    )
    row = await reader.row(sql, book, identity)
    return OfferStanding(*(int(value) for value in row or (0,) * len(OfferStanding.__struct_fields__)))


async def totals(reader: Reader, book: int, payee: str) -> PrepaidTotals:
    """What the cards of a merchant come to."""
    living = f"FILTER (WHERE c.state IN {_LIVING})"
    sql = (
        f"SELECT count(*) {living}, coalesce(sum(g.remaining) {living}, 0), "
        f"coalesce(sum(b.remaining) {living}, 0), coalesce(sum(g.spent + coalesce(b.spent, 0)), 0) "
        f"FROM {_FROM} WHERE c.book = $1 AND c.offer IS NOT NULL AND o.payee = $2"
    )
    row = await reader.row(sql, book, payee)
    return PrepaidTotals(*(int(value) for value in row or (0, 0, 0, 0)))


async def closed_offers(reader: Reader, book: int, most: int = 100) -> list[str]:
    """Offers that are closed, and of which cards still live."""
    sql = (
        "SELECT o.id FROM prepaid_offer o WHERE o.book = $1 AND o.state = 'closed' AND EXISTS ("
        "SELECT FROM purpose_contract c WHERE c.book = $1 AND c.offer = o.id AND c.offer IS NOT NULL "
        f"AND c.state IN {_LIVING}) ORDER BY o.id LIMIT $2"
    )
    return [row[0] for row in await reader.rows(sql, book, most)]


async def living_cards(reader: Reader, book: int, identity: str, most: int) -> list[str]:
    """Some contracts of cards of an offer that live."""
    sql = (
        "SELECT id FROM purpose_contract WHERE book = $1 AND offer = $2 AND offer IS NOT NULL "
        f"AND state IN {_LIVING} ORDER BY id LIMIT $3"
    )
    return [row[0] for row in await reader.rows(sql, book, identity, most)]


async def paying_out(reader: Reader, book: int) -> list[tuple[str, Rules, int]]:
    """Active contracts that pay out what is free of their grants, each with its rules and how many have signed."""
    sql = (
        "SELECT id, rules, jsonb_array_length(released_by) FROM purpose_contract WHERE book = $1 "
        "AND state = 'active' AND allotted > held AND rules @> '{\"payout\": true}' ORDER BY id"
    )
    revive = shape(PurposeContract).column("rules").revive
    assert revive is not None, "rules are stored as JSON"
    return [(row[0], revive(row[1]), row[2]) for row in await reader.rows(sql, book)]
