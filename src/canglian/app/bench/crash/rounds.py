"""The rounds: load, kill, restart, send again, look."""

import asyncio
import itertools
import random
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec
import uvloop

from canglian.app.bench.crash.again import Answer, send_again
from canglian.app.bench.crash.findings import Findings
from canglian.app.bench.crash.judging import judge
from canglian.app.bench.crash.killing import Victim, Way
from canglian.app.bench.crash.requests import Asked, Kind, Requests
from canglian.app.bench.crash.stored import Database, Place
from canglian.app.bench.serving import prepare, settings_of
from canglian.app.rooms import packages
from canglian.kernel.postgres.embedded import EmbeddedPostgres
from canglian.ledger.bench.ground import bars, flush_microseconds, fresh_postgres
from canglian.ledger.bench.load import Load, put
from canglian.ledger.bench.report import Report

OUTAGE_SECONDS = 0.5
"""For how long at most nothing is started again."""
AFTER_SECONDS = 0.2
"""For how long at most the load goes on after a recovery."""
PATIENCE_SECONDS = 0.2
"""How long a connection waits after an answer that the database is away."""
REPEATED = 20
"""Acknowledged requests of a round that are sent again nevertheless."""
CHAIN_EVERY = 10
"""Rounds after which the chain is verified; at the end it is in any case."""


class Size(msgspec.Struct, frozen=True):
    """How often, with how many connections on how many accounts, and for how long at most before the kill."""

    rounds: int
    connections: int = 48
    accounts: int = 1000
    seconds: float = 1.2


FULL = Size(rounds=100)
QUICK = Size(rounds=10)
TINY = Size(rounds=2, connections=16, accounts=100, seconds=0.4)


def run(folder: Path, size: Size, seed: int) -> Report:
    """Crash an installation of its own below ``folder``; the same seed kills the same things in the same order."""
    with fresh_postgres(folder, packages()) as postgres:
        return uvloop.run(_run(postgres, folder, size, seed))


async def _run(postgres: EmbeddedPostgres, folder: Path, size: Size, seed: int) -> Report:
    chance = random.Random(seed)  # noqa: S311 - it has to be repeatable
    ways = list(_ways(size.rounds, chance))
    flush = flush_microseconds(folder)
    settings, environment = settings_of(postgres.url, folder, database_url="", data_dir=str(folder / "database"))
    with bars() as progress:
        prepared = await prepare(settings, size.accounts, progress)
        victim = await asyncio.to_thread(Victim, postgres, environment, folder)
        try:
            database, requests = Database(postgres.url), Requests(prepared, chance)
            rounds = Rounds(victim, database, requests, size, seed, await database.place())
            task = progress.add_task("crashing", total=size.rounds)
            for number, way in enumerate(ways, start=1):
                progress.update(task, description=f"killing {way}")
                await rounds.run(number, way)
                progress.advance(task)
            progress.update(task, description="looking at all of it")
            await rounds.look_at_all()
        finally:
            await asyncio.to_thread(victim.stop)
    found = rounds.findings
    figures = {"seed": seed, **found.figures(len(requests.asked), requests.statuses), "flush_microseconds": flush}
    return Report("crash", figures, found.bars())


def _ways(rounds: int, chance: random.Random) -> Iterable[Way]:
    """All ways equally often, in an order of chance."""
    decks = (chance.sample(list(Way), len(Way)) for _ in itertools.count())
    return itertools.islice(itertools.chain.from_iterable(decks), rounds)


class Rounds:
    """One installation, crashed again and again."""

    def __init__(
        self, victim: Victim, database: Database, requests: Requests, size: Size, seed: int, begin: Place
    ) -> None:
        self.findings = Findings()
        self._victim = victim
        self._requests = requests
        self._size = size
        self._seed = seed
        self._database = database
        self._begin = begin

    async def run(self, number: int, way: Way) -> None:
        """One round: what is silent after the crash is sent again, and so are some of those that were answered."""
        chance = random.Random(f"{self._seed} {number}")  # noqa: S311 - it has to be repeatable
        requests = self._requests
        before, first = await self._database.place(), len(requests.asked)
        await self._crash(way, chance)
        asked = requests.asked[first:]
        landed = await self._judge(asked, before)
        silent = [request for request in asked if request.key not in requests.acknowledgements]
        spoken = [request for request in asked if request.key in requests.acknowledgements]
        repeated = chance.sample(spoken, min(REPEATED, len(spoken)))
        answers = await self._send([*silent, *repeated])
        for request in (*silent, *repeated):
            answer = answers.get(request.key)
            self.findings.sent_again(
                request, answer, requests.acknowledgements.get(request.key), had_landed=request.key in landed
            )
            if answer is not None:
                requests.acknowledged(request, answer.acknowledgement)
        await self._judge(asked, before)
        self.findings.unbalanced |= await self._database.unbalanced()
        self.findings.rounds[way] += 1
        if number % CHAIN_EVERY == 0:
            self.findings.verified(await self._database.chain())

    async def look_at_all(self) -> None:
        """Judge the requests of all rounds again, verify the chain and replay the log."""
        await self._judge(self._requests.asked, self._begin)
        self.findings.unbalanced |= await self._database.unbalanced()
        self.findings.verified(await self._database.chain())
        self.findings.differing = (await self._database.replayed()).differing

    async def _crash(self, way: Way, chance: random.Random) -> None:
        """Load, a kill at some moment, a restart; the load goes on until after a new request was acknowledged."""
        moment, outage, after = (
            chance.uniform(0, most) for most in (self._size.seconds, OUTAGE_SECONDS, AFTER_SECONDS)
        )
        load = Load(iter(self._requests), self._requests.answered, patience=PATIENCE_SECONDS)
        sending = asyncio.ensure_future(put(load, self._victim.server.port, self._size.connections))
        await asyncio.sleep(moment)
        killed = time.perf_counter()
        self._victim.kill(way, chance)
        await asyncio.sleep(outage)
        await asyncio.to_thread(self._victim.restore, way)
        first = self._requests.new(Kind.SINGLE)
        answer = (await self._send([first])).get(first.key)
        if answer is None:
            self.findings.unrecovered += 1
            await asyncio.to_thread(self._victim.restart)
        else:
            self.findings.recovery[way].append(time.perf_counter() - killed)
            self._requests.acknowledged(first, answer.acknowledgement)
        await asyncio.sleep(after)
        load.stopping = True
        await sending

    async def _send(self, requests: list[Asked]) -> dict[str, Answer]:
        return await send_again(self._victim.server.port, self._requests.headers, requests)

    async def _judge(self, asked: list[Asked], after: Place) -> set[str]:
        """Hold requests against the rows written since; the unacknowledged ones that landed."""
        verdict = judge(asked, self._requests.acknowledgements, await self._database.rows(after))
        self.findings.judged(verdict)
        return verdict.landed
