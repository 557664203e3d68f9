"""The form of a new wallet."""

import asyncio
from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from canglian.bank.deposit import AccountState, DepositAccount, ProductClass
from canglian.bank.deposit.console.offering import known_party, not_now
from canglian.bank.wallet.actions import OPEN, PRODUCTS
from canglian.bank.wallet.console.lists import PATH
from canglian.kernel.queries.entities import some
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.trying import tried
from canglian.web.form import Why
from canglian.web.principal import Permission, needs


@get("/wallets/new", guards=[needs(Permission.POST)])
async def new_wallet(pages: NamedDependency[Pages], request: Request[Any, Any, Any]) -> Response[Any]:
    """The form of a new wallet; the address may name its holder."""
    return await _show(pages, request.query_params)


async def _show(
    pages: Pages, initial: Any = None, *, status: int = 200, submission: Submission | None = None
) -> Response[Any]:
    values = dict((submission.values if submission is not None else initial) or {})
    party = values.get("party", "")
    known = await known_party(pages, party)
    offered = await _deposits(pages, party)
    choices: dict[str, list[tuple[str, str]]] = {}
    if offered:
        choices["deposit"] = [(deposit.id, deposit.number_mask) for deposit in offered]
    refused = await _refused(pages, party, [deposit.id for deposit in offered]) if known else {}
    if refused:
        choices["product"] = [(code, pages._(title)) for code, title in PRODUCTS if code not in refused]
    stands = {**({"deposit": offered[0].id} if offered else {}), **dict(initial or {})}
    (form,) = action_forms(pages, [OPEN], choices=choices, initial=stands, submission=submission)
    others = not_now(pages, party, {title: refused[code] for code, title in PRODUCTS if code in refused})
    return await pages.render(
        "wallet/new.html",
        status=status,
        form=form,
        problem=None if submission is None else submission.problem,
        others=others,
        possible=len(others) < len(PRODUCTS),
    )


async def _refused(pages: Pages, party: str, deposits: list[str]) -> dict[str, Why]:
    """Why products cannot be opened for a customer on any of their accounts, by their codes: each is tried."""

    async def why(product: str) -> Why | None:
        found: Why | None = None
        for deposit in deposits or [None]:
            typed = {"product": product, "party": party, "deposit": deposit}
            refusal = (await tried(pages, OPEN, typed=typed)).why
            if refusal is None:
                return None
            found = found or refusal
            if not refusal.code.startswith("wallet.deposit_"):
                break  # another account would not help
        return found

    codes = [code for code, _ in PRODUCTS]
    found = await asyncio.gather(*map(why, codes))
    return {code: refusal for code, refusal in zip(codes, found, strict=True) if refusal is not None}


async def _deposits(pages: Pages, party: str) -> list[DepositAccount]:
    """The accounts of a holder that is known, those first on which an e-wallet may stand."""
    if not party or pages.principal is None:
        return []
    found = await some(pages.services.reader, pages.principal.book, DepositAccount, "party", party)
    going_on = [deposit for deposit in found if deposit.state is not AccountState.CLOSED]
    return sorted(going_on, key=lambda deposit: deposit.product_class is not ProductClass.CLASS2)


@post("/wallets/new", status_code=200, guards=[needs(Permission.POST)])
async def open_wallet(pages: NamedDependency[Pages]) -> Response[Any]:
    """Open a wallet at the counter."""
    return await submit_action(pages, [OPEN], partial(_show, pages), lambda wallet: f"{PATH}/{wallet.id}")


handlers = (new_wallet, open_wallet)
