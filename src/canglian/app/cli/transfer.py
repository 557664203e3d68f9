"""``canglian transfer``: post, list, show and reverse transfers."""

from typing import Annotated

import msgspec
import typer

from canglian.app.cli.options import (
    AmountArgument,
    Code,
    DryRun,
    Fen,
    Key,
    Meta,
    ReferenceOption,
    instant,
    metadata,
)
from canglian.app.cli.output import Answer, facts
from canglian.app.cli.verb import verb
from canglian.app.opening import Desk
from canglian.kernel import Outcome
from canglian.kernel.amounts import major, minor
from canglian.ledger import Account, Flag, Reversal, Transfer
from canglian.ledger.commands import PostTransfer, ReverseTransfer

app = typer.Typer(help="Transfers: post, list, show, reverse.", no_args_is_help=True)

TransferArgument = Annotated[int, typer.Argument(metavar="TRANSFER", help="The transfer's number.")]


@app.command()
@verb
async def post(
    desk: Desk,
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
    fen: Fen = False,
    key: Key = None,
    dry_run: DryRun = False,
) -> Answer:
    """Move money from the debit account to the credit account."""
    giver, taker = await desk.account(debit), await desk.account(credit)
    outcome = await desk.submit(
        PostTransfer(
            debit=giver.id,
            credit=taker.id,
            amount=minor(amount, await desk.scale(giver.asset), giver.asset, fen=fen),
            code=code,
            reference=reference,
            metadata=metadata(meta),
            happened_at=instant(happened_at),
            balancing=balancing,
        ),
        key=key,
        dry_run=dry_run,
    )
    return await _done(desk, outcome, "Posted transfer", dry_run=dry_run)


@app.command()
@verb
async def show(desk: Desk, transfer: TransferArgument) -> Answer:
    """Show a transfer, both its accounts and what reversed it."""
    return await about(desk, await desk.get(Transfer, transfer))


@app.command()
@verb
async def reverse(
    desk: Desk,
    transfer: TransferArgument,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; it stays on record.")] = None,
    reference: ReferenceOption = None,
    key: Key = None,
    dry_run: DryRun = False,
) -> Answer:
    """Undo a transfer by one in the other direction; at most once."""
    command = ReverseTransfer(transfer=transfer, reason=reason, reference=reference)
    outcome = await desk.submit(command, key=key, dry_run=dry_run)
    return await _done(desk, outcome, f"Reversed transfer {transfer} by transfer", dry_run=dry_run)


async def _done(desk: Desk, outcome: Outcome[Transfer], done: str, *, dry_run: bool) -> Answer:
    transfer = outcome.unwrap()
    title = f"{done} {transfer.id}."
    if dry_run:
        title = "Would be done; nothing was changed."
    elif outcome.replayed:
        title = f"Done before, with this key: transfer {transfer.id}. Nothing was changed."
    answer = await about(desk, transfer, title)
    answer.data["replayed"], answer.data["dry_run"] = outcome.replayed, dry_run
    return answer


async def about(desk: Desk, transfer: Transfer, title: str | None = None) -> Answer:
    """A transfer, as data and for people."""
    scale = await desk.scale(transfer.asset)
    accounts = await desk.load(Account, [transfer.debit, transfer.credit])
    reversal = await desk.maybe(Reversal, transfer.id)
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
    return Answer({**msgspec.to_builtins(transfer), "reversed_by": reversed_by}, view)


def named(account: Account | None, number: int) -> str:
    """An account's number and name."""
    return f"{number}  {account.name}" if account is not None and account.name else str(number)
