"""Templates, contracts, grants and movements as they are shown."""

from datetime import date
from typing import Annotated

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
from canglian.bank.purpose.seeds import first_templates
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries import versions as stored
from canglian.kernel.queries.entities import listing, one
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


async def winding_up(reader: Reader, book: int, most: int = 100) -> list[str]:
    """Contracts that have ended, and whose money has not gone yet."""
    sql = (
        "SELECT id FROM purpose_contract WHERE book = $1 AND state IN ('expired', 'terminated') "
        "AND unallotted + allotted > held ORDER BY id LIMIT $2"
    )
    return [row[0] for row in await reader.rows(sql, book, most)]


async def living(reader: Reader, book: int, identity: str, most: int) -> list[str]:
    """Some grants of a contract that have not ended."""
    sql = (
        "SELECT id FROM purpose_grant WHERE book = $1 AND contract = $2 AND state IN ('issued', 'active') "
        "AND remaining > held ORDER BY id LIMIT $3"
    )
    return [row[0] for row in await reader.rows(sql, book, identity, most)]


async def templates(reader: Reader, book: int) -> list[PurposeTemplate]:
    """All versions of all templates, by code, newest first; the first ones where a book has none yet."""
    found = await stored.versions(reader, book, PurposeTemplate)
    known = {version.code for version in found}
    first = [template for template in first_templates(utc_now()) if template.code not in known]
    return sorted([*found, *first], key=lambda template: (template.code, -template.version))
