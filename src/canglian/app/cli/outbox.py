"""``canglian outbox``: receivers of events, and what could not be delivered."""

from typing import Annotated

import msgspec
import typer

from canglian.app.cli.options import Cursor, Limit, Yes
from canglian.app.cli.prompts import confirm
from canglian.app.cli.verb import verb
from canglian.app.opening import CliContext
from canglian.kernel.outbox import (
    ChangeReceiver,
    DeadLetterState,
    ReceiverState,
    ResendDeadLetter,
    SkipDeadLetter,
    add_receiver,
    queries,
    rotate_secret,
)
from canglian.kernel.queries.paging import Order
from canglian.web.cli.output import Answer, facts, table

app = typer.Typer(help="Events on their way out: receivers, deliveries, dead letters.", no_args_is_help=True)

ReceiverArgument = Annotated[str, typer.Argument(metavar="RECEIVER", help="The receiver's id, rcv_….")]
LetterArgument = Annotated[int, typer.Argument(metavar="LETTER", min=1, help="The dead letter's number.")]


@app.command()
@verb
async def receivers(context: CliContext, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """List the receivers and how far each is."""
    page = await queries.receivers(context.reader, context.book, Order(None, cursor, limit))
    rows = [(r.id, r.name, r.url, ", ".join(r.kinds), r.state.value, r.cursor, r.behind, r.dead) for r in page.items]
    heads = ["receiver", "name", "url", "kinds", "state", ">delivered to", ">waiting", ">dead"]
    return Answer({"data": msgspec.to_builtins(page.items), "next_cursor": page.next_cursor}, table(heads, rows))


@app.command()
@verb
async def add(
    context: CliContext,
    name: Annotated[str, typer.Argument(help="Display name.")],
    url: Annotated[str, typer.Argument(help="Where events are sent.")],
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="A kind or family (transfer.*); by default all.")
    ] = None,
) -> Answer:
    """Add a receiver; the secret that signs its events is shown once."""
    services = context.opened.services
    receiver, secret = await add_receiver(
        services.engine, services.keyring, context.book, url=url, kinds=kind or ["*"], name=name, actor=context.actor
    )
    view = facts([("receiver", receiver.id), ("url", receiver.url), ("secret", secret)], "Added; keep the secret.")
    return Answer({"id": receiver.id, "name": name, "url": url, "secret": secret}, view)


@app.command()
@verb
async def pause(context: CliContext, receiver: ReceiverArgument) -> Answer:
    """Stop sending to a receiver; its events wait."""
    return await _set(context, receiver, ReceiverState.PAUSED)


@app.command()
@verb
async def resume(context: CliContext, receiver: ReceiverArgument) -> Answer:
    """Send to a receiver again, from where it was."""
    return await _set(context, receiver, ReceiverState.ACTIVE)


@app.command()
@verb
async def remove(context: CliContext, receiver: ReceiverArgument, yes: Yes = False) -> Answer:
    """Remove a receiver permanently. Asks first."""
    found = await queries.receiver(context.reader, context.book, receiver)
    left = f"{found.behind:,} waiting events and {found.dead:,} dead letters are never sent"
    confirm(f"Remove {found.name} permanently? {left}.", yes=yes)
    return await _set(context, receiver, ReceiverState.REMOVED)


@app.command()
@verb
async def rotate(context: CliContext, receiver: ReceiverArgument) -> Answer:
    """Make a new secret for a receiver; the old one signs too for a day."""
    services = context.opened.services
    secret = await rotate_secret(services.engine, services.keyring, context.book, receiver, actor=context.actor)
    return Answer({"id": receiver, "secret": secret}, facts([("secret", secret)], "Changed; keep the secret."))


@app.command("dead-letters")
@verb
async def dead_letters(context: CliContext, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """List what could not be delivered."""
    asked = queries.DeadLetterFilter(state=DeadLetterState.DEAD)
    page = await queries.dead_letters(context.reader, context.book, asked, Order(None, cursor, limit))
    rows = [
        (letter.id, letter.receiver, letter.event, letter.tries, letter.problem, letter.created_at)
        for letter in page.items
    ]
    heads = [">letter", "receiver", ">event", ">tries", "problem", "since"]
    return Answer({"data": msgspec.to_builtins(page.items), "next_cursor": page.next_cursor}, table(heads, rows))


@app.command()
@verb
async def resend(context: CliContext, letter: LetterArgument) -> Answer:
    """Try a dead letter again."""
    (await context.submit(ResendDeadLetter(dead_letter=letter))).unwrap()
    return Answer({"dead_letter": letter}, facts([("letter", letter)], "Queued again."))


@app.command()
@verb
async def skip(
    context: CliContext,
    letter: LetterArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stays on record.")],
    yes: Yes = False,
) -> Answer:
    """Discard a dead letter permanently. Asks first."""
    found = await queries.dead_letter(context.reader, context.book, letter)
    confirm(f"Discard event {found.event}? {found.receiver} will never receive it.", yes=yes)
    (await context.submit(SkipDeadLetter(dead_letter=letter, reason=reason))).unwrap()
    return Answer({"dead_letter": letter}, facts([("letter", letter)], "Skipped."))


async def _set(context: CliContext, receiver: str, state: ReceiverState) -> Answer:
    (await context.submit(ChangeReceiver(receiver=receiver, state=state))).unwrap()
    return Answer({"id": receiver, "state": state.value}, facts([("receiver", receiver), ("state", state.value)]))
