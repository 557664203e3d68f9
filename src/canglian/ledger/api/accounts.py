"""``/v1/accounts``: open, find, change, freeze and close accounts; their balances, entries and statements."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, patch, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from msgspec import UNSET, UnsetType

from canglian.kernel.errors import Malformed
from canglian.kernel.fields import Reason, doc
from canglian.kernel.queries.paging import Order, Page
from canglian.kernel.values import Bound, Metadata, Name, OwnReference
from canglian.ledger.commands import ChangeAccount, CloseAccount, OpenAccount, SetAccountState
from canglian.ledger.model import Account, AccountState
from canglian.ledger.queries import balances, statements
from canglian.ledger.queries.accounts import AccountFilter, AccountView, account, accounts, masked
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.paging import listed, listing_of, wants_csv
from canglian.web.principal import Permission, Principal, needs
from canglian.web.reading import metadata_of
from canglian.web.services import Services

AccountNumber = Annotated[int, PathParameter(ge=1, le=2**62, description="The account's number.")]


class AccountChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; what is left out stays, null clears."""

    name: Annotated[Name | UnsetType | None, doc("What people read.")] = UNSET
    owner: Annotated[OwnReference | UnsetType | None, doc("Whose it is: an id of yours.")] = UNSET
    metadata: Annotated[
        Metadata | UnsetType | None,
        doc("Your own facts, text by name; lists can be filtered by them."),
    ] = UNSET
    floor: Annotated[Bound | UnsetType | None, doc("The new floor; null for none.")] = UNSET
    ceiling: Annotated[Bound | UnsetType | None, doc("The new ceiling; null for none.")] = UNSET


class AccountStateChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The new state of an account, and why."""

    state: Annotated[AccountState, doc("The state it is in, or is to be in.")]
    reason: Reason


class StatementAnswer(msgspec.Struct, frozen=True):
    """A period of an account: its figures, and a page of its entries."""

    account: Annotated[int, doc("The account's number.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    first_date: Annotated[date, doc("The first business date of the period.")]
    last_date: Annotated[date, doc("The last business date.")]
    opening: Annotated[int, doc("The balance at the end of the day before the first date.")]
    paid_in: Annotated[int, doc("All that raised the balance in the period.")]
    paid_out: Annotated[int, doc("All that lowered the balance in the period.")]
    closing: Annotated[int, doc("The balance at the end of the last date.")]
    entries: Annotated[int, doc("How many entries there are.")]
    data: Annotated[list[statements.Entry], doc("The rows of this page.")]
    next_cursor: Annotated[str | None, doc("Where the next page begins: pass it as `cursor`. Null on the last page.")]


@post("", operation_id="openAccount", guards=[needs(Permission.POST)], responses=responses(Account, 201, write=True))
async def open_account(context: NamedDependency[RequestContext], data: Body[OpenAccount]) -> Response[bytes]:
    """Open an account under a head of the chart of accounts."""
    return await context.respond(data, masked)


@get("", operation_id="listAccounts", guards=[needs(Permission.READ)], responses=listing_of(AccountView))
async def list_accounts(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    account_state: Annotated[
        AccountState | None, QueryParameter(name="state", description="Only in this state.")
    ] = None,
    head: Annotated[str | None, QueryParameter(description="Only under this head.")] = None,
    asset: Annotated[str | None, QueryParameter(description="Only in this asset.")] = None,
    owner: Annotated[str | None, QueryParameter(description="Only of this owner.")] = None,
    purpose: Annotated[str | None, QueryParameter(description="Only of this purpose.")] = None,
    reference: Annotated[str | None, QueryParameter(description="Only with this reference.")] = None,
    search: Annotated[str | None, QueryParameter(description="Looks into number, name, reference and owner.")] = None,
) -> Response[bytes]:
    """List accounts with their figures. ``metadata.<name>=<value>`` filters by metadata; ``sort`` by id or balance."""
    asked = AccountFilter(account_state, head, asset, owner, purpose, reference, search, metadata_of(request))
    return await listed(request, order, lambda page: _page(services, principal, asked, page), "accounts")


async def _page(services: Services, principal: Principal, asked: AccountFilter, order: Order) -> Page[AccountView]:
    return await accounts(services.reader, principal.book, asked, order)


@get("/{number:int}", operation_id="getAccount", guards=[needs(Permission.READ)], responses=responses(AccountView))
async def get_account(
    services: NamedDependency[Services], principal: NamedDependency[Principal], number: AccountNumber
) -> Response[bytes]:
    """An account with its figures now."""
    return as_json(await account(services.reader, principal.book, number))


@patch(
    "/{number:int}",
    operation_id="changeAccount",
    guards=[needs(Permission.POST)],
    responses=responses(Account, write=True),
)
async def change_account(
    context: NamedDependency[RequestContext], number: AccountNumber, data: Body[AccountChange]
) -> Response[bytes]:
    """Change an account's name, owner, metadata or limits."""
    changes = {name: value for name in data.__struct_fields__ if (value := getattr(data, name)) is not UNSET}
    return await context.respond(ChangeAccount(account=number, **changes), masked, status=200)


@post(
    "/{number:int}/state",
    operation_id="setAccountState",
    status_code=200,
    guards=[needs(Permission.POST)],
    responses=responses(Account, write=True),
)
async def set_state(
    context: NamedDependency[RequestContext], number: AccountNumber, data: Body[AccountStateChange]
) -> Response[bytes]:
    """Freeze an account, or open it again."""
    command = SetAccountState(account=number, state=data.state, reason=data.reason)
    return await context.respond(command, masked, status=200)


@post(
    "/{number:int}/close",
    operation_id="closeAccount",
    status_code=200,
    guards=[needs(Permission.POST)],
    responses=responses(Account, write=True),
)
async def close_account(context: NamedDependency[RequestContext], number: AccountNumber) -> Response[bytes]:
    """Close an empty account for good."""
    return await context.respond(CloseAccount(account=number), masked, status=200)


@get(
    "/{number:int}/balance",
    operation_id="getBalance",
    guards=[needs(Permission.READ)],
    responses=responses(balances.BalanceView),
)
async def get_balance(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: AccountNumber,
    instant: Annotated[datetime | None, QueryParameter(name="at", description="As of an instant.")] = None,
    day: Annotated[date | None, QueryParameter(name="date", description="At the end of a business date.")] = None,
    basis: Annotated[
        str, QueryParameter(description="With at: what had happened, or what had been booked.")
    ] = "happened",
) -> Response[bytes]:
    """The balance now, as of an instant, or at the end of a business date."""
    if instant is not None and day is not None:
        raise Malformed("request.malformed", problem="give at or date, not both", field="at")
    if instant is not None:
        return as_json(await balances.at(services.reader, principal.book, number, instant, basis))
    if day is not None:
        return as_json(await balances.on(services.reader, principal.book, number, day))
    return as_json(await balances.now(services.reader, principal.book, number))


@get(
    "/{number:int}/course",
    operation_id="getBalanceCourse",
    guards=[needs(Permission.READ)],
    responses=responses(list[balances.Point]),
)
async def get_course(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: AccountNumber,
    days: Annotated[int, QueryParameter(ge=1, le=366, description="How far back.")] = 90,
) -> Response[bytes]:
    """The closing balance of each business date with movement."""
    return as_json(await balances.course(services.reader, principal.book, number, days))


@get(
    "/{number:int}/entries",
    operation_id="listEntries",
    guards=[needs(Permission.READ)],
    responses=listing_of(statements.Entry),
)
async def list_entries(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    number: AccountNumber,
    first: Annotated[date | None, QueryParameter(name="date.gte")] = None,
    last: Annotated[date | None, QueryParameter(name="date.lte")] = None,
) -> Response[bytes]:
    """The entries of an account with the balance after each, oldest first; ``sort=-id`` has the newest first."""
    return await listed(
        request,
        order,
        lambda page: statements.entries(services.reader, principal.book, number, page, first, last),
        f"account-{number}-entries",
    )


@get(
    "/{number:int}/statement",
    operation_id="getStatement",
    guards=[needs(Permission.READ)],
    responses=responses(StatementAnswer),
)
async def get_statement(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    number: AccountNumber,
    first: Annotated[date, QueryParameter(name="date.gte", description="The first business date.")],
    last: Annotated[date, QueryParameter(name="date.lte", description="The last one.")],
) -> Response[bytes]:
    """The statement of a period: opening, paid in, paid out, closing, and the entries page by page."""
    found = await statements.statement(services.reader, principal.book, number, first, last, order)
    if wants_csv(request):
        return await listed(
            request,
            order,
            lambda page: statements.entries(services.reader, principal.book, number, page, first, last),
            f"statement-{number}-{first}-{last}",
        )
    plain = {name: getattr(found, name) for name in found.__struct_fields__ if name != "page"}
    return as_json(StatementAnswer(**plain, data=found.page.items, next_cursor=found.page.next_cursor))


router = Router(
    "/accounts",
    route_handlers=[
        open_account,
        list_accounts,
        get_account,
        change_account,
        set_state,
        close_account,
        get_balance,
        get_course,
        list_entries,
        get_statement,
    ],
    tags=["accounts"],
)
