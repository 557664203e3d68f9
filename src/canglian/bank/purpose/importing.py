"""Grants for the holders of a file, hundreds of thousands of them: read, looked up and issued in chunks.

Every chunk is one command whose key names the file's digest, the contract and the chunk. A run that was killed is begun
again: a chunk that is in the log is answered from there, and what lacks follows; nobody is granted anything twice.
Each line of the file has its outcome; a wallet that the file names again gets nothing for the second line, nor one that
has a grant of the contract from another file, unless that is asked for.
"""

import asyncio
import csv
import hashlib
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from itertools import count, islice
from pathlib import Path
from typing import Any

import msgspec

from canglian.bank.purpose.commands.importing import (
    ImportedGrants,
    ImportedLine,
    ImportPurposeGrants,
    RefusedLine,
)
from canglian.kernel.amounts import minor
from canglian.kernel.engine import Engine
from canglian.kernel.errors import CanglianError, Rejection
from canglian.kernel.known import checked_key
from canglian.kernel.typed import typed_id, typed_number
from canglian.ledger.importing.encodings import AUTO
from canglian.ledger.importing.mapping import Format
from canglian.ledger.importing.reading import CsvFile, Line, examine
from canglian.web.csv import cell

CHUNK_LINES = 500
"""Small enough that others on the book hardly wait, large enough to be fast."""

AHEAD = 3
"""So many chunks are being decided and committed while the next one is read and looked up."""

CACHE_MAX = 10_000
"""How many entities of a kind an engine needs to keep for this: no holder is looked at twice."""

COLUMNS = ("wallet", "amount")
"""The columns that the file must have: a wallet's number or id, and an amount in yuan."""

SCOPE = "grants"
OUTCOMES = ("line", "outcome", "code")

FindWallets = Callable[[list[str]], Awaitable[Mapping[str, str]]]
"""The ids of wallets by their numbers; those that are not there are left out."""

Progress = Callable[[int, int], None]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a file. ``repeated`` lines had their outcome from an earlier run; they count as what they were.

    ``lines`` are those issued and refused together; the file has blank lines, a header, and further lines of records
    beside them.
    """

    file: str
    digest: str
    file_lines: int
    header_lines: int
    blank_lines: int
    further_lines: int
    lines: int
    issued: int
    refused: int
    repeated: int
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether every line got its grant."""
        return not self.refused


class Target(msgspec.Struct, frozen=True):
    """The contract, the unit of value that its file is in, and whether who has a grant of it gets another one."""

    contract: str
    asset: str
    scale: int = 2
    further: bool = False


async def import_grants(
    engine: Engine,
    book: int,
    target: Target,
    file: Path,
    find: FindWallets,
    *,
    actor: str,
    outcomes: Path | None = None,
    report: Progress | None = None,
    chunk_lines: int = CHUNK_LINES,
) -> Summary:
    """Issue the grants of a file. ``report`` gets how many lines are done, of how many.

    Raises Malformed ``import.file_unreadable``, ``import.file_empty`` and ``import.column_missing``; what is wrong with
    a line stands in ``outcomes`` and stops nothing.
    """
    source = await asyncio.to_thread(examine, file)
    what = f"{source.digest}/{target.contract}/{chunk_lines}{'/further' if target.further else ''}"
    digest = hashlib.sha256(what.encode()).hexdigest()[:32]
    work = _Importing(engine, book, target, find, f"grants:{digest}", actor)
    read, begun = CsvFile(file, Format(encoding=AUTO)), time.perf_counter()
    with _OutcomeFile(outcomes) as written:
        await work.run(read, written, chunk_lines, source.lines, report)
    return Summary(
        file=file.name,
        digest=source.digest,
        file_lines=read.tally.read,
        header_lines=read.tally.header,
        blank_lines=read.tally.blank,
        further_lines=read.tally.further,
        lines=written.issued + written.refused,
        issued=written.issued,
        refused=written.refused,
        repeated=work.repeated,
        seconds=round(time.perf_counter() - begun, 3),
    )


class _OutcomeFile:
    """One line for each of the file's, written as they come."""

    def __init__(self, path: Path | None) -> None:
        self.issued = self.refused = 0
        self._file: Any = None if path is None else path.open("w", encoding="utf-8", newline="")
        self._writer = None if self._file is None else csv.writer(self._file, lineterminator="\n")
        if self._writer is not None:
            self._writer.writerow(OUTCOMES)

    def __enter__(self) -> "_OutcomeFile":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, done: ImportedGrants) -> None:
        """Tell what became of some lines, in their order."""
        self.issued += len(done.issued)
        self.refused += len(done.refused)
        if self._writer is not None:
            rows = [(line, "issued", "") for line in done.issued]
            rows += [(refused.line, "refused", refused.code) for refused in done.refused]
            self._writer.writerows((line, outcome, cell(code)) for line, outcome, code in sorted(rows))


class _Importing:
    def __init__(self, engine: Engine, book: int, target: Target, find: FindWallets, key: str, actor: str) -> None:
        self.repeated = 0
        self._engine = engine
        self._book = book
        self._target = target
        self._find = find
        self._key = key
        self._actor = actor
        self._seen: set[int] = set()

    async def run(
        self, file: CsvFile, written: _OutcomeFile, chunk_lines: int, total: int, report: Progress | None
    ) -> None:
        """The whole file: while some chunks are decided and committed, the next one is read and looked up."""
        flying: deque[tuple[int, asyncio.Task[ImportedGrants]]] = deque()
        done = 0

        async def land() -> None:
            nonlocal done
            lines, task = flying[0]
            written.write(await task)
            flying.popleft()
            done += lines
            if report is not None:
                report(min(done, total), total)

        try:
            found = file.lines(list(COLUMNS))
            for number in count():
                if not (lines := list(islice(found, chunk_lines))):
                    break
                places = {name: file.header.index(name) for name in COLUMNS}
                flying.append((len(lines), await self._begun(f"{self._key}:{number}", lines, places)))
                while len(flying) > AHEAD:
                    await land()
            while flying:
                await land()
        finally:
            await asyncio.gather(*(task for _, task in flying), return_exceptions=True)

    async def _begun(self, key: str, lines: list[Line], places: Mapping[str, int]) -> "asyncio.Task[ImportedGrants]":
        """A chunk that is under way; it is asked for after those before it."""
        read = [_read(line, places, self._target) for line in lines]
        known = await self._known(key)
        settled = set() if known is None else {*known.issued, *(refused.line for refused in known.refused)}
        self.repeated += 0 if known is None else len(lines)
        asked, refused = list[ImportedLine](), list[RefusedLine]()
        numbers = [typed.wallet for typed in read if isinstance(typed, _Typed) and not _is_id(typed.wallet)]
        ids = await self._find(numbers) if numbers else {}
        for typed in read:
            if isinstance(typed, RefusedLine):
                refused.append(typed)
                continue
            wallet = typed.wallet if _is_id(typed.wallet) else ids.get(typed.wallet)
            if wallet is None:
                refused.append(RefusedLine(typed.line, "purpose_list.wallet"))
            elif self._twice(wallet):
                refused.append(RefusedLine(typed.line, "purpose_grant.twice"))
            else:
                asked.append(ImportedLine(typed.line, wallet, typed.amount))
        if known is not None:
            more = [line for line in refused if line.line not in settled]
            return asyncio.create_task(_answered(ImportedGrants(known.issued, [*known.refused, *more])))
        return asyncio.create_task(self._submitted(key, tuple(asked), refused))

    def _twice(self, wallet: str) -> bool:
        """Whether an earlier line names this wallet; a wallet is remembered by eight bytes."""
        mark = int.from_bytes(hashlib.blake2b(wallet.encode(), digest_size=8).digest())
        if mark in self._seen:
            return True
        self._seen.add(mark)
        return False

    async def _submitted(self, key: str, lines: tuple[ImportedLine, ...], refused: list[RefusedLine]) -> ImportedGrants:
        if not lines:
            return ImportedGrants([], refused)
        target = self._target
        command = ImportPurposeGrants(contract=target.contract, lines=lines, further=target.further)
        outcome = await self._engine.submit(self._book, command, actor=self._actor, key=key, scope=SCOPE)
        done = outcome.unwrap()
        return ImportedGrants(done.issued, [*done.refused, *refused])

    async def _known(self, key: str) -> ImportedGrants | None:
        stored = checked_key(key, SCOPE)
        line = (await self._engine.store.known(self._book, [stored])).get(stored)
        if line is None:
            return None
        if line.code is not None:
            raise Rejection(line.code, **msgspec.json.decode(line.result or "{}", type=dict[str, Any]))
        return msgspec.json.decode(line.result or "", type=ImportedGrants)


class _Typed(msgspec.Struct, frozen=True):
    line: int
    wallet: str
    amount: int


def _read(line: Line, places: Mapping[str, int], target: Target) -> _Typed | RefusedLine:
    """A line as it is typed, or why it is none."""
    if line.problem is not None:
        return RefusedLine(line.number, line.problem.code)
    wallet, amount = (line.values[places[name]].strip() for name in COLUMNS)
    try:
        typed = typed_id(wallet) if _is_id(typed_id(wallet)) else typed_number(wallet)
        return _Typed(line.number, typed, minor(amount, target.scale, target.asset))
    except CanglianError as wrong:
        return RefusedLine(line.number, "purpose_list.amount" if wrong.code.startswith("amount.") else wrong.code)


def _is_id(text: str) -> bool:
    return text.startswith("wal_")


async def _answered(done: ImportedGrants) -> ImportedGrants:
    return done


def wallets_by_numbers(
    indexed: Callable[[str], str], by_indexes: Callable[[Iterable[str]], Awaitable[Mapping[str, str]]]
) -> FindWallets:
    """Finds wallets by the blind indexes of their numbers."""

    async def find(numbers: list[str]) -> dict[str, str]:
        indexes = {number: indexed(number) for number in numbers}
        known = await by_indexes(indexes.values())
        return {number: known[index] for number, index in indexes.items() if index in known}

    return find
