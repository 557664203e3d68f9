"""Answers to repeated requests: the stored outcome of an earlier command with the same idempotency key."""

import re
from typing import Any

import msgspec

from canglian.kernel.command import Outcome, Status
from canglian.kernel.deciding import Ticket
from canglian.kernel.errors import Conflict, Malformed, Rejection
from canglian.kernel.records import CommandLine

_KEY = re.compile(r"[\x21-\x7e]{1,200}")


def checked_key(key: str, scope: str) -> str:
    """The key as it is stored: behind the scope of its sender, so that two clients never meet in one key."""
    if not _KEY.fullmatch(key):
        raise Malformed("idempotency.key_invalid")
    return f"{scope}/{key}"


def stored_outcome(ticket: Ticket, line: CommandLine) -> Outcome[Any]:
    """The outcome that ``line`` keeps, or the conflict when the request is another one."""
    command = ticket.command
    if line.kind != command.__kind__ or line.payload != ticket.encoded():
        return Outcome(Status.REJECTED, 0, None, Conflict("idempotency.key_reused"), replayed=False)
    if line.code is not None:
        fields = msgspec.json.decode(line.result or "{}", type=dict[str, Any])
        return Outcome(Status(line.status), line.number, None, Rejection(line.code, **fields), replayed=True)
    result = None if line.result is None else msgspec.json.decode(line.result, type=command.__result__)
    return Outcome(Status.APPLIED, line.number, result, None, replayed=True)
