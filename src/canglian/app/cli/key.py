"""``canglian key``: API keys of programs, and the change of the encryption key."""

from datetime import timedelta
from typing import Annotated

import msgspec
import typer

from canglian.app.cli.options import Yes
from canglian.app.cli.prompts import confirm
from canglian.app.cli.verb import verb
from canglian.app.opening import CliContext, Opened
from canglian.kernel.queries.sealed import left
from canglian.kernel.resealing import reseal
from canglian.kernel.values import SYSTEM_BOOK, utc_now
from canglian.web.cli.output import Answer, facts, table
from canglian.web.principal import Role
from canglian.web.system import queries
from canglian.web.system.access import create_key
from canglian.web.system.api import shown
from canglian.web.system.commands import RevokeApiKey

app = typer.Typer(help="API keys of programs; change of the encryption key.", no_args_is_help=True)


@app.command("list")
@verb
async def list_keys(context: CliContext) -> Answer:
    """List the keys of a book, newest first."""
    keys = [shown(key) for key in await queries.keys(context.reader, context.book)]
    rows = [(k.id, k.name, k.role, k.client, k.created_at, k.expires_at, k.revoked_at) for k in keys]
    heads = ["key", "name", "role", "client", "created", "expires", "revoked"]
    return Answer(msgspec.to_builtins(keys), table(heads, rows))


@app.command()
@verb
async def create(
    context: CliContext,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    role: Annotated[Role, typer.Option("--role", help="What it may do.")] = Role.OPERATOR,
    client: Annotated[
        str | None, typer.Option("--client", help="Keys of one client share their idempotency keys.")
    ] = None,
    days: Annotated[int | None, typer.Option("--days", min=1, help="It ends after so many days.")] = None,
    per_second: Annotated[int | None, typer.Option("--per-second", min=1, help="Requests a second.")] = None,
    burst: Annotated[int | None, typer.Option("--burst", min=1, help="Requests at once.")] = None,
) -> Answer:
    """Make an API key; it is shown once and never again."""
    key, secret = await create_key(
        context.opened.services,
        name=name,
        of_book=context.book,
        role=role,
        actor=context.actor,
        client=client,
        rate_per_second=per_second,
        rate_burst=burst,
        expires_at=None if days is None else utc_now() + timedelta(days=days),
    )
    view = facts([("key", secret), ("role", key.role), ("expires", key.expires_at)], "Made; keep it, it is shown once.")
    return Answer({**msgspec.to_builtins(shown(key)), "secret": secret}, view)


@app.command()
@verb
async def revoke(
    installation: Opened,
    key: Annotated[str, typer.Argument(help="The prefix, the part after ck_.")],
    yes: Yes = False,
) -> Answer:
    """Revoke an API key permanently. Asks first."""
    confirm(f"Revoke the key {key.removeprefix('ck_')[:8]} permanently?", yes=yes)
    command = RevokeApiKey(key=key.removeprefix("ck_")[:8])
    revoked = await installation.services.engine.execute(SYSTEM_BOOK, command, actor="cli:key")
    return Answer(msgspec.to_builtins(shown(revoked)), facts([("key", revoked.id)], "Revoked."))


@app.command("reseal")
@verb
async def reseal_all(installation: Opened) -> Answer:
    """Move sealed data to the newest encryption key, in every book."""
    services = installation.services
    books = [SYSTEM_BOOK, *(book.id for book in await queries.books(services.reader))]
    moved: dict[str, int] = {}
    for book in books:
        found = await reseal(services.engine, services.reader, services.keyring, book, actor="cli:key")
        for table_name, count in found.items():
            moved[table_name] = moved.get(table_name, 0) + count
    older = sum([await left(services.reader, services.keyring, book) for book in books])
    newest = services.keyring.newest
    note = f"Everything is sealed with key {newest}; older keys are not needed any more."
    if older:
        note = f"{older} things are still sealed with an older key; run it again."
    rows = [*((name, count) for name, count in sorted(moved.items())), ("older", older)]
    return Answer({"key": newest, "moved": moved, "older": older}, facts(rows, note), 1 if older else 0)
