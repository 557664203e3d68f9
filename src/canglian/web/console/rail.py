"""The console's rail: its workspaces, what folds in them, where a page stands, and what waits at each place."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

import jinja2
import msgspec

from canglian.web.additions import WAITING_MAX, Waiting
from canglian.web.room import NavItem, Workspace
from canglian.web.words import translated

COOKIE = "canglian_rail"
"""What the reader left open: names of folds, with points between. A script of the page writes it."""

OPENED_MAX = 1_000
"""How many characters of it count."""

DRAWN_MAX = 500
"""How many rails are kept."""

HOME = "/console"
ICONS = {
    Workspace.TODAY: "home",
    Workspace.CUSTOMERS: "address-book",
    Workspace.ACCOUNTS: "building-bank",
    Workspace.CREDIT: "coin",
    Workspace.SCENES: "route",
    Workspace.RISK: "shield-check",
    Workspace.OPERATIONS: "adjustments",
}
GROUPS = (
    *("", "Accounts", "Merchants", "Purpose money", "Ledger"),
    *("End of day", "Audit", "Connections", "Parameters", "Users and keys"),
)
"""The order of groups inside their workspaces; those of further rooms follow."""


class Place(msgspec.Struct, frozen=True):
    """An entry, whether the page stands there, and how much waits there."""

    item: NavItem
    is_here: bool
    waits: int


class Fold(msgspec.Struct, frozen=True):
    """A group of entries, or a workspace with entries of its own and groups. ``title`` is a message id."""

    name: str
    title: str
    icon: str
    is_open: bool
    places: Sequence[Place]
    groups: Sequence["Fold"] = ()

    @property
    def waits(self) -> int:
        """How much waits in it."""
        return sum(place.waits for place in self.places) + sum(group.waits for group in self.groups)


def waits_text(count: int) -> str:
    """How much waits, where counting ends somewhere."""
    return f"{WAITING_MAX - 1}+" if count >= WAITING_MAX else str(count)


@lru_cache(maxsize=DRAWN_MAX)
def drawn(
    templates: jinja2.Environment,
    items: tuple[NavItem, ...],
    here: NavItem | None,
    waiting: tuple[tuple[Waiting, int], ...],
    opened: str,
    language: str,
) -> str:
    """The rail as a page has it. It is the same on many pages, and takes as long as all else on a small one."""
    macro: Any = templates.get_template("web/rail.html").module
    return macro.rail(folds(items, here, waiting, opened), partial(translated, language=language))


def folds(
    items: Sequence[NavItem], here: NavItem | None, waiting: Sequence[tuple[Waiting, int]], opened: str
) -> list[Fold]:
    """The rail for a page that is ``here``: ``items`` are what the reader may use, ``opened`` what was left open.

    The page's own workspace and group are open always, and nothing else is before anything was chosen.
    """
    counts = Counter[str]()
    for kind, count in waiting:
        if (item := place_of(items, kind.path.partition("?")[0])) is not None:
            counts[item.path] += count
    places = [Place(item, item is here, counts[item.path]) for item in items]
    chosen = set(opened.split("."))
    return [_workspace(workspace, places, chosen) for workspace in Workspace if _of(places, workspace)]


def place_of(items: Sequence[NavItem], path: str) -> NavItem | None:
    """The entry whose page it is, or stands above it: the nearest one."""
    found = [(len(start), item) for item in items for start in (item.path, *item.covers) if _is_below(path, start)]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _is_below(path: str, start: str) -> bool:
    return path.rstrip("/") == start or (start != HOME and path.startswith(f"{start}/"))


def _of(places: Sequence[Place], workspace: Workspace) -> list[Place]:
    return [place for place in places if place.item.workspace is workspace]


def _workspace(workspace: Workspace, places: Sequence[Place], chosen: set[str]) -> Fold:
    mine = _of(places, workspace)
    titles = {place.item.group: None for place in mine}
    known = {title: position for position, title in enumerate(GROUPS)}
    ordered = sorted(titles, key=lambda title: known.get(title, len(known)))
    groups = [_group(workspace, title, mine, chosen) for title in ordered if title]
    loose = sorted((place for place in mine if not place.item.group), key=lambda place: place.item.path != HOME)
    is_open = workspace.value in chosen or any(place.is_here for place in mine)
    return Fold(workspace.value, f"workspace.{workspace.value}", ICONS[workspace], is_open, loose, groups)


def _group(workspace: Workspace, title: str, places: Sequence[Place], chosen: set[str]) -> Fold:
    mine = [place for place in places if place.item.group == title]
    name = f"{workspace.value}-{re.sub(r'[^a-z0-9]+', '-', title.lower())}"
    return Fold(name, title, "", name in chosen or any(place.is_here for place in mine), mine)
