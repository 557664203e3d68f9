"""``canglian bench reconcile``: three sides from CSV, with damage that is known, against an outer join of DuckDB.

Every side is a file of as many lines, in an order of its own; the channel's has instants in UTC, and two lines for
every fiftieth payment. Then lines are taken away, added, changed and repeated, each on a side and a key of its own.
*Engine*: another process reads the files, checks every line, and compares the sides; its resident memory is the highest
that it had. *DuckDB*: the same files, the same sums and days, by a full outer join, on as many threads as it likes.
What both find is held against each other and against the damage. The rounds take turns, and the medians are compared.
"""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from canglian.bank.settlement.reconciling.formats import FileFormat
from canglian.bank.settlement.reconciling.matching import Bridges, DifferenceKind, Found, Matching, Side
from canglian.bank.settlement.reconciling.reading import SideFile
from canglian.ledger.bench.ground import bars
from canglian.ledger.bench.report import Bar, Report, median, spread

DAY = date(2026, 3, 2)
FORM = FileFormat()
HEADER = "channel_no,merchant_order_no,merchant_no,kind,amount,fee,finished_at,state\n"
ZONES = {Side.LEDGER: "2026-03-02T{:02d}:{:02d}:11+08:00", Side.ORDERS: "2026-03-02 {:02d}:{:02d}:11"}
UTC_HOURS = 16
"""So many hours of a day in UTC are of the same date in Shanghai."""
SEVERAL_EVERY = 50
MERCHANTS = 5_000


class Size(msgspec.Struct, frozen=True):
    """How many payments and refunds each side has, how many of each kind of damage there are, and how many rounds."""

    lines: int
    damages: int
    rounds: int = 3


FULL = Size(1_000_000, 500)
QUICK = Size(200_000, 100)
TINY = Size(2_000, 5, rounds=1)


class Result(msgspec.Struct, frozen=True):
    """What a process that compared the sides found, in how many seconds, and its highest resident memory."""

    found: list[tuple[Side, DifferenceKind, str, int, int]]
    residuals: list[int]
    whole: bool
    seconds: float
    resident_mib: float


def run(folder: Path, size: Size) -> Report:
    """Measure with files below ``folder``."""
    engine, rival = list[Result](), list[float]()
    with bars() as progress:
        task = progress.add_task("writing the sides", total=1 + 2 * size.rounds)
        injected = write_sides(folder, size)
        progress.advance(task)
        theirs = set[Found]()
        for _ in range(size.rounds):
            engine.append(_in_process(folder))
            progress.advance(task)
            begun = time.perf_counter()
            theirs = joined(folder)
            rival.append(time.perf_counter() - begun)
            progress.advance(task)
    return _report(size, injected, engine, theirs, rival)


def _report(size: Size, injected: set[Found], engine: list[Result], theirs: set[Found], rival: list[float]) -> Report:
    ours = {Found(*each) for each in engine[-1].found}
    seconds = median(result.seconds for result in engine)
    return Report(
        "reconcile",
        {
            "lines": 3 * size.lines,
            "damages": len(injected),
            "seconds": round(seconds, 2),
            "lines_per_second": round(3 * size.lines / seconds),
            "spread": spread([result.seconds for result in engine]),
            "duckdb_seconds": round(median(rival), 2),
            "duckdb_spread": spread(rival),
        },
        [
            Bar("damages not found", len(injected - ours), 0, at_most=True),
            Bar("differences invented", len(ours - injected), 0, at_most=True),
            Bar("differences of the outer join that are others", len(ours ^ theirs), 0, at_most=True),
            Bar("fen that no difference explains", sum(map(abs, engine[-1].residuals)), 0, at_most=True),
            Bar("files read whole", int(all(result.whole for result in engine)), 1),
            Bar("times the seconds of the outer join", seconds / median(rival), 4, at_most=True),
            Bar("resident MiB", max(result.resident_mib for result in engine), 400, at_most=True),
        ],
    )


# -- the files -----------------------------------------------------------------------------------------------------


def write_sides(folder: Path, size: Size) -> set[Found]:
    """Write the three files; the differences between them."""
    chance = random.Random(20260302)  # noqa: S311 - the same damage every time
    harmed = iter(chance.sample([n for n in range(size.lines) if n % SEVERAL_EVERY], 10 * size.damages))
    damages = {side: dict[int, DifferenceKind]() for side in Side}
    for side in Side:
        for kind in DifferenceKind:
            if (side, kind) in _LEFT_OUT:
                continue
            for _ in range(size.damages):
                damages[side][next(harmed)] = kind
    for side in Side:
        numbers = list(range(size.lines))
        chance.shuffle(numbers)
        with folder.joinpath(f"{side.value}.csv").open("w") as file:
            file.write(HEADER)
            for number in numbers:
                file.writelines(_lines(side, number, damages[side].get(number)))
    return {_injected(side, number, kind) for side in Side for number, kind in damages[side].items()}


_LEFT_OUT = {(Side.LEDGER, DifferenceKind.DUPLICATE), (Side.ORDERS, DifferenceKind.DUPLICATE)}
"""Ten kinds of damage are enough: these are those of another side."""


def _amount(number: int) -> int:
    return number * 7_919 % 500_000 + 2


def _kind(number: int) -> str:
    return "refund" if number % 20 == 7 else "payment"


def _key(number: int) -> str:
    return f"{_kind(number)} mer_{number % MERCHANTS:026d} ORD{number:012d}"


def _lines(side: Side, number: int, damage: DifferenceKind | None) -> Iterator[str]:
    amount, own = _amount(number), f"{side.value[0].upper()}20260302{number:010d}"
    if damage is DifferenceKind.MISSING:
        return
    if damage is DifferenceKind.AMOUNT:
        amount += 1
    if side is Side.CHANNEL and number % SEVERAL_EVERY == 0:
        yield _line(side, number, f"{own}a", 1)
        yield _line(side, number, f"{own}b", amount - 1)
        return
    yield _line(side, number, own, amount)
    if damage is DifferenceKind.DUPLICATE:
        yield _line(side, number, own, amount)
    if damage is DifferenceKind.EXTRA:
        yield _line(side, number, own, amount, "X")


def _line(side: Side, number: int, own: str, amount: int, behind: str = "") -> str:
    hour = number % (UTC_HOURS if side is Side.CHANNEL else 24)
    at = ZONES.get(side, "2026-03-02T{:02d}:{:02d}:11Z").format(hour, number % 60)
    return (
        f"{own}{behind},ORD{number:012d}{behind},mer_{number % MERCHANTS:026d},{_kind(number)},"
        f'"{amount // 100:,}.{amount % 100:02d}",0.12,{at},success\n'
    )


def _injected(side: Side, number: int, kind: DifferenceKind) -> Found:
    """The difference that a damage is."""
    key, amount = _key(number), -_amount(number) if _kind(number) == "refund" else _amount(number)
    if kind is DifferenceKind.MISSING:
        return Found(side, kind, key, 0, amount)
    if kind is DifferenceKind.AMOUNT:
        return Found(side, kind, key, amount - 1 if amount < 0 else amount + 1, amount)
    return Found(side, kind, f"{key}X" if kind is DifferenceKind.EXTRA else key, amount, 0)


# -- the engine ----------------------------------------------------------------------------------------------------


def _in_process(folder: Path) -> Result:
    done = subprocess.run([sys.executable, "-m", __name__, str(folder)], stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Result)


def _compare(folder: Path) -> Result:
    begun, whole = time.perf_counter(), True
    with Matching() as matching:
        for side in Side:
            file = SideFile(folder / f"{side.value}.csv", FORM, DAY)
            for batch in file.batches():
                matching.add(side, batch)
            whole = whole and file.tally.is_whole
        bridges, found = Bridges(matching.totals), list[Found]()
        for difference in matching.differences():
            bridges.add(difference)
            found.append(difference)
    seconds = time.perf_counter() - begun
    resident = _resident_mib()
    facts = [(each.side, each.kind, each.key, each.found, each.expected) for each in found]
    return Result(facts, [bridge.residual for bridge in bridges.bridges], whole, seconds, resident)


def _resident_mib() -> float:
    """The highest resident memory of this program; ``ru_maxrss`` would count that of the process it was forked from."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


# -- the outer join ------------------------------------------------------------------------------------------------


def joined(folder: Path) -> set[Found]:
    """What an outer join finds."""
    connection = _duckdb().connect()
    connection.execute("SET TimeZone = 'Asia/Shanghai'")
    for side in Side:
        connection.execute(_SUMS.format(name=side.value, path=folder / f"{side.value}.csv"))
    found = set[Found]()
    for key, *amounts, again_ledger, again_channel, again_orders in connection.execute(_JOIN).fetchall():
        found |= _judged(key, *amounts)
        for side, again in zip(Side, (again_ledger, again_channel, again_orders), strict=True):
            if again:
                found.add(Found(side, DifferenceKind.DUPLICATE, key, again, 0))
    connection.close()
    return found


_SUMS = """
CREATE TABLE "{name}" AS SELECT key, sum(amount)::bigint AS amount, sum(again)::bigint AS again FROM (
  SELECT kind || ' ' || merchant_no || ' ' || merchant_order_no AS key,
    CASE kind WHEN 'refund' THEN -max(fen) ELSE max(fen) END AS amount,
    CASE kind WHEN 'refund' THEN max(fen) - sum(fen) ELSE sum(fen) - max(fen) END AS again
  FROM (
    SELECT *, replace(replace(amount, ',', ''), '.', '')::bigint AS fen
    FROM read_csv('{path}', header = true, all_varchar = true)
    WHERE state = 'success' AND finished_at::timestamptz::date = DATE '2026-03-02'
  ) GROUP BY kind, merchant_no, merchant_order_no, channel_no
) GROUP BY key
"""
_JOIN = """
SELECT key, l.amount, c.amount, o.amount, l.again, c.again, o.again
FROM ledger AS l FULL JOIN channel AS c USING (key) FULL JOIN orders AS o USING (key)
WHERE l.amount IS DISTINCT FROM c.amount OR l.amount IS DISTINCT FROM o.amount
  OR l.again > 0 OR c.again > 0 OR o.again > 0 OR l.again < 0 OR c.again < 0 OR o.again < 0
"""


def _judged(key: str, ledger: int | None, channel: int | None, orders: int | None) -> set[Found]:
    def wrong(side: Side, has: int | None, wanted: int | None) -> Found:
        kind = DifferenceKind.MISSING if has is None else DifferenceKind.EXTRA if wanted is None else None
        return Found(side, kind or DifferenceKind.AMOUNT, key, has or 0, wanted or 0)

    if channel == orders != ledger:
        return {wrong(Side.LEDGER, ledger, channel)}
    others = ((Side.CHANNEL, channel), (Side.ORDERS, orders))
    return {wrong(side, has, ledger) for side, has in others if has != ledger}


def _duckdb() -> Any:
    """The module, which is no part of an installation; ends the run where it is not there."""
    try:
        return import_module("duckdb")
    except ImportError:
        raise SystemExit("this benchmark compares with DuckDB: pip install 'canglian[bench]'") from None


if __name__ == "__main__":
    print(msgspec.json.encode(_compare(Path(sys.argv[1]))).decode())
