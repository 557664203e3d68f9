"""One loan: what is owed, its plan and the ones before, what has fallen due, transactions; taking payments."""

from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.approval.commands import ProposalStatus
from canglian.bank.credit.console.drawing import plan_chart
from canglian.bank.credit.console.lists import LOANS, named
from canglian.bank.credit.console.quoting import Quote, quote, shown_first, side_by_side
from canglian.bank.credit.console.wallets import wallet_choices
from canglian.bank.credit.loans import queries
from canglian.bank.credit.loans.actions import ON_LOAN
from canglian.bank.credit.loans.availability import reversible
from canglian.bank.credit.loans.model import Loan
from canglian.bank.credit.loans.queries import LoanWhole
from canglian.bank.credit.products import queries as products
from canglian.kernel.amounts import major
from canglian.kernel.errors import CanglianError
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.console import Pages
from canglian.web.console.actions import ACTION, FORM, Submission, action_forms, submit_action
from canglian.web.console.formats import money
from canglian.web.console.forms import form_values
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/loans/{loan:str}", guards=[needs(Permission.READ)])
async def loan_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    loan: FromPath[str],
) -> Response[Any]:
    """One loan."""
    return await _show(pages, services, principal, loan)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
    found: Quote | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    whole = await queries.whole(reader, book, identity)
    loan = whole.loan
    own = await wallet_choices(pages, reader, book, loan.party, loan.asset)
    initial = {"wallet": loan.wallet}
    plans = await queries.plans(reader, book, identity)
    if whole.payoff.due:
        initial["amount"] = major(whole.payoff.due).replace(",", "")
    return await pages.render(
        "credit/loan.html",
        status=status,
        whole=whole,
        loan=loan,
        product=await products.product(reader, book, loan.product, loan.version),
        holder=(await named(reader, book, [loan]))[0]["holder_name"],
        plans=plans,
        side_by_side=side_by_side(plans[1], plans[0]) if plans[1:] else [],
        quote=found,
        quoted=[] if found is None else side_by_side(plans[0], found.plan),
        chart=plan_chart(whole.plan, pages._),
        history=await history(reader, book, f"loan:{identity}"),
        forms=shown_first(
            action_forms(
                pages,
                ON_LOAN if own else (),
                whole,
                choices={"wallet": own, "transaction": _repayments(pages, whole)},
                initial=initial,
                submission=submission,
            ),
            found,
        ),
        taken_back={row.reverses for row in whole.transactions},
        scales=await chart.scales(reader, book),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


def _repayments(pages: Pages, whole: LoanWhole) -> list[tuple[str, str]]:
    """The repayments that can be taken back."""
    asset = whole.loan.asset
    return [
        (row.id, f"{row.counts_on} · {pages._(f'loan_transaction.{row.kind.value}')} · {money(row.amount, asset)}")
        for row in reversible(whole)
    ]


@post("/loans/{loan:str}", status_code=200, guards=[needs(Permission.READ)])
async def act_on_loan(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    loan: FromPath[str],
) -> Response[Any]:
    """Take what a borrower pays at the counter; ask for another class, plan or a write-off, which others approve."""
    found = await queries.loan(services.reader, principal.book, loan)
    show = partial(_show, pages, services, principal, loan)

    def to(result: Loan | ProposalStatus) -> str:
        return f"{LOANS}/{loan}" if isinstance(result, Loan) else f"/console/proposals/{result.id}"

    try:
        shown = await quote(pages, services, principal, loan, found.asset)
    except CanglianError as error:
        values = await form_values(pages.request)
        problem = msgspec.structs.replace(pages.refusal(error), form=values.get(FORM, values.get(ACTION, "")))
        return await show(status=422, submission=Submission(values, problem))
    if shown is not None:
        return await show(submission=Submission(shown.values), found=shown)
    return await submit_action(pages, ON_LOAN, show, to, target={"loan": loan}, asset=found.asset)


handlers = (loan_page, act_on_loan)
