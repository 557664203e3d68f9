"""The run over a file: read, seal, ask in chunks, write an outcome for every line.

Some chunks are always under way: while one is read and sealed, others are decided and committed; the numbers for the
chunks after those are allotted meanwhile. Outcomes are written in the order of the lines.

Every chunk is one command whose key names the file's digest, what was asked for and the chunk. A run that was killed is
simply begun again: a chunk that is in the log is answered from there and not even sealed again, and what lacks follows.
The numbers of accounts and wallets are allotted for some chunks at a time, under keys of the same kind.
"""

import asyncio
import csv
import hashlib
import time
from collections import deque
from collections.abc import Callable
from itertools import count, islice
from pathlib import Path
from typing import Any

import msgspec

from canglian.bank.deposit.commands.opening import AllotNumbers
from canglian.bank.wallet.commands.onboarding import Onboarded, OnboardPeople
from canglian.bank.wallet.commands.opening import AllotWalletNumbers
from canglian.bank.wallet.onboarding.reading import COLUMNS, OPTIONAL, Reader, Rows
from canglian.bank.wallet.onboarding.sealing import ProcessSealing, Sealing, ThreadSealing
from canglian.kernel.command import Command
from canglian.kernel.crypto import Keyring
from canglian.kernel.engine import Engine
from canglian.kernel.errors import Rejection, render
from canglian.kernel.known import checked_key
from canglian.ledger.importing.encodings import AUTO
from canglian.ledger.importing.mapping import Format
from canglian.ledger.importing.reading import CsvFile, Line, LineProblem, Tally, examine
from canglian.web.csv import cell

CHUNK_LINES = 400
"""Small enough that others on the book hardly wait, large enough to be fast."""

CHUNKS_NUMBERED = 16
"""For so many chunks numbers are allotted at a time."""

AHEAD = 3
"""So many chunks are being sealed, decided and committed while the next one is read."""

PROCESS_LINES = 5000
"""From so many lines on a process beside this one seals them: starting it takes a second."""

CACHE_MAX = 10_000
"""How many entities of a kind an engine needs to keep for this: nobody is looked at twice."""

SCOPE = "onboard"
OUTCOMES = ("line", "outcome", "code", "problem", "party", "deposit_account", "wallet")

Progress = Callable[[int, int], None]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a file. ``repeated`` lines had their outcome from an earlier run; they count as what they were.

    ``lines`` are those opened, refused and malformed together; the file has blank lines, a header, and further lines of
    records beside them.
    """

    file: str
    digest: str
    file_lines: int
    header_lines: int
    blank_lines: int
    further_lines: int
    lines: int
    opened: int
    refused: int
    malformed: int
    repeated: int
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether everybody was taken on."""
        return self.refused == self.malformed == 0


class Asked(msgspec.Struct, frozen=True):
    """What the file is about: the wallet, the account under it, and the scene's own thing (a village)."""

    product: str = "wallet.ewallet"
    deposit_product: str = "deposit.class2"
    within: str | None = None


async def onboard(
    engine: Engine,
    keyring: Keyring,
    book: int,
    file: Path,
    asked: Asked,
    *,
    actor: str,
    outcomes: Path | None = None,
    report: Progress | None = None,
    chunk_lines: int = CHUNK_LINES,
    process_lines: int = PROCESS_LINES,
) -> Summary:
    """Take on the people of a file. ``report`` gets how many lines are done, of how many.

    From ``process_lines`` lines on another process seals them.

    Raises Malformed ``import.file_unreadable``, ``import.file_empty`` and ``import.column_missing``; what is wrong with
    a line stands in ``outcomes`` and stops nothing.
    """
    source = await asyncio.to_thread(examine, file)
    what = f"{source.digest}/{asked.product}/{asked.deposit_product}/{asked.within}/{chunk_lines}"
    digest = hashlib.sha256(what.encode()).hexdigest()[:32]
    beside = source.lines >= process_lines
    work = _Onboarding(engine, keyring, book, file, asked, digest, actor, beside=beside)
    begun = time.perf_counter()
    with OutcomeFile(outcomes) as written:
        await work.run(written, chunk_lines, source.lines, report)
    tally = work.tally
    return Summary(
        file=file.name,
        digest=source.digest,
        file_lines=tally.read,
        header_lines=tally.header,
        blank_lines=tally.blank,
        further_lines=tally.further,
        lines=tally.records,
        opened=written.counts["opened"],
        refused=written.counts["refused"],
        malformed=written.counts["malformed"],
        repeated=work.repeated,
        seconds=round(time.perf_counter() - begun, 3),
    )


class OutcomeFile:
    """One line for each of the file's, written as they come; nothing personal is in it."""

    def __init__(self, path: Path | None) -> None:
        self.counts = {"opened": 0, "refused": 0, "malformed": 0}
        self._file: Any = None if path is None else path.open("w", encoding="utf-8", newline="")
        self._writer = None if self._file is None else csv.writer(self._file, lineterminator="\n")
        if self._writer is not None:
            self._writer.writerow(OUTCOMES)

    def __enter__(self) -> "OutcomeFile":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, line: int, outcome: str, *more: str) -> None:
        """Tell what became of a line."""
        self.counts[outcome] += 1
        if self._writer is not None:
            self._writer.writerow((line, outcome, *map(cell, more), *[""] * (len(OUTCOMES) - 2 - len(more))))


class _Onboarding:
    def __init__(
        self,
        engine: Engine,
        keyring: Keyring,
        book: int,
        path: Path,
        asked: Asked,
        digest: str,
        actor: str,
        *,
        beside: bool,
    ) -> None:
        self.repeated = 0
        self._engine = engine
        self._keyring = keyring
        self._book = book
        self._file = CsvFile(path, Format(encoding=AUTO))
        self._asked = asked
        self._key = f"onboard:{digest}"
        self._actor = actor
        self._beside = beside
        self._sealing: Sealing | None = None
        self._rows: dict[int, asyncio.Task[Rows]] = {}

    async def run(self, written: OutcomeFile, chunk_lines: int, total: int, report: Progress | None) -> None:
        """The whole file: while some chunks are sealed, decided and committed, the next one is read."""
        today = (await self._engine.store.state(self._book)).today
        flying: deque[tuple[int, asyncio.Task[_Chunk]]] = deque()
        turn: asyncio.Future[None] | None = None
        done = 0

        async def land() -> None:
            nonlocal done
            count, task = flying[0]
            chunk = await task
            flying.popleft()
            chunk.write(written)
            self.repeated += chunk.repeated
            done += count
            if report is not None:
                report(min(done, total), total)

        try:
            found = self._file.lines(list(COLUMNS), maybe=OPTIONAL)
            for number in count():
                if not (lines := list(islice(found, chunk_lines))):
                    break
                if self._sealing is None:
                    self._sealing = await self._sealed_by(Reader(self._keyring, self._file.header, today, self._key))
                rows, place = self._numbers(number, chunk_lines, total)
                before, turn = turn, asyncio.get_running_loop().create_future()
                chunk = self._chunk(self._sealing, number, lines, rows, place, before, turn)
                flying.append((len(lines), asyncio.create_task(chunk)))
                while len(flying) > AHEAD:
                    await land()
            while flying:
                await land()
        finally:
            await asyncio.gather(*(task for _, task in flying), *self._rows.values(), return_exceptions=True)
            if self._sealing is not None:
                await self._sealing.close()

    @property
    def tally(self) -> Tally:
        """The lines that were read."""
        return self._file.tally

    async def _sealed_by(self, reader: Reader) -> Sealing:
        return await ProcessSealing.start(reader) if self._beside else ThreadSealing(reader)

    def _numbers(self, chunk: int, chunk_lines: int, total: int) -> "tuple[asyncio.Task[Rows], int]":
        """The rows that a chunk has its numbers from, and its place in them. The rows that follow are asked for when
        half of these are used, so that nothing waits for them."""
        group, within = divmod(chunk, CHUNKS_NUMBERED)
        size = chunk_lines * CHUNKS_NUMBERED
        follows = within >= CHUNKS_NUMBERED // 2 and (group + 1) * size < total - 1  # there is a header
        for wanted in (group, group + 1) if follows else (group,):
            if wanted not in self._rows:
                self._rows[wanted] = asyncio.create_task(self._allotted(wanted, size))
        self._rows.pop(group - 1, None)
        return self._rows[group], within * chunk_lines

    async def _chunk(
        self,
        sealing: Sealing,
        number: int,
        lines: list[Line],
        rows: "asyncio.Task[Rows]",
        place: int,
        before: "asyncio.Future[None] | None",
        turn: "asyncio.Future[None]",
    ) -> "_Chunk":
        """What became of a chunk, from the log where it is there already.

        It is asked for after the one ``before`` it, whichever is sealed first: who stands in the file twice is taken on
        where they stand first. ``turn`` is the same for the one after it.
        """
        key = f"{self._key}:{number}"
        try:
            allotted = await rows
            known = await self._known(key)
            settled: set[int] = set()
            if known is not None:
                settled = {person.line for person in (*known.taken, *known.refused)}
                lines = [line for line in lines if line.number not in settled]
            people, problems = await sealing.people(lines, place, allotted)
            if known is not None and people:  # they could not be read then
                missed = {person.line for person in people}
                kept = [line for line in lines if line.number in missed]
                people, _ = await sealing.people(kept, 0, await self._allotted(f"{number}:more", len(kept)))
                key = f"{key}:more"
            if not people:
                return _Chunk(known or Onboarded([], []), problems, len(settled) + len(problems) * (known is not None))
            await _turn(before)
            asked = OnboardPeople(
                people=people,
                product=self._asked.product,
                deposit_product=self._asked.deposit_product,
                within=self._asked.within,
            )
            submitted = asyncio.create_task(self._submit(asked, key))
        finally:
            await _turn(before)  # a chunk that is not asked for lets the next one pass no other
            turn.set_result(None)
        done = await submitted
        if known is None:
            return _Chunk(done, problems, 0)
        both = Onboarded([*known.taken, *done.taken], [*known.refused, *done.refused])
        return _Chunk(both, problems, len(settled))

    async def _known(self, key: str) -> Onboarded | None:
        stored = checked_key(key, SCOPE)
        line = (await self._engine.store.known(self._book, [stored])).get(stored)
        if line is None:
            return None
        if line.code is not None:
            raise Rejection(line.code, **msgspec.json.decode(line.result or "{}", type=dict[str, Any]))
        return msgspec.json.decode(line.result or "", type=Onboarded)

    async def _allotted(self, group: int | str, count: int) -> Rows:
        """The numbers for some chunks; what a shorter file leaves over is a gap in the row."""
        key = f"{self._key}:numbers:{group}"
        deposit, wallet = await asyncio.gather(
            self._submit(AllotNumbers(count=count), f"{key}:deposit"),
            self._submit(AllotWalletNumbers(count=count), f"{key}:wallet"),
        )
        return Rows(deposit, wallet)

    async def _submit(self, command: Command[Any], key: str) -> Any:
        outcome = await self._engine.submit(self._book, command, actor=self._actor, key=key, scope=SCOPE)
        return outcome.unwrap()


async def _turn(before: "asyncio.Future[None] | None") -> None:
    """Wait until the chunk before has been asked for."""
    if before is not None:
        await before


class _Chunk(msgspec.Struct, frozen=True):
    """What became of the lines of a chunk, and how many of them had it from an earlier run."""

    done: Onboarded
    problems: list[tuple[int, LineProblem]]
    repeated: int

    def write(self, written: OutcomeFile) -> None:
        """Write the outcomes in the order of the lines."""
        outcomes: list[tuple[int, tuple[str, ...]]] = [
            (person.line, ("opened", "", "", person.party, person.deposit, person.wallet)) for person in self.done.taken
        ]
        outcomes += [
            (refusal.line, ("refused", refusal.code, render(refusal.code, refusal.fields)))
            for refusal in self.done.refused
        ]
        outcomes += [(line, ("malformed", problem.code, str(problem))) for line, problem in self.problems]
        for line, (outcome, *more) in sorted(outcomes):
            written.write(line, outcome, *more)
