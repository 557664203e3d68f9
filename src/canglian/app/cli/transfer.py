"""``canglian transfer``: post, list, show, reverse and trace transfers."""

from typing import Annotated

import msgspec
import typer

from canglian.app.cli.options import (
    AmountArgument,
    Code,
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
from canglian.kernel import Outcome
from canglian.kernel.amounts import major, minor
from canglian.kernel.queries.paging import Order
from canglian.ledger import Account, Bound, Flag, Reversal, Transfer
from canglian.ledger.commands import PostTransfer, ReverseTransfer
from canglian.ledger.keeping import shown_name
from canglian.ledger.queries import chart
from canglian.ledger.queries.accounts import AccountName
from canglian.ledger.queries.tracing import trace as trace_transfer
from canglian.ledger.queries.transfers import TransferFilter, signed, transfers
from canglian.web.cli.dates import day, instant
from canglian.web.cli.output import Answer, facts, table

app = typer.Typer(help="Transfers: post, list, show, reverse, trace.", no_args_is_help=True)

TransferArgument = Annotated[int, typer.Argument(metavar="TRANSFER", help="The transfer's number.")]


@app.command()
@verb
async def post(
    context: CliContext,
    debit: Annotated[str, typer.Argument(help="The account that is debited, by number or reference.")],
    credit: Annotated[str, typer.Argument(help="The account that is credited, by number or reference.")],
    amount: AmountArgument,
    code: Code = "transfer",
    reference: ReferenceOption = None,
    meta: Meta = None,
    happened_at: Annotated[
        str | None, typer.Option("--happened-at", metavar="WHEN", help="When it happened, if not now.")
    ] = None,
    balancing: Annotated[
        bool, typer.Option("--balancing", help="Move at most AMOUNT: what is available, if that is less.")
    ] = False,
    bounded_by: Annotated[
        Bound, typer.Option("--bounded-by", help="Whose room says what is available to --balancing.")
    ] = Bound.BOTH,
    fen: Fen = False,
    key: Key = None,
    dry_run: DryRun = False,
) -> Answer:
    """Move money from the debit account to the credit account."""
    giver, taker = await context.account(debit), await context.account(credit)
    outcome = await context.submit(
        PostTransfer(
            debit=giver.id,
            credit=taker.id,
            amount=minor(amount, await context.scale(giver.asset), giver.asset, fen=fen),
            code=code,
            reference=reference,
            metadata=metadata(meta),
            happened_at=instant(happened_at),
            balancing=balancing,
            bounded_by=bounded_by,
        ),
        key=key,
        dry_run=dry_run,
    )
    return await _done(context, outcome, "Posted transfer", dry_run=dry_run)


@app.command()
@verb
async def show(context: CliContext, transfer: TransferArgument) -> Answer:
    """Show a transfer, both its accounts and what reversed it."""
    return await about(context, await context.get(Transfer, transfer))


@app.command()
@verb
async def reverse(
    context: CliContext,
    transfer: TransferArgument,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; it stays on record.")] = None,
    reference: ReferenceOption = None,
    key: Key = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> Answer:
    """Undo a transfer by one in the other direction; at most once. Asks first."""
    undone = await context.get(Transfer, transfer)
    amount = f"{major(undone.amount, await context.scale(undone.asset))} {undone.asset}"
    question = f"Move {amount} back from account {undone.credit} to account {undone.debit}, permanently?"
    confirm(question, yes=yes or dry_run)
    command = ReverseTransfer(transfer=transfer, reason=reason, reference=reference)
    outcome = await context.submit(command, key=key, dry_run=dry_run)
    return await _done(context, outcome, f"Reversed transfer {transfer} by transfer", dry_run=dry_run)


@app.command("list")
@verb
async def list_transfers(
    context: CliContext,
    account: Annotated[str | None, typer.Option("--account", help="Either side, by number or reference.")] = None,
    code: Annotated[str | None, typer.Option("--code", help="Only for this.")] = None,
    reference: ReferenceOption = None,
    first: Annotated[str | None, typer.Option("--from", help="From this business date on.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Up to this business date.")] = None,
    meta: Meta = None,
    sort: Annotated[str, typer.Option("--sort", help="id or -id.")] = "-id",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Answer:
    """List transfers, newest first."""
    asked = TransferFilter(
        account=None if account is None else (await context.account(account)).id,
        code=code,
        reference=reference,
        first_date=day(first),
        last_date=day(last),
        metadata=metadata(meta),
    )
    page = await transfers(context.reader, context.book, asked, Order(sort, cursor, limit))
    scales = await chart.scales(context.reader, context.book)
    rows = [
        (t.id, t.date, major(t.amount, scales[t.asset]), t.asset, t.debit, t.credit, t.code, t.reference)
        for t in page.items
    ]
    heads = [">transfer", "date", ">amount", "asset", ">debit", ">credit", "code", "reference"]
    return Answer({"data": msgspec.to_builtins(page.items), "next_cursor": page.next_cursor}, table(heads, rows))


@app.command()
@verb
async def trace(
    context: CliContext,
    transfer: TransferArgument,
    depth: Annotated[int, typer.Option("--depth", min=0, max=6, help="Steps each way.")] = 3,
) -> Answer:
    """Follow the money of a transfer both ways, first in, first out."""
    found = await trace_transfer(context.reader, context.book, transfer, depth)
    scales = await chart.scales(context.reader, context.book)
    by_number = {view.id: view for view in found.transfers}
    rows = [
        (
            flow.source,
            flow.target,
            major(flow.amount, scales[by_number[flow.target].asset]),
            _called(found.accounts.get(by_number[flow.target].debit)),
            _called(found.accounts.get(by_number[flow.target].credit)),
            by_number[flow.target].code,
        )
        for flow in found.flows
    ]
    heads = [">came with", ">went on with", ">amount", "from", "to", "code"]
    return Answer(msgspec.to_builtins(found), table(heads, rows))


def _called(name: AccountName | None) -> str:
    return "" if name is None else f"{name.id}  {name.name or ''}".strip()


async def _done(context: CliContext, outcome: Outcome[Transfer], done: str, *, dry_run: bool) -> Answer:
    transfer = outcome.unwrap()
    title = f"{done} {transfer.id}."
    if dry_run:
        title = "Would be done; nothing was changed."
    elif outcome.replayed:
        title = f"Done before, with this key: transfer {transfer.id}. Nothing was changed."
    answer = await about(context, transfer, title)
    answer.data["replayed"], answer.data["dry_run"] = outcome.replayed, dry_run
    return answer


async def about(context: CliContext, transfer: Transfer, title: str | None = None) -> Answer:
    """A transfer, as data and for people."""
    scale = await context.scale(transfer.asset)
    accounts = await context.load(Account, [transfer.debit, transfer.credit])
    reversal = await context.maybe(Reversal, transfer.id)
    reversed_by = None if reversal is None else reversal.reversed_by
    view = facts(
        [
            ("transfer", transfer.id),
            ("amount", f"{major(transfer.amount, scale)} {transfer.asset}"),
            ("debit", named(accounts.get(transfer.debit), transfer.debit)),
            ("credit", named(accounts.get(transfer.credit), transfer.credit)),
            ("code", transfer.code),
            ("date", transfer.date),
            ("happened", transfer.happened_at),
            ("booked", transfer.booked_at),
            ("reference", transfer.reference),
            ("metadata", ", ".join(f"{k}={v}" for k, v in (transfer.metadata or {}).items()) or None),
            ("group", transfer.group),
            ("hold", transfer.hold),
            ("reverses", transfer.reverses),
            ("reversed by", reversed_by),
            ("marks", ", ".join(flag.name.lower() for flag in Flag(transfer.flags) if flag.name) or None),
        ],
        title,
    )
    balances = {
        f"{side}_balance": signed(getattr(transfer, f"{side}_balance"), accounts[getattr(transfer, side)].normal_side)
        for side in ("debit", "credit")
    }
    return Answer({**msgspec.to_builtins(transfer), **balances, "reversed_by": reversed_by}, view)


def named(account: Account | None, number: int) -> str:
    """An account's number and its name, masked as everywhere."""
    name = None if account is None else shown_name(account.name, account.owner)
    return f"{number}  {name}" if name else str(number)
