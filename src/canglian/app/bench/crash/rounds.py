"""The rounds: load, kill, restart, send again, look."""

import asyncio
import itertools
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from canglian.app.bench.crash.again import Answer, send_again
from canglian.app.bench.crash.asking import Asked, Kind, Requests
from canglian.app.bench.crash.judging import judge
from canglian.app.bench.crash.killing import Victim, Way
from canglian.app.bench.crash.stored import Database, Place
from canglian.app.bench.ground import bars, flush_microseconds, fresh_postgres
from canglian.app.bench.load import Load, put
from canglian.app.bench.report import Bar, Report, median
from canglian.app.bench.serving import prepare, settings_of
from canglian.kernel.postgres.embedded import EmbeddedPostgres

OUTAGE_SECONDS = 0.5
"""For how long at most nothing is started again."""
AFTER_SECONDS = 0.2
"""For how long at most the load goes on after a recovery."""
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


class Findings:
    """What all rounds came to."""

    def __init__(self) -> None:
        self.rounds: Counter[Way] = Counter()
        self.recovery: defaultdict[Way, list[float]] = defaultdict(list)
        self.unrecovered = 0
        self.unacknowledged = 0
        self.landed = 0
        self.repeated = 0
        self.lost: set[str] = set()
        self.doubled: set[str] = set()
        self.altered: set[str] = set()
        self.unanswered: set[str] = set()
        self.unbalanced: set[str] = set()
        self.broken: list[str] = []
        self.differing = 0

    def wrong(self) -> dict[str, list[str]]:
        """The first of everything that must not be."""
        found = {
            name: sorted(getattr(self, name))[:5]
            for name in ("lost", "doubled", "altered", "unanswered", "unbalanced", "broken")
        }
        return {name: keys for name, keys in found.items() if keys}

    def bars(self) -> list[Bar]:
        """What is promised."""
        return [
            Bar("lost", len(self.lost), 0, at_most=True),
            Bar("doubled", len(self.doubled), 0, at_most=True),
            Bar("stored or answered otherwise", len(self.altered), 0, at_most=True),
            Bar("unanswered when sent again", len(self.unanswered), 0, at_most=True),
            Bar("unbalanced", len(self.unbalanced), 0, at_most=True),
            Bar("rounds without recovery", self.unrecovered, 0, at_most=True),
            Bar("chain verified", int(not self.broken), 1),
            Bar("log leads to the stored state", int(self.differing == 0), 1),
        ]


def run(folder: Path, size: Size, seed: int) -> Report:
    """Crash an installation of its own below ``folder``; the same seed kills the same things in the same order."""
    with fresh_postgres(folder) as postgres:
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
            begin = await Database(postgres.url).place()
            rounds = Rounds(victim, Requests(prepared, chance), size, seed, begin)
            task = progress.add_task("crashing", total=size.rounds)
            for number, way in enumerate(ways, start=1):
                progress.update(task, description=f"killing {way}")
                await rounds.run(number, way)
                progress.advance(task)
            progress.update(task, description="looking at all of it")
            await rounds.look_at_all()
        finally:
            await asyncio.to_thread(victim.stop)
    figures = {"seed": seed, **rounds.figures(), "flush_microseconds": flush}
    return Report("crash", figures, rounds.findings.bars())


def _ways(rounds: int, chance: random.Random) -> Iterable[Way]:
    """All ways equally often, in an order of chance."""
    decks = (chance.sample(list(Way), len(Way)) for _ in itertools.count())
    return itertools.islice(itertools.chain.from_iterable(decks), rounds)


class Rounds:
    """One installation, crashed again and again."""

    def __init__(self, victim: Victim, requests: Requests, size: Size, seed: int, begin: Place) -> None:
        self.findings = Findings()
        self._victim = victim
        self._requests = requests
        self._size = size
        self._seed = seed
        self._database = Database(victim.postgres.url)
        self._begin = begin

    async def run(self, number: int, way: Way) -> None:
        """One round: what is silent after the crash is sent again, and so are some of those that were answered."""
        chance = random.Random(f"{self._seed} {number}")  # noqa: S311 - it has to be repeatable
        requests = self._requests
        before, first = await self._database.place(), len(requests.asked)
        await self._crash(way, chance)
        asked = requests.asked[first:]
        landed = await self._judge(asked, before)
        silent = [one for one in asked if one.key not in requests.told]
        spoken = [one for one in asked if one.key in requests.told]
        repeated = chance.sample(spoken, min(REPEATED, len(spoken)))
        answers = await self._send([*silent, *repeated])
        self._note_silent(silent, answers, landed)
        self._note_repeated(repeated, answers)
        await self._judge(asked, before)
        self.findings.unbalanced |= await self._database.unbalanced()
        self.findings.rounds[way] += 1
        if number % CHAIN_EVERY == 0:
            await self._verify()

    async def look_at_all(self) -> None:
        """Judge the requests of all rounds again, verify the chain and replay the log."""
        await self._judge(self._requests.asked, self._begin)
        await self._verify()
        replayed = await self._database.replayed()
        self.findings.differing = replayed.differing

    def figures(self) -> dict[str, Any]:
        """What was done and how long it took."""
        found, asked = self.findings, len(self._requests.asked)
        recovery = {
            str(way): {"median": round(median(seconds), 2), "max": round(max(seconds), 2)}
            for way, seconds in sorted(found.recovery.items())
        }
        return {
            "rounds": found.rounds.total(),
            "rounds_by_kill": {str(way): count for way, count in sorted(found.rounds.items())},
            "requests": asked,
            "acknowledged": asked - found.unacknowledged,
            "acknowledged_sent_again": found.repeated,
            "unacknowledged": found.unacknowledged,
            "unacknowledged_that_had_landed": found.landed,
            "statuses": {str(status): count for status, count in sorted(self._requests.statuses.items())},
            "recovery_seconds": recovery,
            "wrong": found.wrong(),
        }

    async def _crash(self, way: Way, chance: random.Random) -> None:
        """Load, a kill at some moment, a restart; the load goes on until after a new request was acknowledged."""
        moment, outage, after = (
            chance.uniform(0, most) for most in (self._size.seconds, OUTAGE_SECONDS, AFTER_SECONDS)
        )
        load = Load(iter(self._requests), self._requests.answered)
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
            self._requests.acknowledged(first, answer.told)
        await asyncio.sleep(after)
        load.stopping = True
        await sending

    async def _send(self, requests: list[Asked]) -> dict[str, Answer]:
        return await send_again(self._victim.server.port, self._requests.headers, requests)

    def _note_silent(self, silent: list[Asked], answers: dict[str, Answer], landed: set[str]) -> None:
        """What was not acknowledged must be now, and as a repetition where it had been done."""
        findings = self.findings
        findings.unacknowledged += len(silent)
        for one in silent:
            answer = answers.get(one.key)
            if answer is None:
                findings.unanswered.add(one.key)
                continue
            self._requests.acknowledged(one, answer.told)
            findings.landed += answer.replayed
            if one.key in landed and not answer.replayed:
                findings.altered.add(one.key)

    def _note_repeated(self, repeated: list[Asked], answers: dict[str, Answer]) -> None:
        """What was acknowledged must be acknowledged again in the same words."""
        findings = self.findings
        findings.repeated += len(repeated)
        for one in repeated:
            answer = answers.get(one.key)
            if answer is None:
                findings.unanswered.add(one.key)
            elif answer != Answer(self._requests.told[one.key], replayed=True):
                findings.altered.add(one.key)

    async def _judge(self, asked: list[Asked], after: Place) -> set[str]:
        """Hold requests against the rows written since; the unacknowledged ones that landed."""
        found = judge(asked, self._requests.told, await self._database.rows(after))
        self.findings.lost |= found.lost
        self.findings.doubled |= found.doubled
        self.findings.altered |= found.altered
        return found.landed

    async def _verify(self) -> None:
        verified = await self._database.chain()
        if verified.broken is not None:
            self.findings.broken.append(f"{verified.broken.kind} in batch {verified.broken.batch}")
