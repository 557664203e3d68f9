"""The error tree of the whole system, and the catalogue of its codes.

    CanglianError
    ├── Malformed         the request cannot be read: broken JSON, a wrong type, an unknown field
    ├── Unauthenticated   nobody, or somebody whose key or session has ended
    ├── Forbidden         somebody, but not allowed to do this
    ├── NotFound          no such thing here (also: it is another's)
    ├── Conflict          it clashes with what is there: an idempotency key with another body
    ├── Rejection         a rule refused; raised by ``book.reject`` inside a decision
    ├── Busy              the queue is full; come back after ``retry_after`` seconds
    └── Unavailable       the database is away; nothing was changed, or the outcome is being looked up

Every error carries a stable ``code`` and ``fields``. The text for people is made from the catalogue: a code
is declared once, with a template over its fields, by the room that raises it. Faces translate the template
(it is the gettext message id) and choose the HTTP status from the class.
"""

from typing import Any, Final, Self

from canglian.kernel import hidden

CODES: Final[dict[str, str]] = {}


def declare(codes: dict[str, str]) -> None:
    """Add ``{code: template}`` to the catalogue. A code belongs to one room, so a second declaration is a bug."""
    for code, template in codes.items():
        if CODES.setdefault(code, template) != template:
            raise AssertionError(f"error code {code!r} is declared twice")


STAFF_ONLY: Final[dict[str, tuple[str, ...]]] = {}
"""Fields of errors that name somebody else, by code: people at the bank are told them, programs are not."""


def for_staff_only(code: str, *fields: str) -> None:
    """Say that some fields of a declared error are for people at the bank."""
    STAFF_ONLY[code] = fields


TELLING: Final[set[str]] = set()
"""Codes of refusals that say of a number whether it is somebody's: for programs, such an answer is a question."""


def tells_of_people(*codes: str) -> None:
    """Say that declared errors tell whether a number is somebody's."""
    TELLING.update(codes)


TOO_EARLY: Final[dict[str, str]] = {}
"""The field with the instant from which on it is no longer so, by codes of refusals of what came too early."""


def too_early(code: str, field: str) -> None:
    """Say that a declared refusal is of what came too early: from the instant in its field on it may come again."""
    TOO_EARLY[code] = field


class CanglianError(Exception):
    """The root of the tree: a stable code and the fields that fill its text.

    ``steps`` lead to the value at fault, where it is one inside a struct; ``others`` are the faults beside this one.
    """

    steps: "tuple[str | int, ...]" = ()
    others: "tuple[CanglianError, ...]" = ()

    def __init__(self, code: str, /, **fields: Any) -> None:
        if code not in CODES:
            raise AssertionError(f"error code {code!r} is not declared")
        super().__init__(code)
        self.code = code
        self.fields = fields

    def again(self) -> Self:
        """The same for one more who raises it: each raising adds to a traceback."""
        same = type(self)(self.code, **self.fields)
        same.steps, same.others = self.steps, self.others
        return same

    @property
    def template(self) -> str:
        """The English template, which is also the message id of its translation."""
        return CODES[self.code]

    def __str__(self) -> str:
        return f"{render(self.code, self.fields)} [{self.code}]"


class Malformed(CanglianError):
    """The request cannot be read."""


class Unauthenticated(CanglianError):
    """Nobody, or somebody whose key or session has ended."""


class Forbidden(CanglianError):
    """Somebody, but not allowed to do this."""


class NotFound(CanglianError):
    """No such thing here, or it is another's."""


class Conflict(CanglianError):
    """It clashes with what is there."""


class Rejection(CanglianError):
    """A rule refused; nothing was changed."""


class Busy(CanglianError):
    """The queue is full. ``retry_after`` is in whole seconds."""

    def __init__(self, code: str, /, retry_after: int = 1, **fields: Any) -> None:
        super().__init__(code, retry_after=retry_after, **fields)
        self.retry_after = retry_after


class Unavailable(CanglianError):
    """Something that this needs is away; try again, where it says so after ``wait_ms``."""

    def __init__(self, code: str, /, wait_ms: int | None = None, **fields: Any) -> None:
        super().__init__(code, **fields)
        self.wait_ms = wait_ms


def render(code: str, fields: dict[str, Any], template: str | None = None) -> str:
    """The text of ``code`` for people; a field that is missing shows as its name.

    Where the fields name an ``asset``, those that are amounts of it are written as people write them; so are shares in
    basis points, whose names end in ``_bps``. Characters that are not seen are shown by their numbers.
    """
    asset = fields.get("asset")
    values = {name: _readable(name, value, asset) for name, value in fields.items()}
    return (template or CODES[code]).format_map(_Named(values))


def _readable(name: str, value: Any, asset: Any) -> Any:
    if isinstance(value, str):
        return hidden.shown(value)
    if type(value) is not int:
        return value
    if name.endswith("_bps"):
        return f"{value / 100:g} %"
    return readable(value, asset) if name in AMOUNTS and isinstance(asset, str) else value


AMOUNTS: Final = frozenset(
    {"amount", "available", "balance", "ceiling", "floor", "free", "held", "left", "limit", "remaining", "room"}
    | {"replaced_limit", "spent", "used"}
)
"""The fields of errors and answers that count minor units."""


def readable(units: int, asset: str) -> str:
    """1250 fen of CNY as ``¥12.50``; other assets as whole units with their name."""
    if asset not in ("CNY", "ECNY"):
        return f"{units:,} {asset}"
    yuan, fen = divmod(abs(units), 100)
    return f"{'-' if units < 0 else ''}¥{yuan:,}.{fen:02d}"


class _Named(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


declare(
    {
        "request.malformed": "The request cannot be read: {problem}.",
        "idempotency.key_reused": "This idempotency key was used before with another request.",
        "idempotency.key_invalid": "An idempotency key has 1 to 200 printable ASCII characters.",
        "command.failed": "Something went wrong on our side; nothing was changed. See command {command}.",
        "command.too_many_reads": "The request needs more rounds of reading than the engine allows.",
        "engine.busy": "The queue of this book is full; try again in {retry_after} s.",
        "engine.stopping": "The server is shutting down; try again in {retry_after} s.",
        "database.away": "The database does not answer; nothing was changed. Try again.",
        "database.away_reading": "The database does not answer, so nothing could be read. Try again.",
        "database.exhausted": "The database cannot take this at present ({problem}); nothing was changed.",
        "database.outcome_unknown": "The database went away while committing. Repeat with the same idempotency key.",
        "book.not_found": "There is no book {book}.",
    }
)
