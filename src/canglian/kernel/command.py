"""Commands: requests to a book, and their outcomes.

A command is a frozen struct with typed, validated fields; its ``decide`` is plain synchronous code over the book::

    class CloseAccount(Command[Account], kind="ledger.close_account"):
        account: int

        def decide(self, book: Book) -> Account: ...

What ``decide`` returns is the result; it is stored as JSON in the command log and answered again when the same
idempotency key comes back. ``decide`` reads no clock, no environment, no network and no global.
"""

import enum
from collections.abc import Iterable
from typing import Any, ClassVar, Generic, TypeVar, dataclass_transform, get_args

import msgspec

from canglian.kernel.entity import Entity, StructMeta
from canglian.kernel.errors import CanglianError, Rejection
from canglian.kernel.fields import check

R = TypeVar("R")

COMMANDS: dict[str, type["Command[Any]"]] = {}
"""Every command by its kind."""

Read = tuple[type[Entity], Any]
"""An entity that a decision will read: its type and id."""

Find = tuple[type[Entity], str, Any]
"""What a decision will look up by an index: the type, the index, and its key."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class CommandMeta(StructMeta):
    """Takes ``kind`` as a class keyword and keeps the register of kinds."""

    def __new__(
        mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], *, kind: str = "", **config: Any
    ) -> Any:
        cls: Any = super().__new__(mcls, name, bases, namespace, **config)  # pyright: ignore[reportCallIssue]
        if kind:
            if kind in COMMANDS:
                raise AssertionError(f"command kind {kind!r} is declared twice")
            cls.__kind__ = kind
            cls.__result__ = next((get_args(b)[0] for b in cls.__orig_bases__ if get_args(b)), Any)
            COMMANDS[kind] = cls
        return cls


class Command(
    msgspec.Struct,
    Generic[R],
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    gc=False,
    metaclass=CommandMeta,
):
    """A request to a book."""

    __kind__: ClassVar[str] = ""
    __result__: ClassVar[Any] = Any

    def reads(self) -> Iterable[Read]:
        """What the decision reads, as far as its fields say: loaded in one round as soon as any of it is missing."""
        return ()

    def finds(self) -> Iterable[Find]:
        """What the decision looks up, as far as its fields say: loaded with what it reads."""
        return ()

    def foresee(self, book: Any) -> None:
        """Require what the decision reads besides, as far as what ``book`` has in memory says which that is.

        It is called before the decision, again after each load, and raises nothing but ``Missing``.
        """

    def check(self) -> None:
        """Run the checks of all fields, before anything of it is written. Raises what a field's type raises."""
        check(self)

    def weight(self) -> int:
        """How many movements this stands for, so that a batch stays within its size."""
        return 1

    def preconditions(self, book: Any) -> None:
        """Reject what is refused to everybody, whoever asks (sold out, not open), from what ``book`` has in memory.

        It depends on nothing but ``preconditions_of``, changes nothing, and is a part of ``decide`` as well. Where it
        rejects in a rush, the engine answers without a batch: the refusal stands in no log and does not use its key up.
        A key that is known answers what it did before.
        """

    @property
    def preconditions_of(self) -> Any:
        """On what of this command its preconditions depend; None where it has none."""
        return None

    def decide(self, book: Any) -> R:
        """Decide on ``book`` (a ``canglian.kernel.Book``, or the ledger's); return the result or reject."""
        raise NotImplementedError


class Status(enum.StrEnum):
    """How a command ended."""

    APPLIED = "applied"
    REJECTED = "rejected"
    FAILED = "failed"


class Outcome(msgspec.Struct, Generic[R], frozen=True):
    """What became of a command.

    ``command`` is its number in the book's command log (0 for a dry run). ``replayed`` is true when the answer is
    that of an earlier command with the same idempotency key. ``error`` is set unless the status is applied.
    """

    status: Status
    command: int
    result: R | None = None
    error: CanglianError | None = None
    replayed: bool = False

    def unwrap(self) -> R:
        """The result, or the error raised."""
        if self.error is not None:
            raise self.error.again()
        return self.result  # pyright: ignore[reportReturnType]


__all__ = ["COMMANDS", "Command", "Outcome", "Read", "Rejection", "Status"]
