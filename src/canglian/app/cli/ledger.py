"""``canglian ledger``: the whole ledger of a book: statement, trial balance, export, import."""

import csv
import enum
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from canglian.app.cli.options import AccountArgument
from canglian.app.cli.verb import verb
from canglian.app.opening import CliContext
from canglian.kernel.amounts import major
from canglian.kernel.queries.observing import EventFilter, book_figures, events
from canglian.kernel.queries.paging import LIMIT_MAX, Order, Page
from canglian.kernel.records import Event
from canglian.ledger import importing
from canglian.ledger.model import Hold
from canglian.ledger.queries import chart, statements
from canglian.ledger.queries.accounts import AccountFilter, AccountView, accounts
from canglian.ledger.queries.earlier import StoredTransfers
from canglian.ledger.queries.holds import HoldFilter, holds
from canglian.ledger.queries.transfers import TransferFilter, TransferView, transfers
from canglian.ledger.queries.trial_balance import trial_balance as trial
from canglian.web.cli.dates import day
from canglian.web.cli.output import Answer, csv_stream, facts, table
from canglian.web.cli.progress import steps
from canglian.web.csv import cell, names_of

app = typer.Typer(help="The whole ledger: import, export, statement, trial balance.", no_args_is_help=True)

First = Annotated[str | None, typer.Option("--from", help="The first business date; by default 30 days back.")]
Last = Annotated[str | None, typer.Option("--to", help="The last business date; by default today.")]


@app.command()
@verb
async def statement(context: CliContext, account: AccountArgument, first: First = None, last: Last = None) -> Answer:
    """The statement of an account: opening, every entry with its balance, closing."""
    found = await context.account(account)
    today = (await book_figures(context.reader, context.book)).today
    begins, ends = day(first) or today - timedelta(days=30), day(last) or today
    entries: list[statements.Entry] = []
    cursor = None
    while True:
        order = Order("id", cursor, LIMIT_MAX)
        part = await statements.statement(context.reader, context.book, found.id, begins, ends, order)
        entries += part.page.items
        cursor = part.page.next_cursor
        if cursor is None:
            break
    scale = await context.scale(found.asset)
    rows: list[tuple[Any, ...]] = [
        (e.date, e.transfer, e.counterpart, e.code, e.reference, major(e.amount, scale), major(e.balance, scale))
        for e in entries
    ]
    heads = ["date", ">transfer", ">counterpart", "code", "reference", ">amount", ">balance"]
    rows.insert(0, (begins, "", "", "opening balance", None, "", major(part.opening, scale)))
    rows.append((ends, "", "", "closing balance", None, "", major(part.closing, scale)))
    data: dict[str, Any] = {name: getattr(part, name) for name in part.__struct_fields__ if name != "page"}
    return Answer({**msgspec.to_builtins(data), "data": msgspec.to_builtins(entries)}, table(heads, rows))


@app.command("trial-balance")
@verb
async def trial_balance(
    context: CliContext,
    on: Annotated[str | None, typer.Option("--date", help="A past business date; by default today.")] = None,
) -> Answer:
    """Every head of every asset; exit code 1 if debits and credits ever disagreed."""
    found = await trial(context.reader, context.book, day(on))
    scales = await chart.scales(context.reader, context.book)
    rows: list[tuple[Any, ...]] = []
    for total in found.totals:
        scale = scales.get(total.asset, 2)
        rows += [
            (line.asset, line.head, line.name, f"{line.accounts:,}", *_figures(line, scale))
            for line in found.lines
            if line.asset == total.asset
        ]
        rows.append((total.asset, "", "total", "", *_figures(total, scale)))
    heads = ["asset", "head", "name", ">accounts", ">debits", ">credits", ">debit balance", ">credit balance"]
    data = {**msgspec.to_builtins(found), "balanced": found.is_balanced}
    return Answer(data, table(heads, rows), 0 if found.is_balanced else 1)


def _figures(line: Any, scale: int) -> tuple[str, ...]:
    names = ("debits", "credits", "debit_balance", "credit_balance")
    return tuple(major(getattr(line, name), scale) for name in names)


class What(enum.StrEnum):
    """What can be exported."""

    ACCOUNTS = "accounts"
    TRANSFERS = "transfers"
    HOLDS = "holds"
    EVENTS = "events"


@app.command()
@verb
async def export(
    context: CliContext,
    what: Annotated[What, typer.Argument(help="accounts, transfers, holds or events.")],
    file: Annotated[Path | None, typer.Argument(help="Where to; by default, and for -, the standard output.")] = None,
) -> Answer | None:
    """Export everything of one kind as CSV, oldest first."""
    reader, book = context.reader, context.book
    reads: dict[What, tuple[type[msgspec.Struct], str, Callable[[Order], Awaitable[Page[Any]]]]] = {
        What.ACCOUNTS: (AccountView, "id", lambda order: accounts(reader, book, AccountFilter(), order, plain=True)),
        What.TRANSFERS: (TransferView, "id", lambda order: transfers(reader, book, TransferFilter(), order)),
        What.HOLDS: (Hold, "id", lambda order: holds(reader, book, HoldFilter(), order)),
        What.EVENTS: (Event, "number", lambda order: events(reader, book, EventFilter(), order)),
    }
    kind, sort, read = reads[what]
    if file is None or file == Path("-"):
        await _write(csv_stream(), names_of(kind), read, sort, what.value)
        return None
    with file.open("w", newline="", encoding="utf-8-sig") as out:
        count = await _write(out, names_of(kind), read, sort, what.value)
    view = facts([("rows", f"{count:,}"), ("file", file)], f"Exported {what.value}.")
    return Answer({"rows": count, "file": str(file)}, view)


async def _write(
    out: Any, names: list[str], read: Callable[[Order], Awaitable[Page[Any]]], sort: str, what: str
) -> int:
    writer = csv.writer(out)
    writer.writerow(names)
    cursor, count = None, 0
    with steps(f"exporting {what}") as progress:
        while True:
            page = await read(Order(sort, cursor, LIMIT_MAX))
            for row in page.items:
                plain = msgspec.to_builtins(row)
                writer.writerow([cell(plain.get(name)) for name in names])
                count += 1
            progress.reach(count)
            cursor = page.next_cursor
            if cursor is None:
                return count


@app.command("import")
@verb
async def import_file(
    context: CliContext,
    file: Annotated[Path, typer.Argument(help="A CSV file; docs/reference/import.md describes it.")],
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="A TOML file that says which column is what.")
    ] = None,
    errors: Annotated[Path | None, typer.Option("--errors", help="Where refused lines go.")] = None,
    accounts_only: Annotated[bool, typer.Option("--accounts", help="The lines are accounts, not movements.")] = False,
    flag: Annotated[
        list[str] | None,
        typer.Option("--set", help="One entry of the mapping, such as amount=betrag; may be repeated."),
    ] = None,
) -> Answer:
    """Import history, or accounts, from a CSV file; run again after a crash, it goes on where it stopped."""
    flags: dict[str, Any] = dict(pair.split("=", 1) for pair in flag or () if "=" in pair)
    engine = context.opened.services.engine
    with steps(f"importing {file.name}") as progress:
        if accounts_only:
            chosen = importing.load_account_mapping(mapping, flags)
            summary = await importing.import_accounts(
                engine,
                context.book,
                file,
                chosen,
                actor=context.actor,
                earlier=StoredTransfers(context.reader, context.book),
                errors=errors,
                progress=progress.reach,
            )
        else:
            summary = await importing.import_history(
                engine,
                context.book,
                file,
                importing.load_mapping(mapping, flags),
                actor=context.actor,
                earlier=StoredTransfers(context.reader, context.book),
                errors=errors,
                progress=progress.reach,
            )
    return Answer(_data(summary), _shown(summary, errors), 0 if summary.ok else 1)


def _data(summary: Any) -> dict[str, Any]:
    share = summary.chained_share
    return {**msgspec.to_builtins(summary), "ok": summary.ok, "chained_share": None if share is None else str(share)}


def _shown(summary: Any, errors: Path | None) -> Any:
    check = summary.balances
    return facts(
        [
            ("lines", f"{summary.lines:,}"),
            ("beside them", importing.beside(summary)),
            ("posted", f"{summary.posted:,}"),
            ("refused", f"{summary.refused:,}"),
            ("malformed", f"{summary.malformed:,}"),
            ("done before", f"{summary.repeated:,}"),
            ("lines known by", summary.identity),
            ("accounts opened", f"{summary.accounts_opened:,}"),
            ("dates", f"{summary.first_date} to {summary.last_date}" if summary.first_date else None),
            ("chain exactly", None if summary.chained_share is None else f"{summary.chained_share} %"),
            (
                "balances",
                None if check is None else f"{check.exact:,} of {check.accounts:,} exact, {check.within:,} within 1.00",
            ),
            ("errors in", errors if errors is not None and not summary.ok else None),
        ],
        "Imported." if summary.ok else "Imported, but not every line.",
    )
