"""Files on their way in: fetched from the service of their channel, or sent by somebody, and the day reconciled."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncGenerator
from datetime import date, timedelta
from pathlib import Path

import msgspec

from canglian.bank.settlement.reconciling import queries
from canglian.bank.settlement.reconciling.channels import CHANNELS, Channel, channel_of
from canglian.bank.settlement.reconciling.matching import Side
from canglian.bank.settlement.reconciling.model import DayState, ReconciliationDay
from canglian.bank.settlement.reconciling.running import ACTOR, reconcile
from canglian.kernel.errors import Busy, Rejection, Unavailable
from canglian.web.outside.client import Client
from canglian.web.outside.connections import connections, is_connected
from canglian.web.services import Services

FILE_BYTES_MAX = 256 * 2**20
"""The largest file that is fetched."""

DAYS_BACK = 7
"""Of so many days before, those that lack a file or still differ are looked at again."""


class ArrivedFiles(msgspec.Struct, frozen=True):
    """Files that have arrived, each as its bytes or where it lies; None where there is none."""

    file: bytes | Path | None = None
    orders: bytes | Path | None = None


async def reconcile_day(
    services: Services, book: int, on: date, channel: str, sent: ArrivedFiles | None = None, *, actor: str = ACTOR
) -> ReconciliationDay:
    """Reconcile a day of a channel with the files that were sent, else with the one that its service has.

    A file that is not there, or cannot be fetched, leaves the day incomplete; where there was one before, it is needed
    again: ``reconciliation.file_needed``. Rejects and raises what ``reconcile`` does, and
    ``reconciliation.channel_unknown``.
    """
    known, given = channel_of(channel), sent or ArrivedFiles()
    async with _folder() as folder:
        file = await _on_disk(folder / "channel.csv", given.file)
        if file is None and _is_fetched(services, known):
            file = await _on_disk(folder / "channel.csv", await fetched(services, known, on))
        before = await queries.day_or_none(services.reader, book, on, channel)
        if file is None and before is not None and before.has(Side.CHANNEL):
            raise Rejection("reconciliation.file_needed", date=on.isoformat(), field="file")
        orders = await _on_disk(folder / "orders.csv", given.orders)
        return await reconcile(
            services.engine, services.reader, book, on, channel, file=file, orders=orders, actor=actor
        )


async def fetched(services: Services, channel: Channel, on: date) -> bytes | None:
    """The file of a day from the service of a channel; None where it is not there, or the service is away."""
    assert channel.service is not None
    settings = services.settings
    seconds = settings.outside_timeout_ms / 1000
    try:
        async with Client(connections(settings), timeout_seconds=seconds) as client:
            answer = await client.call(channel.service, "GET", f"/files/{on}", most=FILE_BYTES_MAX)
    except (Unavailable, Busy, Rejection):
        return None
    return answer.data if isinstance(answer.data, bytes) else None


async def days_due(services: Services, book: int, today: date) -> list[tuple[date, str]]:
    """What the end of a day looks at: its own day of every channel with a service, and earlier ones left open."""
    due: list[tuple[date, str]] = []
    for channel in CHANNELS.values():
        if channel.service is None:
            continue
        states = await queries.states(services.reader, book, channel.code, today - timedelta(days=DAYS_BACK), today)
        due += [(on, channel.code) for on, state in states.items() if on < today and state is not DayState.BALANCED]
        if _is_fetched(services, channel) or await queries.was_used(services.reader, book, today):
            due.append((today, channel.code))
    return due


def _is_fetched(services: Services, channel: Channel) -> bool:
    return channel.service is not None and is_connected(services.settings, channel.service)


@contextlib.asynccontextmanager
async def _folder() -> AsyncGenerator[Path]:
    with tempfile.TemporaryDirectory(prefix="canglian-reconciling-") as name:
        yield Path(name)


async def _on_disk(path: Path, given: bytes | Path | None) -> Path | None:
    if not isinstance(given, bytes):
        return given
    await asyncio.to_thread(path.write_bytes, given)
    return path
