"""Nobody sees anybody's name, mobile or number in plain, with whatever role, on no page, in no list, file or answer."""

import re
from typing import Any

import httpx
import pytest

from canglian.app.opening import Opened
from canglian.app.rooms import rooms
from canglian.web.demo_names import people
from canglian.web.principal import Role
from canglian.web.system import queries
from canglian.web.system.access import create_key
from tests.app.demo.conftest import Visit
from tests.app.demo.walking import walk
from tests.conftest import Caller
from tests.web.entering import token_in

NAMES = people(400)
"""Whoever the demo may name."""

_BORN = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_NUMBER = re.compile(rf"(?<![\d_])(?:1[3-9]\d{{9}}|[1-9]\d{{5}}{_BORN}\d{{3}}[\dX])(?!\d)")
_QUOTED = re.compile(rf'"{_NUMBER.pattern}"')
_ID = re.compile(r'"((?:[a-z]{3,4}_[0-9a-z]{26}))"')
_CHANCE = re.compile(r"[a-z]{3,4}_[0-9a-z]{26}|cursor=[^\"&]*|\b(?=\d*[a-f])[0-9a-f]{16,}\b")
"""Ids, places in a list and the keys of forms, of which chance makes eleven digits in a row once in a while."""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def plain_in(text: str) -> list[str]:
    """Names and numbers of people that a text shows."""
    return [name for name in NAMES if name in text] + _NUMBER.findall(_CHANCE.sub("", text))


def plain_in_answer(text: str) -> list[str]:
    """The same in an answer of the API, whose amounts are no numbers of people, however long."""
    return [name for name in NAMES if name in text] + _QUOTED.findall(text)


async def code_of(demo: Opened) -> int:
    """The book of the demo."""
    book = await queries.book(demo.services.reader, "xincheng")
    assert book is not None
    return book.id


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.ADMIN])
async def test_no_page_and_no_file_shows_anybody_in_plain(visit: Visit, role: Role) -> None:
    pages = await walk(await visit(role))
    assert len(pages) > 150
    assert {address: answer.status_code for address, answer in pages.items() if answer.status_code != 200} == {}
    assert {address: shown for address, answer in pages.items() if (shown := plain_in(answer.text))} == {}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN])
async def test_neither_the_search_nor_what_forms_offer_gives_more_than_masks(
    visit: Visit, demo: Opened, role: Role
) -> None:
    client = await visit(role)
    account = "SELECT name, owner FROM account WHERE book = $1 AND owner LIKE 'person:%' ORDER BY id LIMIT 3"
    asked = [text for row in await demo.services.reader.rows(account, await code_of(demo)) for text in row]
    asked += ["13900139000", "person-001"]
    token = token_in((await client.get("/console/find")).text)
    for text in asked:
        answers = [await client.post("/console/find", data={"_token": token, "q": text})]
        for pick in (pick for room in rooms() for pick in room.picks):
            body = {"_token": token, "_find_thing": text}
            answers.append(await client.post(f"/console/pick/{pick.kind}/thing", data=body))
        for answer in answers:
            assert answer.status_code in (200, 303), answer.text
            assert [shown for shown in plain_in(answer.text) if shown != text] == []


async def test_a_part_of_a_name_finds_nobodys_account(visit: Visit) -> None:
    whole, part = NAMES[0], NAMES[0][1:]
    client = await visit(Role.OPERATOR)
    assert "person-001" in (await client.get("/console/accounts", params={"search": whole})).text
    assert "person-001" not in (await client.get("/console/accounts", params={"search": part})).text
    assert "cash-vault" in (await client.get("/console/accounts", params={"search": "金库"})).text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN])
async def test_no_answer_of_the_api_shows_anybody_in_plain(visit: Visit, demo: Opened, role: Role) -> None:
    client = await visit(role)
    book = await code_of(demo)
    _, secret = await create_key(demo.services, name="reader", of_book=book, role=role, actor="test")
    call = Caller(client, secret)
    paths: dict[str, Any] = (await client.get("/v1/openapi.json")).json()["paths"]
    read = [path for path, operations in paths.items() if "get" in operations and path.startswith("/v1/")]
    ids: dict[str, list[str]] = {}
    tried = 0
    for path in sorted(read, key=lambda path: path.count("{")):
        for address in addresses(path, ids):
            for accept in ("application/json", "text/csv"):
                answer: httpx.Response = await call("GET", address, headers={"accept": accept})
                if answer.status_code == 200:
                    tried += 1
                    assert plain_in_answer(answer.text) == [], address
                    for identity in _ID.findall(answer.text):
                        ids.setdefault(identity[:3], []).append(identity)
    assert tried > 100


def addresses(path: str, ids: dict[str, list[str]]) -> list[str]:
    """A path with things in the place of its parameters: of a few numbers, or of ids that were seen."""
    names = re.findall(r"{(\w+)}", path)
    if not names:
        return [path, f"{path}?limit=200"]
    if len(names) > 1:
        return []
    known = (
        [n for seen in ids.values() for n in seen[:2]] if names[0] != "number" else list(map(str, range(20, 320, 25)))
    )
    return [path.replace(f"{{{names[0]}}}", value) for value in known]
