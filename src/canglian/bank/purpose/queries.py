"""Templates, contracts, grants and movements as they are shown."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from canglian.bank.purpose.model import (
    ContractState,
    GrantState,
    MovementKind,
    PurposeContract,
    PurposeGrant,
    PurposeMovement,
    PurposeTemplate,
)
from canglian.bank.purpose.rules import Payee
from canglian.bank.purpose.seeds import first_templates
from canglian.bank.purpose.spending import most_of, order_of
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries import versions as stored
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_text
from canglian.kernel.shape import shape
from canglian.kernel.values import utc_now

HELD_MAX = 200
"""How many grants of a wallet are looked at."""


class ContractFilter(msgspec.Struct, frozen=True):
    """Which contracts; None means any."""

    payer: Annotated[str | None, doc("Only of this payer's wallet.")] = None
    template: Annotated[str | None, doc("Only of this template.")] = None
    state: Annotated[ContractState | None, doc("Only in this state.")] = None


class GrantFilter(msgspec.Struct, frozen=True):
    """Which grants; None means any."""

    contract: Annotated[str | None, doc("Only of this contract.")] = None
    holder: Annotated[str | None, doc("Only of this holder's wallet.")] = None
    state: Annotated[GrantState | None, doc("Only in this state.")] = None


class MovementFilter(msgspec.Struct, frozen=True):
    """Which movements; None means any."""

    contract: Annotated[str | None, doc("Only of this contract.")] = None
    grant: Annotated[str | None, doc("Only of this grant.")] = None
    kind: Annotated[MovementKind | None, doc("Only of this kind.")] = None
    region: Annotated[str | None, doc("Only at payees in this region.")] = None


_CONTRACTS = listing(PurposeContract, by_text("id"))
_GRANTS = listing(PurposeGrant, by_text("id"))
_MOVEMENTS = listing(PurposeMovement, by_text("id"))


async def contracts(reader: Reader, book: int, asked: ContractFilter, order: Order) -> Page[PurposeContract]:
    """A page of contracts, newest first."""
    where = Where("book = $1")
    where.add("payer = ?", asked.payer)
    where.add("template = ?", asked.template)
    where.add("state = ?", asked.state)
    return await _CONTRACTS.page(reader, book, where, order)


async def contract(reader: Reader, book: int, identity: str) -> PurposeContract:
    """A contract; NotFound ``purpose_contract.not_found``."""
    return await one(reader, book, PurposeContract, identity)


async def grants(reader: Reader, book: int, asked: GrantFilter, order: Order) -> Page[PurposeGrant]:
    """A page of grants, newest first."""
    where = Where("book = $1")
    where.add("contract = ?", asked.contract)
    where.add("holder = ?", asked.holder)
    where.add("state = ?", asked.state)
    return await _GRANTS.page(reader, book, where, order)


async def grant(reader: Reader, book: int, identity: str) -> PurposeGrant:
    """A grant; NotFound ``purpose_grant.not_found``."""
    return await one(reader, book, PurposeGrant, identity)


async def spendable(
    reader: Reader, book: int, wallet: str, payee: Payee, today: date, now: datetime
) -> list[tuple[PurposeGrant, PurposeContract, int]]:
    """Grants of a wallet that may pay a payee then, in the order of spending: each with its contract, and how much."""
    pairs = await held_by(reader, book, wallet)
    most = {grant.id: most_of(contract, grant, payee, today, now) for grant, contract in pairs}
    found = [
        (grant, contract, most[grant.id] + most.get(grant.bonus or "", 0))
        for grant, contract in pairs
        if most[grant.id] and grant.bonus_of is None
    ]
    return sorted(found, key=lambda line: order_of(line[1], line[0]))


async def held_by(reader: Reader, book: int, wallet: str) -> list[tuple[PurposeGrant, PurposeContract]]:
    """Grants of a wallet of which something is free, each with its contract."""
    grant, contract = shape(PurposeGrant), shape(PurposeContract)
    columns = [*(f"g.{name}" for name in grant.names), *(f"c.{name}" for name in contract.names)]
    sql = (
        f"SELECT {', '.join(columns)} FROM purpose_grant g "
        "JOIN purpose_contract c ON c.book = $1 AND c.id = g.contract "
        "WHERE g.book = $1 AND g.holder = $2 AND g.state IN ('issued', 'active') AND g.remaining > g.held "
        f"ORDER BY g.id LIMIT {HELD_MAX}"
    )
    width = len(grant.names)
    rows = await reader.rows(sql, book, wallet)
    return [(grant.make(row[:width]), contract.make(row[width:])) for row in map(tuple, rows)]


async def movements(reader: Reader, book: int, asked: MovementFilter, order: Order) -> Page[PurposeMovement]:
    """A page of movements, newest first."""
    where = Where("book = $1")
    where.add("contract = ?", asked.contract)
    where.add('"grant" = ?', asked.grant)
    where.add("kind = ?", asked.kind)
    where.add("region = ?", asked.region)
    return await _MOVEMENTS.page(reader, book, where, order)


async def expiring(reader: Reader, book: int, today: date, most: int = 100) -> list[str]:
    """Contracts whose last day is over, and which have not ended."""
    sql = (
        "SELECT id FROM purpose_contract WHERE book = $1 AND valid_until < $2 "
        "AND state NOT IN ('expired', 'terminated') ORDER BY valid_until, id LIMIT $3"
    )
    return [row[0] for row in await reader.rows(sql, book, today, most)]


async def winding_up(reader: Reader, book: int, last: str = "", most: int = 100) -> list[str]:
    """Contracts that have ended, and whose money has not gone yet, after the one that was last."""
    sql = (
        "SELECT id FROM purpose_contract WHERE book = $1 AND state IN ('expired', 'terminated') "
        "AND unallotted + allotted > held AND id > $2 ORDER BY id LIMIT $3"
    )
    return [row[0] for row in await reader.rows(sql, book, last, most)]


async def count_ending(reader: Reader, book: int, today: date) -> int:
    """How many contracts have ended, or have to, and whose money has not gone yet."""
    sql = (
        "SELECT (SELECT count(*) FROM purpose_contract WHERE book = $1 AND valid_until < $2 "
        "AND state NOT IN ('expired', 'terminated')) + (SELECT count(*) FROM purpose_contract WHERE book = $1 "
        "AND state IN ('expired', 'terminated') AND unallotted + allotted > held)"
    )
    return await reader.value(sql, book, today)


async def living(reader: Reader, book: int, identity: str, last: str, most: int) -> list[str]:
    """Some grants of a contract that have not ended and have something free, after the one that was last."""
    sql = (
        "SELECT id FROM purpose_grant WHERE book = $1 AND contract = $2 AND state IN ('issued', 'active') "
        "AND remaining > held AND id > $3 ORDER BY id LIMIT $4"
    )
    return [row[0] for row in await reader.rows(sql, book, identity, last, most)]


PARTS_MAX = 500
"""How many parts of a trace are told apart; the smaller ones are put together."""

_NET = "sum(CASE WHEN m.kind = 'spent' THEN m.amount ELSE -m.amount END)"


async def spent_by(reader: Reader, book: int, identity: str, columns: Iterable[str]) -> list[Any]:
    """What was spent of a contract less what came back, by some columns, the largest first."""
    names = ", ".join(f"g.{name}" if name == "holder" else f"m.{name}" for name in columns)
    sql = (
        f"SELECT {names}, {_NET} FROM purpose_movement m "
        'JOIN purpose_grant g ON g.book = $1 AND g.id = m."grant" '
        "WHERE m.book = $1 AND m.contract = $2 AND m.kind IN ('spent', 'refunded') "
        f"GROUP BY {names} HAVING {_NET} <> 0 ORDER BY {_NET} DESC, {names} LIMIT {PARTS_MAX + 1}"
    )
    return [(*row[:-1], int(row[-1])) for row in map(tuple, await reader.rows(sql, book, identity))]


async def spent_in_all(reader: Reader, book: int, identity: str) -> int:
    """What was spent of a contract, less what came back from payees."""
    sql = (
        f"SELECT coalesce({_NET}, 0) FROM purpose_movement m "
        "WHERE m.book = $1 AND m.contract = $2 AND m.kind IN ('spent', 'refunded')"
    )
    row = await reader.row(sql, book, identity)
    return int(row[0]) if row else 0


async def kept_by_holders(reader: Reader, book: int, identity: str) -> list[Any]:
    """What remains of the grants of a contract, by holder, the largest first."""
    sql = (
        "SELECT holder, sum(remaining) FROM purpose_grant WHERE book = $1 AND contract = $2 AND remaining > 0 "
        f"GROUP BY holder ORDER BY sum(remaining) DESC, holder LIMIT {PARTS_MAX + 1}"
    )
    return [(row[0], int(row[1])) for row in await reader.rows(sql, book, identity)]


async def released_to(reader: Reader, book: int, identity: str, *, by_holder: bool) -> list[Any]:
    """What holders got as ordinary money, by holder or in all."""
    name = "g.holder" if by_holder else "NULL::text"
    sql = (
        f"SELECT {name}, sum(m.amount) FROM purpose_movement m "
        'JOIN purpose_grant g ON g.book = $1 AND g.id = m."grant" '
        f"WHERE m.book = $1 AND m.contract = $2 AND m.kind = 'released' "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {PARTS_MAX + 1}"
    )
    return [(row[0], int(row[1])) for row in await reader.rows(sql, book, identity) if row[1]]


async def released_in_all(reader: Reader, book: int, identity: str) -> int:
    """What all holders got as ordinary money."""
    sql = (
        "SELECT coalesce(sum(amount), 0) FROM purpose_movement WHERE book = $1 AND contract = $2 AND kind = 'released'"
    )
    row = await reader.row(sql, book, identity)
    return int(row[0]) if row else 0


async def returned(reader: Reader, book: int, identity: str) -> int:
    """What the payer got back: at the end, and from payees after it."""
    sql = (
        "SELECT coalesce(sum(amount), 0) FROM purpose_movement WHERE book = $1 AND contract = $2 "
        "AND (kind = 'returned' OR kind = 'refunded' AND NOT purpose)"
    )
    row = await reader.row(sql, book, identity)
    return int(row[0]) if row else 0


class WalletLabel(msgspec.Struct, frozen=True):
    """A wallet as a list names it, by masks alone."""

    id: str
    name: str
    asset: str
    ending: str
    holder: str
    party: str | None


async def wallet_labels(reader: Reader, book: int, identities: Iterable[str]) -> dict[str, WalletLabel]:
    """What wallets are called, by their ids."""
    sql = (
        "SELECT w.id, w.name, w.asset, right(w.number_mask, 4), coalesce(p.name_mask, w.mobile_mask, '—'), w.party "
        "FROM wallet w LEFT JOIN party p ON p.book = $1 AND p.id = w.party WHERE w.book = $1 AND w.id = ANY($2::text[])"
    )
    return {row[0]: WalletLabel(*row) for row in await reader.rows(sql, book, list(dict.fromkeys(identities)))}


async def wallets_by_number(reader: Reader, book: int, indexes: Iterable[str]) -> dict[str, str]:
    """The ids of wallets by the blind indexes of their numbers."""
    sql = "SELECT number_index, id FROM wallet WHERE book = $1 AND number_index = ANY($2::text[])"
    return {row[0]: row[1] for row in await reader.rows(sql, book, list(indexes))}


async def of_holders(reader: Reader, book: int, wallets: Iterable[str]) -> list[PurposeGrant]:
    """The grants of some wallets, newest first."""
    found = [await some(reader, book, PurposeGrant, "holder", wallet) for wallet in wallets]
    return sorted((grant for grants in found for grant in grants), key=lambda grant: grant.id, reverse=True)


async def given_to(reader: Reader, book: int, wallets: Sequence[str], most: int = 50) -> list[PurposeGrant]:
    """The newest grants of some wallets that are neither prepaid cards nor their bonus."""
    grant = shape(PurposeGrant)
    sql = (
        f"SELECT {', '.join(f'g.{name}' for name in grant.names)} FROM purpose_grant g "
        "JOIN purpose_contract c ON c.book = $1 AND c.id = g.contract "
        "WHERE g.book = $1 AND g.holder = ANY($2::text[]) AND g.bonus_of IS NULL AND c.card IS NULL "
        "ORDER BY g.id DESC LIMIT $3"
    )
    return [grant.make(row) for row in map(tuple, await reader.rows(sql, book, list(wallets), most))]


async def contracts_of(reader: Reader, book: int, identities: Iterable[str]) -> dict[str, PurposeContract]:
    """Contracts by their ids."""
    return {identity: await contract(reader, book, identity) for identity in dict.fromkeys(identities)}


async def templates(reader: Reader, book: int) -> list[PurposeTemplate]:
    """All versions of all templates, by code, newest first; the first ones where a book has none yet."""
    found = await stored.versions(reader, book, PurposeTemplate)
    known = {version.code for version in found}
    first = [template for template in first_templates(utc_now()) if template.code not in known]
    return sorted([*found, *first], key=lambda template: (template.code, -template.version))
