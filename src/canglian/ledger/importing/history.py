"""Importing movements of the past: stream, put days in order, post in chunks, compare at the end.

Every chunk is one command whose idempotency key names the file's digest and the chunk, so an import that was killed
is simply run again: what is there is recognised, what lacks follows.
"""

import asyncio
import time
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from canglian.kernel.command import Outcome
from canglian.kernel.engine import Engine
from canglian.kernel.errors import Conflict, Malformed, NotFound, render
from canglian.ledger.book import signed_balance
from canglian.ledger.commands import HistoryLine, ImportHistory, Posted
from canglian.ledger.importing.accounts import Accounts, Gate
from canglian.ledger.importing.chaining import chain
from canglian.ledger.importing.mapping import Format, Mapping
from canglian.ledger.importing.parsing import Movement, Parser, minor_units
from canglian.ledger.importing.reading import CsvFile, ErrorFile, LineProblem, Source, examine
from canglian.ledger.importing.sorting import sorted_by_date
from canglian.ledger.importing.summary import BalanceCheck, BalanceDifference, Progress, Summary
from canglian.ledger.model import Asset, Balance, Side

CHUNK_LINES = 1000
"""Small enough that others on the book hardly wait, large enough to be fast."""

DAY_MAX = 200_000
"""So many lines of one day are put in order at a time."""

COMPARED_AT_ONCE = 2000
WORST = 10
OPENING_CODE = "import.opening"


class Posting(NamedTuple):
    """A movement on its way to the book; an opening balance has no line of its own."""

    movement: Movement
    is_opening: bool


async def import_history(
    engine: Engine,
    book: int,
    file: Path,
    mapping: Mapping,
    *,
    actor: str,
    errors: Path | None = None,
    progress: Progress | None = None,
    chunk_lines: int = CHUNK_LINES,
) -> Summary:
    """Import a CSV of movements into a book.

    Lines that cannot be read or that a rule refuses are counted, written to ``errors``, and stop nothing. Raises
    Malformed ``import.file_unreadable``, ``import.file_empty`` and ``import.column_missing``, Conflict
    ``import.mapping_changed``, NotFound ``asset.not_found``, and what opening an account rejects.
    """
    source = await asyncio.to_thread(examine, file)
    found = await engine.store.load(book, Asset, [mapping.asset])
    if mapping.asset not in found:
        raise NotFound("asset.not_found", asset=mapping.asset)
    work = _Import(Gate(engine, book, actor), file, mapping, source, found[mapping.asset].scale, errors)
    try:
        return await work.run(progress, chunk_lines)
    finally:
        work.close()


class _Import:
    def __init__(
        self, gate: Gate, path: Path, mapping: Mapping, source: Source, scale: int, errors: Path | None
    ) -> None:
        self._gate = gate
        self._path = path
        self._mapping = mapping
        self._source = source
        self._scale = scale
        self._tolerance = _tolerance(mapping, scale)
        self._error_path = errors
        self._file = CsvFile(path, mapping)
        self._errors: ErrorFile | None = None
        self._accounts = Accounts(gate, mapping, source.digest)
        self._balances: dict[str, int] = {}
        self._days: tuple[date, date] | None = None
        self._chunk = self._posted = self._refused = self._malformed = 0
        self._repeated = self._openings = self._checked = self._chained = 0

    async def run(self, progress: Progress | None, chunk_lines: int) -> Summary:
        """The whole import: while one chunk is being committed, the next is read."""
        start = time.perf_counter()
        postings = self._postings()
        flying: asyncio.Task[None] | None = None
        try:
            while chunk := list(islice(postings, chunk_lines)):
                self._chunk += 1
                lines, kept = await self._prepared(chunk)
                if flying is not None:
                    await flying
                    flying = None
                if progress is not None:
                    progress(min(self._file.tally.read, self._source.lines), self._source.lines)
                if lines:
                    flying = asyncio.create_task(self._post(self._chunk, lines, kept))
            if flying is not None:
                await flying
        finally:
            if flying is not None and not flying.done():
                await asyncio.wait([flying])
        if progress is not None:
            progress(self._source.lines, self._source.lines)
        return self._summary(await self._compare(), time.perf_counter() - start)

    def close(self) -> None:
        """Finish the file of errors."""
        if self._errors is not None:
            self._errors.close()

    # -- reading -----------------------------------------------------------------------------------------------

    def _movements(self) -> Iterator[Movement]:
        parser: Parser | None = None
        for line in self._file.lines(self._mapping.columns):
            parser = parser or Parser(self._mapping, self._file.header, self._scale)
            try:
                if line.problem is not None:
                    raise line.problem
                movement = parser.movement(line.number, line.values)
            except LineProblem as problem:
                self._refuse(line.number, line.values, problem)
                continue
            first, last = self._days or (movement.day, movement.day)
            self._days = min(first, movement.day), max(last, movement.day)
            yield movement

    def _postings(self) -> Iterator[Posting]:
        """Everything that is to be booked, in its order."""
        movements = self._movements()
        if self._mapping.order != "file":
            movements = sorted_by_date(movements, newest_first=self._mapping.order == "newest-first")
        day: list[Movement] = []
        for movement in movements:
            if day and (movement.day != day[0].day or len(day) == DAY_MAX):
                yield from self._in_order(day)
                day = []
            day.append(movement)
        yield from self._in_order(day)

    def _in_order(self, day: list[Movement]) -> Iterator[Posting]:
        """One day's movements; those of one account in the order in which its balances follow each other."""
        if self._mapping.balance is None:
            yield from (Posting(movement, False) for movement in day)
            return
        of: dict[str, list[Movement]] = {}
        for movement in day:
            of.setdefault(movement.account, []).append(movement)
        ordered = {account: iter(self._linked(account, movements)) for account, movements in of.items()}
        for movement in day:
            following = next(ordered[movement.account])
            if following.account not in self._balances:
                yield from self._opening(following)
            if following.balance is not None:
                self._balances[following.account] = following.balance
            yield Posting(following, False)

    def _linked(self, account: str, movements: list[Movement]) -> list[Movement]:
        chained = chain(self._balances.get(account), movements, ordered=self._mapping.has_time)
        self._checked += chained.checked
        self._chained += chained.exact
        return chained.movements

    def _opening(self, first: Movement) -> Iterator[Posting]:
        """What the account held before its first movement, where the mapping wants it."""
        if self._mapping.opening is None or first.balance is None or first.balance == first.amount:
            return
        amount = first.balance - first.amount
        change = {"amount": amount, "counter": self._mapping.opening, "code": OPENING_CODE}
        yield Posting(msgspec.structs.replace(first, **change, reference=None, metadata=None, balance=None), True)

    # -- booking -----------------------------------------------------------------------------------------------

    async def _prepared(self, chunk: list[Posting]) -> tuple[list[HistoryLine], list[Posting]]:
        """The lines of a chunk as the book takes them, their accounts opened where need be."""
        journal = self._mapping.is_journal
        named = {m.account for m, _ in chunk} | ({m.counter for m, _ in chunk} if journal else set())
        await self._accounts.prepare(named, set() if journal else {m.counter for m, _ in chunk})
        lines: list[HistoryLine] = []
        kept: list[Posting] = []
        for posting in chunk:
            try:
                lines.append(self._line(posting.movement))
                kept.append(posting)
            except LineProblem as problem:
                self._refuse(posting.movement.line, posting.movement.values, problem)
        return lines, kept

    def _line(self, movement: Movement) -> HistoryLine:
        account = self._accounts.get(movement.account)
        counter = self._accounts.get(self._accounts.counter_reference(movement.counter))
        grows = movement.amount > 0
        to_account = not self._mapping.is_journal and grows == (account.normal_side is Side.CREDIT)
        debit, credit = (counter, account) if to_account else (account, counter)
        fields = {
            "debit": debit.id,
            "credit": credit.id,
            "amount": abs(movement.amount),
            "code": movement.code,
            "reference": movement.reference,
            "metadata": movement.metadata,
            "happened_at": movement.at,
            "date": movement.day,
        }
        try:
            return msgspec.convert(fields, HistoryLine)
        except msgspec.ValidationError as problem:
            raise LineProblem("import.line_unreadable", problem=str(problem)) from None

    async def _post(self, number: int, lines: list[HistoryLine], postings: list[Posting]) -> None:
        outcome = await self._gate.submit(ImportHistory(lines=lines), f"import:{self._source.digest}:{number}")
        posted = self._unwrapped(outcome)
        problems = {error.line: error for error in posted.errors}
        for position, (movement, is_opening) in enumerate(postings):
            error = problems.get(position)
            if error is not None:
                self._refused += 1
                self._report(movement.line, movement.values, error.code, render(error.code, error.fields))
            elif is_opening:
                self._openings += 1
            else:
                self._posted += 1
            self._repeated += outcome.replayed and not is_opening

    def _unwrapped(self, outcome: Outcome[Posted]) -> Posted:
        if outcome.error is not None and outcome.error.code == "idempotency.key_reused":
            raise Conflict("import.mapping_changed")
        return outcome.unwrap()

    def _refuse(self, line: int, values: list[str], problem: LineProblem) -> None:
        self._malformed += 1
        self._report(line, values, problem.code, str(problem))

    def _report(self, line: int, values: list[str], code: str, problem: str) -> None:
        if self._errors is None:
            self._errors = ErrorFile(self._error_path, self._mapping, self._file)
        self._errors.write(line, values, code, problem)

    # -- the end -----------------------------------------------------------------------------------------------

    async def _compare(self) -> BalanceCheck | None:
        """The balances in the book against the last ones of the source."""
        if not self._balances:
            return None
        known = [(ref, account) for ref in self._balances if (account := self._accounts.find(ref)) is not None]
        exact = within = 0
        worst: list[BalanceDifference] = []
        for start in range(0, len(known), COMPARED_AT_ONCE):
            page = known[start : start + COMPARED_AT_ONCE]
            stored = await self._gate.engine.store.load(self._gate.book, Balance, [account.id for _, account in page])
            for reference, account in page:
                booked, source = signed_balance(account, stored[account.id]), self._balances[reference]
                exact += booked == source
                within += abs(booked - source) <= self._tolerance
                if booked != source:
                    worst.append(BalanceDifference(account.id, reference, booked, source, booked - source))
            worst = sorted(worst, key=lambda difference: (-abs(difference.difference), difference.account))[:WORST]
        return BalanceCheck(len(known), exact, within, self._tolerance, worst)

    def _summary(self, balances: BalanceCheck | None, seconds: float) -> Summary:
        first, last = self._days or (None, None)
        tally = self._file.tally
        return Summary(
            file=self._path.name,
            digest=self._source.digest,
            file_lines=tally.read,
            header_lines=tally.header,
            blank_lines=tally.blank,
            further_lines=tally.further,
            lines=tally.records,
            posted=self._posted,
            refused=self._refused,
            malformed=self._malformed,
            repeated=self._repeated,
            accounts_opened=self._accounts.opened,
            openings=self._openings,
            first_date=first,
            last_date=last,
            checked=self._checked,
            chained=self._chained,
            balances=balances,
            seconds=round(seconds, 3),
        )


def _tolerance(mapping: Mapping, scale: int) -> int:
    try:
        return minor_units(mapping.tolerance, Format(), scale, mapping.asset)
    except LineProblem as problem:
        raise Malformed("import.mapping_invalid", problem=f"tolerance: {problem}") from None
