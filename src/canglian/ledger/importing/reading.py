"""A CSV file, line by line: never held whole, and a line that cannot be read stops nothing.

Every line of the file is accounted for. A quoted field may go on in the lines below; where that does not end in a
record of the header's width, its first line is refused alone, and reading goes on at the next one.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from canglian.kernel.errors import Malformed, render
from canglian.ledger.importing.encodings import KEPT, MARK, encoding_of, writing_errors
from canglian.ledger.importing.mapping import Format
from canglian.ledger.importing.records import FIELD_MAX, Records, Unquoted

BLOCK_BYTES = 2**20
ERROR_COLUMNS = ("import_line", "import_code", "import_problem")
"""What a file of errors has behind the columns of its lines."""

_INVISIBLE = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"


class LineProblem(Exception):
    """One line cannot be taken; ``code`` and ``fields`` say why."""

    def __init__(self, code: str, /, **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields

    def __str__(self) -> str:
        return render(self.code, self.fields)


class Line(NamedTuple):
    """One line of the file: its number as an editor shows it, its fields, or the problem with it."""

    number: int
    values: list[str]
    problem: LineProblem | None


class Source(NamedTuple):
    """The file as a whole: its fingerprint, and how many lines it has."""

    digest: str
    lines: int


class Tally(msgspec.Struct):
    """The lines that were read: ``read`` is the sum of the others. ``further`` lines belong to the record above."""

    read: int = 0
    header: int = 0
    blank: int = 0
    records: int = 0
    further: int = 0


def examine(path: Path) -> Source:
    """Read the file once, as bytes. Raises Malformed ``import.file_unreadable``."""
    digest, lines, last = hashlib.sha256(), 0, b"\n"
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                digest.update(block)
                lines += block.count(b"\n")
                last = block[-1:]
    except OSError as problem:
        raise _unreadable(path, problem) from None
    return Source(digest.hexdigest()[:32], lines + (last != b"\n"))


class CsvFile:
    """The lines of a CSV file after its header; ``tally`` counts those that were read."""

    def __init__(self, path: Path, form: Format) -> None:
        self._path = path
        self._form = form
        self._opened: int | None = None
        self.encoding = form.encoding
        self.header: list[str] = form.header or []
        self.tally = Tally()

    def lines(self, wanted: list[str], maybe: Iterable[str] = ()) -> Iterator[Line]:
        """Every line that is not blank. Columns that may be there are not there twice either. Raises Malformed before
        the first: ``import.file_empty``, ``import.column_missing``, ``import.column_twice``,
        ``import.header_unreadable``, ``import.encoding_differs``.
        """
        try:
            self.encoding = encoding_of(self._path, self._form.encoding)
            with self._path.open(encoding=self.encoding, errors=KEPT, newline="") as file:
                records = Records(iter(file), self._form.delimiter)
                self._take_header(records)
                for column in [*wanted, *(name for name in maybe if name in self.header)]:
                    self._check_column(column)
                yield from self._read(records)
        except OSError as problem:
            raise _unreadable(self._path, problem) from None
        except (UnicodeError, LookupError) as problem:
            raise Malformed("import.file_unreadable", file=str(self._path), problem=str(problem)) from None

    def _take_header(self, records: Records) -> None:
        """The names of the columns. A file of errors begins with them even where the mapping gives them."""
        first = records.line()
        if first is not None:
            records.put_back([first.removeprefix(MARK)])
        if self._form.header is not None:
            first = records.line()
            if first is not None and column_names(records.apart(first)) != [*self._form.header, *ERROR_COLUMNS]:
                records.put_back([first])
                return
        else:
            while (first := records.line()) is not None and self._is_blank(first.rstrip("\r\n")):
                self.tally.read += 1
                self.tally.blank += 1
            if first is None:
                raise Malformed("import.file_empty", file=str(self._path))
        if first is not None:
            self.header = self._header(records, first)

    def _header(self, records: Records, first: str) -> list[str]:
        try:
            names, taken = records.quoted(first)
        except Unquoted as broken:
            raise Malformed("import.header_unreadable", problem=str(broken)) from None
        if "\0" in first:
            raise Malformed("import.header_unreadable", problem="it has characters of value zero; see encoding")
        if records.hides_lines(names, 2):
            raise Malformed("import.header_unreadable", problem="a quotation mark is not closed")
        self.tally.read += len(taken)
        self.tally.header = len(taken)
        return column_names(names)

    def _check_column(self, column: str) -> None:
        if column not in self.header:
            raise Malformed("import.column_missing", column=column, columns=", ".join(self.header))
        if self.header.count(column) > 1:
            raise Malformed("import.column_twice", column=column)

    def _read(self, records: Records) -> Iterator[Line]:
        tally, delimiter, width = self.tally, self._form.delimiter, len(self.header)
        while (text := records.line()) is not None:
            tally.read += 1
            plain = text.rstrip("\r\n")
            if self._is_blank(plain):
                tally.blank += 1
            elif '"' in plain or len(plain) > FIELD_MAX:
                yield from self._quoted(records, text)
            else:
                tally.records += 1
                values = plain.split(delimiter)
                whole = len(values) == width and plain.isascii() and "\0" not in plain
                yield Line(tally.read, values, None if whole else self._problem(values))

    def _is_blank(self, plain: str) -> bool:
        """Whether nothing stands in a line, or nothing but delimiters: a row that a spreadsheet left empty."""
        if not plain:
            return True
        first = plain[0]
        if first != self._form.delimiter and not first.isspace():
            return False
        return not plain.replace(self._form.delimiter, " ").strip()

    def _quoted(self, records: Records, text: str) -> list[Line]:
        """The record that begins with this line, or its lines as a problem."""
        tally, number = self.tally, self.tally.read
        tally.records += 1
        try:
            values, taken = records.quoted(text)
        except Unquoted as broken:
            return [Line(number, records.apart(text), self._unquoted(number, broken))]
        if len(taken) == 1:
            if self._opened is None or text.count('"') % 2 == 0:
                return [Line(number, values, self._problem(values))]
            opened, self._opened = self._opened, None
            return [Line(number, values, LineProblem("import.quote_doubtful", line=opened))]
        if len(values) != len(self.header):
            records.put_back(taken[1:])
            return [Line(number, records.apart(text), self._unquoted(number, None))]
        further = len(taken) - 1
        tally.read += further
        if records.hides_lines(values, len(self.header)):
            tally.records += further
            doubtful = LineProblem("import.quote_doubtful", line=number)
            return [Line(place, records.apart(line), doubtful) for place, line in enumerate(taken, number)]
        tally.further += further
        return [Line(number, values, self._problem(values))]

    def _unquoted(self, number: int, broken: Unquoted | None) -> LineProblem:
        if broken is not None and not broken.is_open:
            return LineProblem("import.line_unreadable", problem=str(broken))
        self._opened = number
        return LineProblem("import.quote_open")

    def _problem(self, values: list[str]) -> LineProblem | None:
        if len(values) != len(self.header):
            return LineProblem("import.fields_count", found=len(values), expected=len(self.header))
        text = "".join(values)
        if "\0" in text:
            return LineProblem("import.line_unreadable", problem="it has a character of value zero")
        try:
            text.encode()
        except UnicodeEncodeError:
            return LineProblem("import.line_unreadable", problem=f"not {self.encoding}")
        return None


class ErrorFile:
    """The refused lines as they were, with the reason in three columns more; written only when there are any.

    The same mapping reads it, so what was refused can be corrected there and imported alone.
    """

    def __init__(self, path: Path | None, form: Format, file: CsvFile) -> None:
        self.written = 0
        self._path = path
        self._delimiter = form.delimiter
        self._encoding = file.encoding
        width = len(file.header) - len(ERROR_COLUMNS)
        self._header = file.header[:width] if tuple(file.header[width:]) == ERROR_COLUMNS else file.header
        self._file: Any = None
        self._writer: Any = None

    def write(self, number: int, values: list[str], code: str, problem: str) -> None:
        """Keep one line."""
        self.written += 1
        if self._path is None:
            return
        if self._file is None:
            errors = writing_errors(self._encoding)
            self._file = self._path.open("w", encoding=self._encoding, errors=errors, newline="")
            self._writer = csv.writer(self._file, delimiter=self._delimiter, lineterminator="\n")
            self._writer.writerow([*self._header, *ERROR_COLUMNS])
        width = len(self._header)
        padded = [*values[:width], *[""] * (width - len(values))]
        shown = problem.encode(self._encoding, "backslashreplace").decode(self._encoding)
        self._writer.writerow([*padded, number, code, shown])

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()


def column_names(values: list[str]) -> list[str]:
    """Names of columns without what nobody sees around them."""
    return [value.strip().strip(_INVISIBLE).strip() for value in values]


def _unreadable(path: Path, problem: OSError) -> Malformed:
    return Malformed("import.file_unreadable", file=str(path), problem=problem.strerror or str(problem))
