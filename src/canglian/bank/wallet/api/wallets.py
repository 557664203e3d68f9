"""``/v1/wallets``: find wallets, change sub-wallets, set and check PINs."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import UNSET, UnsetType

from canglian.bank.wallet.api.bodies import (
    PinCheck,
    PinRequest,
    WalletSearch,
)
from canglian.bank.wallet.api.paths import WalletPath
from canglian.bank.wallet.commands import (
    ChangeSubWallet,
    PinStanding,
)
from canglian.bank.wallet.commands.values import DayMax, Label, Merchant, SingleMax
from canglian.bank.wallet.model import WalletState
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import (
    WalletFilter,
    WalletView,
    WalletWhole,
    view,
)
from canglian.bank.wallet.service import WalletService
from canglian.kernel.fields import doc
from canglian.kernel.queries.paging import Order
from canglian.web.key_lookups import Questions
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
    merchant: Merchant | UnsetType = UNSET
    single_max: SingleMax | UnsetType = UNSET
    day_max: DayMax | UnsetType = UNSET


def _of_pin(path: str, operation_id: str) -> Any:
    """A route that answers how the PIN of a wallet stands."""
    return post(
        f"/{{wallet:str}}/{path}",
        operation_id=operation_id,
        status_code=200,
        guards=[needs(Permission.POST)],
        responses=responses(PinStanding, write=True),
    )


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
    """Find a wallet by its whole number, which travels in the body and stands in no address.

    An API key may only ask so often: ``lookup.key_often``.
    """
    Questions(services, principal).take()
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


# -- PINs --------------------------------------------------------------------------------------------------------


@_of_pin("pin", "setWalletPin")
async def set_pin(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[PinRequest]
) -> Response[bytes]:
    """Set the payment PIN, or change it with the one that it has."""
    found = await wallets.wallet(context.services.reader, context.principal.book, wallet)
    outcome = await WalletService.of(context).set_pin(found, data.pin, data.current)
    return as_json(outcome.unwrap())


@_of_pin("pin/check", "checkWalletPin")
async def check_pin(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[PinCheck]
) -> Response[bytes]:
    """Look at a PIN. A wrong one counts, also in a dry run."""
    service = WalletService.of(context)
    await service.pass_pin(wallet, data.pin)
    return as_json(await service.standing(wallet))


handlers = (list_wallets, search_wallets, get_wallet, change_sub_wallet, set_pin, check_pin)
