"""A room: what one feature plugs in. The composition root collects the rooms and knows nothing else."""

import enum
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from canglian.kernel.postgres.reader import Reader
from canglian.web.additions import Belonging, DayFigure, Excerpt, Holding, PageLink, Pick, Remedy, Waiting
from canglian.web.links import Link
from canglian.web.outside.adapter import Adapter
from canglian.web.principal import Permission, Principal, Role
from canglian.web.services import Services
from canglian.web.signed_calls import SignedCalls

Handler = Any
"""A Litestar route handler, controller or router."""

Fill = Callable[[Services, int], Awaitable[None]]
"""Does something once to a book of the demo."""

LiveYear = Callable[[Services, int, Callable[[], Awaitable[bool]]], Awaitable[None]]
"""Lives a book of the demo day by day; the function ends a day, and says whether there is a further one."""

Reach = Callable[[date], Awaitable[None]]
"""Ends days until a date is the business date; one that has passed already is left."""


@dataclass(frozen=True)
class Past:
    """What happened in a book of the demo in so many days before it begins."""

    days: int
    live: Callable[[Services, int, Reach], Awaitable[None]]


class Workspace(enum.StrEnum):
    """The parts of the console's rail, in their order; one without entries is not shown."""

    TODAY = "today"
    CUSTOMERS = "customers"
    ACCOUNTS = "accounts"
    CREDIT = "credit"
    SCENES = "scenes"
    RISK = "risk"
    OPERATIONS = "operations"


@dataclass(frozen=True)
class NavItem:
    """An entry of the console's rail. ``title`` and ``group`` are gettext message ids, ``icon`` a Tabler icon's name.

    Entries of a ``group`` fold together; those of none stand in the workspace itself. ``permission`` is that of the
    page at ``path``; one ``for_visitors`` is for those who may not read, for others have other ways. ``covers`` are the
    beginnings of further addresses whose place in the rail it is.
    """

    workspace: Workspace
    group: str
    title: str
    path: str
    icon: str
    permission: Permission = Permission.READ
    covers: Sequence[str] = ()
    for_visitors: bool = False

    def is_for(self, somebody: Principal | Role) -> bool:
        """Whether somebody finds it in the rail."""
        return somebody.may(self.permission) and not (self.for_visitors and somebody.may(Permission.READ))


@dataclass(frozen=True)
class Job:
    """Periodic work on every book; running it twice is harmless."""

    name: str
    every_seconds: float
    run: Callable[[Services, int], Awaitable[None]]


@dataclass(frozen=True)
class Room:
    """The routes (without the prefixes ``/v1``, ``/console`` and ``/m``), rail entries and jobs of one feature.

    ``mobile`` are the routes of a person's own pages, ``tabs`` their entries at the foot of each.
    ``templates`` are packages with a folder ``pages``; their templates are named ``<package>/<file>.html``.
    ``objects`` are the addresses of the pages of what events and commands name, by field: ``/console/accounts/{}``;
    ``things`` those of things by what their ids begin with. ``remedies`` say where to go after a refusal, by its code.
    ``belongings`` tell, by what an owner's id begins with, all that an account of this owner belongs to.
    ``finds`` is what the console's search finds of it, ``picks`` how forms ask for its things, ``waiting`` what waits
    for somebody, ``figures`` are its figures of the day, ``holdings`` what a customer has of it, ``sections`` and
    ``page_links`` what it adds to pages of others, by their names (see ``web.additions``).
    ``outside`` are its lines to services of other houses (see ``web.outside``).
    ``examples`` are bodies by the name of their schema, ``tags`` what each tag of the API is about, ``links`` those of
    an operation's answer, by operation. ``demo`` fills a book of the demo, once; the rooms below have filled theirs.
    ``demo_day`` is what happens there on a business date, ``demo_night`` ends one that is not the last; of the room
    that has a calendar ``demo_span`` says on which business date a demo begins and on which it is left.
    ``demo_past`` is what happened there before, of the one room whose things take months.
    ``demo_year`` is what happened in the last year of a further branch: it lives the business date, and has it ended as
    long as there is a next one. ``demo_notes`` are what the one who starts it has to know, a line each.
    ``who`` says whose session a cookie of a person's pages carries: one room brings it.
    ``signed`` says whose signature a request to the API carries: one room brings it (see ``web.signed_calls``).
    ``fast`` are routes that the edge answers itself, by method and whole path (see ``web.edge``).
    """

    name: str
    api: Sequence[Handler] = ()
    console: Sequence[Handler] = ()
    nav: Sequence[NavItem] = ()
    mobile: Sequence[Handler] = ()
    tabs: Sequence[PageLink] = ()
    jobs: Sequence[Job] = ()
    outside: Sequence[Adapter] = ()
    fast: Mapping[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])
    templates: Sequence[str] = ()
    finds: Sequence[Excerpt] = ()
    waiting: Sequence[Waiting] = ()
    picks: Sequence[Pick] = ()
    figures: Sequence[DayFigure] = ()
    holdings: Sequence[Callable[[Reader, int, str], Awaitable[Sequence[Holding]]]] = ()
    sections: Mapping[str, Sequence[Excerpt]] = field(default_factory=dict[str, Sequence[Excerpt]])
    page_links: Mapping[str, Sequence[PageLink]] = field(default_factory=dict[str, Sequence[PageLink]])
    objects: Mapping[str, str] = field(default_factory=dict[str, str])
    things: Mapping[str, str] = field(default_factory=dict[str, str])
    belongings: Mapping[str, Callable[[Reader, int, str], Awaitable[Sequence[Belonging]]]] = field(
        default_factory=dict[str, Callable[[Reader, int, str], Awaitable[Sequence[Belonging]]]]
    )
    remedies: Mapping[str, Remedy] = field(default_factory=dict[str, Remedy])
    examples: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    links: Mapping[str, Sequence[Link]] = field(default_factory=dict[str, Sequence[Link]])
    demo: Fill | None = None
    demo_day: Fill | None = None
    demo_night: Fill | None = None
    demo_span: Callable[[date], tuple[date, date]] | None = None
    demo_past: Past | None = None
    demo_year: LiveYear | None = None
    demo_notes: Sequence[str] = ()
    who: Callable[[Services, str], Awaitable[Any]] | None = None
    signed: Callable[[Services], SignedCalls] | None = None
