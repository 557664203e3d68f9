"""``/v1/deposit-accounts``: open, find, look at, and take statements of."""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.deposit.api.paths import AccountPath
from canglian.bank.deposit.api.statements import FILE_KINDS, AskedForm, AskedUnmasking, First, Last, answer_statement
from canglian.bank.deposit.model import AccountFreeze, AccountState, DepositAccount, ProductClass
from canglian.bank.deposit.queries import accounts, outside
from canglian.bank.deposit.queries.accounts import DepositFilter, DepositView
from canglian.bank.deposit.queries.outside import BoundView
from canglian.bank.deposit.requests import DepositRequest, NumberSearch, allot
from canglian.bank.deposit.statements.gathering import of_deposit
from canglian.kernel.fields import doc
from canglian.kernel.queries.paging import Order
from canglian.ledger.api.accounts import StatementAnswer
from canglian.ledger.model import Transfer
from canglian.web.key_lookups import Questions
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


class OpenedDeposit(msgspec.Struct, frozen=True):
    """An account as a command leaves it, by its mask."""

    id: Annotated[str, doc("Its number or id.")]
    product: Annotated[str, doc("The code of the product, such as `deposit.class2`.")]
    product_class: Annotated[ProductClass, doc("Its class: `class1`, `class2`, `class3`, `corporate` or `internal`.")]
    party: Annotated[str | None, doc("The party's id.")]
    number: Annotated[str, doc("The account number, masked.")]
    level: Annotated[str, doc("How well the party is known: `none`, `remote` or `face_to_face`.")]
    state: Annotated[AccountState, doc("The state it is in, or is to be in.")]
    stops_in: Annotated[bool, doc("Whether it takes no money in.")]
    stops_out: Annotated[bool, doc("Whether it gives no money out.")]
    counter_only: Annotated[bool, doc("Whether it is served at the counter only, because of a freeze.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    opened_on: Annotated[date, doc("The business date on which it was opened.")]
    dormant_on: Annotated[date | None, doc("Without a movement it is dormant from this date on; null for never.")]
    closed_on: Annotated[date | None, doc("The business date on which it was closed, or null.")]
    ledger_account: Annotated[int, doc("Its account in the ledger, where its money is.")]


class UnsettledInterest(msgspec.Struct, frozen=True):
    """Interest that is not paid yet, in ten-thousandths of a minor unit, until which day, and when it was last paid."""

    accrued: Annotated[int, doc("Interest that is not paid yet, in ten-thousandths of a minor unit.")]
    until: Annotated[date, doc("The last day on which it holds; null for ever.")]
    settled_on: Annotated[date, doc("Until which day interest was paid last.")]


class DepositWhole(msgspec.Struct, frozen=True):
    """An account with what hangs on it."""

    account: Annotated[DepositView, doc("The account.")]
    interest: Annotated[UnsettledInterest, doc("Interest that is not paid yet.")]
    freezes: Annotated[list[AccountFreeze], doc("What freezes it, and what did.")]
    bound_accounts: Annotated[list[BoundView], doc("The accounts at other banks that are bound to it.")]


class FoundDeposits(msgspec.Struct, frozen=True):
    """The account with a number, if there is one."""

    data: Annotated[list[DepositView], doc("The rows of this page.")]


def shown(account: DepositAccount) -> OpenedDeposit:
    """A command's account by its mask."""
    return OpenedDeposit(
        account.id,
        account.product,
        account.product_class,
        account.party,
        account.number_mask,
        account.level.value,
        account.state,
        account.stops_in,
        account.stops_out,
        account.counter_only,
        account.asset,
        account.opened_on,
        account.dormant_on,
        account.closed_on,
        account.account,
    )


class Moved(msgspec.Struct, frozen=True):
    """The transfer in the ledger that moved the money."""

    transfer: Annotated[int, doc("The transfer's number.")]
    amount: Annotated[int, doc("In the minor unit of the asset (fen for CNY).")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    code: Annotated[str, doc("What it was for.")]


def moved(transfer: Transfer) -> Moved:
    """A command's transfer, in short."""
    return Moved(transfer.id, transfer.amount, transfer.asset, transfer.code)


@post(
    "",
    operation_id="openDepositAccount",
    guards=[needs(Permission.POST)],
    responses=responses(OpenedDeposit, 201, write=True),
)
async def open_account(context: NamedDependency[RequestContext], data: Body[DepositRequest]) -> Response[bytes]:
    """Open an account: at the counter for somebody who was seen, from afar by a completed remote opening."""
    number = await allot(context.services, context.principal, context.key, dry_run=context.dry_run)
    return await context.respond(data.command(number), shown)


@get("", operation_id="listDepositAccounts", guards=[needs(Permission.READ)], responses=listing_of(DepositView))
async def list_accounts(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    party: Annotated[str | None, QueryParameter(description="Only of this party.")] = None,
    product: Annotated[str | None, QueryParameter(description="Only of this product.")] = None,
    product_class: Annotated[ProductClass | None, QueryParameter(description="Only of this class.")] = None,
    account_state: Annotated[
        AccountState | None, QueryParameter(name="state", description="Only in this state.")
    ] = None,
    stopped: Annotated[
        bool | None, QueryParameter(description="Only those that a freeze holds, or that none does.")
    ] = None,
    since: Annotated[date | None, QueryParameter(name="opened_on.gte")] = None,
    until: Annotated[date | None, QueryParameter(name="opened_on.lte")] = None,
) -> Response[bytes]:
    """List accounts by their masks, newest first. To look one up by its number, post to ``…/search``."""
    asked = DepositFilter(party, product, product_class, account_state, stopped, None, since, until)
    return await listed(
        request,
        order,
        lambda page: accounts.accounts(services.reader, principal.book, asked, page),
        "deposit-accounts",
    )


@post(
    "/search",
    operation_id="searchDepositAccounts",
    status_code=200,
    guards=[needs(Permission.READ)],
    responses=responses(FoundDeposits, write=True),
)
async def search_accounts(
    services: NamedDependency[Services], principal: NamedDependency[Principal], data: Body[NumberSearch]
) -> Response[bytes]:
    """Look an account up by its whole number, which travels in the body and stands in no address.

    An API key may only ask so often: ``lookup.key_often``.
    """
    Questions(services, principal).take()
    found = await accounts.by_index(services.reader, principal.book, data.index(services))
    return as_json(FoundDeposits([] if found is None else [found]))


@get(
    "/{deposit_account:str}",
    operation_id="getDepositAccount",
    guards=[needs(Permission.READ)],
    responses=responses(DepositWhole),
)
async def get_account(
    services: NamedDependency[Services], principal: NamedDependency[Principal], deposit_account: AccountPath
) -> Response[bytes]:
    """An account with its money, unpaid interest, freezes and bound accounts."""
    reader, book = services.reader, principal.book
    found = await accounts.account(reader, book, deposit_account)
    interest = await accounts.interest_of(reader, book, found.ledger_account)
    whole = DepositWhole(
        found,
        UnsettledInterest(interest.accrued, interest.until, interest.settled_on),
        await accounts.freezes_of(reader, book, deposit_account),
        await outside.bound_to(reader, book, deposit_account),
    )
    return as_json(whole)


@get(
    "/{deposit_account:str}/statement",
    operation_id="getDepositStatement",
    guards=[needs(Permission.READ)],
    responses=responses(StatementAnswer),
    opt=FILE_KINDS,
)
async def get_statement(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    deposit_account: AccountPath,
    first: First = None,
    last: Last = None,
    form: AskedForm = None,
    unmasking: AskedUnmasking = None,
) -> Response[bytes]:
    """A period of an account: a page as JSON, or the whole as CSV, PDF or ISO 20022 camt.053."""
    found = await accounts.account(services.reader, principal.book, deposit_account)
    subject = of_deposit(found)
    return await answer_statement(
        request, services, principal, order, subject, found.party, first, last, form, unmasking
    )


handlers = (open_account, list_accounts, search_accounts, get_account, get_statement)
