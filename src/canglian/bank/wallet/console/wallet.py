"""One wallet: what it has, what is left of its limits, what hangs on it, what may be done now and why not."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.deposit import DepositAccount
from canglian.bank.party.queries import parties
from canglian.bank.party.rules import is_valid
from canglian.bank.wallet.actions import (
    CHANGE_SUB,
    CLOSE_POCKET,
    ON_PAGE,
    ON_ROWS,
    PRODUCTS,
    REMOVE_DEVICE,
    REVERSE,
    SEEN,
    TRIED,
)
from canglian.bank.wallet.availability import WalletShown
from canglian.bank.wallet.console.lists import PATH, move_row, rows
from canglian.bank.wallet.model import LockedBy, PocketKind, Wallet, WalletState
from canglian.bank.wallet.queries import moves, wallets
from canglian.bank.wallet.queries.moves import TransferFilter
from canglian.kernel.amounts import major
from canglian.kernel.queries.entities import one, some
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.ledger.model import Asset
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.actions import Action
from canglian.web.console import Pages
from canglian.web.console.actions import Choices, FormView, Submission, action_forms, submit_action
from canglian.web.console.trying import refusals
from canglian.web.form import Why
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

SHOWN_MAX = 15
"""How many of its transfers a page shows."""


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
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    whole = await wallets.whole(reader, book, identity)
    found = await wallets.wallet(reader, book, identity)
    is_open = found.state is not WalletState.CLOSED
    moved = (await moves.transfers(reader, book, TransferFilter(wallet=identity), Order(limit=SHOWN_MAX))).items

    async def in_row(action: Action, field: str, thing: Any) -> tuple[Any, list[FormView]]:
        target, refused = {field: thing.id}, await refusals(pages, [action], thing)
        return thing, action_forms(pages, [action], thing, target=target, submission=submission, refused=refused)

    return await pages.render(
        "wallet/wallet.html",
        status=status,
        wallet=whole.wallet,
        holder=(await rows(services, book, [whole.wallet]))[0]["holder"],
        subs=await rows(services, book, whole.sub_wallets),
        pockets=[await in_row(CLOSE_POCKET, "pocket", pocket) for pocket in whole.pockets],
        devices=[await in_row(REMOVE_DEVICE, "device", device) for device in whole.devices],
        pin=whole.pin,
        left=whole.limits,
        free_funds=max(0, whole.wallet.balance - whole.wallet.held) if found.state is WalletState.ACTIVE else 0,
        moved=[(move_row(move), (await in_row(REVERSE, "transfer", move))[1]) for move in moved],
        history=await history(reader, book, f"wallet:{identity}"),
        deposit=None if found.deposit is None else await one(reader, book, DepositAccount, found.deposit),
        forms=await _forms(pages, services, principal, found, submission) if is_open else [],
        is_open=is_open,
        scales=await chart.scales(reader, book),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


async def _forms(
    pages: Pages, services: Services, principal: Principal, wallet: Wallet, submission: Submission | None
) -> list[FormView]:
    """What may be done to a wallet, and why the rest may not."""
    shown = await _shown(services, principal, wallet)
    refused = await _refused(pages, shown)
    choices = _choices(pages, shown, await chart.assets(services.reader, principal.book))
    scales = await chart.scales(services.reader, principal.book)
    bounds = {name: getattr(wallet, name) for name in ("single_max", "day_max")}
    written = {name: major(bound, scales.get(wallet.asset, 2)) for name, bound in bounds.items()}
    stands = {"name": wallet.name, "merchant": wallet.merchant or "", **written}
    return [
        *action_forms(pages, [CHANGE_SUB], shown, initial=stands, submission=submission),
        *action_forms(pages, ON_PAGE, shown, choices=choices, submission=submission, refused=refused),
    ]


async def _shown(services: Services, principal: Principal, wallet: Wallet) -> WalletShown:
    """A wallet with what its holder can show and has."""
    if wallet.party is None:
        return WalletShown(wallet)
    reader, book = services.reader, principal.book
    today = (await book_figures(reader, book)).today
    documents = await parties.documents_of(reader, book, wallet.party)
    deposits = await some(reader, book, DepositAccount, "party", wallet.party)
    return WalletShown(
        wallet,
        [document for document in documents if is_valid(document, today)],
        [deposit for deposit in deposits if deposit.closed_on is None],
    )


def _choices(pages: Pages, shown: WalletShown, assets: Iterable[Asset]) -> Choices:
    """What the holder has, where the holder is known; higher tiers; what pockets hold."""
    wallet = shown.wallet
    held = [asset for asset in assets if asset.code == wallet.asset or asset.code.startswith("PTS:")]
    higher = [f"wallet.ecny{tier}" for tier in (2, 3) if tier < (wallet.tier or 0)]
    choices: dict[str, list[tuple[str, str]]] = {
        "product": [(code, pages._(title)) for code, title in PRODUCTS if code in higher],
        "asset": [(asset.code, f"{pages._(asset.name)} {asset.code}") for asset in held],
    }
    if wallet.party is not None:
        kinds = {document.id: pages._(f"document.{document.kind.value}") for document in shown.documents}
        choices["document"] = [
            (document.id, f"{kinds[document.id]} {document.number_mask}") for document in shown.documents
        ]
        choices["deposit"] = [(deposit.id, deposit.number_mask) for deposit in shown.deposits]
    return choices


async def _refused(pages: Pages, shown: WalletShown) -> Mapping[str, Why]:
    """Why actions would be refused now. Who an anonymous holder is, only the counter knows."""
    wallet = shown.wallet
    typed: dict[str, Any] = {
        "reason": "x",
        "place": "x",
        "name": "x",
        "locked_by": LockedBy.BANK,
        "pocket_kind": PocketKind.BENEFIT,
        "asset": wallet.asset,
        "purpose": f"x:{wallet.id}",
        "document": shown.documents[0].id if shown.documents else None,
        "deposit": shown.deposits[0].id if shown.deposits and wallet.deposit is None else None,
    }
    tried = [action for action in TRIED if action is not SEEN or wallet.party is not None]
    names = {name for action in tried for name in action.target}
    called = {wallet.id: wallet.number_mask}
    return await refusals(pages, tried, shown, typed=typed, target=dict.fromkeys(names, wallet.id), called=called)


@post("/wallets/{wallet:str}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_wallet(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    wallet: FromPath[str],
) -> Response[Any]:
    """What an operator does to a wallet, and to what hangs on it."""
    found = await wallets.wallet(services.reader, principal.book, wallet)
    return await submit_action(
        pages,
        (*ON_PAGE, CHANGE_SUB, *ON_ROWS),
        partial(_show, pages, services, principal, wallet),
        f"{PATH}/{wallet}",
        target={"wallet": wallet, "parent": wallet},
        asset=found.asset,
    )


handlers = (wallet_page, act_on_wallet)
