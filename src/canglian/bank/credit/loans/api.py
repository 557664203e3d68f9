"""``/v1/loans`` and ``/v1/loan-transactions``."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.credit.loans import queries
from canglian.bank.credit.loans.model import Loan, LoanPlan, LoanTransaction
from canglian.bank.credit.loans.paying.settling import PrepayEffect
from canglian.bank.credit.loans.queries import (
    LoanFilter,
    LoanTransactionFilter,
    LoanWhole,
    PayoffQuote,
    Portfolio,
)
from canglian.bank.credit.products.commands import LoanProductCode, Months
from canglian.bank.wallet.api.bodies import GivenPin
from canglian.bank.wallet.commands.values import WalletId
from canglian.kernel.fields import doc
from canglian.kernel.values import Amount
from canglian.web.listing import get_route, list_route
from canglian.web.operations import as_json, id_path, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

LoanPath = Annotated[str, id_path("lon", "The loan's id.")]

_WALLET = doc("The wallet of the borrower.")


class DrawRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A loan to be drawn from a facility."""

    product: LoanProductCode
    amount: Annotated[Amount, doc("How much is drawn, in fen.")]
    months: Months
    wallet: Annotated[WalletId, _WALLET]
    hold: Annotated[
        Annotated[str, msgspec.Meta(pattern=r"^fho_[0-9a-z]{26}\Z")] | None,
        doc("The hold out of which it is drawn, or null."),
    ] = None
    pin: GivenPin = None


class RepayRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is paid of what has fallen due."""

    amount: Annotated[Amount, doc("How much is paid, in fen.")]
    wallet: Annotated[WalletId, _WALLET]
    pin: GivenPin = None


class PrepayRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is paid early; without an amount the loan is paid off."""

    wallet: Annotated[WalletId, _WALLET]
    amount: Annotated[Amount | None, doc("How much is paid, in fen; null for all that is owed.")] = None
    effect: Annotated[
        PrepayEffect,
        doc("What becomes less after a part is paid: `shorter` for the term, `lower` for the instalments."),
    ] = PrepayEffect.SHORTER
    pin: GivenPin = None


class RecoveryRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is paid of a loan that was written off."""

    amount: Annotated[Amount, doc("How much is paid, in fen.")]
    wallet: Annotated[WalletId, _WALLET]
    pin: GivenPin = None


class LoanPlans(msgspec.Struct, frozen=True):
    """All plans of a loan."""

    data: Annotated[list[LoanPlan], doc("The plans, the newest first.")]


@get(
    "/{loan:str}/payoff",
    operation_id="quotePayoff",
    guards=[needs(Permission.READ)],
    responses=responses(PayoffQuote, also=(422,)),
)
async def quote_payoff(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    loan: LoanPath,
    on: Annotated[date | None, QueryParameter(description="The day; left out, today.")] = None,
) -> Response[bytes]:
    """What pays a loan off on a day, if nothing is paid until then."""
    return as_json(await queries.payoff(services.reader, principal.book, loan, on))


@get(
    "/{loan:str}/plans",
    operation_id="listLoanPlans",
    guards=[needs(Permission.READ)],
    responses=responses(LoanPlans),
)
async def list_plans(
    services: NamedDependency[Services], principal: NamedDependency[Principal], loan: LoanPath
) -> Response[bytes]:
    """All plans of a loan, the newest first: old and new side by side."""
    await queries.loan(services.reader, principal.book, loan)
    return as_json(LoanPlans(await queries.plans(services.reader, principal.book, loan)))


@get("/portfolio", operation_id="getPortfolio", guards=[needs(Permission.READ)], responses=responses(Portfolio))
async def get_portfolio(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """All loans that bear interest, by how long they are overdue."""
    return as_json(await queries.portfolio(services.reader, principal.book))


LOANS = (
    list_route(Loan, queries.loans, LoanFilter, "listLoans", "loans", "List loans, newest first."),
    get_route(
        "loan",
        LoanPath,
        LoanWhole,
        queries.whole,
        "getLoan",
        "A loan with its plan, what has fallen due, its transactions, and what pays it off today.",
    ),
    quote_payoff,
    list_plans,
    get_portfolio,
)
TRANSACTIONS = (
    list_route(
        LoanTransaction,
        queries.transaction_page,
        LoanTransactionFilter,
        "listLoanTransactions",
        "loan-transactions",
        "List what was done to loans, newest first.",
    ),
)
