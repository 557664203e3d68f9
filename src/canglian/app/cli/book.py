"""``canglian book``: the books of the installation, and what belongs to a book as a whole."""

from datetime import timedelta
from typing import Annotated

import msgspec
import typer

from canglian.app.cli.options import DryRun, Key, Yes
from canglian.app.cli.prompts import confirm
from canglian.app.cli.verb import verb
from canglian.app.opening import CliContext, Opened
from canglian.kernel.queries.observing import book_figures
from canglian.ledger import HeadClass, Side
from canglian.ledger.commands import CloseDay, DefineAsset, DefineHead
from canglian.ledger.queries import chart
from canglian.web.cli.dates import day
from canglian.web.cli.output import Answer, facts, table
from canglian.web.principal import Role
from canglian.web.system import queries

app = typer.Typer(help="Books: list, create, close the day, assets and heads.", no_args_is_help=True)


@app.command("list")
@verb
async def list_books(installation: Opened) -> Answer:
    """List the books of the installation."""
    books = await queries.books(installation.services.reader)
    rows = [(book.id, book.code, book.name, book.opened_at) for book in books]
    return Answer(msgspec.to_builtins(books), table([">number", "code", "name", "opened"], rows))


@app.command()
@verb
async def create(
    installation: Opened,
    code: Annotated[str, typer.Argument(help="What people type, such as xincheng.")],
    name: Annotated[str, typer.Argument(help="What people read, such as 新城支行.")],
) -> Answer:
    """Open a book with CNY, ECNY and a bank's chart of accounts."""
    book = await installation.open_book(code, name, actor="cli:book")
    view = facts([("number", book.id), ("code", book.code), ("name", book.name)], f"Opened book {book.code}.")
    return Answer(msgspec.to_builtins(book), view)


@app.command()
@verb
async def show(context: CliContext) -> Answer:
    """Show where a book stands."""
    figures = await book_figures(context.reader, context.book)
    view = facts(
        [
            ("number", context.book),
            ("code", context.profile.code),
            ("name", context.profile.name),
            ("business date", figures.today),
            ("batches", f"{figures.sequence:,}"),
            ("commands", f"{figures.commands:,}"),
            ("events", f"{figures.events:,}"),
            ("chain", figures.hash),
        ]
    )
    data = {**msgspec.to_builtins(context.profile), **msgspec.to_builtins(figures)}
    return Answer(data, view)


@app.command("close-day")
@verb
async def close_day(
    context: CliContext,
    to: Annotated[str | None, typer.Option("--to", help="The next business date; by default the day after.")] = None,
    key: Key = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> Answer:
    """End the business day and begin the next. Asks first. How far ahead it may go alone is days_ahead_max."""
    today = (await book_figures(context.reader, context.book)).today
    command = CloseDay(next_day=day(to) or today + timedelta(days=1))
    confirm(f"Close {today} permanently, and begin {command.next_day}?", yes=yes or dry_run)
    begun = (await context.submit(command, key=key, dry_run=dry_run, role=Role.ADMIN)).unwrap()
    title = "Would close" if dry_run else "Closed"
    return Answer({"closed": str(today), "today": str(begun)}, facts([("today", begun)], f"{title} {today}."))


@app.command()
@verb
async def assets(context: CliContext) -> Answer:
    """List the units of value."""
    found = await chart.assets(context.reader, context.book)
    rows = [(asset.code, asset.name, asset.scale) for asset in found]
    return Answer(msgspec.to_builtins(found), table(["code", "name", ">decimals"], rows))


@app.command("define-asset")
@verb
async def define_asset(
    context: CliContext,
    code: Annotated[str, typer.Argument(help="Such as PTS:xincheng.")],
    name: Annotated[str, typer.Argument(help="Display name.")],
    scale: Annotated[int, typer.Option("--scale", min=0, max=8, help="Decimals.")] = 2,
    key: Key = None,
) -> Answer:
    """Add a unit of value."""
    command = msgspec.convert({"code": code, "name": name, "scale": scale}, DefineAsset)
    asset = (await context.submit(command, key=key)).unwrap()
    return Answer(msgspec.to_builtins(asset), facts([("code", asset.code), ("decimals", asset.scale)], "Defined."))


@app.command()
@verb
async def heads(context: CliContext) -> Answer:
    """List the chart of accounts."""
    found = await chart.heads(context.reader, context.book)
    rows = [(head.code, head.name, head.head_class.value, head.normal_side.value) for head in found]
    return Answer(msgspec.to_builtins(found), table(["code", "name", "class", "normal side"], rows))


@app.command("define-head")
@verb
async def define_head(
    context: CliContext,
    code: Annotated[str, typer.Argument(help="Digits, such as 201103.")],
    name: Annotated[str, typer.Argument(help="Display name.")],
    head_class: Annotated[HeadClass, typer.Option("--class", help="Its class in the chart.")],
    normal_side: Annotated[Side, typer.Option("--normal-side", help="The side on which its balances grow.")],
    key: Key = None,
) -> Answer:
    """Add a head to the chart of accounts."""
    fields = {"code": code, "name": name, "head_class": head_class.value, "normal_side": normal_side.value}
    head = (await context.submit(msgspec.convert(fields, DefineHead), key=key)).unwrap()
    return Answer(msgspec.to_builtins(head), facts([("code", head.code), ("name", head.name)], "Defined."))
