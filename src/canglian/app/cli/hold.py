"""``canglian hold``: reserve money, take it in parts, let it go."""

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
    metadata,
)
from canglian.app.cli.transfer import named
from canglian.app.cli.verb import verb
from canglian.app.opening import CliContext
from canglian.kernel.amounts import major, minor
from canglian.kernel.queries.paging import Order
from canglian.ledger import Account, Hold, HoldState
from canglian.ledger.commands import CaptureHold, ExpireHold, HoldFunds, ReleaseHold
from canglian.ledger.queries import chart
from canglian.ledger.queries.holds import HoldFilter, holds
from canglian.web.cli.dates import instant
from canglian.web.cli.output import Answer, facts, table

app = typer.Typer(help="Holds: place, capture, release, expire, list, show.", no_args_is_help=True)

HoldArgument = Annotated[int, typer.Argument(metavar="HOLD", help="The hold's number.")]


@app.command()
@verb
async def place(
    context: CliContext,
    debit: Annotated[str, typer.Argument(help="The account whose money is reserved.")],
    credit: Annotated[str, typer.Argument(help="The account that will get it.")],
    amount: AmountArgument,
    code: Code = "hold",
    reference: ReferenceOption = None,
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="WHEN", help="Until when; by default without end.")
    ] = None,
    meta: Meta = None,
    fen: Fen = False,
    key: Key = None,
    dry_run: DryRun = False,
) -> Answer:
    """Reserve an amount on the debit account for the credit account."""
    giver, taker = await context.account(debit), await context.account(credit)
    outcome = await context.submit(
        HoldFunds(
            debit=giver.id,
            credit=taker.id,
            amount=minor(amount, await context.scale(giver.asset), giver.asset, fen=fen),
            code=code,
            reference=reference,
            metadata=metadata(meta),
            expires_at=instant(expires),
        ),
        key=key,
        dry_run=dry_run,
    )
    hold = outcome.unwrap()
    return await _about(context, hold, f"Would place hold {hold.id}." if dry_run else f"Placed hold {hold.id}.")


@app.command()
@verb
async def capture(
    context: CliContext,
    hold: HoldArgument,
    amount: Annotated[str | None, typer.Option("--amount", help="How much; by default all that is left.")] = None,
    final: Annotated[bool, typer.Option("--final", help="Release the rest.")] = False,
    reference: ReferenceOption = None,
    fen: Fen = False,
    key: Key = None,
    dry_run: DryRun = False,
) -> Answer:
    """Turn a hold, or part of it, into a transfer."""
    found = await context.get(Hold, hold)
    scale = await context.scale(found.asset)
    units = None if amount is None else minor(amount, scale, found.asset, fen=fen)
    command = CaptureHold(hold=hold, amount=units, final=final, reference=reference)
    outcome = await context.submit(command, key=key, dry_run=dry_run)
    transfer = outcome.unwrap()
    done = f"{major(transfer.amount, scale)} {transfer.asset} of hold {hold} by transfer {transfer.id}."
    answer = await _about(
        context, await context.get(Hold, hold), f"{'Would capture' if dry_run else 'Captured'} {done}"
    )
    return answer._replace(data={"transfer": msgspec.to_builtins(transfer), "hold": answer.data})


@app.command()
@verb
async def release(context: CliContext, hold: HoldArgument, key: Key = None, dry_run: DryRun = False) -> Answer:
    """Let go of what a hold still reserves."""
    outcome = await context.submit(ReleaseHold(hold=hold), key=key, dry_run=dry_run)
    return await _about(context, outcome.unwrap(), f"{'Would release' if dry_run else 'Released'} hold {hold}.")


@app.command()
@verb
async def expire(context: CliContext, hold: HoldArgument, key: Key = None) -> Answer:
    """Let go of a hold whose time has passed."""
    outcome = await context.submit(ExpireHold(hold=hold), key=key)
    return await _about(context, outcome.unwrap(), f"Hold {hold} has expired.")


@app.command("list")
@verb
async def list_holds(
    context: CliContext,
    state: Annotated[HoldState | None, typer.Option("--state", help="Only in this state.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="Either side, by number or reference.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Answer:
    """List holds, newest first."""
    number = None if account is None else (await context.account(account)).id
    page = await holds(
        context.reader, context.book, HoldFilter(state=state, account=number), Order(None, cursor, limit)
    )
    scales = await chart.scales(context.reader, context.book)
    rows = [
        (
            h.id,
            h.state.value,
            major(h.amount, scales[h.asset]),
            major(h.captured, scales[h.asset]),
            h.asset,
            h.debit,
            h.credit,
        )
        for h in page.items
    ]
    heads = [">hold", "state", ">amount", ">taken", "asset", ">debit", ">credit"]
    return Answer({"data": msgspec.to_builtins(page.items), "next_cursor": page.next_cursor}, table(heads, rows))


@app.command()
@verb
async def show(context: CliContext, hold: HoldArgument) -> Answer:
    """Show a hold."""
    return await _about(context, await context.get(Hold, hold))


async def _about(context: CliContext, hold: Hold, title: str | None = None) -> Answer:
    """A hold, as data and for people."""
    scale = await context.scale(hold.asset)
    accounts = await context.load(Account, [hold.debit, hold.credit])
    view = facts(
        [
            ("hold", hold.id),
            ("state", hold.state.value),
            ("amount", f"{major(hold.amount, scale)} {hold.asset}"),
            ("captured", major(hold.captured, scale) if hold.captured else None),
            ("remaining", major(hold.remaining, scale)),
            ("debit", named(accounts.get(hold.debit), hold.debit)),
            ("credit", named(accounts.get(hold.credit), hold.credit)),
            ("code", hold.code),
            ("reference", hold.reference),
            ("metadata", ", ".join(f"{k}={v}" for k, v in (hold.metadata or {}).items()) or None),
            ("expires", hold.expires_at),
            ("created", hold.created_at),
        ],
        title,
    )
    return Answer({**msgspec.to_builtins(hold), "remaining": hold.remaining}, view)
