"""A chain for the benchmark: a core company, suppliers with accounts and wallets, and vouchers that were accepted."""

from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from canglian.bank.chain.model import ChainMember, Voucher, VoucherState
from canglian.bank.credit.facilities.model import Facility, FacilityState, SubLimit
from canglian.bank.payment.bench.street import FUNDS, build
from canglian.kernel.encoding import encode
from canglian.kernel.entity import Entity
from canglian.kernel.postgres.writing import copy
from canglian.kernel.values import AMOUNT_MAX, utc_now
from canglian.ledger.bench.ground import BOOK
from canglian.web.services import Services

FACE = 10_000_00
DAYS = 90
_CORE = f"chm_{0:026d}"
_FACILITY = f"fac_{0:026d}"
_PRODUCT = "loan.chain"


class Chain(msgspec.Struct, frozen=True):
    """The vouchers with the wallet of each holder, the accounts of all holders, and what is in them together."""

    vouchers: list[tuple[str, str]]
    accounts: list[int]
    funds: int
    today: date


async def lay(services: Services, url: str, suppliers: int, vouchers: int) -> Chain:
    """Put the chain into the database."""
    street = await build(services, url, 1, suppliers, 0)
    wallets = [payer.ewallet for payer in street.payers]
    now, today = utc_now(), (await services.store.state(BOOK)).today
    connection: Any = await asyncpg.connect(url)
    try:
        sql = "SELECT id, party, deposit, account FROM wallet WHERE book = $1 AND id = ANY($2) ORDER BY id"
        found = await connection.fetch(sql, BOOK, wallets)
        holders = [f"chm_{place:026d}" for place in range(1, len(found) + 1)]
        members = [_member(_CORE, found[0]["party"], found[0]["deposit"], now)]
        members += [
            _member(holder, row["party"], row["deposit"], now, core=_CORE)
            for holder, row in zip(holders, found, strict=True)
        ]
        made = [_voucher(place, holders[place % len(holders)], today, now) for place in range(vouchers)]
        rows: dict[type[Entity], list[Any]] = {
            ChainMember: members,
            Facility: [_facility(found[0]["party"], vouchers * FACE, today, now)],
            Voucher: made,
        }
        for kind, things in rows.items():
            await copy(connection, kind.__table__, kind, encode(kind, BOOK, things))
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    signing = [row["id"] for row in found]
    return Chain(
        [(voucher.id, signing[place % len(signing)]) for place, voucher in enumerate(made)],
        [row["account"] for row in found],
        FUNDS * len(found),
        today,
    )


def _member(identity: str, party: str, deposit: str, now: datetime, core: str | None = None) -> ChainMember:
    is_core = core is None
    return ChainMember(
        id=identity,
        party=party,
        core=core,
        tier=0 if is_core else 1,
        account=deposit,
        facility=_FACILITY if is_core else None,
        product=_PRODUCT if is_core else None,
        advance_bps=9_000,
        enrolled_at=now,
        enrolled_by="bench",
    )


def _facility(party: str, used: int, today: date, now: datetime) -> Facility:
    until = today + timedelta(days=365)
    part = SubLimit(_PRODUCT, 1, AMOUNT_MAX, used, 0, True, 42_000, until, f"apl_{0:026d}")
    return Facility(_FACILITY, party, FacilityState.ACTIVE, AMOUNT_MAX, (part,), used, 0, until, None, now, now)


def _voucher(place: int, holder: str, today: date, now: datetime) -> Voucher:
    identity = f"vch_{place:026d}"
    return Voucher(
        id=identity,
        number=f"{place + 1:08d}",
        root=identity,
        parent=None,
        state=VoucherState.ACCEPTED,
        core=_CORE,
        holder=holder,
        face=FACE,
        invoice=f"/{place:020d}",
        issued_on=today,
        matures_on=today + timedelta(days=DAYS),
        reason=None,
        parts=0,
        paid=0,
        unclaimed=0,
        frozen_from=None,
        moves=2,
        issued_at=now,
        updated_at=now,
    )
