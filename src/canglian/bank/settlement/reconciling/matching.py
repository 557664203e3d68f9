"""Comparing sides line by line, in bounded memory: every difference between them, and a bridge from side to side.

A line has a key, which it shares with what it belongs to on the other sides, the number that its own side gave it, and
an amount. On each side the lines of a key are summed up, so that one line meets one, several or many; a number that
comes again under its key is a duplicate and counts apart: of its amounts the largest is the line. Lines come in any
order. They are kept on disk, parted by their keys, and compared one part at a time.
"""

import enum
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Self

import msgspec

PARTS = 32
"""Into how many parts the keys are parted: a million lines of a side make parts of some 30,000."""
HELD = 2_000
"""So many lines of a part wait in memory until they are written."""


class Side(enum.StrEnum):
    """Whose lines they are: the bank's book, the channel's file, the merchants' orders."""

    LEDGER = "ledger"
    CHANNEL = "channel"
    ORDERS = "orders"


class DifferenceKind(enum.StrEnum):
    """What is wrong on a side: a line that the others have, one that they have not, another amount, one line twice."""

    MISSING = "missing"
    EXTRA = "extra"
    AMOUNT = "amount"
    DUPLICATE = "duplicate"


class Found(NamedTuple):
    """A difference: what the side has and what it should have, in fen; the side has ``found - expected`` too much."""

    side: Side
    kind: DifferenceKind
    key: str
    found: int
    expected: int

    @property
    def difference(self) -> int:
        """How much too much the side has."""
        return self.found - self.expected


class Batch(NamedTuple):
    """Lines of a side, column by column."""

    keys: Sequence[str]
    numbers: Sequence[str]
    amounts: Sequence[int]


class SideTotal(msgspec.Struct):
    """What was read of a side."""

    lines: int = 0
    amount: int = 0


class _Spool:
    """The lines of a side on disk, parted by their keys."""

    def __init__(self, folder: str | None) -> None:
        self._file = tempfile.TemporaryFile(prefix="canglian-reconciling-", dir=folder)  # noqa: SIM115 - closed by close
        self._keys: list[list[str]] = [[] for _ in range(PARTS)]
        self._numbers: list[list[str]] = [[] for _ in range(PARTS)]
        self._amounts: list[list[int]] = [[] for _ in range(PARTS)]
        self._frames: list[list[tuple[int, int]]] = [[] for _ in range(PARTS)]
        self._end = 0

    def add(self, batch: Batch) -> None:
        add_key = [held.append for held in self._keys]
        add_number = [held.append for held in self._numbers]
        add_amount = [held.append for held in self._amounts]
        for key, number, amount in zip(*batch, strict=True):
            part = hash(key) % PARTS
            add_key[part](key)
            add_number[part](number)
            add_amount[part](amount)
        for part, held in enumerate(self._keys):
            if len(held) >= HELD:
                self._write(part)

    def _write(self, part: int) -> None:
        columns = self._keys[part], self._numbers[part], self._amounts[part]
        data = _encoder.encode(columns)
        self._file.seek(self._end)
        self._file.write(data)
        self._frames[part].append((self._end, len(data)))
        self._end += len(data)
        for column in columns:
            column.clear()

    def part(self, part: int) -> Batch:
        """The lines of a part."""
        if self._keys[part]:
            self._write(part)
        keys, numbers, amounts = list[str](), list[str](), list[int]()
        for start, size in self._frames[part]:
            self._file.seek(start)
            frame = _decoder.decode(self._file.read(size))
            keys += frame[0]
            numbers += frame[1]
            amounts += frame[2]
        return Batch(keys, numbers, amounts)

    def close(self) -> None:
        self._file.close()


_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(tuple[list[str], list[str], list[int]])


class Matching:
    """Takes the lines of the sides, then gives their differences. Sides that have not arrived are not compared.

    ``totals`` are counted as the lines come in, ``matched`` the keys without a difference by their shape, such as
    ``1:1:1`` (ledger, channel, orders): what ``bridge`` compares is counted twice, by different ways.
    """

    def __init__(self, sides: Iterable[Side] = tuple(Side), folder: str | None = None) -> None:
        arrived = set(sides)
        self.sides = [side for side in Side if side in arrived]
        self.totals = {side: SideTotal() for side in self.sides}
        self.matched: Counter[str] = Counter()
        self._spools = {side: _Spool(folder) for side in self.sides}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for spool in self._spools.values():
            spool.close()

    def add(self, side: Side, batch: Batch) -> None:
        """Take lines of a side."""
        total = self.totals[side]
        total.lines += len(batch.keys)
        total.amount += sum(batch.amounts)
        self._spools[side].add(batch)

    def differences(self) -> Iterator[Found]:
        """Every difference, once; within a part of the keys ordered by them. Asked for once, at the end."""
        for part in range(PARTS):
            yield from sorted(self._compare([_summed(self._spools[side].part(part)) for side in self.sides]))

    def lines_of(self, keys: Iterable[str], most: int) -> "dict[str, list[tuple[Side, str, int]]]":
        """The lines of some keys, side by side: the numbers and amounts of ``most`` a side at most."""
        wanted: dict[int, set[str]] = {}
        for key in keys:
            wanted.setdefault(hash(key) % PARTS, set()).add(key)
        found: dict[str, list[tuple[Side, str, int]]] = {}
        for part, asked in wanted.items():
            for side in self.sides:
                lines = self._spools[side].part(part)
                taken = Counter[str]()
                for place in [place for place, key in enumerate(lines.keys) if key in asked]:
                    key = lines.keys[place]
                    taken[key] += 1
                    if taken[key] <= most:
                        found.setdefault(key, []).append((side, lines.numbers[place], lines.amounts[place]))
        return found

    def _compare(self, sums: "list[_Summed]") -> Iterator[Found]:
        for side, summed in zip(self.sides, sums, strict=True):
            for key, amount in summed.duplicates.items():
                yield Found(side, DifferenceKind.DUPLICATE, key, amount, 0)
        amounts = [summed.amounts for summed in sums]
        differing = _differing(amounts)
        for key in differing:
            yield from self._judge(key, [amount.get(key) for amount in amounts])
        self._count(sums, differing)

    def _judge(self, key: str, found: list[int | None]) -> Iterator[Found]:
        """Who is wrong about a key: the ledger where all others agree, else each that differs from it."""
        first, *others = found
        if len(others) > 1 and len(set(others)) == 1:
            yield _difference(self.sides[0], key, first, others[0])
            return
        for side, amount in zip(self.sides[1:], others, strict=True):
            if amount != first:
                yield _difference(side, key, amount, first)

    def _count(self, sums: "list[_Summed]", differing: set[str]) -> None:
        """The keys without a difference by their shape: most have one line on each side, and are not looked at."""
        several = set[str]().union(*(summed.several for summed in sums)) - differing
        keys = len(sums[0].amounts) if sums else 0
        simple = keys - sum(key in sums[0].amounts for key in differing) - len(several) if sums else 0
        if simple:
            self.matched[":".join("1" * len(sums))] += simple
        for key in several:
            self.matched[":".join(str(summed.several.get(key, 1)) for summed in sums)] += 1


class _Summed(NamedTuple):
    """A part of a side: the amount of each key, what came twice of it, and how many lines it has where several."""

    amounts: dict[str, int]
    duplicates: dict[str, int]
    several: dict[str, int]


def _summed(lines: Batch) -> _Summed:
    amounts = dict(zip(lines.keys, lines.amounts, strict=True))
    if len(amounts) == len(lines.keys):
        return _Summed(amounts, {}, {})
    seen = Counter(lines.keys)
    groups: dict[str, dict[str, list[int]]] = {}
    for key, number, amount in zip(*lines, strict=True):
        if seen[key] > 1:
            groups.setdefault(key, {}).setdefault(number, []).append(amount)
    duplicates, several = dict[str, int](), dict[str, int]()
    for key, numbers in groups.items():
        amounts[key] = sum(max(found, key=abs) for found in numbers.values())
        again = sum(map(sum, numbers.values())) - amounts[key]
        if seen[key] > len(numbers):
            duplicates[key] = again
        if len(numbers) > 1:
            several[key] = len(numbers)
    return _Summed(amounts, duplicates, several)


def _differing(sides: list[dict[str, int]]) -> set[str]:
    """The keys about which the sides do not agree."""
    if len(sides) < 2:
        return set()
    first, *others = sides
    found = set[str]()
    for other in others:
        get = other.get
        found.update([key for key, amount in first.items() if get(key) != amount])
        found.update(other.keys() - first.keys())
    return found


def _difference(side: Side, key: str, found: int | None, expected: int | None) -> Found:
    kind = (
        DifferenceKind.MISSING if found is None else DifferenceKind.EXTRA if expected is None else DifferenceKind.AMOUNT
    )
    return Found(side, kind, key, found or 0, expected or 0)


# -- the bridge ----------------------------------------------------------------------------------------------------


class Bridge(msgspec.Struct):
    """From the total of the ledger to that of another side, by the differences between; ``residual`` must be zero."""

    side: Side
    ledger: int = 0
    total: int = 0
    steps: dict[str, int] = msgspec.field(default_factory=dict[str, int])

    @property
    def residual(self) -> int:
        """What no difference explains."""
        return self.total - self.ledger - sum(self.steps.values())


class Bridges:
    """The bridges of the sides that have arrived; ``add`` each difference."""

    def __init__(self, totals: dict[Side, SideTotal]) -> None:
        ledger = totals[Side.LEDGER].amount if Side.LEDGER in totals else 0
        sides = [side for side in totals if side is not Side.LEDGER] if Side.LEDGER in totals else []
        self.bridges = [Bridge(side, ledger, totals[side].amount) for side in sides]

    def add(self, found: Found) -> None:
        """A difference on a side leads to it; one of the ledger, the other way round, to every other."""
        step = f"{found.side.value}.{found.kind.value}"
        for bridge in self.bridges:
            if found.side is bridge.side:
                bridge.steps[step] = bridge.steps.get(step, 0) + found.difference
            elif found.side is Side.LEDGER:
                bridge.steps[step] = bridge.steps.get(step, 0) - found.difference
