"""The rail: what a role may use and nothing else, where a page stands, what waits, and room for more."""

import re
from collections.abc import Sequence

import pytest

from canglian.app.opening import Opened
from canglian.app.rooms import rooms
from canglian.web.additions import WAITING_MAX, Waiting
from canglian.web.console.pages import LANGUAGE_COOKIE
from canglian.web.console.rail import COOKIE, Fold, folds, place_of, waits_text
from canglian.web.principal import Role
from canglian.web.room import NavItem, Workspace
from tests.web.entering import Enter

ITEMS = [item for room in rooms() for item in room.nav]
ELSEWHERE = ("/console/login", "/console/language", "/console/books", "/console/security", "/console/logout")


def _at(items: list[NavItem], path: str, waiting: Sequence[tuple[Waiting, int]], opened: str = "") -> list[Fold]:
    return folds(items, place_of(items, path), waiting, opened)


async def _none(*_: object) -> int:
    return 0


def _may_use(role: Role) -> list[str]:
    return [item.path for item in ITEMS if role.may(item.permission)]


@pytest.mark.parametrize("role", list(Role))
async def test_every_entry_of_a_role_opens_and_no_other_is_shown(
    enter: Enter, installation: Opened, role: Role
) -> None:
    client = await enter(role.value)
    page = (await client.get("/console/accounts")).text
    rail = page.partition('class="rail-close"')[0]
    shown = [item.path for item in ITEMS if item.is_for(role)]
    assert sorted(re.findall(r'class="item" href="([^"]+)"', rail)) == sorted(shown)
    assert ("/console/my-bureaus" in shown) == (role is Role.VISITOR), "others find a bureau among all of them"
    for path in _may_use(role):
        assert (await client.get(path)).status_code == 200, path
    for path in {item.path for item in ITEMS} - {*_may_use(role)}:
        answer = await client.get(path)
        if path == "/console":
            assert (answer.status_code, answer.headers["location"]) == (303, _may_use(role)[0]), path
        else:
            assert answer.status_code == 403, path


def test_every_page_has_its_place() -> None:
    pages = {
        "/console" + path.rstrip("/")
        for room in rooms()
        for handler in room.console
        if "GET" in handler.http_methods
        for path in handler.paths
    }
    assert [page for page in pages if not page.startswith(ELSEWHERE) and place_of(ITEMS, page) is None] == []


def test_only_the_place_of_the_page_is_open_before_anything_was_chosen() -> None:
    shown = _at(ITEMS, "/console/payments/pay_1", ())
    assert [fold.name for fold in shown if fold.is_open] == ["accounts"]
    (group,) = (group for fold in shown for group in fold.groups if group.is_open)
    assert [place.item.path for place in group.places if place.is_here] == ["/console/payments"]


def test_what_was_left_open_stays_open_and_made_up_names_do_no_harm() -> None:
    shown = _at(ITEMS, "/console", (), "customers.operations.operations-audit.<script>")
    assert [fold.name for fold in shown if fold.is_open] == ["today", "customers", "operations"]
    assert [group.name for fold in shown for group in fold.groups if group.is_open] == ["operations-audit"]


async def test_the_browser_says_what_was_left_open(enter: Enter, installation: Opened) -> None:
    client = await enter("viewer")
    for opened, shut in (("customers", "risk"), ("risk", "customers")):
        client.cookies.set(COOKIE, opened)
        page = (await client.get("/console")).text
        assert f'data-fold="{opened}" open' in page
        assert f'data-fold="{shut}" open' not in page
    assert (">客户<" in page, ">Customers<" in page) == (True, False)
    client.cookies.set(LANGUAGE_COOKIE, "en")
    page = (await client.get("/console")).text
    assert (">客户<" in page, ">Customers<" in page) == (False, True)


def test_what_waits_stands_at_its_place_and_at_the_folds_around_it() -> None:
    waiting = [
        (Waiting("a", "/console/rail-differences?resolved=no", _none), 3),
        (Waiting("b", "/console/dead-letters?state=dead", _none), 4),
    ]
    shown = {fold.name: fold for fold in _at(ITEMS, "/console", waiting)}
    assert shown["operations"].waits == 7
    assert {group.title: group.waits for group in shown["operations"].groups if group.waits} == {
        "End of day": 3,
        "Connections": 4,
    }
    assert shown["customers"].waits == 0
    assert [waits_text(count) for count in (1, WAITING_MAX - 1, WAITING_MAX)] == ["1", "99", "99+"]


def test_an_empty_workspace_is_not_shown_and_a_room_adds_its_own() -> None:
    added = NavItem(Workspace.CREDIT, "Loans", "Loans", "/console/loans", "coin")
    others = [item for item in ITEMS if item.workspace is not Workspace.CREDIT]
    assert "credit" not in {fold.name for fold in _at(others, "/console", ())}
    names = [fold.name for fold in _at([*others, added], "/console", ())]
    assert names.index("credit") == names.index("accounts") + 1


def test_everything_that_waits_is_counted_at_a_place_that_its_readers_have() -> None:
    for room in rooms():
        for kind in room.waiting:
            for role in (role for role in Role if role.may(kind.permission)):
                mine = [item for item in ITEMS if role.may(item.permission)]
                assert place_of(mine, kind.path.partition("?")[0]) is not None, (kind.title, role)
