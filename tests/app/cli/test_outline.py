"""Helps are made from outlines, which say what the modules do; nothing that a verb needs is imported for them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from canglian.app.cli import outline
from canglian.app.cli.nouns import NOUNS, load, load_outline
from canglian.app.opening import Opened
from tests.conftest import Caller
from tests.serving import PATIENCE, environment

HEAVY = (
    "litestar",
    "httpx",
    "asyncpg",
    "sqlalchemy",
    "uvicorn",
    "jinja2",
    "pydantic",
    "canglian.kernel",
    "canglian.ledger",
)
"""What no help needs."""

_HELPS = """
import sys
from canglian.app.cli import app
from canglian.app.cli.nouns import NOUNS, load_outline
for name in NOUNS:
    verbs = getattr(load_outline(name), "commands", None) or {}
    for words in ([name, "--help"], *([name, verb, "--help"] for verb in verbs)):
        try:
            app(words)
        except SystemExit as ended:
            assert not ended.code, words
print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize("name", NOUNS)
def test_the_outline_of_a_noun_is_its_modules_own(name: str) -> None:
    kept = (outline.FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert kept == outline.as_text(load(name)), "run python -m canglian.app.reference_pages"
    assert outline.as_text(load_outline(name)) == kept


def test_there_is_no_outline_of_a_noun_that_is_gone() -> None:
    assert outline.names() == set(NOUNS)


def test_no_help_imports_what_its_verbs_need() -> None:
    ended = subprocess.run([sys.executable, "-c", _HELPS], capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    imported = set(ended.stderr.split())
    assert "canglian.app.cli.outline" in imported
    assert not {module for module in imported for heavy in HEAVY if f"{module}.".startswith(f"{heavy}.")}
    assert ended.stdout.count("Usage: canglian") > 200


def test_what_a_terminal_cannot_encode_is_replaced(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("canglian")
    for words in (["--help"], ["config"], ["account", "open", "--help"], ["no-such-noun-总行"]):
        given = {**os.environ, "PYTHONIOENCODING": "ascii", "CANGLIAN_DATA_DIR": "总行"}
        ended = subprocess.run([program, *words], cwd=tmp_path, env=given, capture_output=True, timeout=PATIENCE)
        assert b"Traceback" not in ended.stderr, words
        assert ended.returncode in (0, 2)


_LISTS = """
import sys
from canglian.app.cli import main
from canglian.app.cli.nouns import NOUNS, load
for name in NOUNS:
    for verb in getattr(load(name), "commands", None) or ():
        if verb == "list":
            for words in ([name, verb], [name, verb, "--json"]):
                sys.stdout.reconfigure(errors="strict")
                sys.argv = ["canglian", *words]
                try:
                    main()
                except SystemExit as ended:
                    assert not ended.code, (words, ended.code)
                sys.stdout.flush()
                print(*words, file=sys.stderr, flush=True)
"""


async def test_no_list_is_a_fault_where_a_terminal_has_only_ascii(
    database: str, tmp_path: Path, installation: Opened, call: Caller
) -> None:
    account = {"asset": "CNY", "head": "2011", "name": "总行现金", "reference": "现金"}
    assert (await call("POST", "/v1/accounts", account)).status_code == 201
    assert (await call("POST", "/v1/parties", {"kind": "person", "name": "欧阳晓燕"})).status_code == 201
    given = {**environment(database, tmp_path), "PYTHONIOENCODING": "ascii", "LANG": "C"}
    ended = subprocess.run(
        [sys.executable, "-c", _LISTS], cwd=tmp_path, env=given, capture_output=True, text=True, timeout=240
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.splitlines()) > 30
    assert "\\u603b\\u884c\\u73b0\\u91d1" in ended.stdout  # 总行现金, of which nothing is lost


async def test_a_csv_is_utf_8_whatever_the_locale(
    database: str, tmp_path: Path, installation: Opened, call: Caller
) -> None:
    account = {"asset": "CNY", "head": "2011", "name": "总行现金"}
    assert (await call("POST", "/v1/accounts", account)).status_code == 201
    given = {**environment(database, tmp_path), "PYTHONIOENCODING": "ascii", "LANG": "C"}
    program = Path(sys.executable).with_name("canglian")
    rows: dict[str, list[str]] = {}
    for what in ("accounts", "holds"):
        words = [program, "ledger", "export", what]
        ended = subprocess.run(words, cwd=tmp_path, env=given, capture_output=True, timeout=PATIENCE, check=True)
        rows[what] = ended.stdout.decode("utf-8").splitlines()
    assert "总行现金" in rows["accounts"][1]
    assert [len(rows["accounts"]), len(rows["holds"])] == [2, 1]  # a heading stands without any row, too
    assert rows["holds"][0].startswith("id,")
