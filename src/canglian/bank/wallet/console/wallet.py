"""One wallet: what it has, what is left of its limits, what hangs on it, what may be done now and why not."""

import asyncio
import secrets
from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.deposit import DepositAccount
from canglian.bank.party.model import PartyDocument
from canglian.bank.party.queries import parties
from canglian.bank.party.rules import is_valid
from canglian.bank.wallet.commands import (
    ChangeSubWallet,
    ClosePocket,
    CloseWallet,
    LiftLoss,
    LockWallet,
    OpenPocket,
    OpenSubWallet,
    RemoveDevice,
    ReportLoss,
    ResetPin,
    ReverseWalletTransfer,
    UnlockWallet,
    UpgradeFaceToFace,
    UpgradeWallet,
)
from canglian.bank.wallet.console.lists import PATH, move_row, rows
from canglian.bank.wallet.model import LockedBy, PocketKind, Wallet, WalletState
from canglian.bank.wallet.queries import moves, wallets
from canglian.bank.wallet.queries.moves import TransferFilter
from canglian.bank.wallet.service import WalletService
from canglian.kernel.command import Command
from canglian.kernel.errors import CanglianError, NotFound
from canglian.kernel.queries.entities import one
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.console import Pages
from canglian.web.console.forms import KEY, form_values, read, read_money
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

SHOWN_MAX = 15
"""How many of its transfers a page shows."""


class Act(msgspec.Struct, frozen=True):
    """Something that may be done, or why it may not."""

    reason: str = ""

    @property
    def allowed(self) -> bool:
        """Whether it may be done."""
        return not self.reason


@get("/wallets/{wallet:str}", guards=[needs(Permission.READ)])
async def wallet_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    wallet: FromPath[str],
) -> Response[Any]:
    """One wallet."""
    return await _show(pages, services, principal, wallet)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    *,
    problem: Any = None,
    values: dict[str, str] | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    whole = await wallets.whole(reader, book, identity)
    found = await wallets.wallet(reader, book, identity)
    today = (await book_figures(reader, book)).today
    papers = [] if found.party is None else await parties.documents_of(reader, book, found.party)
    valid = [paper for paper in papers if is_valid(paper, today)]
    moved = (await moves.transfers(reader, book, TransferFilter(wallet=identity), Order(limit=SHOWN_MAX))).items
    return await pages.render(
        "wallet/wallet.html",
        status=status,
        wallet=whole.wallet,
        holder=(await rows(services, book, [whole.wallet]))[0]["holder"],
        subs=await rows(services, book, whole.sub_wallets),
        pockets=whole.pockets,
        devices=whole.devices,
        pin=whole.pin,
        left=whole.limits,
        moved=[move_row(move) for move in moved],
        history=await history(reader, book, f"wallet:{identity}"),
        deposit=None if found.deposit is None else await one(reader, book, DepositAccount, found.deposit),
        documents=valid,
        acts=await _acts(pages, services, principal, found, valid),
        pocket_kinds=[kind.value for kind in PocketKind],
        scales=await chart.scales(reader, book),
        may_post=principal.may(Permission.POST),
        key=secrets.token_hex(8),
        problem=problem,
        values=values or {},
    )


async def _acts(
    pages: Pages, services: Services, principal: Principal, wallet: Wallet, papers: Iterable[PartyDocument]
) -> dict[str, Act]:
    """What may be done: each act is decided and thrown away, so that the page computes no rule of its own."""
    if not principal.may(Permission.POST) or wallet.state is WalletState.CLOSED:
        return {}
    service = WalletService.at_counter(services, principal, None)
    paper = next((paper.id for paper in papers), "doc_" + "0" * 26)
    document = paper if wallet.party is not None else None
    wanted: dict[str, Command[Any]] = {
        "lock": LockWallet(wallet=wallet.id, locked_by=LockedBy.BANK, reason="x"),
        "unlock": UnlockWallet(wallet=wallet.id, unlocked_by=LockedBy.BANK, channel="counter", reason="x"),
        "loss": ReportLoss(wallet=wallet.id, reason="x"),
        "lift": LiftLoss(wallet=wallet.id, reason="x", document=document),
        "reset_pin": ResetPin(wallet=wallet.id, reason="x"),
        "seen": UpgradeFaceToFace(wallet=wallet.id, document=paper, place="x"),
        "close": CloseWallet(wallet=wallet.id, channel="counter", reason="x"),
    }

    async def tried(command: Command[Any]) -> Act:
        try:
            (await service.submit(command, dry_run=True)).unwrap()
        except CanglianError as refused:
            return Act(pages.refusal(refused).text)
        return Act()

    outcomes = await asyncio.gather(*map(tried, wanted.values()))
    return dict(zip(wanted, outcomes, strict=True))


@post("/wallets/{wallet:str}", status_code=200, guards=[needs(Permission.POST)])
async def act(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    wallet: FromPath[str],
) -> Response[Any]:
    """What an operator does to a wallet, by the form's action."""
    form = await form_values(request)
    try:
        found = await wallets.wallet(services.reader, principal.book, wallet)
        service = WalletService.at_counter(services, principal, form.get(KEY) or None)
        (await service.submit_keyed(await _command(services, service, found, form))).unwrap()
    except NotFound:
        raise
    except CanglianError as error:
        return await _show(pages, services, principal, wallet, 422, problem=pages.refusal(error), values=form)
    return Redirect(f"{PATH}/{wallet}", status_code=303)


async def _command(services: Services, service: WalletService, wallet: Wallet, form: dict[str, str]) -> Command[Any]:
    """The command of a form's action."""
    action = form.get("action", "")
    fields: dict[str, Any] = {name: value for name, value in form.items() if name != "action"}
    if action == "open_sub":
        given = await _bounds(services, service, wallet, fields)
        return read(
            {**given, "parent": wallet.id, "number": await service.number(), "channel": "counter"}, OpenSubWallet
        )
    if action == "change_sub":
        given = await _bounds(services, service, wallet, fields)
        cleared = {name: None for name in ("merchant", "single_max", "day_max") if not given.get(name)}
        return msgspec.structs.replace(read({**given, "wallet": wallet.id}, ChangeSubWallet), **cleared)
    more: dict[str, dict[str, Any]] = {
        "lock": {"locked_by": "bank"},
        "unlock": {"unlocked_by": "bank", "channel": "counter"},
        "close": {"channel": "counter"},
    }
    kinds: dict[str, Any] = {
        "lock": LockWallet,
        "unlock": UnlockWallet,
        "loss": ReportLoss,
        "lift": LiftLoss,
        "reset_pin": ResetPin,
        "seen": UpgradeFaceToFace,
        "upgrade": UpgradeWallet,
        "close": CloseWallet,
        "remove_device": RemoveDevice,
        "pocket": OpenPocket,
        "close_pocket": ClosePocket,
    }
    if action == "reverse":
        return read({name: fields.get(name, "") for name in ("transfer", "reason")}, ReverseWalletTransfer)
    if action not in kinds:
        raise NotFound("request.not_found", path=f"{PATH}/{wallet.id}")
    if action == "pocket" and fields.get("pocket_kind") == PocketKind.BENEFIT and not fields.get("asset"):
        fields["asset"] = wallet.asset
    return read({**fields, **more.get(action, {}), "wallet": wallet.id}, kinds[action])


async def _bounds(services: Services, service: WalletService, wallet: Wallet, fields: dict[str, Any]) -> dict[str, Any]:
    """Form fields with the bounds of a sub-wallet, which people write in yuan."""
    scales = await chart.scales(services.reader, service.book)
    typed = [name for name in ("single_max", "day_max") if fields.get(name)]
    return {**fields, **{name: read_money(fields, name, wallet.asset, scales) for name in typed}}


handlers = (wallet_page, act)
