"""Importing movements of the past: stream, put days in order, post in chunks, compare at the end.

Every line that the book may have already is compared with its transfers (``identity``), so a file that overlaps with
an earlier one, or an import that was killed, is simply run: what is there is recognised, what lacks follows. Where the
mapping wants files known by their digest alone, every chunk is one command whose key names the digest and the chunk.
"""

import asyncio
import hashlib
import time
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from canglian.kernel.command import Outcome
from canglian.kernel.engine import Engine
from canglian.kernel.errors import Conflict, Malformed, NotFound, Rejection, render
from canglian.kernel.values import EARLIEST, utc_now
from canglian.ledger.book import signed_balance
from canglian.ledger.commands import BeginImport, HistoryLine, ImportHistory, TryHistory
from canglian.ledger.commands.transfers import check_lines
from canglian.ledger.importing.accounts import Accounts, Gate, Turns
from canglian.ledger.importing.chaining import chain
from canglian.ledger.importing.identity import Candidate, Earlier, Identity, fingerprint
from canglian.ledger.importing.mapping import Format, Mapping
from canglian.ledger.importing.parsing import Movement, Parser, minor_units
from canglian.ledger.importing.reading import CsvFile, ErrorFile, LineProblem, Source, examine
from canglian.ledger.importing.sorting import sorted_by_date
from canglian.ledger.importing.summary import BalanceCheck, BalanceDifference, Progress, Summary
from canglian.ledger.model import Asset, Balance, Side, Transfer

R = TypeVar("R")

CHUNK_LINES = 1000
"""Small enough that others on the book hardly wait, large enough to be fast."""

LEGACY_CHUNKS = 8
"""A file of which one of the first chunks is in the log under its digest was begun so, and goes on so."""

PLAIN_MAX = 10**12
"""An amount that no total of a chunk comes near the largest one with."""

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
    earlier: Earlier,
    errors: Path | None = None,
    progress: Progress | None = None,
    chunk_lines: int = CHUNK_LINES,
) -> Summary:
    """Import a CSV of movements into a book, but the lines that it has already.

    ``earlier`` finds those; what a line is known by the mapping says.

    Lines that cannot be read or that a rule refuses are counted, written to ``errors``, and stop nothing. Raises
    Malformed ``import.file_unreadable``, ``import.file_empty`` and ``import.column_missing``, Conflict
    ``import.mapping_changed`` and ``import.under_way``, NotFound ``asset.not_found``, and what opening an account
    rejects.
    """
    source = await asyncio.to_thread(examine, file)
    found = await engine.store.load(book, Asset, [mapping.asset])
    if mapping.asset not in found:
        raise NotFound("asset.not_found", asset=mapping.asset)
    work = _Import(Gate(engine, book, actor), file, mapping, source, found[mapping.asset].scale, errors)
    try:
        return await work.run(progress, chunk_lines, earlier)
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
        self._turns = Turns(gate)
        self._today = self._latest = EARLIEST.date()
        self._identity: Identity | None = None
        self._mark: BeginImport | None = None
        self._known_by = mapping.known_by
        self._flying: asyncio.Task[None] | None = None
        self._balances: dict[str, int] = {}
        self._days: tuple[date, date] | None = None
        self._chunk = self._posted = self._refused = self._malformed = 0
        self._repeated = self._openings = self._checked = self._chained = 0

    async def run(self, progress: Progress | None, chunk_lines: int, earlier: Earlier) -> Summary:
        """The whole import: while one chunk is being committed, the next is read."""
        start = time.perf_counter()
        self._today = min((await self._gate.engine.store.state(self._gate.book)).today, utc_now().date())
        await self._begin(earlier)
        postings = self._postings()
        try:
            while chunk := list(islice(postings, chunk_lines)):
                self._chunk += 1
                lines, kept = await self._prepared(chunk)
                if lines or self._repeated:
                    await self._keep_mark()
                self._latest = max([self._latest, *(posting.movement.day for posting in kept)])
                await self._landed()
                if progress is not None:
                    progress(min(self._file.tally.read, self._source.lines), self._source.lines)
                if lines:
                    self._flying = asyncio.create_task(self._post(self._chunk, lines, kept))
            await self._landed()
        finally:
            if self._flying is not None and not self._flying.done():
                await asyncio.wait([self._flying])
        if progress is not None:
            progress(self._source.lines, self._source.lines)
        return self._summary(await self._compare(), time.perf_counter() - start)

    async def _begin(self, earlier: Earlier) -> None:
        """Settle what lines are known by. A file that was begun by its digest alone goes on so."""
        kind, digest = self._mapping.known_by, self._source.digest
        is_marked = await self._gate.is_known(self._mark_key)
        if kind == "file" and is_marked:
            raise Conflict("import.mapping_changed")
        if kind == "file" or any([await self._gate.is_known(self._chunk_key(n)) for n in range(1, LEGACY_CHUNKS + 1)]):
            self._known_by = "file"
            return
        plain = msgspec.json.encode(fingerprint(self._mapping, kind), order="sorted")
        self._mark = BeginImport(file=digest, identity=hashlib.sha256(plain).hexdigest())
        if is_marked:
            await self._keep_mark()
        await self._turns.start()
        horizon = (await self._gate.engine.store.state(self._gate.book)).counters.get(Transfer.__table__, 0)
        by_reference = kind == "reference"
        self._identity = Identity(earlier, by_reference=by_reference, horizon=horizon, lines=self._source.lines)

    async def _keep_mark(self) -> None:
        """Keep what lines are known by before the first is booked, or where one was booked before. A file of which none
        was may be read by another mapping."""
        mark, self._mark = self._mark, None
        if mark is not None:
            self._unwrapped(await self._gate.submit(mark, self._mark_key))

    @property
    def _mark_key(self) -> str:
        return f"import:{self._source.digest}:identity"

    async def _landed(self) -> None:
        """Wait for the chunk that is being committed."""
        flying, self._flying = self._flying, None
        if flying is not None:
            await flying

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
        """The lines of a chunk that the book lacks, as it takes them, their accounts opened where need be."""
        journal = self._mapping.is_journal
        named = {m.account for m, _ in chunk} | ({m.counter for m, _ in chunk} if journal else set())
        await self._accounts.prepare(named, set() if journal else {m.counter for m, _ in chunk})
        lines: list[HistoryLine] = []
        kept: list[Posting] = []
        for posting in chunk:
            try:
                if posting.is_opening and self._identity is not None and self._has_moved(posting.movement.account):
                    continue
                lines.append(self._line(posting.movement))
                kept.append(posting)
            except LineProblem as problem:
                self._refuse(posting.movement.line, posting.movement.values, problem)
        if self._identity is not None:
            lines, kept = await self._lacking(self._identity, lines, kept)
        return await self._with_accounts(lines, kept) if self._accounts.plans else (lines, kept)

    def _has_moved(self, reference: str) -> bool:
        """Whether an account had movements before this file: then its balance needs no opening."""
        account = self._accounts.get(reference)
        before = self._accounts.before.get(account.id)
        return before is not None and before.entries > 0

    async def _lacking(
        self, identity: Identity, lines: list[HistoryLine], kept: list[Posting]
    ) -> tuple[list[HistoryLine], list[Posting]]:
        """The lines that the book does not have from an earlier file or run."""
        names = [posting.movement.account for posting in kept]
        doubtful = identity.doubtful(names, lines, self._accounts.before)
        if not doubtful:
            return lines, kept
        chunk = [Candidate(self._accounts.get(name).id, name, line) for name, line in zip(names, lines, strict=True)]
        await self._landed()
        new: list[tuple[HistoryLine, Posting]] = []
        for line, posting, verdict in zip(lines, kept, await identity.judge(chunk, doubtful), strict=True):
            if verdict is None:
                new.append((line, posting))
            elif isinstance(verdict, LineProblem):
                self._refuse(posting.movement.line, posting.movement.values, verdict)
            else:
                self._posted += 1
                self._repeated += 1
        return [line for line, _ in new], [posting for _, posting in new]

    async def _with_accounts(
        self, lines: list[HistoryLine], kept: list[Posting]
    ) -> tuple[list[HistoryLine], list[Posting]]:
        """Open the accounts that lines are booked on; a line that is not booked opens nothing. A dry run finds out,
        where it is not plain that all of them are."""
        plans = {plan.id: (reference, plan) for reference, plan in self._accounts.plans.items()}
        asked = {number for line in lines for number in (line.debit, line.credit)} & plans.keys()
        if not asked:
            return lines, kept
        if self._are_plain(lines, kept, asked):
            numbers = await self._accounts.open({number: plans[number][0] for number in sorted(asked)})
            return [_renumbered(line, numbers) for line in lines], kept
        await self._landed()
        trial = TryHistory(
            opens=[plan.command for _, plan in plans.values()], lines=lines, late=self._mapping.books_late
        )
        tried = (await self._gate.try_out(trial)).unwrap()
        if tried.refused:
            raise Rejection(tried.refused[0].code, **tried.refused[0].fields)
        errors = {error.line: error for error in tried.posted.errors}
        booked = [line for place, line in enumerate(lines) if place not in errors]
        needed = {number for line in booked for number in (line.debit, line.credit)} & plans.keys()
        numbers = await self._accounts.open({number: plans[number][0] for number in sorted(needed)})
        unopened = asked - needed
        new: list[tuple[HistoryLine, Posting]] = []
        for place, (line, posting) in enumerate(zip(lines, kept, strict=True)):
            if line.debit in unopened or line.credit in unopened:
                self._refused += 1
                error = errors[place]
                self._report(
                    posting.movement.line, posting.movement.values, error.code, render(error.code, error.fields)
                )
            else:
                new.append((_renumbered(line, numbers), posting))
        return [line for line, _ in new], [posting for _, posting in new]

    def _are_plain(self, lines: list[HistoryLine], kept: list[Posting], planned: set[int]) -> bool:
        """Whether no rule can refuse the lines on accounts that are only planned: all days in their order and past, and
        both sides open and without bounds."""
        latest = self._latest
        plain: set[int] = set()
        for line, (movement, _) in zip(lines, kept, strict=True):
            if movement.day < latest or line.amount > PLAIN_MAX or line.debit == line.credit:
                return False
            latest = movement.day
            if line.debit not in planned and line.credit not in planned:
                continue
            for name in (movement.account, self._accounts.counter_reference(movement.counter)):
                account = self._accounts.get(name)
                if account.id not in plain and not self._accounts.is_unbounded(account, movement.day):
                    return False
                plain.add(account.id)
        return EARLIEST.date() < kept[0].movement.day and latest < self._today

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
            line = msgspec.convert(fields, HistoryLine)
            check_lines((line,))
        except Rejection as refused:
            raise LineProblem(refused.code, **refused.fields) from None
        except msgspec.ValidationError as problem:
            raise LineProblem("import.line_unreadable", problem=str(problem)) from None
        return line

    async def _post(self, number: int, lines: list[HistoryLine], postings: list[Posting]) -> None:
        command = ImportHistory(lines=lines, late=self._mapping.books_late)
        if self._identity is None:
            outcome = await self._gate.submit(command, self._chunk_key(number))
        else:
            outcome = await self._turns.submit(command)
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

    def _chunk_key(self, number: int) -> str:
        return f"import:{self._source.digest}:{number}"

    def _unwrapped(self, outcome: Outcome[R]) -> R:
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
            identity=self._known_by,
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


def _renumbered(line: HistoryLine, numbers: dict[int, int]) -> HistoryLine:
    """A line with the numbers of its accounts, now that they are there."""
    debit, credit = numbers.get(line.debit, line.debit), numbers.get(line.credit, line.credit)
    if debit == line.debit and credit == line.credit:
        return line
    return msgspec.structs.replace(line, debit=debit, credit=credit)


def _tolerance(mapping: Mapping, scale: int) -> int:
    try:
        return minor_units(mapping.tolerance, Format(), scale, mapping.asset)
    except LineProblem as problem:
        raise Malformed("import.mapping_invalid", problem=f"tolerance: {problem}") from None
