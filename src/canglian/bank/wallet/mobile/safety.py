"""Locking, unlocking and reporting lost, and the devices of a wallet."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.wallet.commands import LockWallet, RemoveDevice, ReportLoss, UnlockWallet
from canglian.bank.wallet.mobile.owning import CHANNEL, own_wallet, wallet_service
from canglian.bank.wallet.mobile.pin_pages import named, pin_page, seen
from canglian.bank.wallet.model import LockedBy, Wallet
from canglian.bank.wallet.queries import wallets
from canglian.kernel.command import Command
from canglian.kernel.errors import CanglianError, NotFound
from canglian.web.console.submitting import or_again
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values
from canglian.web.services import Services

BY_HOLDER = "holder"
"""The reason that is noted: the holder asked for it."""


@get("/wallets/{wallet:str}/safety", guards=[signed_in])
async def safety_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
) -> Response[bytes]:
    """How it stands, and what can be done about it."""
    return await _page(pages, services, person, await own_wallet(services, person, wallet))


async def _page(
    pages: MobilePages, services: Services, person: Person, wallet: Wallet, error: CanglianError | None = None
) -> Response[bytes]:
    devices = await wallets.devices_of(services.reader, person.book, wallet.id)
    return pages.render(
        "wallet/mobile/safety.html",
        error=error,
        wallet=await seen(services, person, wallet),
        devices=[device for device in devices if device.removed_at is None],
    )


async def _do(
    pages: MobilePages, request: Request[Any, Any, Any], services: Services, person: Person, wallet: str, kind: Any
) -> Response[Any]:
    form = await form_values(request)
    found = await own_wallet(services, person, wallet)
    command: Command[Any] = kind(found)

    async def act() -> str:
        (await wallet_service(services, person, form).submit_keyed(command)).unwrap()
        return f"/m/wallets/{wallet}/safety"

    return await or_again(act(), partial(_page, pages, services, person, found))


@post("/wallets/{wallet:str}/lock", status_code=200, guards=[signed_in])
async def lock(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
) -> Response[Any]:
    """Lock it for a while."""

    def command(found: Wallet) -> LockWallet:
        return LockWallet(wallet=found.id, locked_by=LockedBy.HOLDER, reason=BY_HOLDER)

    return await _do(pages, request, services, person, wallet, command)


@post("/wallets/{wallet:str}/loss", status_code=200, guards=[signed_in])
async def loss(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
) -> Response[Any]:
    """Report it lost."""

    def command(found: Wallet) -> ReportLoss:
        return ReportLoss(wallet=found.id, reason=BY_HOLDER)

    return await _do(pages, request, services, person, wallet, command)


@get("/wallets/{wallet:str}/unlock", guards=[signed_in])
async def unlock_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
) -> Response[bytes]:
    """The PIN unlocks it."""
    return await _unlock(pages, services, person, await own_wallet(services, person, wallet), {})


async def _unlock(
    pages: MobilePages,
    services: Services,
    person: Person,
    wallet: Wallet,
    form: dict[str, str],
    error: CanglianError | None = None,
) -> Response[bytes]:
    own, at = await seen(services, person, wallet), f"/m/wallets/{wallet.id}"
    return pin_page(
        pages,
        form,
        error,
        title=pages._("Unlock"),
        line=named(own, pages._),
        action=f"{at}/unlock",
        return_to=f"{at}/safety",
        names=(),
    )


@post("/wallets/{wallet:str}/unlock", status_code=200, guards=[signed_in])
async def unlock(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
) -> Response[Any]:
    """Unlock it by the PIN."""
    form = await form_values(request)
    found = await own_wallet(services, person, wallet)
    service = wallet_service(services, person, form)

    async def act() -> str:
        version = await service.pass_pin(found.id, form.get("pin", ""))
        command = UnlockWallet(
            wallet=found.id, unlocked_by=LockedBy.HOLDER, channel=CHANNEL, reason=BY_HOLDER, pin=version
        )
        (await service.submit_keyed(command)).unwrap()
        return f"/m/wallets/{wallet}/safety"

    return await or_again(act(), partial(_unlock, pages, services, person, found, form))


@post("/wallets/{wallet:str}/devices/{device:str}/remove", status_code=200, guards=[signed_in])
async def remove_device(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
    device: FromPath[str],
) -> Response[Any]:
    """Take a device off the list."""
    found = await own_wallet(services, person, wallet)
    if all(known.id != device for known in await wallets.devices_of(services.reader, person.book, found.id)):
        raise NotFound("wallet_device.not_found", wallet_device=device)

    def command(own: Wallet) -> RemoveDevice:
        return RemoveDevice(wallet=own.id, device=device)

    return await _do(pages, request, services, person, wallet, command)


handlers = (safety_page, lock, loss, unlock_page, unlock, remove_device)
