"""``canglian account``: open, list, show, change, freeze, unfreeze and close accounts."""

import enum
from typing import Annotated, Any

import msgspec
import typer

from canglian.app.cli.options import (
    AccountArgument,
    AsOf,
    Cursor,
    DryRun,
    Fen,
    Key,
    Limit,
    Meta,
    ReferenceOption,
    Yes,
    metadata,
)
from canglian.app.cli.prompts import confirm
from canglian.app.cli.verb import verb
from canglian.app.opening import CliContext
from canglian.kernel.amounts import limit, major
from canglian.kernel.queries.paging import Order
from canglian.ledger import Account, AccountState, Balance, Side, new_balance, signed_balance
from canglian.ledger.commands import ChangeAccount, CloseAccount, OpenAccount, SetAccountState
from canglian.ledger.queries import balances, chart
from canglian.ledger.queries.accounts import AccountFilter, accounts, masked
from canglian.web.cli.dates import day, instant
from canglian.web.cli.output import Answer, facts, table

app = typer.Typer(help="Accounts: open, list, show, change, freeze, close.", no_args_is_help=True)

DATE_LENGTH = len("2026-11-23")

Reason = Annotated[str, typer.Option("--reason", help="Why; it stays on record.")]
Floor = Annotated[str | None, typer.Option("--floor", help="The lowest balance, or 'none' for no limit.")]
Ceiling = Annotated[str | None, typer.Option("--ceiling", help="The highest balance, or 'none' for no limit.")]
NameOption = Annotated[str | None, typer.Option("--name", help="What people call it.")]
Owner = Annotated[str | None, typer.Option("--owner", help="Whose it is: an id of yours.")]


class Way(enum.StrEnum):
    """Which movements a freeze stops."""

    IN = "in"
    OUT = "out"
    BOTH = "both"


_FREEZES = {Way.IN: AccountState.FROZEN_IN, Way.OUT: AccountState.FROZEN_OUT, Way.BOTH: AccountState.FROZEN}


@app.command("open")
@verb
async def open_account(
    context: CliContext,
    head: Annotated[str, typer.Argument(help="The head of the chart of accounts, such as 2011.")],
    asset: Annotated[str, typer.Option("--asset", help="What it holds.")] = "CNY",
    name: NameOption = None,
    reference: ReferenceOption = None,
    owner: Owner = None,
    purpose: Annotated[str | None, typer.Option("--purpose", help="Binds its money to a purpose.")] = None,
    normal_side: Annotated[Side | None, typer.Option("--normal-side", help="By default the head's.")] = None,
    floor: Floor = "0",
    ceiling: Ceiling = None,
    meta: Meta = None,
    fen: Fen = False,
    key: Key = None,
    dry_run: DryRun = False,
) -> Answer:
    """Open an account under a head of the chart of accounts."""
    scale = await context.scale(asset)
    outcome = await context.submit(
        OpenAccount(
            asset=asset,
            head=head,
            name=name,
            reference=reference,
            owner=owner,
            purpose=purpose,
            normal_side=normal_side,
            floor=limit(floor, scale, asset, fen=fen),
            ceiling=limit(ceiling, scale, asset, fen=fen),
            metadata=metadata(meta),
        ),
        key=key,
        dry_run=dry_run,
    )
    account = outcome.unwrap()
    return await _about(context, account, f"{'Would open' if dry_run else 'Opened'} account {account.id}")


@app.command("list")
@verb
async def list_accounts(
    context: CliContext,
    search: Annotated[str | None, typer.Option("--search", help="Looks into number, name, reference, owner.")] = None,
    state: Annotated[AccountState | None, typer.Option("--state", help="Only in this state.")] = None,
    head: Annotated[str | None, typer.Option("--head", help="Only under this head.")] = None,
    asset: Annotated[str | None, typer.Option("--asset", help="Only in this asset.")] = None,
    meta: Meta = None,
    sort: Annotated[str, typer.Option("--sort", help="id, -id, balance or -balance.")] = "id",
    limit_: Limit = 50,
    cursor: Cursor = None,
) -> Answer:
    """List accounts with their figures."""
    asked = AccountFilter(state=state, head=head, asset=asset, search=search, metadata=metadata(meta))
    page = await accounts(context.reader, context.book, asked, Order(sort, cursor, limit_))
    scales = await chart.scales(context.reader, context.book)
    rows = [
        (a.id, a.name, a.head, a.state.value, major(a.balance, scales[a.asset]), a.asset, a.reference, f"{a.entries:,}")
        for a in page.items
    ]
    heads = [">account", "name", "head", "state", ">balance", "asset", "reference", ">entries"]
    return Answer({"data": msgspec.to_builtins(page.items), "next_cursor": page.next_cursor}, table(heads, rows))


@app.command()
@verb
async def balance(context: CliContext, account: AccountArgument, as_of: AsOf = None) -> Answer:
    """The balance now, at the end of a business date, or as of an instant."""
    found = await context.account(account)
    if as_of is None:
        view = await balances.now(context.reader, context.book, found.id)
    elif len(as_of) == DATE_LENGTH:
        asked = day(as_of)
        assert asked is not None
        view = await balances.on(context.reader, context.book, found.id, asked)
    else:
        moment = instant(as_of)
        assert moment is not None
        view = await balances.at(context.reader, context.book, found.id, moment)
    scale = await context.scale(found.asset)
    shown_ = facts(
        [
            ("account", found.id),
            ("balance", f"{major(view.balance, scale)} {found.asset}"),
            ("debits", major(view.debits, scale)),
            ("credits", major(view.credits, scale)),
            ("entries", f"{view.entries:,}"),
            ("as of", view.date or view.at),
        ],
        None if view.opened else "The account was not open yet.",
    )
    return Answer(msgspec.to_builtins(view), shown_)


@app.command()
@verb
async def show(context: CliContext, account: AccountArgument) -> Answer:
    """Show an account with its figures."""
    return await _about(context, await context.account(account))


@app.command()
@verb
async def change(
    context: CliContext,
    account: AccountArgument,
    name: NameOption = None,
    owner: Owner = None,
    floor: Floor = None,
    ceiling: Ceiling = None,
    meta: Meta = None,
    fen: Fen = False,
    key: Key = None,
    dry_run: DryRun = False,
) -> Answer:
    """Change the name, owner, limits or metadata; what is left out stays, 'none' clears."""
    found = await context.account(account)
    scale = await context.scale(found.asset)
    changes: dict[str, Any] = {
        "name": None if name == "none" else name,
        "owner": None if owner == "none" else owner,
        "floor": limit(floor, scale, found.asset, fen=fen),
        "ceiling": limit(ceiling, scale, found.asset, fen=fen),
        "metadata": metadata(meta),
    }
    given = {"name": name, "owner": owner, "floor": floor, "ceiling": ceiling, "metadata": meta}
    asked = {field: value for field, value in changes.items() if given[field] is not None}
    outcome = await context.submit(ChangeAccount(account=found.id, **asked), key=key, dry_run=dry_run)
    return await _about(context, outcome.unwrap(), f"{'Would change' if dry_run else 'Changed'} account {found.id}")


@app.command()
@verb
async def freeze(
    context: CliContext,
    account: AccountArgument,
    reason: Reason,
    way: Annotated[Way, typer.Option("--way", help="Stop money coming in, going out, or both.")] = Way.BOTH,
    key: Key = None,
) -> Answer:
    """Stop movements of an account."""
    return await _set(context, account, _FREEZES[way], reason, key)


@app.command()
@verb
async def unfreeze(context: CliContext, account: AccountArgument, reason: Reason, key: Key = None) -> Answer:
    """Open a frozen account again."""
    return await _set(context, account, AccountState.OPEN, reason, key)


@app.command()
@verb
async def close(
    context: CliContext, account: AccountArgument, key: Key = None, dry_run: DryRun = False, yes: Yes = False
) -> Answer:
    """Close an account permanently; it must be empty. Asks first."""
    found = masked(await context.account(account))
    confirm(f"Close account {found.id}{f' {found.name}' if found.name else ''} permanently?", yes=yes or dry_run)
    outcome = await context.submit(CloseAccount(account=found.id), key=key, dry_run=dry_run)
    return await _about(context, outcome.unwrap(), f"{'Would close' if dry_run else 'Closed'} account {found.id}")


async def _set(context: CliContext, account: str, state: AccountState, reason: str, key: str | None) -> Answer:
    found = await context.account(account)
    outcome = await context.submit(SetAccountState(account=found.id, state=state, reason=reason), key=key)
    return await _about(context, outcome.unwrap(), f"Account {found.id} is {state.value}")


async def _about(context: CliContext, account: Account, title: str | None = None) -> Answer:
    """An account with its figures, as data and for people."""
    account = masked(account)
    scale = await context.scale(account.asset)
    balance = await context.maybe(Balance, account.id) or new_balance(account.id)
    data = {
        **msgspec.to_builtins(account),
        "balance": signed_balance(account, balance),
        "debits": balance.debits,
        "credits": balance.credits,
        "debits_held": balance.debits_held,
        "credits_held": balance.credits_held,
        "entries": balance.entries,
    }
    view = facts(
        [
            ("account", account.id),
            ("name", account.name),
            ("head", account.head),
            ("state", account.state.value),
            ("balance", f"{major(data['balance'], scale)} {account.asset}"),
            ("held", _held(account, balance, scale)),
            ("floor", "none" if account.floor is None else major(account.floor, scale)),
            ("ceiling", "none" if account.ceiling is None else major(account.ceiling, scale)),
            ("purpose", account.purpose),
            ("owner", account.owner),
            ("reference", account.reference),
            ("metadata", ", ".join(f"{k}={v}" for k, v in (account.metadata or {}).items()) or None),
            ("entries", f"{balance.entries:,}"),
            ("opened", account.opened_at),
            ("closed", account.closed_at),
        ],
        title,
    )
    return Answer(data, view)


def _held(account: Account, balance: Balance, scale: int) -> str | None:
    going, coming = balance.debits_held, balance.credits_held
    if account.normal_side is Side.DEBIT:
        going, coming = coming, going
    parts = [f"{major(units, scale)} {way}" for units, way in ((going, "going out"), (coming, "coming in")) if units]
    return ", ".join(parts) or None
