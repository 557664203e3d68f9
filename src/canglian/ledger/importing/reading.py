"""A CSV file, line by line: never held whole, and a line that cannot be read stops nothing."""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from canglian.kernel.errors import Malformed, render
from canglian.ledger.importing.mapping import Format

BLOCK_BYTES = 2**20
FIELD_MAX = 100_000


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
    """The lines of a CSV file after its header."""

    def __init__(self, path: Path, form: Format) -> None:
        self._path = path
        self._form = form
        self.header: list[str] = form.header or []

    def lines(self, wanted: list[str]) -> Iterator[Line]:
        """Every line that is not empty. Raises Malformed ``import.column_missing`` before the first."""
        try:
            with self._path.open(encoding=self._form.encoding, errors="surrogateescape", newline="") as file:
                yield from self._read(file, wanted)
        except OSError as problem:
            raise _unreadable(self._path, problem) from None

    def _read(self, file: Any, wanted: list[str]) -> Iterator[Line]:
        csv.field_size_limit(FIELD_MAX)
        reader = csv.reader(file, delimiter=self._form.delimiter, strict=True)
        if self._form.header is None:
            self.header = next(reader, [])
            if not self.header:
                raise Malformed("import.file_empty", file=str(self._path))
        for column in wanted:
            if column not in self.header:
                raise Malformed("import.column_missing", column=column, columns=", ".join(self.header))
        while True:
            start = reader.line_num + 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as broken:
                yield Line(start, [], LineProblem("import.line_unreadable", problem=str(broken)))
                continue
            if values:
                yield Line(start, values, self._problem(values))

    def _problem(self, values: list[str]) -> LineProblem | None:
        if len(values) != len(self.header):
            return LineProblem("import.fields_count", found=len(values), expected=len(self.header))
        try:
            "".join(values).encode()
        except UnicodeEncodeError:
            return LineProblem("import.line_unreadable", problem=f"not {self._form.encoding}")
        return None


class ErrorFile:
    """The refused lines as they were, with the reason in three columns more; written only when there are any.

    The same mapping reads it, so what was refused can be corrected there and imported alone.
    """

    def __init__(self, path: Path | None, form: Format, header: list[str]) -> None:
        self.written = 0
        self._path = path
        self._form = form
        self._header = header
        self._file: Any = None
        self._writer: Any = None

    def write(self, number: int, values: list[str], code: str, problem: str) -> None:
        """Keep one line."""
        self.written += 1
        if self._path is None:
            return
        if self._file is None:
            encoding = self._form.encoding
            self._file = self._path.open("w", encoding=encoding, errors="surrogateescape", newline="")
            self._writer = csv.writer(self._file, delimiter=self._form.delimiter, lineterminator="\n")
            self._writer.writerow([*self._header, *ERROR_COLUMNS])
        width = len(self._header)
        padded = [*values[:width], *[""] * (width - len(values))]
        self._writer.writerow([*padded, number, code, problem])

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()


ERROR_COLUMNS = ("import_line", "import_code", "import_problem")


def _unreadable(path: Path, problem: OSError) -> Malformed:
    return Malformed("import.file_unreadable", file=str(path), problem=problem.strerror or str(problem))
