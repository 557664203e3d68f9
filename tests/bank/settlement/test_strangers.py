"""Things of another branch, on every route of purpose money, payments and settlement: not found, and not changed."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from canglian.app.demo.logins import PASSWORD, make_logins
from canglian.app.opening import Opened
from canglian.app.rooms import rooms
from canglian.web.principal import Role
from tests.bank.settlement.things import Things
from tests.conftest import Caller
from tests.web.entering import token_in
from tests.web.test_every_route import Operation, operations

__all__ = ["operations"]

OWN = ("purpose", "payment", "settlement")
EVERYWHERE = {"year", "code", "field", "version", "number"}
"""What a path names that every branch has: years, templates, fields of a form."""


@pytest.fixture
async def things(installation: Opened) -> Things:
    """One of each in book 1, beside another branch."""
    made = Things(installation)
    await made.make()
    await installation.open_book("other", "分行", actor="test")
    return made


async def commands(things: Things) -> int:
    """How many commands book 1 has had; the other's log keeps what was refused there."""
    return (await things.services.store.state(1)).commands


def named(path: str, things: Things, pattern: str) -> str | None:
    """The path with the ids of book 1's things; None where it names nothing of a branch alone."""
    ids = {
        **things.ids,
        "contract": things.ids["purpose_contract"],
        "difference": things.ids["reconciliation_difference"],
        "date": things.on.isoformat(),
        "day": things.on.isoformat(),
        "channel": "channel",
    }
    names = re.findall(pattern, path)
    if not names or set(names) <= EVERYWHERE:
        return None
    return re.sub(pattern, lambda found: "1" if found[1] in EVERYWHERE else ids[found[1]], path)


def owned_names() -> set[str]:
    """The first word of every path of these rooms, below ``/v1``."""
    found = set[str]()
    for room in rooms():
        if room.name in OWN:
            found |= {str(getattr(router, "path", "")).split("/")[1] for router in room.api}
    return found - {"", "business-days"}


async def test_a_key_of_another_branch_finds_and_changes_nothing(
    operations: list[Operation], caller: Callable[..., Awaitable[Caller]], things: Things
) -> None:
    stranger = await caller(Role.ADMIN, book=2)
    before, walked, own = await commands(things), 0, owned_names()
    for operation in operations:
        if operation.path.split("/")[2] not in own:
            continue
        at = named(operation.path, things, r"\{(\w+)\}")
        if at is None:
            continue
        answer = await stranger(operation.method, at, operation.body)
        assert answer.status_code in (404, 422), (operation.id, at, answer.text)
        assert answer.json()["code"].endswith(".not_found"), (operation.id, answer.text)
        walked += 1
    assert walked >= 60
    assert await commands(things) == before


def console_routes() -> list[tuple[str, str]]:
    """Every page and form of these rooms that names something."""
    handlers = [handler for room in rooms() if room.name in OWN for handler in room.console]
    pairs = {(method, path) for handler in handlers for method in handler.http_methods for path in handler.paths}
    return sorted((method, f"/console{path}") for method, path in pairs if "{" in path and method in ("GET", "POST"))


async def test_an_administrator_of_another_branch_finds_and_changes_nothing(
    http: httpx.AsyncClient, things: Things
) -> None:
    await make_logins(things.services, 2)
    token = token_in((await http.get("/console/login")).text)
    await http.post("/console/login", data={"_token": token, "login": "admin", "password": PASSWORD})
    token = token_in((await http.get("/console/merchants/new")).text)
    before, walked = await commands(things), 0
    for method, path in console_routes():
        at = named(path, things, r"\{(\w+):\w+\}")
        if at is None:
            continue
        form: dict[str, Any] = {"_token": token, "action": "close", "reason": "试"}
        answer = await http.request(method, at, data=form if method == "POST" else None)
        assert answer.status_code == 404, (method, at, answer.text[:2_000])
        walked += 1
    assert walked >= 25
    assert await commands(things) == before


async def test_lists_of_another_branch_are_empty(
    operations: list[Operation], caller: Callable[..., Awaitable[Caller]], things: Things
) -> None:
    own, stranger = await caller(Role.ADMIN), await caller(Role.ADMIN, book=2)
    shown = 0
    for operation in operations:
        first = operation.path.split("/")[2]
        if operation.method != "GET" or "{" in operation.path or first not in owned_names():
            continue
        if first in ("calendar-years", "purpose-templates"):
            continue
        ours, theirs = [(await key("GET", operation.at())).json() for key in (own, stranger)]
        if "data" in ours:
            shown += bool(ours["data"])
            assert not [item for item in theirs["data"] if item in ours["data"] and "id" in item], operation.id
            assert not any(identity in str(theirs["data"]) for identity in things.ids.values()), operation.id
    assert shown >= 12
