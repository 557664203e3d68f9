"""Collection of one loan: what is agreed and what was tried."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.credit.collection import queries
from canglian.bank.credit.collection.actions import AGREE, END
from canglian.bank.credit.console.lists import LOANS, named
from canglian.bank.credit.console.wallets import wallet_choices
from canglian.bank.credit.loans import queries as loans
from canglian.ledger.queries import chart
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

ON_CASE = (AGREE, END)
"""What the page of a loan's collection offers, in its order."""


@get("/loans/{loan:str}/collection", guards=[needs(Permission.READ)])
async def case_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    loan: FromPath[str],
) -> Response[Any]:
    """Collection of one loan."""
    return await _show(pages, services, principal, loan)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    whole = await loans.whole(reader, book, identity)
    loan = whole.loan
    shown = await queries.collected(reader, book, loan)
    own = await wallet_choices(pages, reader, book, loan.party, loan.asset)
    titles = dict(own)
    (row,) = await named(reader, book, [loan])
    others = [("", "—"), *own]
    return await pages.render(
        "credit/collection.html",
        status=status,
        whole=whole,
        loan=loan,
        shown=shown,
        product_name=row["product_name"],
        holder=row["holder_name"],
        titles=titles,
        forms=action_forms(
            pages,
            ON_CASE if own else (),
            shown,
            choices={"wallet": own, "second": others, "third": others},
            initial={"wallet": loan.wallet},
            submission=submission,
        ),
        scales=await chart.scales(reader, book),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


@post("/loans/{loan:str}/collection", status_code=200, guards=[needs(Permission.READ)])
async def act_on_case(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    loan: FromPath[str],
) -> Response[Any]:
    """Record or end an agreement."""
    reader, book = services.reader, principal.book
    found = await loans.loan(reader, book, loan)
    agreement = await queries.agreement_of(reader, book, loan)
    show = partial(_show, pages, services, principal, loan)
    target = {"loan": loan, "debit_agreement": "" if agreement is None else agreement.id}
    return await submit_action(pages, ON_CASE, show, f"{LOANS}/{loan}/collection", target=target, asset=found.asset)


handlers = (case_page, act_on_case)
