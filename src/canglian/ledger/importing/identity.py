"""Which lines the book has already, from an earlier file or an earlier run.

A line is known by its account and reference, or by all that it says. Every transfer of the book stands for one line
only, so two equal lines of a file are two movements. What an import itself has booked since it began stands for none.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple, Protocol

import msgspec

from canglian.ledger.commands import HistoryLine
from canglian.ledger.importing.mapping import Mapping
from canglian.ledger.importing.reading import LineProblem
from canglian.ledger.model import Balance, Transfer

_BITS_A_LINE = 32
_PLACES = 4
_BLOCK = 1024


class Earlier(Protocol):
    """The transfers of a book, without reversals; see ``ledger.queries.earlier``."""

    async def by_reference(self, references: list[str]) -> list[Transfer]:
        """Those with one of these references."""
        ...

    async def by_day(self, pairs: list[tuple[int, date]]) -> list[Transfer]:
        """Those of these accounts on these business dates."""
        ...


class Candidate(NamedTuple):
    """A line on its way to the book: of which account (its number and its text in the file)."""

    account: int
    name: str
    line: HistoryLine


Verdict = Transfer | LineProblem | None
"""The transfer that a line is; why it is refused; or None where it is new."""


class Identity:
    """What the lines of one file are known by. ``horizon`` is the last transfer before the import began."""

    def __init__(self, earlier: Earlier, *, by_reference: bool, horizon: int, lines: int) -> None:
        self._earlier = earlier
        self._by_reference = by_reference
        self._horizon = horizon
        self._seen = _Seen(lines)
        self._claimed: dict[int, int] = {}

    def doubtful(self, names: list[str], lines: list[HistoryLine], before: dict[int, Balance]) -> set[int]:
        """The places of the lines that the book may have, to be judged when what was posted before is there. ``names``
        are the texts by which the file calls their accounts."""
        found: set[int] = set()
        for place, (name, line) in enumerate(zip(names, lines, strict=True)):
            last = _last_moved(line, before) if before else None
            if self._by_reference and line.reference is not None:
                if self._seen.before((name, line.reference)) or last is not None:
                    found.add(place)
            elif last is not None and last >= _day(line):
                found.add(place)
        return found

    async def judge(self, chunk: list[Candidate], doubtful: set[int]) -> list[Verdict]:
        """What each line of a chunk is. Those that are not doubtful are new."""
        asked = [chunk[place].line for place in doubtful]
        references = sorted({line.reference for line in asked if line.reference is not None})
        days = sorted({(c.account, _day(c.line)) for c in map(chunk.__getitem__, doubtful) if c.line.reference is None})
        stored = await self._earlier.by_reference(references) if references else []
        stored += await self._earlier.by_day(days) if days else []
        found, mine = _Found(stored), set[tuple[str, str | None]]()
        verdicts: list[Verdict] = []
        for place, candidate in enumerate(chunk):
            verdict = self._verdict(candidate, found, mine) if place in doubtful else None
            if verdict is None:
                mine.add((candidate.name, candidate.line.reference))
            verdicts.append(verdict)
        return verdicts

    def _verdict(self, candidate: Candidate, found: "_Found", mine: set[tuple[str, str | None]]) -> Verdict:
        line = candidate.line
        if not self._by_reference or line.reference is None:
            same = found.by_content.get(_content(line), ())
            return next((transfer for transfer in same if self._claim(transfer)), None)
        named = [t for t in found.by_reference.get(line.reference, ()) if candidate.account in (t.debit, t.credit)]
        same = [transfer for transfer in named if _figures(transfer) == _figures(line, _day(line))]
        claimed = next((transfer for transfer in same if self._claim(transfer)), None)
        if claimed is not None:
            return claimed
        if same or (candidate.name, line.reference) in mine or any(transfer.id > self._horizon for transfer in named):
            return LineProblem("import.reference_repeated", reference=line.reference)
        if named:
            return LineProblem("import.reference_differs", reference=line.reference, transfer=named[0].id)
        return None

    def _claim(self, transfer: Transfer) -> bool:
        """Whether an earlier transfer stood for no line yet; now it does."""
        if transfer.id > self._horizon:
            return False
        block, bit = divmod(transfer.id, _BLOCK)
        mask = self._claimed.get(block, 0)
        if mask >> bit & 1:
            return False
        self._claimed[block] = mask | 1 << bit
        return True


class _Found:
    """Transfers of the book, by reference and by all that they say."""

    def __init__(self, stored: Iterable[Transfer]) -> None:
        self.by_reference: dict[str, list[Transfer]] = {}
        self.by_content: dict[Any, list[Transfer]] = {}
        for transfer in stored:
            if transfer.reference is not None:
                self.by_reference.setdefault(transfer.reference, []).append(transfer)
            self.by_content.setdefault(_content(transfer), []).append(transfer)


class _Seen:
    """Whether something may have been seen before, in four bytes a line: never wrong about what was, and about what was
    not once in five thousand times at most."""

    def __init__(self, lines: int) -> None:
        self._bits = max(lines * _BITS_A_LINE, 1024)
        self._set = bytearray(self._bits // 8 + 1)

    def before(self, key: tuple[str, str]) -> bool:
        """Whether this may have been asked before; from now on it has."""
        high, low = divmod(hash(key) & 2**63 - 1, self._bits)
        bits, known = self._set, True
        for step in range(_PLACES):
            place = (low + step * high) % self._bits
            byte, bit = place >> 3, 1 << (place & 7)
            if not bits[byte] & bit:
                bits[byte] |= bit
                known = False
        return known


def fingerprint(mapping: Mapping, kind: str) -> dict[str, Any]:
    """What of a mapping says what a line is: with another one the same file would have other lines. How accounts are
    opened is no part of it, nor that they are."""
    prefix = (mapping.accounts and mapping.accounts.prefix) or None
    if kind == "reference":
        names = ("asset", "account", "debit", "credit", "reference")
        return {"by": kind, "prefix": prefix, **{name: getattr(mapping, name) for name in names}}
    plain: dict[str, Any] = msgspec.to_builtins(mapping)
    for name in ("tolerance", "order", "late", "opening", "identity"):
        plain.pop(name)
    others = {name: counter.reference for name, counter in mapping.counters.items()}
    named = {name: {"reference": other} for name, other in others.items() if other not in (None, name)}
    return {"by": kind, **plain, "accounts": prefix and {"prefix": prefix}, "counters": named}


def _last_moved(line: HistoryLine, before: dict[int, Balance]) -> date | None:
    """Until when both accounts may have moved together; None where one of them had not moved."""
    debit, credit = before.get(line.debit), before.get(line.credit)
    if debit is None or credit is None or not debit.entries or not credit.entries:
        return None
    return min(debit.date, credit.date)


def _day(line: HistoryLine) -> date:
    assert line.date is not None
    return line.date


def _figures(of: Transfer | HistoryLine, day: date | None = None) -> tuple[Any, ...]:
    return of.debit, of.credit, of.amount, day or of.date


def _content(of: Transfer | HistoryLine) -> tuple[Any, ...]:
    metadata = None if of.metadata is None else tuple(sorted(of.metadata.items()))
    return of.debit, of.credit, of.amount, of.code, of.date, of.happened_at, of.reference, metadata
