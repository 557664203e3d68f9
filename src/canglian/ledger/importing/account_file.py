"""Importing accounts from a CSV: opened by their references, with what they held on one day.

Every account is opened under a key of the file and its reference, so a killed import is simply run again. A reference
that the book has from elsewhere is refused (``account.exists``), and its opening balance with it.
"""

import asyncio
import time
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from canglian.kernel.command import Outcome
from canglian.kernel.engine import Engine
from canglian.kernel.errors import Conflict, Malformed, NotFound, Rejection, render
from canglian.kernel.values import SHANGHAI
from canglian.ledger.commands import NEW_FROM, HistoryLine, ImportHistory, OpenAccount, TryHistory
from canglian.ledger.importing.accounts import OPEN_AT_ONCE, Accounts, Gate, Planned, Turns, checked, open_key
from canglian.ledger.importing.history import OPENING_CODE
from canglian.ledger.importing.identity import Earlier
from canglian.ledger.importing.mapping import AccountMapping, Mapping
from canglian.ledger.importing.parsing import minor_units, unmangled
from canglian.ledger.importing.reading import CsvFile, ErrorFile, Line, LineProblem, Source, examine
from canglian.ledger.importing.summary import Progress, Summary
from canglian.ledger.model import Account, Asset, Balance, Side


class _Row(NamedTuple):
    line: Line
    command: OpenAccount
    balance: int


async def import_accounts(
    engine: Engine,
    book: int,
    file: Path,
    mapping: AccountMapping,
    *,
    actor: str,
    earlier: Earlier,
    errors: Path | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Open the accounts of a CSV, and book their opening balances where the mapping names a column for them.

    Lines that cannot be read or are refused are counted, written to ``errors``, and stop nothing. Raises as
    ``import_history`` does. In the summary ``posted`` counts the lines whose account is there now.
    """
    source = await asyncio.to_thread(examine, file)
    work = _Import(Gate(engine, book, actor), file, mapping, source, errors, earlier)
    try:
        return await work.run(progress)
    finally:
        work.close()


class _Import:
    def __init__(
        self,
        gate: Gate,
        path: Path,
        mapping: AccountMapping,
        source: Source,
        errors: Path | None,
        earlier: Earlier,
    ) -> None:
        self._gate = gate
        self._earlier = earlier
        self._turns = Turns(gate)
        self._path = path
        self._mapping = mapping
        self._source = source
        self._file = CsvFile(path, mapping)
        self._error_path = errors
        self._errors: ErrorFile | None = None
        self._counters = Accounts(gate, Mapping(asset=mapping.asset, counters=mapping.counters), source.digest)
        self._scales: dict[str, int | None] = {}
        self._day = _day(mapping.date)
        self._named: dict[str, int] = {}
        self._posted = self._refused = self._malformed = 0
        self._repeated = self._opened = self._openings = 0

    async def run(self, progress: Progress | None) -> Summary:
        """The whole import, some hundred accounts at a time."""
        start = time.perf_counter()
        await self._turns.start()
        lines = self._file.lines(self._mapping.columns)
        while chunk := list(islice(lines, OPEN_AT_ONCE)):
            rows = await self._bookable([row for line in chunk if (row := await self._row(line)) is not None])
            outcomes = await asyncio.gather(*(self._open(row.command) for row in rows))
            await self._book_openings([(row, self._opened_by(row, o)) for row, o in zip(rows, outcomes, strict=True)])
            if progress is not None:
                progress(min(self._file.tally.read, self._source.lines), self._source.lines)
        if progress is not None:
            progress(self._source.lines, self._source.lines)
        return self._summary(time.perf_counter() - start)

    def close(self) -> None:
        """Finish the file of errors."""
        if self._errors is not None:
            self._errors.close()

    async def _row(self, line: Line) -> _Row | None:
        try:
            if line.problem is not None:
                raise line.problem
            texts = dict(zip(self._file.header, (value.strip() for value in line.values), strict=True))
            row = _Row(line, self._command(texts), await self._balance(texts))
            reference = str(row.command.reference)
            first = self._named.setdefault(reference, line.number)
            if first != line.number:
                raise LineProblem("import.account_repeated", reference=reference, line=first)
            return row
        except LineProblem as problem:
            self._malformed += 1
            self._report(line, problem.code, str(problem))
            return None

    def _command(self, texts: dict[str, str]) -> OpenAccount:
        mapping = self._mapping
        metadata = {column: texts[column] for column in mapping.metadata if texts[column]}
        if not texts[mapping.reference]:
            raise LineProblem("import.value_missing", column=mapping.reference)
        fields: dict[str, Any] = {
            "asset": self._asset(texts),
            "head": (texts[mapping.head_column] if mapping.head_column else "") or mapping.head,
            "floor": None if mapping.no_floor else mapping.floor,
            "reference": mapping.prefix + unmangled(texts[mapping.reference], mapping.reference),
            "metadata": metadata or None,
        }
        for name in ("name", "owner", "purpose"):
            column = getattr(mapping, name)
            fields[name] = (texts[column] or None) if column else None
        return checked(fields)

    def _asset(self, texts: dict[str, str]) -> str:
        column = self._mapping.asset_column
        return (texts[column] if column else "") or self._mapping.asset

    async def _balance(self, texts: dict[str, str]) -> int:
        column = self._mapping.balance
        if column is None or not texts[column]:
            return 0
        asset = self._asset(texts)
        if asset not in self._scales:
            found = await self._gate.engine.store.load(self._gate.book, Asset, [asset])
            self._scales[asset] = found[asset].scale if asset in found else None
        scale = self._scales[asset]
        if scale is None:
            raise LineProblem("asset.not_found", asset=asset)
        return minor_units(texts[column], self._mapping, scale, asset)

    async def _bookable(self, rows: list[_Row]) -> list[_Row]:
        """The rows without those whose opening balance would be refused, as a dry run finds out: they open nothing."""
        if self._day is None or not any(row.balance for row in rows):
            return rows
        there = await self._gate.by_reference(str(row.command.reference) for row in rows)
        fresh = [row for row in rows if row.command.reference not in there]
        if not any(row.balance for row in fresh):
            return rows
        counter = await self._counter()
        opens = [row.command for row in fresh] + ([counter.command] if isinstance(counter, Planned) else [])
        number = NEW_FROM + len(fresh) if isinstance(counter, Planned) else counter.id
        held = [(place, row) for place, row in enumerate(fresh) if row.balance]
        lines = [await self._trial_line(NEW_FROM + place, number, row) for place, row in held]
        tried = (await self._gate.try_out(TryHistory(opens=opens, lines=lines))).unwrap()
        unopened = {error.line for error in tried.refused}
        refused: set[int] = set()
        for error in tried.posted.errors:
            place, row = held[error.line]
            if place not in unopened:
                refused.add(row.line.number)
                self._refused += 1
                self._report(row.line, error.code, render(error.code, error.fields))
        return [row for row in rows if row.line.number not in refused]

    async def _trial_line(self, account: int, counter: int, row: _Row) -> HistoryLine:
        side = row.command.normal_side or await self._counters.side(row.command.head)
        return self._opening(account, side, counter, row.balance)

    async def _counter(self) -> Account | Planned:
        """The account on the other side. Raises NotFound ``import.counter_unknown``."""
        assert self._mapping.counter is not None
        await self._counters.prepare(set(), {self._mapping.counter})
        reference = self._counters.counter_reference(self._mapping.counter)
        try:
            return self._counters.get(reference)
        except LineProblem:
            raise NotFound("import.counter_unknown", reference=reference) from None

    async def _open(self, command: OpenAccount) -> Outcome[Account]:
        assert command.reference is not None
        return await self._gate.submit(command, open_key(self._source.digest, command.reference))

    def _opened_by(self, row: _Row, outcome: Outcome[Account]) -> Account | None:
        error = outcome.error
        self._repeated += outcome.replayed
        if error is None:
            self._posted += 1
            self._opened += not outcome.replayed
            return outcome.unwrap()
        if error.code == "idempotency.key_reused":
            raise Conflict("import.mapping_changed")
        if not isinstance(error, Rejection):
            raise error
        self._refused += 1
        self._report(row.line, error.code, render(error.code, error.fields))
        return None

    async def _book_openings(self, opened: list[tuple[_Row, Account | None]]) -> None:
        """What the accounts of a chunk held, in one command; what was booked by an earlier run stays."""
        held = [(row, account) for row, account in opened if account is not None and row.balance]
        if not held or self._day is None:
            return
        counter = await self._counter()
        if isinstance(counter, Planned):
            reference = str(counter.command.reference)
            await self._counters.open({counter.id: reference})
            counter = self._counters.get(reference)
        lacking = await self._lacking(
            [
                (row, account, self._opening(account.id, account.normal_side, counter.id, row.balance))
                for row, account in held
            ]
        )
        if not lacking:
            return
        posted = (await self._turns.submit(ImportHistory(lines=[line for _, line in lacking]))).unwrap()
        self._openings += posted.posted
        for error in posted.errors:
            self._withdraw(lacking[error.line][0], error.code, render(error.code, error.fields))

    async def _lacking(self, held: list[tuple[_Row, Account, HistoryLine]]) -> list[tuple[_Row, HistoryLine]]:
        """The openings that the book does not have. An account that moved without its own is left alone."""
        assert self._day is not None
        numbers = [account.id for _, account, _ in held]
        before = await self._gate.engine.store.load(self._gate.book, Balance, numbers)
        moved = [number for number in numbers if before[number].entries]
        stored = await self._earlier.by_day([(number, self._day) for number in moved]) if moved else []
        booked = {(transfer.debit, transfer.credit, transfer.amount, transfer.code) for transfer in stored}
        lacking: list[tuple[_Row, HistoryLine]] = []
        for row, account, line in held:
            if (line.debit, line.credit, line.amount, line.code) in booked:
                self._openings += 1
            elif before[account.id].entries:
                problem = LineProblem("import.opening_doubtful")
                self._withdraw(row, problem.code, str(problem))
            else:
                lacking.append((row, line))
        return lacking

    def _withdraw(self, row: _Row, code: str, problem: str) -> None:
        """A row whose account is there, but not what it held."""
        self._refused += 1
        self._posted -= 1
        self._report(row.line, code, problem)

    def _opening(self, account: int, side: Side, counter: int, balance: int) -> HistoryLine:
        """The movement that gives an account its first balance, in the direction of its normal side."""
        assert self._day is not None
        to_account = (balance > 0) == (side is Side.CREDIT)
        debit, credit = (counter, account) if to_account else (account, counter)
        at = datetime.combine(self._day, datetime.min.time(), SHANGHAI)
        return HistoryLine(
            debit=debit, credit=credit, amount=abs(balance), code=OPENING_CODE, happened_at=at, date=self._day
        )

    def _report(self, line: Line, code: str, problem: str) -> None:
        if self._errors is None:
            self._errors = ErrorFile(self._error_path, self._mapping, self._file)
        self._errors.write(line.number, line.values, code, problem)

    def _summary(self, seconds: float) -> Summary:
        tally = self._file.tally
        return Summary(
            file=self._path.name,
            digest=self._source.digest,
            identity="reference",
            file_lines=tally.read,
            header_lines=tally.header,
            blank_lines=tally.blank,
            further_lines=tally.further,
            lines=tally.records,
            posted=self._posted,
            refused=self._refused,
            malformed=self._malformed,
            repeated=self._repeated,
            accounts_opened=self._opened,
            openings=self._openings,
            first_date=self._day,
            last_date=self._day,
            checked=0,
            chained=0,
            balances=None,
            seconds=round(seconds, 3),
        )


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Malformed("import.mapping_invalid", problem=f"{text} is not a date of the form YYYY-MM-DD") from None
