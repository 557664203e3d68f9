"""Wallets as they are shown: by masks, with what hangs on them. Nothing sealed leaves this module but in ``Wallet``."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.bank.deposit.holdings import asked_of
from canglian.bank.deposit.queries import accounts
from canglian.bank.limit.queries import what_is_left
from canglian.bank.limit.standing import Asked, HolderLimits
from canglian.bank.party import Level
from canglian.bank.party.queries import parties
from canglian.bank.wallet.limits import subject_of
from canglian.bank.wallet.model import (
    LockedBy,
    PocketKind,
    Wallet,
    WalletDevice,
    WalletKind,
    WalletPin,
    WalletPocket,
    WalletState,
)
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_instant, by_text
from canglian.kernel.shape import shape
from canglian.kernel.values import utc_now

NOBODY = ""
"""The id of no party."""


class WalletView(msgspec.Struct, frozen=True):
    """A wallet by its masks, with what it has. ``held`` is on its way out."""

    id: Annotated[str, doc("Its number or id.")]
    kind: Annotated[WalletKind, doc("`ewallet`, `ecny` or `ecny_corporate`.")]
    tier: Annotated[int | None, doc("The tier of an e-CNY wallet, 1 the highest; null for others.")]
    product: Annotated[str, doc("The code of the product, by which rules about limits know the wallet.")]
    party: Annotated[str | None, doc("The party's id.")]
    mobile: Annotated[str | None, doc("The mobile of an anonymous wallet, masked; null for others.")]
    parent: Annotated[str | None, doc("The wallet whose sub-wallet it is, or null.")]
    sub_wallets: Annotated[int, doc("How many sub-wallets it has, or which.")]
    merchant: Annotated[str | None, doc("The one wallet that a sub-wallet pays; null for anybody.")]
    single_max: Annotated[int | None, doc("The most that a sub-wallet pays at once; null for no bound of its own.")]
    day_max: Annotated[
        int | None,
        doc("The most that a sub-wallet pays on a business date; null for no bound of its own."),
    ]
    deposit: Annotated[str | None, doc("The deposit account that the wallet stands on, or is bound to.")]
    account: Annotated[int, doc("The account in the ledger where its money is.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    number: Annotated[str, doc("The wallet's number, masked.")]
    name: Annotated[str, doc("What people read.")]
    within: Annotated[str | None, doc("The scene's own thing that it belongs to, such as `village:7`.")]
    level: Annotated[Level, doc("How far its holder was verified for it.")]
    state: Annotated[WalletState, doc("The state it is in, or is to be in.")]
    locked_by: Annotated[
        LockedBy | None,
        doc("Who locked it: `holder` takes money in, with `bank` nothing moves. Null while it is not."),
    ]
    balance: Annotated[int, doc("What it has, in the minor unit.")]
    held: Annotated[int, doc("What pending holds reserve.")]
    channel: Annotated[str, doc("Where it was opened.")]
    opened_on: Annotated[date, doc("The business date on which it was opened.")]
    closed_on: Annotated[date | None, doc("The business date on which it was closed, or null.")]
    opened_at: Annotated[datetime, doc("When it was opened.")]
    opened_by: Annotated[str, doc("Who opened it.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class DeviceView(msgspec.Struct, frozen=True):
    """A device of a wallet."""

    id: Annotated[str, doc("Its number or id.")]
    wallet: Annotated[str, doc("The wallet's id.")]
    name: Annotated[str, doc("What people read.")]
    platform: Annotated[str, doc("What the device runs.")]
    trusted_at: Annotated[datetime | None, doc("Since when it is trusted; null while it is not.")]
    added_at: Annotated[datetime, doc("When it was added.")]
    added_by: Annotated[str, doc("Who added it.")]
    removed_at: Annotated[datetime | None, doc("When it was taken off the list, or null.")]
    removed_by: Annotated[str | None, doc("Who took it off the list, or null.")]


class PocketView(msgspec.Struct, frozen=True):
    """A pocket with what is in it, in the minor unit of its asset."""

    id: Annotated[str, doc("Its number or id.")]
    wallet: Annotated[str, doc("The wallet's id.")]
    kind: Annotated[PocketKind, doc("`points` of a scheme or `benefit` money of a purpose.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    purpose: Annotated[str | None, doc("Its money moves only among accounts of the same purpose; null for free money.")]
    name: Annotated[str, doc("What people read.")]
    account: Annotated[int, doc("The account's number.")]
    balance: Annotated[int, doc("What is in it.")]
    opened_at: Annotated[datetime, doc("When it was opened.")]
    opened_by: Annotated[str, doc("Who opened it.")]
    closed_at: Annotated[datetime | None, doc("When it was closed; null while it is not.")]


class PinView(msgspec.Struct, frozen=True):
    """How a PIN stands."""

    is_set: Annotated[bool, doc("Whether there is a PIN.")]
    failures: Annotated[int, doc("How many wrong PINs there were since the last right one.")]
    locked: Annotated[bool, doc("Whether it is locked.")]
    locked_until: Annotated[datetime | None, doc("When the lock ends by itself, or null.")]
    set_at: Annotated[datetime | None, doc("When it was set, or null.")]


class WalletWhole(msgspec.Struct, frozen=True):
    """A wallet with what hangs on it, all by masks."""

    wallet: Annotated[WalletView, doc("The wallet's id.")]
    sub_wallets: Annotated[list[WalletView], doc("Its sub-wallets.")]
    pockets: Annotated[list[PocketView], doc("Points and benefit money beside the wallet's own.")]
    devices: Annotated[list[DeviceView], doc("The devices that it is used on.")]
    pin: Annotated[PinView, doc("How its PIN stands.")]
    limits: Annotated[HolderLimits, doc("What is left of its limits.")]


class WalletFilter(msgspec.Struct, frozen=True):
    """Which wallets; None means any."""

    product: Annotated[str | None, doc("Only of this product.")] = None
    state: Annotated[WalletState | None, doc("Only in this state.")] = None
    party: Annotated[str | None, doc("Only of this party.")] = None
    parent: Annotated[str | None, doc("Only the sub-wallets of this wallet.")] = None
    within: Annotated[str | None, doc("Only of this thing of a scene.")] = None
    deposit: Annotated[str | None, doc("Only on, or bound to, this deposit account.")] = None
    since: Annotated[datetime | None, doc("Only those opened at this instant or later.")] = None
    until: Annotated[datetime | None, doc("Only those opened at this instant or earlier.")] = None
    first_date: Annotated[date | None, doc("Only those opened on this business date or later.")] = None
    last_date: Annotated[date | None, doc("Only those opened on this business date or earlier.")] = None


_WALLETS = listing(Wallet, by_text("id"), opened_at=by_instant("opened_at"), updated_at=by_instant("updated_at"))


def view(found: Wallet, balance: int = 0, held: int = 0) -> WalletView:
    """A wallet by its masks."""
    return WalletView(
        id=found.id,
        kind=found.kind,
        tier=found.tier,
        product=found.product,
        party=found.party,
        mobile=found.mobile_mask,
        parent=found.parent,
        sub_wallets=found.sub_wallets,
        merchant=found.merchant,
        single_max=found.single_max,
        day_max=found.day_max,
        deposit=found.deposit,
        account=found.account,
        asset=found.asset,
        number=found.number_mask,
        name=found.name,
        within=found.within,
        level=found.level,
        state=found.state,
        locked_by=found.locked_by,
        balance=balance,
        held=held,
        channel=found.channel,
        opened_on=found.opened_on,
        closed_on=found.closed_on,
        opened_at=found.opened_at,
        opened_by=found.opened_by,
        updated_at=found.updated_at,
    )


def device_view(found: WalletDevice) -> DeviceView:
    """A device as it is shown."""
    return DeviceView(**{name: getattr(found, name) for name in DeviceView.__struct_fields__})


def pocket_view(found: WalletPocket, balance: int = 0) -> PocketView:
    """A pocket as it is shown."""
    return PocketView(**msgspec.structs.asdict(found), balance=balance)


def pin_view(found: WalletPin | None, now: datetime) -> PinView:
    """How a PIN stands at an instant."""
    if found is None:
        return PinView(False, 0, False, None, None)
    locked = found.is_locked(now)
    until = found.locked_until if locked else None
    return PinView(found.digest is not None, found.failures, locked, until, found.set_at)


async def wallets(reader: Reader, book: int, asked: WalletFilter, order: Order) -> Page[WalletView]:
    """A page of wallets, newest first."""
    where = Where("book = $1")
    where.add("product = ?", asked.product)
    where.add("state = ?", asked.state)
    where.add("party = ?", asked.party)
    where.add("parent = ?", asked.parent)
    where.add("within = ?", asked.within)
    where.add("deposit = ?", asked.deposit)
    where.add("opened_at >= ?", asked.since)
    where.add("opened_at <= ?", asked.until)
    where.add("opened_on >= ?", asked.first_date)
    where.add("opened_on <= ?", asked.last_date)
    page = await _WALLETS.page(reader, book, where, order)
    return Page(await views(reader, book, page.items), page.next_cursor)


async def opened(reader: Reader, book: int, first: date, last: date) -> dict[date, int]:
    """How many wallets were opened, by business date; days without any are left out."""
    sql = "SELECT opened_on, count(*) FROM wallet WHERE book = $1 AND opened_on BETWEEN $2 AND $3 GROUP BY opened_on"
    return dict(await reader.rows(sql, book, first, last))


async def wallet(reader: Reader, book: int, identity: str) -> Wallet:
    """A wallet as it is stored; NotFound ``wallet.not_found``."""
    return await one(reader, book, Wallet, identity)


async def several(reader: Reader, book: int, identities: Iterable[str]) -> dict[str, Wallet]:
    """Wallets as they are stored, by their ids."""
    form = shape(Wallet)
    sql = f"SELECT {', '.join(form.names)} FROM wallet WHERE book = $1 AND id = ANY($2::text[])"
    return {each.id: each for each in map(form.make, await reader.rows(sql, book, list(dict.fromkeys(identities))))}


async def receiving(reader: Reader, book: int, mobile_index: str, asset: str) -> Wallet | None:
    """The wallet that is paid by a mobile: the oldest active one of whom it signs in, or else without a name.

    As much is asked of the database whoever has the mobile: how long it takes tells nobody who is a customer.
    """
    holder = await parties.signed_in_by(reader, book, mobile_index)
    nameless = await of_mobile(reader, book, mobile_index)
    found = await of_party(reader, book, NOBODY if holder is None else holder.id) or nameless
    able = [each for each in found if each.asset == asset and each.parent is None and each.state is WalletState.ACTIVE]
    return min(able, key=lambda each: each.id, default=None)


async def masked(reader: Reader, book: int, identity: str) -> WalletView:
    """A wallet by its masks; NotFound ``wallet.not_found``."""
    return (await views(reader, book, [await wallet(reader, book, identity)]))[0]


async def whole(reader: Reader, book: int, identity: str) -> WalletWhole:
    """A wallet with what hangs on it; NotFound ``wallet.not_found``."""
    found = await wallet(reader, book, identity)
    return WalletWhole(
        (await views(reader, book, [found]))[0],
        await sub_wallets_of(reader, book, identity),
        await pockets_of(reader, book, identity),
        [device_view(each) for each in await devices_of(reader, book, identity)],
        pin_view(await pin_of(reader, book, found.family), utc_now()),
        await all_limits_of(reader, book, found),
    )


async def all_limits_of(reader: Reader, book: int, found: Wallet) -> HolderLimits:
    """What is left for a wallet."""
    (left,) = await what_is_left(reader, book, await limits_of(reader, book, found))
    return left


async def limits_of(reader: Reader, book: int, found: Wallet) -> Asked:
    """What to ask the limits for a wallet: its family counts as one, an e-wallet within its account."""
    within = None
    if found.kind is WalletKind.EWALLET and found.deposit is not None:
        within = asked_of(await accounts.account(reader, book, found.deposit))
    family = [each for each in await family_of(reader, book, found.family) if each.state is not WalletState.CLOSED]
    figures = await balances(reader, book, [each.account for each in family])
    return Asked(
        product=found.product,
        level=found.level,
        subject=subject_of(found.family),
        party=found.party,
        asset=found.asset,
        balance=sum(balance for balance, _ in figures.values()),
        title=found.number_mask,
        within=within,
    )


async def by_index(reader: Reader, book: int, index: str) -> Wallet | None:
    """The wallet whose number has this blind index."""
    found = await some(reader, book, Wallet, "number_index", index)
    return found[0] if found else None


async def views(reader: Reader, book: int, found: list[Wallet]) -> list[WalletView]:
    """Wallets by their masks, with what they have."""
    figures = await balances(reader, book, [each.account for each in found])
    return [view(each, *figures.get(each.account, (0, 0))) for each in found]


async def balances(reader: Reader, book: int, accounts: Iterable[int]) -> dict[int, tuple[int, int]]:
    """What accounts have, and what of it is held."""
    wanted = list(accounts)
    if not wanted:
        return {}
    sql = "SELECT account, credits - debits, debits_held FROM balance WHERE book = $1 AND account = ANY($2::bigint[])"
    return {row[0]: (row[1], row[2]) for row in await reader.rows(sql, book, wanted)}


async def of_party(reader: Reader, book: int, party: str) -> list[Wallet]:
    """The wallets of a holder, newest first; sub-wallets too."""
    return await some(reader, book, Wallet, "party", party)


async def family_of(reader: Reader, book: int, parent: str) -> list[Wallet]:
    """A wallet with its sub-wallets."""
    return [await wallet(reader, book, parent), *await some(reader, book, Wallet, "parent", parent)]


async def sub_wallets_of(reader: Reader, book: int, parent: str) -> list[WalletView]:
    """The sub-wallets of a wallet, newest first."""
    return await views(reader, book, await some(reader, book, Wallet, "parent", parent))


async def devices_of(reader: Reader, book: int, identity: str) -> list[WalletDevice]:
    """The devices of a wallet, newest first; those that were removed too."""
    return await some(reader, book, WalletDevice, "wallet", identity)


async def pockets_of(reader: Reader, book: int, identity: str) -> list[PocketView]:
    """The pockets of a wallet with what is in them, newest first."""
    found = await some(reader, book, WalletPocket, "wallet", identity)
    figures = await balances(reader, book, [each.account for each in found])
    return [pocket_view(each, figures.get(each.account, (0, 0))[0]) for each in found]


async def pin_of(reader: Reader, book: int, identity: str) -> WalletPin | None:
    """How the PIN of a wallet stands; None where it never had one."""
    found = await some(reader, book, WalletPin, "wallet", identity)
    return found[0] if found else None


async def pin_digest(reader: Reader, book: int, identity: str, version: int) -> str | None:
    """The hash of the PIN of a wallet; None where it is another version by now."""
    found = await pin_of(reader, book, identity)
    return found.digest if found is not None and found.version == version else None


async def of_mobile(reader: Reader, book: int, index: str) -> list[Wallet]:
    """The anonymous wallets of a mobile, by its blind index."""
    return [wallet for wallet in await some(reader, book, Wallet, "mobile_index", index) if wallet.party is None]
