"""Partners, their apps, keys and calls, as pages and API show them; who signs with a key."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import msgspec

from canglian.bank.partner.model import (
    AppState,
    Partner,
    PartnerApp,
    PartnerKey,
    PartnerState,
    PartnerUsage,
)
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_text

DAYS = 30
"""How many days of calls a page shows."""


class PartnerFilter(msgspec.Struct, frozen=True):
    """Which partners; None means any."""

    state: Annotated[PartnerState | None, doc("Only in this state.")] = None


class AppFilter(msgspec.Struct, frozen=True):
    """Which apps; None means any."""

    partner: Annotated[str | None, doc("Only of this partner.")] = None
    state: Annotated[AppState | None, doc("Only in this state.")] = None


class Signer(msgspec.Struct, frozen=True):
    """A key with the app and the partner that it is of."""

    key: PartnerKey
    app: PartnerApp
    partner: Partner


_PARTNERS = listing(Partner, by_text("id"))
_APPS = listing(PartnerApp, by_text("id"))


async def partners(reader: Reader, book: int, asked: PartnerFilter, order: Order) -> Page[Partner]:
    """A page of partners, newest first."""
    where = Where("book = $1")
    where.add("state = ?", asked.state)
    return await _PARTNERS.page(reader, book, where, order)


async def partner(reader: Reader, book: int, identity: str) -> Partner:
    """A partner; NotFound ``partner.not_found``."""
    return await one(reader, book, Partner, identity)


async def registered(reader: Reader, book: int, number: str) -> list[Partner]:
    """The partners with a unified social credit code."""
    return await some(reader, book, Partner, "registration", number)


async def apps(reader: Reader, book: int, asked: AppFilter, order: Order) -> Page[PartnerApp]:
    """A page of apps, newest first."""
    where = Where("book = $1")
    where.add("partner = ?", asked.partner)
    where.add("state = ?", asked.state)
    return await _APPS.page(reader, book, where, order)


async def app(reader: Reader, book: int, identity: str) -> PartnerApp:
    """An app; NotFound ``partner_app.not_found``."""
    return await one(reader, book, PartnerApp, identity)


async def key(reader: Reader, book: int, identity: str) -> PartnerKey:
    """A key; NotFound ``partner_key.not_found``."""
    return await one(reader, book, PartnerKey, identity)


async def keys(reader: Reader, book: int, of_app: str) -> list[PartnerKey]:
    """The keys of an app, newest first."""
    return await some(reader, book, PartnerKey, "app", of_app)


async def usage(reader: Reader, book: int, of_app: str, since: date) -> Sequence[PartnerUsage]:
    """How often an app called on the days since one, the last first."""
    columns = "app, day, calls, refused"
    sql = f"SELECT {columns} FROM partner_usage WHERE book = $1 AND app = $2 AND day >= $3 ORDER BY day DESC"
    return [PartnerUsage(*row) for row in await reader.rows(sql, book, of_app, since)]


async def signer(reader: Reader, book: int, identity: str) -> Signer | None:
    """Who signs with a key; None where there is no such key."""
    found = await some(reader, book, PartnerKey, "id", identity)
    if not found:
        return None
    of_app = await app(reader, book, found[0].app)
    return Signer(found[0], of_app, await partner(reader, book, of_app.partner))


async def reviews(reader: Reader, book: int) -> int:
    """How many partners wait for somebody who decides."""
    row = await reader.row("SELECT count(*) FROM partner WHERE book = $1 AND state = 'review'", book)
    return 0 if row is None else int(row[0])
