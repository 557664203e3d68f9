"""Rooms come and go: one of the bank by its folder and its line, a scenario by its package."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import canglian
from canglian.app.rooms import BOOK, BUILT_IN, rooms
from tests.serving import PATIENCE

SOURCE = Path(canglian.__file__).parent

_LOOK = """
import json
import sys

import canglian.app.cli
from canglian.app.bench.cli import NAMES

early = [name for name in sys.modules if name.startswith(("canglian.bank.", "shop."))]
from canglian.app.api_document import document
from canglian.app.rooms import import_commands, rooms, sandboxes
from canglian.app.server import application
import canglian

app = application(1_000_000)
document(app)
from canglian.app.demo import Living
from canglian.app.cli.nouns import NOUNS, load

print(json.dumps({
    "from": canglian.__file__,
    "early": early,
    "benchmarks": NAMES,
    "sandboxes": sorted(sandboxes()),
    "book": import_commands().__name__,
    "rooms": [room.name for room in rooms()],
    "demo": [room.name for room in rooms() if room.demo is not None],
    "nouns": {name: load(name).help for name in NOUNS},
    "paths": sorted({route.path for route in app.routes}),
    "codes": sorted(document(app)["x-error-codes"]),
    "tags": [tag["name"] for tag in document(app)["tags"]],
}))
"""

_WALK = """
import asyncio
import json
import re
import sys
from pathlib import Path

from canglian.app.demo.logins import PASSWORD, make_logins
from canglian.app.opening import opened
from canglian.app.rooms import rooms
from canglian.app.server import create_app
from canglian.kernel.settings import load
from httpx import ASGITransport, AsyncClient
from tests.bank.party.people import identity
from tests.web.entering import find, send


async def walk(url, folder):
    wanted = {"CANGLIAN_DATABASE_URL": url, "CANGLIAN_DATA_DIR": folder}
    async with opened(load(wanted, Path(folder)).settings) as running:
        await running.open_book("main", "总行", actor="test")
        await make_logins(running.services, 1)
        transport = ASGITransport(create_app(running))
        async with AsyncClient(transport=transport, base_url="http://canglian.test") as client:
            await send(client, "/console/login", login="admin", password=PASSWORD)
            form = {"kind": "person", "name": "欧阳晓燕", "number": identity(1), "nationality": "CHN"}
            person = (await send(client, "/console/people/new", **form)).headers["location"]
            found = await find(client, person.rpartition("/")[2])
            start = ["/console", "/console/find", person, *(item.path for room in rooms() for item in room.nav)]
            pages = {path: await client.get(path) for path in start}
            hrefs = {href for page in pages.values() for href in re.findall('href="(/console[^"#]*)"', page.text)}
            further = {path: await client.get(path.replace("&amp;", "&")) for path in sorted(hrefs - set(start))}
            return {
                "person": person,
                "found": [found.status_code, found.headers.get("location")],
                "buttons": re.findall('class="btn" href="([^"]+)"', pages[person].text),
                "statuses": {path: page.status_code for path, page in (pages | further).items()},
            }


print(json.dumps(asyncio.run(walk(*sys.argv[1:]))))
"""

_SCENARIO = {
    "shop/__init__.py": """
from canglian.web.room_config import RoomConfig

CONFIG = RoomConfig(
    package="shop", commands="", nouns={"shop": "Shops: greet."}, benchmarks={"shop": "Greetings a second."}
)
""",
    "shop/room.py": '''
from litestar import Router, get

from canglian.web.principal import Permission, needs
from canglian.web.room import Room


@get("/", operation_id="listShops", guards=[needs(Permission.READ)], tags=["shops"])
async def shops() -> dict[str, str]:
    """List shops."""
    return {}


async def fill(services, book):
    pass


ROOM = Room("shop", api=(Router("/shops", route_handlers=[shops]),), tags={"shops": "Shops."}, demo=fill)
''',
    "shop/cli.py": '''
from canglian.web.cli import BookContext, Noun
from canglian.web.cli.output import Answer, facts


async def greet(context: BookContext) -> Answer:
    """Greet."""
    return Answer({}, facts([]))


NOUNS = {"shop": Noun(verbs=(greet,))}
''',
    "shop-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n",
    "shop-1.0.dist-info/entry_points.txt": "[canglian.scenarios]\nshop = shop:CONFIG\n",
}


BANK = [config.package for config in BUILT_IN if config.package.startswith("canglian.bank.")]
NEEDED = BANK[: BANK.index(BOOK.partition(":")[0]) + 1]
"""The rooms up to the one that gives books their class."""


def _is_needed(package: str) -> bool:
    """Whether another room of the bank or of insight imports something of a room."""
    others = [SOURCE.joinpath(*other.split(".")[1:]) for other in BANK if other != package]
    return any(_imports(folder, [package]) for folder in (*others, SOURCE / "insight"))


def _imports(folder: Path, packages: list[str]) -> bool:
    """Whether anything in a folder imports something of some packages."""
    texts = (module.read_text(encoding="utf-8") for module in folder.rglob("*.py"))
    return any(f"{package}." in text or f"{package} import" in text for text in texts for package in packages)


SHOPPING = "canglian.scenario.shopping"
DELETED = [[SHOPPING], *([package] for package in BANK if not _is_needed(package)), BANK[len(NEEDED) :]]
"""A scenario, each room that no other of the bank needs, and all that can go together."""


def without(packages: list[str], folder: Path) -> Path:
    """A copy of the source without the folders of some rooms and their lines, nor scenarios that stand on them.

    The entry points of scenarios stay, as in an installation that somebody took a folder from.
    """
    copy = folder / "canglian"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("node_modules"))
    listed = copy / "app" / "rooms.py"
    for scenario in (folder for folder in (copy / "scenario").iterdir() if folder.is_dir()):
        if _imports(scenario, packages):
            shutil.rmtree(scenario)
    for package in packages:
        shutil.rmtree(copy.joinpath(*package.split(".")[1:]), ignore_errors=True)
        if package == SHOPPING:
            continue
        text = listed.read_text(encoding="utf-8")
        (entry,) = (
            node
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Call) and f"package={package!r}" in ast.unparse(node)
        )
        lines = text.splitlines(keepends=True)
        del lines[entry.lineno - 1 : entry.end_lineno]
        listed.write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def without_wallets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source without wallets, and without what stands on them."""
    return without(
        [
            f"canglian.bank.{room}"
            for room in ("wallet", "partner", "purpose", "payment", "settlement", "credit", "chain", "reward")
        ],
        tmp_path_factory.mktemp("source"),
    )


def look(*folders: Path, program: str = _LOOK, words: Sequence[str] = ()) -> "subprocess.Popen[str]":
    """A program that says what an installation of these folders consists of."""
    given = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, folders))}
    return subprocess.Popen([sys.executable, "-c", program, *words], env=given, stdout=subprocess.PIPE, text=True)


def seen(looking: "subprocess.Popen[str]") -> dict[str, Any]:
    """What it says."""
    output, _ = looking.communicate(timeout=2 * PATIENCE)
    assert looking.returncode == 0
    return json.loads(output)


def test_the_rest_runs_without_a_room_and_with_and_without_a_scenario(without_wallets: Path, tmp_path: Path) -> None:
    for name, text in _SCENARIO.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    looking = look(without_wallets), look(without_wallets, tmp_path)
    rest, more = map(seen, looking)

    assert Path(rest["from"]).is_relative_to(without_wallets)
    assert rest["rooms"] == ["ledger", "party", "approval", "decision", "limit", "deposit", "house", "observing"]
    assert rest["demo"] == ["party", "approval", "decision", "deposit"]
    assert rest["book"] == "Book"
    assert rest["early"] == more["early"] == [], "whoever lists nouns and benchmarks imports no room"
    assert rest["sandboxes"] == ["identity", "rail", "sms"]
    assert rest["benchmarks"] == ["posting", "growth", "decision", "interest", "http", "cli", "pages", "crash"]
    assert "sandbox.not_started" in rest["codes"], "the server alone declares the codes of this floor"
    assert "deposit" in rest["nouns"]
    assert "wallet" not in rest["nouns"]
    assert "/v1/deposit-accounts" in rest["paths"]
    assert not [path for path in rest["paths"] if path.startswith(("/v1/wallet", "/console/wallet", "/m/wallet"))]
    assert not {"wallets", "shops"} & set(rest["tags"])

    assert more["rooms"] == [*rest["rooms"], "shop"]
    assert more["demo"] == [*rest["demo"], "shop"]
    assert set(more["benchmarks"]) - set(rest["benchmarks"]) == {"shop"}
    assert more["nouns"] == rest["nouns"] | {"shop": "Shops: greet."}
    assert set(more["paths"]) - set(rest["paths"]) == {"/v1/shops"}
    assert "shops" in more["tags"]


@pytest.mark.slow
@pytest.mark.parametrize("deleted", DELETED, ids=lambda packages: "+".join(p.rpartition(".")[2] for p in packages))
def test_home_search_and_customer_pages_lead_nowhere_that_a_deleted_room_was(
    deleted: list[str], database: str, tmp_path: Path
) -> None:
    source = without(deleted, tmp_path / "source")
    walked = seen(look(source, program=_WALK, words=(database, str(tmp_path))))

    assert walked["found"] == [303, walked["person"]]
    assert len(walked["statuses"]) > 30
    assert {path: status for path, status in walked["statuses"].items() if status != 200} == {}
    there = "canglian.bank.limit" not in deleted
    assert any(path.startswith("/console/limits?of=") for path in walked["buttons"]) is there


def test_no_two_rooms_answer_at_one_address() -> None:
    """The later one would answer for both, without a word."""
    for faces in ("console", "mobile"):
        answered = [
            (method, re.sub(r"\{.*?\}", "{}", path))
            for room in rooms()
            for handler in getattr(room, faces)
            for path in getattr(handler, "paths", ())
            for method in getattr(handler, "http_methods", ())
        ]
        twice = {each for each in answered if answered.count(each) > 1}
        assert answered
        assert not twice, faces
