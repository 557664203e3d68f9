"""A world that ends orders a moment after it took them, and reports how, to the address that each order names.

An outcome is reported until somebody takes it, ever more rarely. It comes late, twice, in the wrong order or under a
forged signature where such faults are ordered.
"""

import asyncio
import contextlib
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import msgspec

from canglian.web.sandbox.world import Fact, World
from canglian.web.signing import Asked, signed_request

OUTCOME_SECONDS = 0.3
REPORT_SECONDS = 0.1
REPORT_TIMEOUT_SECONDS = 5.0
PAUSE_SECONDS_MAX = 60.0


class Outcome(NamedTuple):
    """What is reported of an order: that it was accepted, then how it stands; and where to."""

    callback: str
    accepted: dict[str, Any]
    now: dict[str, Any]


class ReportingWorld(World):
    """Reports are sent between ``begin`` and ``end``."""

    def __init__(self, *given: Any, **more: Any) -> None:
        self._unreported: dict[str, tuple[float, float]] = {}
        self._task: asyncio.Task[None] | None = None
        super().__init__(*given, **more)

    def outcome(self, number: str) -> Outcome:
        """What there is to report of an order; nothing while it is ``accepted``."""
        raise NotImplementedError

    def report_from(self, number: str, at: float) -> None:
        """An order was taken at an instant; its outcome is reported a moment later."""
        self._unreported[number] = (at + OUTCOME_SECONDS, REPORT_SECONDS)

    def apply(self, fact: Fact) -> None:
        """Somebody took an outcome."""
        self._unreported.pop(fact["told"], None)

    async def begin(self) -> None:
        """Begin to report outcomes."""
        self._task = asyncio.create_task(self._report_all())

    async def end(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await super().end()

    async def _report_all(self) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=REPORT_TIMEOUT_SECONDS) as client:
            while True:
                await asyncio.sleep(REPORT_SECONDS)
                waiting = [number for number, (at, _) in self._unreported.items() if at <= self.clock()]
                due = [number for number in waiting if self.outcome(number).now["state"] != "accepted"]
                for number in reversed(due) if self.mischief.strikes("out_of_order") else due:
                    await self._report(client, number)

    async def _report(self, client: httpx.AsyncClient, number: str) -> None:
        callback, accepted, final = self.outcome(number)
        outcomes = [final, accepted] if self.mischief.strikes("out_of_order") else [accepted, final]
        if self.mischief.strikes("duplicate"):
            outcomes *= 2
        taken = [await self._post(client, callback, outcome) for outcome in outcomes]
        if all(taken):
            self.keep(({"told": number},))
        else:
            _, pause = self._unreported[number]
            self._unreported[number] = (self.clock() + pause, min(2 * pause, PAUSE_SECONDS_MAX))

    async def _post(self, client: httpx.AsyncClient, url: str, outcome: dict[str, Any]) -> bool:
        body = msgspec.json.encode(outcome)
        headers = {"content-type": "application/json"}
        parts = urlsplit(url)
        asked = Asked("POST", parts.netloc, parts.path, parts.query, headers, body)
        signed = signed_request(self.signing_key(forged=self.mischief.strikes("forged")), asked, self.clock())
        with contextlib.suppress(httpx.HTTPError, httpx.InvalidURL):
            return (await client.post(url, content=body, headers={**headers, **signed})).is_success
        return False
