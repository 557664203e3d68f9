"""How a command fails: the exit code of an error, and what to do next, for a person or for a program."""

import itertools
import re
import sys
from typing import Any

import msgspec

from canglian.kernel.errors import Busy, CanglianError, Malformed, Unavailable, render
from canglian.web.cli.output import write_json

REFUSED = 1
USAGE = 2
UNAVAILABLE = 3
OUR_FAULT = 70

NEXT: dict[str, str] = {
    "account.not_found": "canglian account list shows the accounts.",
    "account.exists": "Choose another --reference, or find the account: canglian account show REFERENCE.",
    "account.frozen": "canglian account unfreeze ACCOUNT --reason … opens it again.",
    "account.not_empty": "Move the balance away and release the holds first.",
    "approval.required": "Others have to approve it: POST /v1/proposals, or /console/proposals/new on the console.",
    "asset.not_found": "canglian book assets shows the assets; canglian book define-asset adds one.",
    "head.not_found": "canglian book heads shows the chart; canglian book define-head adds to it.",
    "book.not_found": "canglian book list shows the books.",
    "cli.account_unknown": "canglian account list shows the accounts.",
    "cli.book_ambiguous": "Name it with --book or in CANGLIAN_BOOK.",
    "cli.book_missing": "canglian init makes one; canglian demo fills one to look at.",
    "folder.in_use": "End the other one, choose another folder, or start the demo with --no-sandboxes.",
    "cli.port_taken": "Choose another port with --port or PORT=.",
    "cli.question_unanswered": "Answer yes beforehand with --yes.",
    "hold.not_found": "canglian hold list shows the holds.",
    "hold.exceeded": "Capture at most what is left; leave --amount out for all of it.",
    "idempotency.key_reused": "Repeat the first request exactly, or choose another --key.",
    "transfer.insufficient_funds": "Move no more than is available, or take what there is with --balancing.",
    "transfer.not_found": "canglian transfer list shows the transfers.",
    "database.outcome_unknown": "Run the same command again with the same --key: it is done once at most.",
}
"""What to do next, by code."""


def exit_code(error: CanglianError) -> int:
    """1 for a refusal, 2 for what cannot be read, 3 for what is away, 70 for our own fault."""
    if isinstance(error, Unavailable | Busy):
        return UNAVAILABLE
    if isinstance(error, Malformed):
        return USAGE
    return OUR_FAULT if type(error) is CanglianError else REFUSED


def advice(error: CanglianError) -> str:
    """What to do next."""
    if error.code in NEXT:
        return NEXT[error.code]
    match exit_code(error):
        case 3:
            return "Try again; canglian doctor says what is wrong."
        case 2:
            return f"{_called()} --help shows how it is called."
        case 70:
            return "canglian doctor checks the installation; please report it with the log."
        case _:
            return "Nothing was changed. docs/reference/errors.md explains every code."


def _called() -> str:
    """The noun and verb that were called."""
    words = itertools.takewhile(lambda word: re.fullmatch(r"[a-z][a-z-]*", word), sys.argv[1:3])
    return " ".join(["canglian", *words])


def report_error(error: CanglianError, *, as_json: bool) -> int:
    """Print an error on stderr and return the exit code."""
    message = render(error.code, error.fields)
    if as_json:
        report: dict[str, Any] = {
            "code": error.code,
            "message": message,
            "fields": error.fields,
            "next": advice(error),
        }
        write_json(msgspec.json.encode({"error": report}, enc_hook=str).decode(), stderr=True)
    else:
        print(
            f"Refused: {message} [{error.code}]" if exit_code(error) == REFUSED else f"Error: {message} [{error.code}]",
            file=sys.stderr,
        )
        print(advice(error), file=sys.stderr)
    return exit_code(error)
