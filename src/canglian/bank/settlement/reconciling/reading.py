"""The lines of a file, ready to be compared: every line accounted for, quickly where nothing is wrong with it.

A file is read by blocks of lines. A block in which every line is as it should be is taken column by column; any other
line by line, by the same rules, so that the second way says what the first would have taken and why it did not.
"""

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from canglian.bank.settlement.reconciling.formats import PAYMENT, REFUND, FileFormat, TotalsLine
from canglian.bank.settlement.reconciling.matching import Batch
from canglian.kernel.errors import Malformed
from canglian.kernel.values import AMOUNT_MAX, SHANGHAI
from canglian.ledger.importing.encodings import KEPT, MARK, encoding_of
from canglian.ledger.importing.reading import column_names

BLOCK = 2**18
"""So many characters are read at a time, and the rest of the line."""
PROBLEMS_MAX = 100
"""So many lines that could not be read are named; all are counted."""
PAYOUTS_MAX = 20
"""So many lines of a day may say what is paid out."""
FIELD_MAX = 200

_YUAN = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,15})\.[0-9]{2}")
_YUANS = re.compile(rf"(?:{_YUAN.pattern}\n)*+")
_FENS = re.compile(r"(?:[0-9]{1,17}\n)*+")
_FEN = re.compile(r"[0-9]{1,17}")
_ANY_YUANS = re.compile(rf"(?:-?{_YUAN.pattern}\n)*+")
_ANY_FENS = re.compile(r"(?:-?[0-9]{1,17}\n)*+")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-2][0-9]:[0-5][0-9]:[0-5][0-9](?:Z|[+-][0-9]{2}:(?:00|30|45))?)?"
)
_INSTANTS = re.compile(rf"(?:{_INSTANT.pattern}\n)*+")
_NOBODY: frozenset[str] = frozenset("-")
_INSIDE = "\x1e"
"""Stands for a delimiter inside quotation marks while a block is parted into its fields."""


class Problem(msgspec.Struct, frozen=True):
    """A line that could not be taken."""

    line: int
    code: str


class FileTally(msgspec.Struct):
    """The lines of a file: ``lines`` is the sum of ``header``, ``blank``, ``totals``, ``taken``, ``paid_out``,
    ``unsettled`` and ``refused``.

    ``foreign`` of those taken are of merchants that are not known here; ``other_day`` are of the day before or after.
    ``payments``, ``refunds`` and ``fees`` are the sums of those taken, in fen; ``payouts`` what is paid out, by the
    number of its line.
    """

    lines: int = 0
    header: int = 0
    blank: int = 0
    totals: int = 0
    taken: int = 0
    paid_out: int = 0
    unsettled: int = 0
    refused: int = 0
    foreign: int = 0
    other_day: int = 0
    payments: int = 0
    refunds: int = 0
    fees: int = 0
    payouts: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    totals_agree: bool | None = None
    problems: list[Problem] = msgspec.field(default_factory=list[Problem])

    @property
    def is_whole(self) -> bool:
        """Whether every line was read, and the file's own totals, where it has any, are those of its lines."""
        return self.refused == 0 and self.totals_agree is not False


class _Refused(Exception):
    """A line cannot be taken; the text is the code."""


class SideFile:
    """A file of one side for one day; ``batches`` reads it, after which ``tally`` is whole.

    ``merchants`` are those that are known here; None takes all for known.
    """

    def __init__(self, path: Path, form: FileFormat, day: date, merchants: frozenset[str] | None = None) -> None:
        self._path = path
        self._form = form
        self._merchants = merchants
        self._days = {day + timedelta(days=offset) for offset in (-1, 0, 1)}
        self._day = day
        self._zone = ZoneInfo(form.zone)
        self._kinds = dict.fromkeys(form.payments + form.captures, PAYMENT) | dict.fromkeys(form.refunds, REFUND)
        self._by_original = frozenset(form.captures + form.refunds if form.original is not None else ())
        self._settled = frozenset(form.settled)
        self._payouts = frozenset(form.payouts)
        self._dates: dict[str, date] = {}
        self._width = 0
        self._places: list[int] = []
        self.tally = FileTally()

    def batches(self) -> Iterator[Batch]:
        """The lines that count. Raises Malformed ``reconciliation.file_*`` before the first."""
        form, tally = self._form, self.tally
        encoding = encoding_of(self._path, form.encoding)
        with self._path.open(encoding=encoding, errors=KEPT) as file:
            self._take_header(file.readline())
            while text := file.read(BLOCK):
                text += file.readline()
                if form.prefix:
                    text = text.replace(form.prefix, "")
                first = tally.lines + 1
                tally.lines += text.count("\n") + (text[-1:] != "\n")
                yield self._block(text) or self._one_by_one(text.removesuffix("\n").split("\n"), first)
        if form.totals is not None and tally.totals_agree is None:
            tally.totals_agree = False

    def _take_header(self, line: str) -> None:
        form, tally = self._form, self.tally
        if not line.strip():
            raise Malformed("reconciliation.file_empty")
        try:
            fields = _fields(line.removeprefix(MARK).replace(form.prefix, ""), form.delimiter)
        except _Refused:
            raise Malformed("reconciliation.file_header") from None
        names = column_names(fields)
        for column in form.columns:
            if names.count(column) != 1:
                raise Malformed("reconciliation.file_columns", column=column)
        tally.lines = tally.header = 1
        self._width = len(names)
        self._places = [names.index(column) for column in form.columns]

    # -- a block as a whole ----------------------------------------------------------------------------------------

    def _block(self, text: str) -> Batch | None:
        """The lines of a block where all are as they should be, else None; nothing is counted then."""
        columns = _columns(text, self._form.delimiter, self._width, self._places)
        if columns is None or self.tally.totals:
            return None
        kinds, merchants, references, originals, numbers, texts, instants, states, *more = columns
        words, names = set(kinds), set(merchants) if self._form.merchant is not None else _NOBODY
        if not (
            words <= self._kinds.keys()
            and (self._form.state is None or set(states) <= self._settled)
            and not any(" " in name for name in names)
        ):
            return None
        refunds = {word for word in words if self._kinds[word] == REFUND}
        if by_original := words & self._by_original:
            pairs = zip(kinds, references, originals, strict=True)
            references = [original if kind in by_original else reference for kind, reference, original in pairs]
        if not (_is_plain(references) and _is_plain(numbers) and _is_plain(list(names))):
            return None
        amounts = self._amounts(texts, kinds, refunds)
        fees = self._fees(more[0]) if more else 0
        if amounts is None or fees is None or not self._on_day(instants):
            return None
        self.tally.fees += fees
        return self._taken(kinds, refunds, merchants, references, numbers, amounts)

    def _amounts(self, texts: list[str], kinds: list[str], refunds: set[str]) -> list[int] | None:
        joined = ("\n".join(texts) + "\n").replace(_INSIDE, self._form.delimiter)
        if self._form.signed:
            if [text[:1] == "-" for text in texts] != [kind in refunds for kind in kinds]:
                return None
            joined = ("\n" + joined).replace("\n-", "\n")[1:]
        many = _YUANS if self._form.unit == "yuan" else _FENS
        if many.fullmatch(joined) is None:
            return None
        if self._form.unit == "yuan":
            joined = joined.replace(",", "").replace(".", "")
        amounts = list(map(int, joined.split()))
        return amounts if min(amounts) > 0 and max(amounts) <= AMOUNT_MAX else None

    def _fees(self, texts: list[str]) -> int | None:
        """The sum of the fees of a block, None where one of them is no amount."""
        joined = ("\n".join(texts) + "\n").replace(_INSIDE, self._form.delimiter)
        many = _ANY_YUANS if self._form.unit == "yuan" else _ANY_FENS
        if many.fullmatch(joined) is None:
            return None
        if self._form.unit == "yuan":
            joined = joined.replace(",", "").replace(".", "")
        fees = list(map(int, joined.split()))
        return sum(fees) if max(map(abs, fees)) <= AMOUNT_MAX else None

    def _on_day(self, instants: list[str]) -> bool:
        """Whether every instant is well formed and of the day itself: minutes and seconds do not decide a date."""
        if _INSTANTS.fullmatch("\n".join(instants) + "\n") is None:
            return False
        try:
            return {self._date_of(hour) for hour in {text[:13] + text[19:] for text in instants}} == {self._day}
        except _Refused:
            return False

    def _taken(
        self,
        kinds: list[str],
        refunds: set[str],
        merchants: list[str],
        references: list[str],
        numbers: list[str],
        amounts: list[int],
    ) -> Batch:
        tally, known = self.tally, self._kinds
        written = [known[kind] for kind in kinds]
        columns = (written, references) if self._form.merchant is None else (written, merchants, references)
        keys = list(map(" ".join, zip(*columns, strict=True)))
        total, back = sum(amounts), 0
        if refunds:
            amounts = [-amount if kind in refunds else amount for kind, amount in zip(kinds, amounts, strict=True)]
            back = (total - sum(amounts)) // 2
        if self._merchants is not None and self._form.merchant is not None:
            tally.foreign += sum(merchant not in self._merchants for merchant in merchants)
        tally.taken += len(keys)
        tally.payments += total - back
        tally.refunds += back
        return Batch(keys, numbers, amounts)

    # -- line by line ----------------------------------------------------------------------------------------------

    def _one_by_one(self, lines: list[str], first: int) -> Batch:
        keys, numbers, amounts = list[str](), list[str](), list[int]()
        for number, line in enumerate(lines, first):
            try:
                taken = self._line(line)
            except _Refused as problem:
                self.tally.refused += 1
                if len(self.tally.problems) < PROBLEMS_MAX:
                    self.tally.problems.append(Problem(number, str(problem)))
                continue
            if taken is not None:
                keys.append(taken[0])
                numbers.append(taken[1])
                amounts.append(taken[2])
        return Batch(keys, numbers, amounts)

    def _line(self, line: str) -> tuple[str, str, int] | None:
        """Key, number and amount of a line; None where it does not count. Raises _Refused."""
        form, tally = self._form, self.tally
        if not line.strip():
            tally.blank += 1
            return None
        fields = _fields(line, form.delimiter)
        if form.totals is not None and fields[0] == form.totals.mark:
            self._check_totals(fields, form.totals)
            return None
        if tally.totals:
            raise _Refused("reconciliation.line_behind_totals")
        if len(fields) != self._width:
            raise _Refused("reconciliation.line_truncated")
        kind, merchant, reference, original, number, text, instant, state, *more = map(fields.__getitem__, self._places)
        if kind in self._payouts:
            self._pay_out(number, text, instant)
            return None
        if kind not in self._kinds:
            raise _Refused("reconciliation.line_kind")
        if kind in self._by_original:
            reference = original
        kind = self._kinds[kind]
        if not _is_plain([merchant, reference, number]) or (form.merchant is not None and " " in merchant):
            raise _Refused("reconciliation.line_unreadable")
        amount, on = self._absolute(text, kind), self._date(instant)
        fee = self._fee(more[0]) if more else 0
        if on not in self._days:
            raise _Refused("reconciliation.line_other_day")
        if form.state is not None and state not in self._settled:
            tally.unsettled += 1
            return None
        tally.taken += 1
        tally.fees += fee
        tally.other_day += on != self._day
        of = "" if form.merchant is None else f"{merchant} "
        tally.foreign += self._merchants is not None and form.merchant is not None and merchant not in self._merchants
        if kind == REFUND:
            tally.refunds += amount
        else:
            tally.payments += amount
        return f"{kind} {of}{reference}", number, -amount if kind == REFUND else amount

    def _pay_out(self, number: str, text: str, instant: str) -> None:
        """A line says what the channel pays out for the day, or takes back where it is negative."""
        if not _is_plain([number]):
            raise _Refused("reconciliation.line_unreadable")
        amount = -self._amount(text[1:]) if text.startswith("-") else self._amount(text)
        if self._date(instant) != self._day:
            raise _Refused("reconciliation.line_other_day")
        tally = self.tally
        if len(tally.payouts) >= PAYOUTS_MAX:
            raise _Refused("reconciliation.line_unreadable")
        tally.paid_out += 1
        tally.payouts[number] = tally.payouts.get(number, 0) + amount

    def _fee(self, text: str) -> int:
        pattern = _ANY_YUANS if self._form.unit == "yuan" else _ANY_FENS
        fee = int(text.replace(",", "").replace(".", "")) if text and pattern.fullmatch(f"{text}\n") else None
        if fee is None or not text.isascii() or abs(fee) > AMOUNT_MAX:
            raise _Refused("reconciliation.line_fee")
        return fee

    def _absolute(self, text: str, kind: str) -> int:
        """The amount without its sign, which where there is one says what the kind says."""
        if self._form.signed:
            if text.startswith("-") != (kind == REFUND):
                raise _Refused("reconciliation.line_amount")
            text = text.removeprefix("-")
        return self._amount(text)

    def _amount(self, text: str) -> int:
        pattern = _YUAN if self._form.unit == "yuan" else _FEN
        if pattern.fullmatch(text) is None or not text.isascii():
            raise _Refused("reconciliation.line_amount")
        amount = int(text.replace(",", "").replace(".", ""))
        if not 0 < amount <= AMOUNT_MAX:
            raise _Refused("reconciliation.line_amount")
        return amount

    def _date(self, text: str) -> date:
        """The date of an instant in Shanghai; minutes and seconds do not decide it."""
        if _INSTANT.fullmatch(text) is None:
            raise _Refused("reconciliation.line_instant")
        return self._date_of(text[:13] + text[19:])

    def _date_of(self, hour: str) -> date:
        """The date of an instant without its minutes and seconds."""
        found = self._dates.get(hour)
        if found is None:
            try:
                found = self._parsed(hour)
            except ValueError:
                raise _Refused("reconciliation.line_instant") from None
            if len(self._dates) > 10_000:
                self._dates.clear()
            self._dates[hour] = found
        return found

    def _parsed(self, hour: str) -> date:
        if len(hour) == len("2026-03-02"):
            return date.fromisoformat(hour)
        at = datetime.fromisoformat(f"{hour[:13]}:00:00{hour[13:]}")
        at = at if at.tzinfo is not None else at.replace(tzinfo=self._zone)
        return at.astimezone(SHANGHAI).date()

    def _check_totals(self, fields: list[str], line: TotalsLine) -> None:
        """The last line of the file against its lines. A second one contradicts the first."""
        tally = self.tally
        tally.totals += 1
        sums = {line.payments: tally.payments, line.refunds: tally.refunds}
        sums |= {line.net: tally.payments - tally.refunds, line.fees: tally.fees}
        try:
            agree = fields[line.count] == str(tally.taken) and all(
                self._total(fields[place]) == wanted for place, wanted in sums.items() if place is not None
            )
        except (IndexError, _Refused):
            agree = False
        tally.totals_agree = tally.totals == 1 and agree

    def _total(self, text: str) -> int:
        if text == ("0.00" if self._form.unit == "yuan" else "0"):
            return 0
        return -self._amount(text[1:]) if text.startswith("-") else self._amount(text)


def _fields(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        raise _Refused("reconciliation.line_truncated") from None


def _columns(text: str, delimiter: str, width: int, places: list[int]) -> list[list[str]] | None:
    """The columns of a block, None where not every line has the width, or quotation marks stand within fields.

    Parting all of it at once takes half the time of a CSV reader's lines.
    """
    if text[-1] != "\n" or "\0" in text or _INSIDE in text:
        return None
    parts = text.split('"')
    if len(parts) > 1:
        if not _is_quoted(parts, {delimiter, "\n"}):
            return None
        parts[1::2] = "\0".join(parts[1::2]).replace(delimiter, _INSIDE).split("\0")
        text = "".join(parts)
    count = text.count("\n")
    fields = ("\n" + text[:-1]).replace("\n", delimiter + "\n").split(delimiter)
    if len(fields) != count * width + 1:
        return None
    first = "\0".join(fields[1::width])
    if first.count("\0\n") != count - 1:
        return None
    return [fields[1 + place :: width] if place else first.replace("\n", "").split("\0") for place in places]


def _is_quoted(parts: list[str], edges: set[str]) -> bool:
    """Whether texts between quotation marks take turns with others that begin and end at the edges of fields."""
    inside, outside = parts[1::2], parts[2::2]
    try:
        return (
            len(inside) == len(outside)
            and "\n" not in "".join(inside)
            and (parts[0] == "" or parts[0][-1] in edges)
            and {part[0] for part in outside} <= edges
            and {part[-1] for part in outside[:-1]} <= edges
        )
    except IndexError:  # a quotation mark inside quotation marks
        return False


def _is_plain(texts: list[str]) -> bool:
    """Whether no text is empty or too long, and all are printable characters of the file's encoding."""
    return (
        bool(texts) and min(map(len, texts)) > 0 and max(map(len, texts)) <= FIELD_MAX and "".join(texts).isprintable()
    )
