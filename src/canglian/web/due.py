"""Periodic work: what is due becomes commands whose keys name the thing, so that twice is harmless."""

from collections.abc import Mapping
from typing import Any

from canglian.kernel.command import Command
from canglian.kernel.errors import Busy, Unavailable
from canglian.web.services import Services


async def settle(services: Services, book: int, due: Mapping[str, Command[Any]], *, actor: str) -> None:
    """Submit what is due, each under its key; where the queue is full or the database away, the next turn goes on."""
    for key, command in due.items():
        try:
            await services.engine.submit(book, command, actor=actor, key=key)
        except (Busy, Unavailable):
            return
