"""Awards of a file: read in chunks, each line with an outcome of its own.

The number of an award is what the file says, or else what the line says: why, whose wallet, how many points, and
whether it is the first such line of the file, the second, and so on. A number awards once. So a run that was killed is
begun again, and nobody gets anything twice, whatever file brings a line: one saved again with other ends of lines, one
in which some lines were corrected, or one that overlaps with an earlier one.
"""

import asyncio
import csv
import hashlib
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import msgspec

from canglian.bank.purpose.importing import FindWallets
from canglian.bank.reward.points.commands import ImportPointAwards
from canglian.bank.reward.points.commands.awarding import LINES_MAX, AwardedLines, AwardLine, RefusedAward
from canglian.bank.reward.points.model import POINTS_MAX
from canglian.kernel.engine import Engine
from canglian.kernel.errors import CanglianError
from canglian.kernel.fields import impersonal
from canglian.kernel.typed import typed_id, typed_number
from canglian.ledger.importing.encodings import AUTO
from canglian.ledger.importing.mapping import Format
from canglian.ledger.importing.reading import CsvFile, Line, examine
from canglian.web.csv import cell

COLUMNS = ("wallet", "points")
"""The columns that the file must have: a wallet's number or id, and how many points."""

NUMBER = "number"
"""The column that it may have: the award's own number."""

_LETTERS = str.maketrans("0123456789", "ghijklmnop")

NUMBER_MAX = 120
OUTCOMES = ("line", "outcome", "code")

Progress = Callable[[int, int], None]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a file. ``repeated`` lines had been awarded before."""

    file: str
    digest: str
    lines: int
    awarded: int
    repeated: int
    refused: int

    @property
    def ok(self) -> bool:
        """Whether every line's points are there."""
        return not self.refused


async def import_awards(
    engine: Engine,
    book: int,
    scheme: str,
    reason: str,
    file: Path,
    find: FindWallets,
    *,
    actor: str,
    outcomes: Path | None = None,
    report: Progress | None = None,
) -> Summary:
    """Award the points of a file. ``report`` gets how many lines are done, of how many.

    Raises Malformed ``import.*`` for a file that cannot be read; what is wrong with a line stands in ``outcomes`` and
    stops nothing. Rejects ``point_scheme.not_found`` and ``point_scheme.state``.
    """
    source = await asyncio.to_thread(examine, file)
    read, done, seen = CsvFile(file, Format(encoding=AUTO)), AwardedLines([], [], []), Counter[str]()
    lines = read.lines(list(COLUMNS), maybe=[NUMBER])
    while chunk := list(islice(lines, LINES_MAX)):
        asked, refused = await _asked(read.header, chunk, find)
        asked = [line if line.number else _numbered(line, reason, seen) for line in asked]
        done.refused.extend(refused)
        if asked:
            command = ImportPointAwards(scheme=scheme, reason=reason, lines=tuple(asked))
            came = (await engine.submit(book, command, actor=actor)).unwrap()
            done.awarded.extend(came.awarded)
            done.repeated.extend(came.repeated)
            done.refused.extend(came.refused)
        if report is not None:
            report(min(chunk[-1].number, source.lines), source.lines)
    if outcomes is not None:
        await asyncio.to_thread(_write, outcomes, done)
    return Summary(
        file=file.name,
        digest=source.digest,
        lines=len(done.awarded) + len(done.repeated) + len(done.refused),
        awarded=len(done.awarded),
        repeated=len(done.repeated),
        refused=len(done.refused),
    )


def _numbered(line: AwardLine, reason: str, seen: Counter[str]) -> AwardLine:
    """A line with a number made of what it says, in letters alone, so that it looks like nobody's number."""
    digest = hashlib.sha256("\0".join((reason, line.wallet, str(line.points))).encode()).hexdigest()[:24]
    text = digest.translate(_LETTERS)
    seen[text] += 1
    return msgspec.structs.replace(line, number=f"{text}:{seen[text]}")


async def _asked(header: list[str], chunk: list[Line], find: FindWallets) -> tuple[list[AwardLine], list[RefusedAward]]:
    """The lines of a chunk as they are asked for, and those of which nothing can be made."""
    read = [_read(line, header) for line in chunk]
    ids = await find([line.wallet for line in read if isinstance(line, AwardLine) and not _is_id(line.wallet)])
    asked, refused = list[AwardLine](), list[RefusedAward]()
    for line in read:
        if isinstance(line, RefusedAward):
            refused.append(line)
        elif _is_id(line.wallet):
            asked.append(line)
        elif (wallet := ids.get(line.wallet)) is not None:
            asked.append(msgspec.structs.replace(line, wallet=wallet))
        else:
            refused.append(RefusedAward(line.line, "wallet.not_found"))
    return asked, refused


def _read(line: Line, header: list[str]) -> AwardLine | RefusedAward:
    """A line as it is typed, or why it is none. Its number is empty where the file has none."""
    if line.problem is not None:
        return RefusedAward(line.number, line.problem.code)
    values = {name: line.values[header.index(name)].strip() for name in (*COLUMNS, NUMBER) if name in header}
    text, number = values["points"], values.get(NUMBER, "")
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= POINTS_MAX):
        return RefusedAward(line.number, "point_lot.points_typed")
    try:
        impersonal(number)
        wallet = typed_id(values["wallet"])
        wallet = wallet if _is_id(wallet) else typed_number(values["wallet"])
    except CanglianError as wrong:
        return RefusedAward(line.number, wrong.code)
    if len(number) > NUMBER_MAX:
        return RefusedAward(line.number, "point_lot.points_typed")
    return AwardLine(line.number, wallet, int(text), number)


def _write(path: Path, done: AwardedLines) -> None:
    """One line for each of the file's."""
    rows = [(line, "awarded", "") for line in done.awarded]
    rows += [(line, "awarded before", "") for line in done.repeated]
    rows += [(refused.line, "refused", refused.code) for refused in done.refused]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(OUTCOMES)
        writer.writerows((line, outcome, cell(code)) for line, outcome, code in sorted(rows))


def _is_id(text: str) -> bool:
    return text.startswith("wal_")
