"""What a room's verbs on the command line work with: the book that is open, what they print, how far they are.

A room's module ``cli`` has ``NOUNS``::

    NOUNS = {"deposit": Noun(resource=ACCOUNTS), "wallet": Noun(verbs=(onboard,))}

A verb is an async function whose first parameter is a ``BookContext``; the others are Typer's.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from canglian.web.cli.output import Answer

if TYPE_CHECKING:  # what is only named here is not imported for commands that ask no database
    from canglian.kernel.postgres.reader import Reader
    from canglian.web.actions import Resource
    from canglian.web.services import Services


class BookContext(Protocol):
    """A book of an installation, and who works on it."""

    opens: ClassVar[str] = "book"

    @property
    def services(self) -> "Services":
        """What handlers work with, too."""
        ...

    @property
    def book(self) -> int:
        """The book's number."""
        ...

    @property
    def actor(self) -> str:
        """Who works on it."""
        ...

    @property
    def reader(self) -> "Reader":
        """What queries read with."""
        ...


@dataclass(frozen=True, kw_only=True)
class Noun:
    """A noun of the command line: the verbs of a resource's actions, and others, each called as its function is.

    One that is ``alone`` is a command without verbs. A verb that has printed by itself gives None.
    """

    resource: "Resource | None" = None
    verbs: Sequence[Callable[..., Awaitable[Answer | None]]] = ()
    alone: Callable[..., Awaitable[Answer]] | None = None
