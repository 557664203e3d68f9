"""``/v1/wallets``: open, find, raise, lock and close; PINs, devices, pockets."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, patch, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import UNSET, UnsetType

from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.party.requests import sealer_for
from canglian.bank.wallet.api import money
from canglian.bank.wallet.api.bodies import (
    CloseRequest,
    DeviceRequest,
    LiftRequest,
    LockRequest,
    PinCheck,
    PinRequest,
    PocketRequest,
    SeenRequest,
    SubWalletRequest,
    UnlockRequest,
    WalletRequest,
    WalletSearch,
    WalletUpgradeRequest,
)
from canglian.bank.wallet.api.paths import DevicePath, PocketPath, WalletPath
from canglian.bank.wallet.commands import (
    AddDevice,
    ChangeSubWallet,
    ClosePocket,
    CloseWallet,
    LiftLoss,
    LockWallet,
    OpenPocket,
    OpenSubWallet,
    OpenWallet,
    PinStanding,
    RemoveDevice,
    ReportLoss,
    ResetPin,
    TrustDevice,
    UnlockWallet,
    UpgradeFaceToFace,
    UpgradeWallet,
)
from canglian.bank.wallet.commands.values import Cap, Label, WalletId
from canglian.bank.wallet.model import WalletState
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import (
    DeviceView,
    PocketView,
    WalletFilter,
    WalletView,
    WalletWhole,
    device_view,
    pocket_view,
    view,
)
from canglian.bank.wallet.service import WalletService
from canglian.kernel.fields import doc
from canglian.kernel.queries.paging import Order
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


class WalletsFound(msgspec.Struct, frozen=True):
    """Whose number it is; nothing where it is nobody's."""

    data: Annotated[list[WalletView], doc("The rows of this page.")]


class SubWalletChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a sub-wallet; what is left out stays, null clears."""

    name: Label | UnsetType = UNSET
    merchant: Annotated[
        WalletId | UnsetType | None,
        doc("The one wallet that a sub-wallet pays; null for anybody."),
    ] = UNSET
    single_max: Annotated[
        Cap | UnsetType | None,
        doc("The most that a sub-wallet pays at once; null for no bound of its own."),
    ] = UNSET
    day_max: Annotated[
        Cap | UnsetType | None,
        doc("The most that a sub-wallet pays on a business date; null for no bound of its own."),
    ] = UNSET


def doing(path: str, operation: str, gives: Any = WalletView, status: int = 200) -> Any:
    """A route that does something to a wallet."""
    return post(
        f"/{{wallet:str}}/{path}",
        operation_id=operation,
        status_code=status,
        guards=[needs(Permission.POST)],
        responses=responses(gives, status, write=True),
    )


@post("", operation_id="openWallet", guards=[needs(Permission.POST)], responses=responses(WalletView, 201, write=True))
async def open_wallet(context: NamedDependency[RequestContext], data: Body[WalletRequest]) -> Response[bytes]:
    """Open a wallet. Its number is allotted and sealed; a mobile is sealed before anything is logged."""
    service = WalletService.of(context)
    sealer = await sealer_for(context.services, context.principal, context.key)
    mobile = None if data.mobile is None else sealer.mobile(data.mobile)
    within = data.within
    command = OpenWallet(
        product=data.product,
        number=await service.number(),
        channel=service.channel,
        party=data.party,
        mobile=mobile,
        deposit=data.deposit,
        name=data.name,
        within=within,
    )
    return await context.respond(command, view)


@get("", operation_id="listWallets", guards=[needs(Permission.READ)], responses=listing_of(WalletView))
async def list_wallets(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    product: Annotated[str | None, QueryParameter(description="Only of this product.")] = None,
    wallet_state: Annotated[WalletState | None, QueryParameter(name="state", description="Only in this state.")] = None,
    party: Annotated[str | None, QueryParameter(description="Only of this party.")] = None,
    parent: Annotated[str | None, QueryParameter(description="Only the sub-wallets of this wallet.")] = None,
    within: Annotated[str | None, QueryParameter(description="Only of this thing of a scene.")] = None,
    deposit: Annotated[str | None, QueryParameter(description="Only on, or bound to, this deposit account.")] = None,
    since: Annotated[datetime | None, QueryParameter(name="opened_at.gte")] = None,
    until: Annotated[datetime | None, QueryParameter(name="opened_at.lte")] = None,
) -> Response[bytes]:
    """List wallets by their masks, newest first. To find one by its number, post to ``/v1/wallets/search``."""
    asked = WalletFilter(product, wallet_state, party, parent, within, deposit, since, until)
    return await listed(
        request, order, lambda page: wallets.wallets(services.reader, principal.book, asked, page), "wallets"
    )


@post(
    "/search",
    operation_id="searchWallets",
    status_code=200,
    guards=[needs(Permission.READ)],
    responses=responses(WalletsFound, write=True),
)
async def search_wallets(
    services: NamedDependency[Services], principal: NamedDependency[Principal], data: Body[WalletSearch]
) -> Response[bytes]:
    """Find a wallet by its whole number, which travels in the body and stands in no address."""
    index = WALLET_NUMBERS.index(services.keyring, WALLET_NUMBERS.checked(data.number))
    found = await wallets.by_index(services.reader, principal.book, index)
    shown = [] if found is None else await wallets.views(services.reader, principal.book, [found])
    return as_json(WalletsFound(shown))


@get("/{wallet:str}", operation_id="getWallet", guards=[needs(Permission.READ)], responses=responses(WalletWhole))
async def get_wallet(
    services: NamedDependency[Services], principal: NamedDependency[Principal], wallet: WalletPath
) -> Response[bytes]:
    """A wallet with its sub-wallets, pockets and devices, and how its PIN stands."""
    return as_json(await wallets.whole(services.reader, principal.book, wallet))


@patch(
    "/{wallet:str}",
    operation_id="changeSubWallet",
    guards=[needs(Permission.POST)],
    responses=responses(WalletView, write=True),
)
async def change_sub_wallet(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[SubWalletChange]
) -> Response[bytes]:
    """Change the name, the merchant or the bounds of a sub-wallet."""
    changes = {name: getattr(data, name) for name in data.__struct_fields__}
    return await context.respond(ChangeSubWallet(wallet=wallet, **changes), view, status=200)


@doing("sub-wallets", "openSubWallet", status=201)
async def open_sub_wallet(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[SubWalletRequest]
) -> Response[bytes]:
    """Open a sub-wallet, under the caps of its parent and bounds of its own."""
    service = WalletService.of(context)
    command = OpenSubWallet(
        parent=wallet,
        number=await service.number(),
        channel=service.channel,
        name=data.name,
        merchant=data.merchant,
        single_max=data.single_max,
        day_max=data.day_max,
    )
    return await context.respond(command, view)


@doing("upgrade", "upgradeWallet")
async def upgrade_wallet(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[WalletUpgradeRequest]
) -> Response[bytes]:
    """Raise an e-CNY wallet to a higher tier."""
    command = UpgradeWallet(wallet=wallet, product=data.product, party=data.party, deposit=data.deposit)
    return await context.respond(command, view, status=200)


@doing("face-to-face", "upgradeWalletFaceToFace")
async def upgrade_face_to_face(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[SeenRequest]
) -> Response[bytes]:
    """The holder was seen with a document: verify them, and raise the wallet with them."""
    command = UpgradeFaceToFace(
        wallet=wallet,
        document=data.document,
        place=data.place,
        party=data.party,
        deposit=data.deposit,
    )
    return await context.respond(command, view, status=200)


@doing("lock", "lockWallet")
async def lock_wallet(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[LockRequest]
) -> Response[bytes]:
    """Let a wallet stand still."""
    reason = data.reason
    return await context.respond(LockWallet(wallet=wallet, locked_by=data.locked_by, reason=reason), view, status=200)


@doing("unlock", "unlockWallet")
async def unlock_wallet(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[UnlockRequest]
) -> Response[bytes]:
    """Let it move again; its holder with the PIN."""
    service = WalletService.of(context)
    command = UnlockWallet(
        wallet=wallet,
        unlocked_by=data.unlocked_by,
        channel=service.channel,
        reason=data.reason,
        pin=await service.maybe_pin(wallet, data.pin),
    )
    return await context.respond(command, view, status=200)


@doing("loss", "reportWalletLost")
async def report_loss(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[ReasonBody]
) -> Response[bytes]:
    """The holder's phone is gone: nothing is paid out any more."""
    return await context.respond(ReportLoss(wallet=wallet, reason=data.reason), view, status=200)


@doing("loss/lift", "liftWalletLoss")
async def lift_loss(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[LiftRequest]
) -> Response[bytes]:
    """An operator has seen the holder, with a document."""
    command = LiftLoss(wallet=wallet, reason=data.reason, document=data.document)
    return await context.respond(command, view, status=200)


@doing("close", "closeWallet")
async def close_wallet(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[CloseRequest]
) -> Response[bytes]:
    """Close a wallet for good; what it still has goes to its holder's deposit account."""
    service = WalletService.of(context)
    command = CloseWallet(
        wallet=wallet,
        channel=service.channel,
        reason=data.reason,
        deposit=data.deposit,
        pin=await service.maybe_pin(wallet, data.pin),
    )
    return await context.respond(command, view, status=200)


# -- PINs --------------------------------------------------------------------------------------------------------


@doing("pin", "setWalletPin", PinStanding)
async def set_pin(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[PinRequest]
) -> Response[bytes]:
    """Set the payment PIN, or change it with the one that it has."""
    found = await wallets.wallet(context.services.reader, context.principal.book, wallet)
    outcome = await WalletService.of(context).set_pin(found, data.pin, data.current)
    return as_json(outcome.unwrap())


@doing("pin/check", "checkWalletPin", PinStanding)
async def check_pin(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[PinCheck]
) -> Response[bytes]:
    """Look at a PIN. A wrong one counts, also in a dry run."""
    service = WalletService.of(context)
    await service.pass_pin(wallet, data.pin)
    return as_json(await service.standing(wallet))


@doing("pin/reset", "resetWalletPin", PinStanding)
async def reset_pin(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[ReasonBody]
) -> Response[bytes]:
    """An operator has made sure of the holder: the PIN is forgotten and set anew."""
    return await context.respond(ResetPin(wallet=wallet, reason=data.reason), status=200)


# -- devices and pockets -----------------------------------------------------------------------------------------


@doing("devices", "addWalletDevice", DeviceView, 201)
async def add_device(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[DeviceRequest]
) -> Response[bytes]:
    """Put a device on the list. What it says it is stays a blind index."""
    command = AddDevice(
        wallet=wallet,
        fingerprint=WalletService.of(context).fingerprint(data.device),
        name=data.name,
        platform=data.platform,
    )
    return await context.respond(command, device_view)


@doing("devices/{device:str}/trust", "trustWalletDevice", DeviceView)
async def trust_device(
    context: NamedDependency[RequestContext], wallet: WalletPath, device: DevicePath
) -> Response[bytes]:
    """Trust a device."""
    return await context.respond(TrustDevice(wallet=wallet, device=device), device_view, status=200)


@doing("devices/{device:str}/remove", "removeWalletDevice", DeviceView)
async def remove_device(
    context: NamedDependency[RequestContext], wallet: WalletPath, device: DevicePath
) -> Response[bytes]:
    """Take a device off the list."""
    return await context.respond(RemoveDevice(wallet=wallet, device=device), device_view, status=200)


@doing("pockets", "openWalletPocket", PocketView, 201)
async def open_pocket(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[PocketRequest]
) -> Response[bytes]:
    """Open a pocket of points or benefits."""
    command = OpenPocket(
        wallet=wallet,
        pocket_kind=data.kind,
        name=data.name,
        asset=data.asset,
        purpose=data.purpose,
    )
    return await context.respond(command, pocket_view)


@doing("pockets/{pocket:str}/close", "closeWalletPocket", PocketView)
async def close_pocket(
    context: NamedDependency[RequestContext], wallet: WalletPath, pocket: PocketPath
) -> Response[bytes]:
    """Close an empty pocket."""
    return await context.respond(ClosePocket(wallet=wallet, pocket=pocket), pocket_view, status=200)


router = Router(
    "/wallets",
    route_handlers=[
        open_wallet,
        list_wallets,
        search_wallets,
        get_wallet,
        change_sub_wallet,
        open_sub_wallet,
        upgrade_wallet,
        upgrade_face_to_face,
        lock_wallet,
        unlock_wallet,
        report_loss,
        lift_loss,
        close_wallet,
        set_pin,
        check_pin,
        reset_pin,
        add_device,
        trust_device,
        remove_device,
        open_pocket,
        close_pocket,
        *money.HANDLERS,
    ],
    tags=["wallets"],
)
