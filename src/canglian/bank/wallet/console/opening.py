"""The form of a new wallet."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from canglian.bank.deposit import AccountState, DepositAccount, ProductClass
from canglian.bank.wallet.actions import OPEN
from canglian.bank.wallet.console.lists import PATH
from canglian.kernel.queries.entities import some
from canglian.web.console import Pages
from canglian.web.console.actions import Choices, Submission, action_forms, submit_action
from canglian.web.principal import Permission, needs


@get("/wallets/new", guards=[needs(Permission.POST)])
async def new_wallet(pages: NamedDependency[Pages], request: Request[Any, Any, Any]) -> Response[Any]:
    """The form of a new wallet; the address may name its holder."""
    await pages.picks.show("party", "party", request.query_params.get("party", ""))
    return await _show(pages, request.query_params)


async def _show(
    pages: Pages, initial: Any = None, *, status: int = 200, submission: Submission | None = None
) -> Response[Any]:
    values = dict((submission.values if submission is not None else initial) or {})
    offered = await _deposits(pages, values.get("party", ""))
    choices: Choices = {"deposit": [(deposit.id, deposit.number_mask) for deposit in offered]} if offered else {}
    stands = {**({"deposit": offered[0].id} if offered else {}), **dict(initial or {})}
    (form,) = action_forms(pages, [OPEN], choices=choices, initial=stands, submission=submission)
    problem = None if submission is None else submission.problem
    return await pages.render("wallet/new.html", status=status, form=form, problem=problem)


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
