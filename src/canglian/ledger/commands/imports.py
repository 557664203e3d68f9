"""What an import asks beside booking: that a file has begun, and what would become of lines on new accounts."""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.kernel.command import Command, Read
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc
from canglian.ledger.book import Book
from canglian.ledger.commands.accounts import OpenAccount
from canglian.ledger.commands.transfers import LINES_MAX, HistoryLine, ImportHistory, LineError, Posted, check_lines
from canglian.ledger.model import Account

Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{32,64}\Z")]

NEW_FROM = 2**61
"""A line names the account that is opened first by this number, the next one by the number after it, and so on."""


class BeginImport(Command[bool], kind="ledger.begin_import"):
    """Keep in the log that a file is imported, and what its lines are known by. Its key names the file, so that the
    same file is not read by another mapping; nothing else changes."""

    file: Annotated[Digest, doc("The digest of the file.")]
    identity: Annotated[Digest, doc("The digest of what its lines are known by.")]

    def decide(self, book: Book) -> bool:
        return True


class Tried(msgspec.Struct, frozen=True):
    """What would become of the accounts and the lines. ``refused`` has the accounts that cannot be opened, by place."""

    refused: Annotated[list[LineError], doc("The accounts that cannot be opened.")]
    posted: Annotated[Posted, doc("What becomes of the lines.")]


class TryHistory(Command[Tried], kind="ledger.try_history"):
    """Open accounts and post movements of the past on them, each for itself. Submit it as a dry run: an import opens
    only the accounts that a line is booked on."""

    opens: list[OpenAccount]
    lines: Annotated[list[HistoryLine], Meta(max_length=LINES_MAX), doc("In order.")]
    late: Annotated[bool, doc("As `ImportHistory` takes it.")] = False

    def check(self) -> None:
        for command in self.opens:
            command.check()
        check_lines(self.lines)

    def weight(self) -> int:
        return max(len(self.lines), 1)

    def reads(self) -> Iterable[Read]:
        reads = {read for command in self.opens for read in command.reads()}
        if self.lines:
            reads |= {read for read in ImportHistory(lines=self.lines).reads() if read[1] < NEW_FROM}
        return reads

    def decide(self, book: Book) -> Tried:
        references = (command.reference for command in self.opens if command.reference is not None)
        book.require((), [(Account, "reference", reference) for reference in references])
        numbers: dict[int, int] = {}
        refused: list[LineError] = []
        for place, command in enumerate(self.opens):
            try:
                numbers[NEW_FROM + place] = book.attempt(command.decide).id
            except Rejection as problem:
                refused.append(LineError(place, problem.code, problem.fields))
        if not self.lines:
            return Tried(refused, Posted(0, 0, []))
        lines = [
            msgspec.structs.replace(
                line, debit=numbers.get(line.debit, line.debit), credit=numbers.get(line.credit, line.credit)
            )
            for line in self.lines
        ]
        return Tried(refused, ImportHistory(lines=lines, late=self.late).decide(book))
