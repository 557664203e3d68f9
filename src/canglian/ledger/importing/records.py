"""The lines of a CSV text as records: what quotation marks hold together, and where they hold nothing."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import Self

FIELD_MAX = 100_000
SPAN_MAX = 100
"""So many lines a record may go over."""


class Unquoted(Exception):
    """A line is no record. ``is_open``: a field begins in it with a quotation mark and ends nowhere."""

    def __init__(self, problem: str, *, is_open: bool) -> None:
        super().__init__(problem)
        self.is_open = is_open


class Records:
    """Reads lines, and those that a quoted field goes on in; what was read ahead in vain comes again."""

    def __init__(self, lines: Iterator[str], delimiter: str) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._ahead: deque[str] = deque()
        self._first: str | None = None
        self._taken: list[str] = []
        csv.field_size_limit(FIELD_MAX)
        self._reader = csv.reader(self, delimiter=delimiter, strict=True)

    def line(self) -> str | None:
        """The next line, or None at the end."""
        return self._ahead.popleft() if self._ahead else next(self._lines, None)

    def put_back(self, lines: list[str]) -> None:
        """Have these lines read again."""
        self._ahead.extendleft(reversed(lines))

    def quoted(self, first: str) -> tuple[list[str], list[str]]:
        """The fields of the record that begins with this line, and all its lines. Raises Unquoted."""
        self._first, taken = first, self._taken
        taken.clear()
        try:
            return next(self._reader), taken
        except csv.Error as broken:
            self.put_back(taken[1:])
            is_open = len(taken) > 1 or str(broken) == "unexpected end of data"
            raise Unquoted(str(broken), is_open=is_open) from None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        """What the reader is given: the first line of a record, and as many more as it asks for."""
        text, self._first = self._first, None
        if text is None and (len(self._taken) == SPAN_MAX or (text := self.line()) is None):
            raise StopIteration
        self._taken.append(text)
        return text

    def apart(self, line: str) -> list[str]:
        """The fields of a line by itself, as well as they can be told apart."""
        try:
            return next(csv.reader([line.rstrip("\r\n").replace("\0", "")], delimiter=self._delimiter), [])
        except csv.Error:  # a field that is too long
            return line.rstrip("\r\n").split(self._delimiter)

    def hides_lines(self, values: list[str], width: int) -> bool:
        """Whether a field of several lines has one in it that could be a record of so many fields."""
        several = (value for value in values if "\n" in value or "\r" in value)
        return any(part.count(self._delimiter) >= max(width - 1, 1) for value in several for part in value.splitlines())
