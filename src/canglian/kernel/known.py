"""Answers to repeated requests: the stored outcome of an earlier command with the same idempotency key.

A key is there once in the log; its index holds that, whoever writes. So a small batch whose keys nobody has reason to
doubt is committed without looking them up. If one of them was there after all, nothing of the batch was written, and it
is looked up and decided again.

A refusal changed nothing, so its key is free for a corrected request; the refused one itself is answered as before,
unless it only came too early: then it is decided anew.
What is asked for under the key of a refusal is logged under the key with a number behind it (``key 2``), which no
sender can ask for, since there is no space in a sender's key. So the index holds each of them once as well.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from canglian.kernel.command import Outcome, Status
from canglian.kernel.deciding import Ticket
from canglian.kernel.errors import TOO_EARLY, Conflict, Malformed, Rejection
from canglian.kernel.records import CommandLine
from canglian.kernel.store import Store

_KEY = re.compile(r"[\x21-\x7e]{1,200}")

DOUBT_BATCHES = 256
"""How many batches are looked up after a key came back, and after a start or a fault, when many are sent again."""

RECENT_KEYS = 50_000
"""How many keys are remembered at least, twice as many at most."""

CORRECTIONS_MAX = 15
"""How often a request may be corrected under one key."""

TRUSTED_MAX = 1024
"""The most movements that a batch may stand for to be committed without a look-up."""


def checked_key(key: str, scope: str) -> str:
    """The key as it is stored: behind the scope of its sender, so that two clients never meet in one key."""
    if not _KEY.fullmatch(key):
        raise Malformed("idempotency.key_invalid")
    return f"{scope}/{key}"


async def stored_lines(
    store: Store, book: int, tickets: Iterable[Ticket], keys: list[str]
) -> dict[Ticket, CommandLine]:
    """The line of the log that answers each of the tickets which was asked for before; ``keys`` are looked up."""
    found = await store.known(book, keys) if keys else {}
    lines = {ticket: found[ticket.key] for ticket in tickets if not ticket.dry_run and ticket.key in found}
    corrected = [ticket for ticket, line in lines.items() if _may_correct(ticket, line)]
    if corrected:
        further = await store.known(book, [key for ticket in corrected for key in corrections(ticket)])
        for ticket in corrected:
            line = _answer_to_corrected(ticket, further)
            if line is None:
                del lines[ticket]
            else:
                lines[ticket] = line
    return lines


def corrections(ticket: Ticket) -> list[str]:
    """The keys under which what is asked for after a refusal is logged, in order."""
    return [f"{ticket.key} {number}" for number in range(2, CORRECTIONS_MAX + 2)]


def _is_same(ticket: Ticket, line: CommandLine) -> bool:
    """Whether a line of the log is the request of a ticket."""
    return line.kind == ticket.command.__kind__ and line.payload == ticket.encoded()


def _may_correct(ticket: Ticket, line: CommandLine) -> bool:
    """Whether the line with a ticket's key is a refusal of another request, or of one that came too early."""
    return line.code is not None and (line.code in TOO_EARLY or not _is_same(ticket, line))


def _answer_to_corrected(ticket: Ticket, lines: Mapping[str, CommandLine]) -> CommandLine | None:
    """The line that answers a corrected request; where there is none it is logged under the next key that is free."""
    line = None
    for key in corrections(ticket):
        line = lines.get(key)
        if line is None:
            ticket.logged_key = key
            return None
        if not _may_correct(ticket, line):
            break
    return line


def stored_outcome(ticket: Ticket, line: CommandLine) -> Outcome[Any]:
    """The outcome that ``line`` keeps, or the conflict when the request is another one."""
    if not _is_same(ticket, line):
        return Outcome(Status.REJECTED, 0, None, Conflict("idempotency.key_reused"), replayed=False)
    if line.code is not None:
        fields = msgspec.json.decode(line.result or "{}", type=dict[str, Any])
        return Outcome(Status(line.status), line.number, None, Rejection(line.code, **fields), replayed=True)
    result = None if line.result is None else msgspec.json.decode(line.result, type=ticket.command.__result__)
    return Outcome(Status.APPLIED, line.number, result, None, replayed=True)


def keyed(tickets: Iterable[Ticket]) -> list[str]:
    """The keys under which commands will be logged."""
    return [ticket.key for ticket in tickets if ticket.key is not None and not ticket.dry_run]


class Keys:
    """Which keys of a batch have to be looked up before it is decided."""

    def __init__(self) -> None:
        self._doubt = DOUBT_BATCHES
        self._young: set[str] = set()
        self._old: set[str] = set()

    def doubt(self) -> None:
        """Something was sent again, or may be soon."""
        self._doubt = DOUBT_BATCHES

    def answered(self, key: str) -> None:
        """A command with this key was answered; who has not heard it sends it again before long."""
        if len(self._young) >= RECENT_KEYS:
            self._young, self._old = set(), self._young
        self._young.add(key)

    def has_answered(self, key: str) -> bool:
        """Whether a command with this key was answered lately."""
        return key in self._young or key in self._old

    def unsure(self, tickets: list[Ticket]) -> list[str]:
        """The keys of the next batch that may be in the log already."""
        keys = keyed(tickets)
        if self._doubt:
            self._doubt -= 1
            return keys
        if sum(ticket.weight for ticket in tickets) > TRUSTED_MAX:
            return keys
        return [key for key in keys if self.has_answered(key)]
