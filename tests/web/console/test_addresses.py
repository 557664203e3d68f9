"""What is typed to find something: no number of a person stands in an address, and the list is found all the same."""

import io
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote_plus

import httpx
import pytest

import canglian
from canglian.app.opening import Opened
from canglian.app.rooms import rooms
from canglian.kernel import logs
from canglian.ledger.commands import OpenAccount
from tests.bank.party.people import identity
from tests.web.entering import Enter, find, send, token_in

MOBILE, NUMBER, CARD = "13812345678", identity(7), "6222021234567890123"
NUMBERS = ("+86 138-1234-5678", NUMBER)
ADDRESSES = ("href", "data-href", "action", "hx-get", "hx-post", "src")
TYPED = ("text", "search", "number", "tel")
CHOSEN = ("date", "month", "checkbox", "radio", "hidden", "submit")


class Form:
    """A form of a page: its attributes, and its fields by name with their type and value."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self.attributes = attributes
        self.fields: dict[str, tuple[str, str]] = {}

    @property
    def is_filter(self) -> bool:
        return self.attributes.get("role") == "search" or "filters" in self.attributes.get("class", "")


class Content(HTMLParser):
    """A page's forms and addresses; a template is read as far as it is a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.addresses: list[str] = []
        self._open = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.addresses += [given[name] for name in ADDRESSES if name in given]
        if tag == "form":
            self.forms.append(Form(given))
            self._open = True
        elif self._open and tag in ("input", "select", "textarea"):
            form = self.forms[-1]
            kind = given.get("type", "text") if tag == "input" else tag
            form.fields[given.get("name", "")] = (kind, given.get("value", ""))
            if form.attributes.get("method", "get") == "get":
                self.addresses.append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "form"


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that is logged, at the finest level."""
    stream = io.StringIO()
    logs.configure("debug", "json", stream)
    yield stream
    logs.configure("info", "json", sys.stderr)


def plain(address: str) -> str:
    """The digits and letters of an address, however they are encoded."""
    return re.sub(r"[^0-9A-Za-z]", "", unquote_plus(address))


def named_in(addresses: list[str]) -> set[str]:
    """The numbers that stand in addresses."""
    return {number for number in (MOBILE, NUMBER, CARD) for address in addresses if number in plain(address)}


def paths() -> list[str]:
    """Every page of the console whose address names no thing."""
    handlers = [handler for room in rooms() for handler in room.console if "GET" in handler.http_methods]
    found = {f"/console{path}".rstrip("/") for handler in handlers for path in handler.paths if "{" not in path}
    return sorted(found - {"/console/login", "/console/second-factor"})


@pytest.fixture
async def client(enter: Enter, installation: Opened) -> httpx.AsyncClient:
    """An administrator, before two accounts."""
    for name in ("清算往来", "王小明"):
        await installation.services.engine.execute(1, OpenAccount(asset="CNY", head="2011", name=name), actor="test")
    return await enter("admin")


def test_no_page_of_any_room_puts_into_its_address_what_is_typed() -> None:
    forms = 0
    for file in Path(canglian.__file__).parent.rglob("pages/**/*.html"):
        text = file.read_text(encoding="utf-8")
        for form in Content(text).forms:
            if form.attributes.get("method", "get") in ("get", ""):
                kinds = {kind for kind, _ in form.fields.values()}
                assert kinds <= {*CHOSEN, "select"}, (file.name, kinds)
                forms += 1
    assert forms > 5


async def test_a_number_typed_into_any_filter_stands_in_no_address_and_no_log(
    client: httpx.AsyncClient, logged: io.StringIO
) -> None:
    asked: set[str] = set()
    for path in paths():
        page = await client.get(path, follow_redirects=True)
        token = token_in(page.text)
        for form in Content(page.text).forms:
            if not form.is_filter:
                continue
            typed = [name for name, (kind, _) in form.fields.items() if kind in TYPED and name]
            hidden = {name: value for name, (kind, value) in form.fields.items() if kind == "hidden"}
            for number in NUMBERS if typed else ():
                given = {**hidden, **dict.fromkeys(typed, number), "_token": token}
                answer = await client.post(form.attributes["action"], data=given)
                location = answer.headers.get("location", "")
                assert named_in([location, *Content(answer.text).addresses]) == set(), (path, location)
                if answer.status_code == 303:
                    shown = await client.get(location)
                    assert shown.status_code in (200, 400), (path, shown.text)
                    assert named_in(Content(shown.text).addresses) == set(), path
                asked.add(path if form.attributes["action"] == "/console/filter" else form.attributes["action"])
    assert {"/console/find", "/console/transfers", "/console/limits", "/console/commands"} <= asked
    assert len(asked) > 20
    assert named_in([logged.getvalue()]) == set()


async def test_a_list_is_filtered_sorted_paged_and_exported_by_a_sealed_number(
    client: httpx.AsyncClient, installation: Opened
) -> None:
    for n in range(30):
        owned = OpenAccount(asset="CNY", head="2011", name=f"{n}", owner=f"rail:{CARD}")
        await installation.services.engine.execute(1, owned, actor="test")
    listed = await send(client, "/console/accounts", "/console/filter", _at="/console/accounts", owner=f"rail:{CARD}")
    address = listed.headers["location"]
    assert address.startswith("/console/accounts?owner=sealed")
    page = (await client.get(address)).text
    assert f'value="rail:{CARD}"' in page
    assert "王小明" not in page
    content = Content(page)
    assert named_in(content.addresses) == set()
    (following,) = re.findall(r'href="([^"]+)" rel="next"', page)
    second = (await client.get(f"/console/accounts{following.replace('&amp;', '&')}")).text
    assert second.count("<tr data-href=") == 5
    (export,) = re.findall(r'href="(\?[^"]+format=csv[^"]*)"', page)
    exported = await client.get(f"/console/accounts{export.replace('&amp;', '&')}")
    assert len(exported.text.splitlines()) == 31
    (columns,) = [form for form in content.forms if form.attributes.get("action") == "/console/columns"]
    assert columns.fields["_at"][1].startswith("/console/accounts?owner=sealed")


async def test_what_is_no_number_of_a_person_stands_in_the_address_as_it_was_typed(client: httpx.AsyncClient) -> None:
    asked = {"search": "王", "state": "", "limit": "50"}
    answer = await send(client, "/console/accounts", "/console/filter", _at="/console/accounts", **asked)
    assert answer.headers["location"] == "/console/accounts?search=%E7%8E%8B&limit=50"
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example", "/consoleevil", "/m", ""):
        answer = await send(client, "/console/accounts", "/console/filter", _at=elsewhere, search="x")
        assert answer.headers["location"] == "/console?search=x", elsewhere
    bare = {"_at": "/console/accounts", "search": "x"}
    assert (await client.post("/console/filter", data=bare)).status_code == 403


async def test_filters_that_no_address_can_carry_are_refused(client: httpx.AsyncClient) -> None:
    at = {"_at": "/console/accounts"}
    for filters in ({"search": "王" * 20_000}, {f"f{number}": "x" * 100 for number in range(50)}):
        answer = await send(client, "/console/accounts", "/console/filter", **at, **filters)
        assert answer.status_code == 400
        assert "location" not in answer.headers


async def test_an_address_with_a_number_leads_on_to_one_without(client: httpx.AsyncClient) -> None:
    answer = await client.get("/console/accounts", params={"search": MOBILE, "limit": "50"})
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert named_in([location]) == set()
    page = await client.get(location)
    assert f'value="{MOBILE}"' in page.text
    (language,) = re.findall(r'name="next" value="([^"]+)"', page.text)
    assert named_in([language]) == set()
    assert (await client.get("/console/find", params={"q": "王小明"})).text.count("王小明") == 0


async def test_nobody_else_reads_a_sealed_number_nor_a_changed_one(client: httpx.AsyncClient, enter: Enter) -> None:
    address = (await client.get("/console/accounts", params={"search": MOBILE})).headers["location"]
    for wrong in (address[:-4], "/console/accounts?search=sealed:1:abc", "/console/accounts?search=sealed:9:abc"):
        answer = await client.get(wrong)
        assert answer.status_code == 400, wrong
        assert "filter.sealed" in answer.text
    typed = await send(client, "/console/accounts", "/console/filter", _at="/console/accounts", search="sealed:1:abc")
    assert (await client.get(typed.headers["location"])).status_code == 200
    client.cookies.clear()
    answer = await client.get(address)
    assert named_in([answer.headers["location"]]) == set()
    other = await enter("operator")
    assert (await other.get(address)).status_code == 400


async def test_the_search_answers_to_a_form_and_shows_what_was_typed_in_its_field_alone(
    client: httpx.AsyncClient,
) -> None:
    page = (await find(client, MOBILE)).text
    assert "未找到" in page
    assert page.count(MOBILE) == 2
    assert f'value="{MOBILE}"' in page
    assert (await client.post("/console/find", data={"q": MOBILE})).status_code == 403
