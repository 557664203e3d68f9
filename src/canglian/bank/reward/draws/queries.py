"""Draws as they are shown, what is due of them, and their proofs."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

import msgspec

from canglian.bank.reward.draws import drawing
from canglian.bank.reward.draws.model import Draw, DrawEntrant, DrawRules, DrawSeed, DrawState, DrawWin, WinState
from canglian.bank.reward.draws.proof import Entropy, Proof, Winner
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_instant, by_text
from canglian.kernel.shape import shape
from canglian.kernel.untrusted import read_json

_CHUNK = 20_000
"""How many entries are read at once."""


class DrawFilter(msgspec.Struct, frozen=True):
    """Which draws; None means any."""

    state: Annotated[DrawState | None, doc("Only in this state.")] = None
    campaign: Annotated[str | None, doc("Only of this campaign.")] = None


class DrawWinFilter(msgspec.Struct, frozen=True):
    """Which wins; None means any."""

    draw: Annotated[str | None, doc("Only of this draw.")] = None
    party: Annotated[str | None, doc("Only of this customer.")] = None
    state: Annotated[WinState | None, doc("Only in this state.")] = None


class DrawWhole(msgspec.Struct, frozen=True):
    """A draw with its rules as they were published, and who has won."""

    draw: Annotated[Draw, doc("The draw itself.")]
    rules: Annotated[list[DrawRules], doc("Its rules as they were published, the first version first.")]
    wins: Annotated[list[DrawWin], doc("Who has won, the first rank first; up to 200.")]


_DRAWS = listing(Draw, by_text("id"), draws_at=by_instant("draws_at"))
_WINS = listing(DrawWin, by_text("id"))


async def draws(reader: Reader, book: int, asked: DrawFilter, order: Order) -> Page[Draw]:
    """A page of draws, newest first."""
    where = Where("book = $1")
    where.add("state = ?", asked.state)
    where.add("campaign = ?", asked.campaign)
    return await _DRAWS.page(reader, book, where, order)


async def draw(reader: Reader, book: int, identity: str) -> Draw:
    """A draw; NotFound ``draw.not_found``."""
    return await one(reader, book, Draw, identity)


async def whole(reader: Reader, book: int, identity: str) -> DrawWhole:
    """A draw with its rules and its winners; NotFound ``draw.not_found``."""
    found = await draw(reader, book, identity)
    return DrawWhole(found, await rules(reader, book, identity), await wins_of(reader, book, identity))


async def rules(reader: Reader, book: int, identity: str) -> list[DrawRules]:
    """The rules of a draw as they were published, the first version first."""
    found = await some(reader, book, DrawRules, "draw", identity)
    return sorted(found, key=lambda row: row.version)


async def wins(reader: Reader, book: int, asked: DrawWinFilter, order: Order) -> Page[DrawWin]:
    """A page of wins, newest first."""
    where = Where("book = $1")
    where.add("draw = ?", asked.draw)
    where.add("party = ?", asked.party)
    where.add("state = ?", asked.state)
    return await _WINS.page(reader, book, where, order)


async def win(reader: Reader, book: int, identity: str) -> DrawWin:
    """A win; NotFound ``draw_win.not_found``."""
    return await one(reader, book, DrawWin, identity)


async def wins_of(reader: Reader, book: int, identity: str, most: int = 200) -> list[DrawWin]:
    """Who has won, the first rank first, up to a number."""
    form = shape(DrawWin)
    sql = f"SELECT {', '.join(form.names)} FROM draw_win WHERE book = $1 AND draw = $2 ORDER BY rank LIMIT $3"
    return [form.make(row) for row in await reader.rows(sql, book, identity, most)]


async def seed(reader: Reader, book: int, identity: str) -> DrawSeed:
    """The sealed seeds of a draw; NotFound ``draw_seed.not_found``."""
    return await one(reader, book, DrawSeed, identity)


async def entrant(reader: Reader, book: int, identity: str, party: str) -> DrawEntrant | None:
    """Somebody's entries in a draw, or None."""
    form = shape(DrawEntrant)
    sql = f"SELECT {', '.join(form.names)} FROM draw_entrant WHERE book = $1 AND draw = $2 AND party = $3"
    rows = await reader.rows(sql, book, identity, party)
    return form.make(rows[0]) if rows else None


async def link_at(reader: Reader, book: int, identity: str, position: int) -> str:
    """The hash of all entries up to one."""
    sql = "SELECT link FROM draw_entry WHERE book = $1 AND draw = $2 AND position = $3"
    return await reader.value(sql, book, identity, position)


async def on_now(reader: Reader, book: int, now: datetime, most: int = 50) -> list[Draw]:
    """Draws that people join now by themselves, those that end first come first."""
    form = shape(Draw)
    sql = (
        f"SELECT {', '.join(form.names)} FROM draw WHERE book = $1 AND state = 'published' "
        "AND joins_from <= $2 AND joins_until > $2 AND condition->>'kind' IS DISTINCT FROM 'list' "
        "ORDER BY joins_until, id LIMIT $3"
    )
    return [form.make(row) for row in await reader.rows(sql, book, now, most)]


async def of_party(reader: Reader, book: int, party: str, most: int = 50) -> list[tuple[Draw, DrawEntrant]]:
    """The draws that somebody is in, the newest first."""
    draws_form, entrants_form = shape(Draw), shape(DrawEntrant)
    names = [*(f"d.{name}" for name in draws_form.names), *(f"e.{name}" for name in entrants_form.names)]
    sql = (
        f"SELECT {', '.join(names)} FROM draw_entrant e JOIN draw d ON d.book = $1 AND d.id = e.draw "
        "WHERE e.book = $1 AND e.party = $2 ORDER BY e.draw DESC LIMIT $3"
    )
    cut = len(draws_form.names)
    rows = [tuple(row) for row in await reader.rows(sql, book, party, most)]
    return [(draws_form.make(row[:cut]), entrants_form.make(row[cut:])) for row in rows]


async def own_wins(reader: Reader, book: int, party: str, identity: str) -> list[DrawWin]:
    """What somebody has won in a draw."""
    form = shape(DrawWin)
    sql = f"SELECT {', '.join(form.names)} FROM draw_win WHERE book = $1 AND party = $2 AND draw = $3 ORDER BY id"
    return [form.make(row) for row in await reader.rows(sql, book, party, identity)]


async def to_claim(reader: Reader, book: int, party: str, now: datetime) -> int:
    """How many prizes wait for somebody to claim them."""
    sql = "SELECT count(*) FROM draw_win WHERE book = $1 AND party = $2 AND state = 'offered' AND claim_by > $3"
    return await reader.value(sql, book, party, now)


async def bases(reader: Reader, book: int, found: Draw, party: str, most: int = 20) -> list[str]:
    """Payments or used coupons of somebody that may let them join, the oldest first; the decision looks closer."""
    if found.condition.kind.value == "coupon":
        sql = (
            "SELECT id FROM coupon WHERE book = $1 AND party = $2 AND campaign = $3 AND state = 'used' "
            "ORDER BY id LIMIT $4"
        )
        return [row[0] for row in await reader.rows(sql, book, party, found.campaign, most)]
    sql = (
        "SELECT DISTINCT p.id FROM payment_line l JOIN payment p ON p.book = $1 AND p.id = l.payment "
        "WHERE l.book = $1 AND l.holder = $2 AND NOT l.discount AND p.state = 'paid' AND p.at >= $3 AND p.at < $4 "
        "AND p.captured - p.refunded >= $5 ORDER BY p.id LIMIT $6"
    )
    least = max(1, found.condition.least)
    rows = await reader.rows(sql, book, party, found.joins_from, found.joins_until, least, most)
    return [row[0] for row in rows]


async def count(reader: Reader, book: int, state: DrawState, most: int) -> int:
    """How many draws are in a state, up to a bound."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM draw WHERE book = $1 AND state = $2 LIMIT $3) found"
    return await reader.value(sql, book, state.value, most)


async def due(reader: Reader, book: int, now: datetime, most: int = 50) -> list[Draw]:
    """Draws of which something is to be done now: to be frozen, drawn, revealed or computed again."""
    form = shape(Draw)
    sql = (
        f"SELECT {', '.join(form.names)} FROM draw WHERE book = $1 AND ("
        "(state = 'published' AND joins_until <= $2) OR (state = 'list_frozen' AND draws_at <= $2 AND fallback_at > $2)"
        " OR (state = 'drawn' AND fallback_at > $2) OR state = 'revealed') ORDER BY draws_at, id LIMIT $3"
    )
    return [form.make(row) for row in await reader.rows(sql, book, now, most)]


async def lapsing(reader: Reader, book: int, now: datetime, most: int = 50) -> list[str]:
    """Draws with prizes that nobody claimed in time."""
    sql = (
        "SELECT DISTINCT draw FROM draw_win WHERE book = $1 AND state = 'offered' AND claim_by <= $2 "
        "ORDER BY draw LIMIT $3"
    )
    return [row[0] for row in await reader.rows(sql, book, now, most)]


async def proof(reader: Reader, book: int, identity: str) -> Proof:
    """The proof of a frozen draw. Rejects ``draw.not_frozen``."""
    head = await _head(reader, book, identity)
    numbers = [number async for part in _numbers(reader, book, identity) for number in part]
    return Proof(**head, entries=numbers)


async def proof_file(reader: Reader, book: int, identity: str) -> AsyncIterator[bytes]:
    """The proof of a frozen draw as a file, in parts: the entries come last. Rejects ``draw.not_frozen``."""
    head = await _head(reader, book, identity)

    async def parts() -> AsyncIterator[bytes]:
        yield msgspec.json.encode(head)[:-1] + b',"entries":['
        first = True
        async for numbers in _numbers(reader, book, identity):
            yield (b"" if first else b",\n") + b",\n".join([b'"%s"' % number.encode() for number in numbers])
            first = False
        yield b"]}\n"

    return parts()


async def _head(reader: Reader, book: int, identity: str) -> dict[str, Any]:
    """All of a proof but the entries."""
    found = await draw(reader, book, identity)
    if found.frozen_at is None:
        raise Rejection("draw.not_frozen", draw=identity)
    texts = [read_json(row.text.encode(), dict[str, Any]) for row in await rules(reader, book, identity)]
    beacon = found.beacon is not None
    winners = await wins_of(reader, book, identity, drawing.wanted(texts[-1]))
    return {
        "format": drawing.FORMAT,
        "rules": texts[-1],
        "rules_hash": found.rules_hash,
        "earlier": tuple(texts[:-1]),
        "frozen_at": int(found.frozen_at.timestamp()),
        "round": found.deciding_round,
        "entries_hash": found.head,
        "seed": found.seed,
        "entropy": None
        if found.value is None
        else Entropy(found.value, found.signature, found.deciding_round if beacon else None),
        "figure": found.figure if found.revealed_at is not None else None,
        "winners": tuple(Winner(row.rank, row.position, row.number, row.drawn_prize) for row in winners),
    }


async def _numbers(reader: Reader, book: int, identity: str) -> AsyncIterator[list[str]]:
    """The numbers of all entries, in the order of joining."""
    sql = (
        "SELECT position, number FROM draw_entry WHERE book = $1 AND draw = $2 AND position > $3 "
        f"ORDER BY position LIMIT {_CHUNK}"
    )
    after = 0
    while rows := await reader.rows(sql, book, identity, after):
        yield [row[1] for row in rows]
        after = rows[-1][0]
