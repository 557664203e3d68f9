"""Rooms come and go: one of the bank by its folder and its line, a scenario by its package."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import canglian

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
from canglian.app.cli.demo import fill
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


@pytest.fixture(scope="module")
def without_wallets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source without the folder of wallets and its line."""
    folder = tmp_path_factory.mktemp("source")
    copy = folder / "canglian"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("node_modules"))
    shutil.rmtree(copy / "bank" / "wallet")
    listed = copy / "app" / "rooms.py"
    text = listed.read_text(encoding="utf-8")
    (entry,) = (
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and "package='canglian.bank.wallet'" in ast.unparse(node)
    )
    lines = text.splitlines(keepends=True)
    del lines[entry.lineno - 1 : entry.end_lineno]
    listed.write_text("".join(lines), encoding="utf-8")
    return folder


def look(*folders: Path) -> "subprocess.Popen[str]":
    """A program that says what an installation of these folders consists of."""
    given = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, folders))}
    return subprocess.Popen([sys.executable, "-c", _LOOK], env=given, stdout=subprocess.PIPE, text=True)


def seen(looking: "subprocess.Popen[str]") -> dict[str, Any]:
    """What it says."""
    output, _ = looking.communicate(timeout=60)
    assert looking.returncode == 0
    return json.loads(output)


def test_the_rest_runs_without_a_room_and_with_and_without_a_scenario(without_wallets: Path, tmp_path: Path) -> None:
    for name, text in _SCENARIO.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    looking = look(without_wallets), look(without_wallets, tmp_path)
    rest, more = map(seen, looking)

    assert Path(rest["from"]).is_relative_to(without_wallets)
    assert rest["rooms"] == ["ledger", "party", "approval", "limit", "deposit", "house", "observing"]
    assert rest["demo"] == ["party", "approval", "deposit"]
    assert rest["book"] == "Book"
    assert rest["early"] == more["early"] == [], "whoever lists nouns and benchmarks imports no room"
    assert rest["sandboxes"] == ["identity", "rail", "sms"]
    assert rest["benchmarks"] == ["posting", "growth", "interest", "http", "crash"]
    assert "cli.port_taken" in rest["codes"], "the server alone declares the codes of this floor"
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
