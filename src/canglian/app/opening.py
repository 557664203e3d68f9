"""One way to open an installation, for the server and for the command line.

``opened`` starts the embedded PostgreSQL where no other is configured, checks the schema, and gives an engine with
everything that stands around it. A ``CliContext`` picks one book in it. Several processes may have the same
installation open.
"""

import getpass
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import msgspec
import structlog

import canglian.app.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.app.rooms import import_commands, next_business_day, packages
from canglian.kernel import Command, Conflict, Engine, Entity, Malformed, NotFound, Outcome, Rejection, logs
from canglian.kernel.crypto import Keyring
from canglian.kernel.postgres import migrate as migrations
from canglian.kernel.postgres.connect import open_pool
from canglian.kernel.postgres.embedded import EmbeddedPostgres
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.settings import Settings
from canglian.kernel.values import SHANGHAI, SYSTEM_BOOK, utc_now
from canglian.ledger import AUDITED, Account, Asset
from canglian.ledger.commands import OpenBook
from canglian.ledger.naming import numbers
from canglian.ledger.queries import chart
from canglian.web.principal import Role
from canglian.web.problem import from_validation
from canglian.web.services import OpenBook as OpenBookFunction
from canglian.web.services import Services
from canglian.web.system import queries
from canglian.web.system.commands import OpenBookProfile
from canglian.web.system.model import BookProfile

E = TypeVar("E", bound=Entity)
R = TypeVar("R")

SYSTEM = "system:opening"

BOOK_CLASS = import_commands()
"""What an engine decides with; all commands of all rooms are known from here on."""


class Opened(msgspec.Struct, frozen=True):
    """An installation at work."""

    opens: ClassVar[str] = "installation"

    settings: Settings
    services: Services
    embedded: EmbeddedPostgres | None

    @property
    def database_url(self) -> str:
        """Where the database is, the embedded one or another."""
        return self.settings.database_url or (self.embedded.url if self.embedded is not None else "")

    async def open_book(self, code: str, name: str, *, actor: str, key: str | None = None) -> BookProfile:
        """Open a new book, ready to be posted to. Rejects ``book_profile.exists``."""
        return (await self.services.open_book(code, name, actor=actor, key=key)).unwrap()


class CliContext(msgspec.Struct, frozen=True):
    """A book of an installation, and who works on it."""

    opens: ClassVar[str] = "book"

    opened: Opened
    profile: BookProfile
    actor: str

    @property
    def services(self) -> Services:
        """What handlers work with, too."""
        return self.opened.services

    @property
    def book(self) -> int:
        """The book's number."""
        return self.profile.id

    @property
    def reader(self) -> Reader:
        """What queries read with."""
        return self.opened.services.reader

    async def submit(
        self, command: Command[R], *, key: str | None = None, dry_run: bool = False, role: Role | None = None
    ) -> Outcome[R]:
        """Ask the book for something. Raises Malformed ``request.malformed`` for fields that are out of bounds.

        The machine is not held by policies, unless it asks in a ``role``.
        """
        try:
            command = msgspec.convert(msgspec.to_builtins(command), type(command))
        except msgspec.ValidationError as error:
            raise from_validation(error) from None
        engine = self.opened.services.engine
        acts_as = None if role is None else role.value
        return await engine.submit(
            self.book, command, actor=self.actor, key=key, scope="cli", dry_run=dry_run, role=acts_as
        )

    async def load(self, entity: type[E], keys: Iterable[Any]) -> dict[Any, E]:
        """Entities by their ids."""
        return await self.opened.services.store.load(self.book, entity, list(keys))

    async def maybe(self, entity: type[E], key: Any) -> E | None:
        """An entity, or None."""
        return (await self.load(entity, [key])).get(key)

    async def get(self, entity: type[E], key: Any) -> E:
        """An entity; NotFound ``<noun>.not_found``."""
        found = await self.maybe(entity, key)
        if found is None:
            raise NotFound(f"{entity.__noun__}.not_found", **{entity.__noun__: key})
        return found

    async def scale(self, asset: str) -> int:
        """How many decimals an asset has; NotFound ``asset.not_found``."""
        return (await self.get(Asset, asset)).scale

    async def account(self, named: str) -> Account:
        """An account by number or reference; NotFound ``cli.account_unknown``."""
        try:
            known = await numbers(self.opened.services.store, self.book, [named])
        except Rejection:
            known = dict[int | str, int]()
        found = await self.maybe(Account, known[named]) if known else None
        if found is None:
            raise NotFound("cli.account_unknown", account=named)
        return found


Clock = Callable[[], datetime]


def opener(engine: Engine, clock: Clock) -> OpenBookFunction:
    """How this composition opens a book: a profile in the system's book, then the ledger's assets and chart."""

    async def open_book(code: str, name: str, **asked: Any) -> Outcome[BookProfile]:
        command = msgspec.convert({"code": code, "name": name}, OpenBookProfile)
        outcome = await engine.submit(SYSTEM_BOOK, command, **asked)
        if outcome.result is not None and not asked.get("dry_run"):
            await set_up(engine, outcome.result.id, clock)
        return outcome

    return open_book


async def set_up(engine: Engine, book: int, clock: Clock) -> None:
    """Give a book its row, assets and chart; does nothing to one that has them."""
    await engine.found(book, today(clock))
    await engine.execute(book, OpenBook(), actor=SYSTEM, key=f"book:open:{book}")


def today(clock: Clock = utc_now) -> date:
    """The date in Shanghai, on which a new book begins."""
    return clock().astimezone(SHANGHAI).date()


def database_url(settings: Settings) -> tuple[str, EmbeddedPostgres | None]:
    """The address of the database; the embedded server is started where none is configured."""
    if settings.database_url:
        return settings.database_url, None
    embedded = EmbeddedPostgres(Path(settings.data_dir))
    return embedded.start(), embedded


@asynccontextmanager
async def opened(settings: Settings, *, migrate: bool = False, clock: Clock = utc_now) -> AsyncGenerator[Opened]:
    """An installation at work; on leaving, the batch in hand is finished first. Its books live by the ``clock``.

    Raises Conflict ``migration.pending`` where the schema is older than this version and ``migrate`` is not set.
    """
    if not structlog.is_configured():
        logs.configure(settings.log_level, settings.log_format)  # the default shows local variables, secrets among them
    url, embedded = database_url(settings)
    try:
        await _check_schema(url, migrate=migrate)
        store = await PostgresStore.open(url)
        standby = None
        try:
            engine = Engine(
                store,
                BOOK_CLASS.with_days_ahead(settings.days_ahead_max, next_business_day()),
                audited=AUDITED,
                clock=clock,
                batch_max=settings.batch_max,
                queue_max=settings.queue_max,
                cache_max=settings.cache_max,
            )
            reader = Reader(store.pool)
            if settings.read_url:
                standby = await open_pool(settings.read_url)
            services = Services(
                settings=settings,
                store=store,
                engine=engine,
                reader=reader,
                standby=reader if standby is None else Reader(standby),
                keyring=Keyring.from_settings(settings),
                open_book=opener(engine, clock),
                scales=partial(chart.scales, reader),
                database_url=url,
                audited=AUDITED,
            )
            try:
                await _heal(services, clock)
                yield Opened(settings, services, embedded)
            finally:
                await engine.stop()
        finally:
            if standby is not None:
                await standby.close()
            await store.close()
    finally:
        if embedded is not None:
            embedded.stop()


@asynccontextmanager
async def context(settings: Settings, named: str | None = None) -> AsyncGenerator[CliContext]:
    """A book picked by number or code; the only one where none is named.

    Rejects ``cli.book_missing``, ``cli.book_ambiguous`` and ``book.not_found``.
    """
    async with opened(settings) as installation:
        profile = await pick(installation.services.reader, named)
        yield CliContext(installation, profile, f"cli:{_person()}")


async def pick(reader: Reader, named: str | None) -> BookProfile:
    """The book with this number or code, or the only one."""
    if named is not None:
        found = await queries.book(reader, named)
        if found is None:
            raise NotFound("book.not_found", book=named)
        return found
    books = await queries.books(reader)
    if not books:
        raise NotFound("cli.book_missing")
    if len(books) > 1:
        raise Malformed("cli.book_ambiguous", books=", ".join(book.code for book in books))
    return books[0]


async def _check_schema(url: str, *, migrate: bool) -> None:
    if migrate:
        await migrations.apply_async(url, packages())
    else:
        missing = await migrations.pending_async(url, packages())
        if missing:
            raise Conflict("migration.pending", count=len(missing), first=missing[0])


async def _heal(services: Services, clock: Clock) -> None:
    """Found what a crash may have left half founded: the system's book, and every book that it lists."""
    await services.engine.found(SYSTEM_BOOK, today(clock))
    for profile in await queries.books(services.reader):
        await set_up(services.engine, profile.id, clock)


def _person() -> str:
    try:
        return getpass.getuser()
    except OSError:
        return "somebody"
