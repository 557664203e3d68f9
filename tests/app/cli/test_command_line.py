"""The command line as a newcomer meets it: help, versions, questions, errors that say what to do next."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from canglian import __version__
from canglian.app.cli.nouns import NOUNS, load
from canglian.app.opening import Opened
from canglian.ledger.commands import OpenAccount, PostTransfer
from canglian.ledger.model import Reversal
from tests.serving import PATIENCE, environment

PROGRAM = str(Path(sys.executable).with_name("canglian"))
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def verbs() -> Iterator[tuple[str, Any]]:
    """Every verb with how it is called."""
    for name in NOUNS:
        command = load(name)
        below: dict[str, Any] | None = getattr(command, "commands", None)
        if below is None:
            yield name, command
        else:
            yield from ((f"{name} {verb}", found) for verb, found in below.items())


def test_a_nouns_summary_is_its_modules_own() -> None:
    for name, noun in NOUNS.items():
        command = load(name)
        if getattr(command, "commands", None) is not None:
            assert command.help == noun.summary, name


@pytest.mark.parametrize("called", [called for called, _ in verbs()])
def test_every_verb_answers_programs_and_explains_each_option(called: str) -> None:
    command = dict(verbs())[called]
    options = {name for param in command.params for name in param.opts}
    assert "--json" in options or called.startswith("bench "), called  # whose last line is JSON anyway
    assert (command.help or "").strip(), called
    for param in command.params:
        assert param.help, (called, param.name)
        if getattr(param, "is_flag", False):
            assert param.metavar == "", (called, param.name)


def test_what_cannot_be_undone_asks_first() -> None:
    asking = {called for called, command in verbs() if any("--yes" in param.opts for param in command.params)}
    documented = {called for called, command in verbs() if "Asks first." in (command.help or "")}
    assert asking == documented
    assert {"account close", "transfer reverse", "key revoke", "user disable", "outbox remove"} <= asking


@pytest.fixture
def run(database: str, tmp_path: Path, installation: Opened) -> Run:
    """Runs the program on the test's installation."""
    given = environment(database, tmp_path)

    def call(*words: str, **more: Any) -> "subprocess.CompletedProcess[str]":
        stdin = more.pop("stdin", subprocess.DEVNULL)
        return subprocess.run(
            [PROGRAM, *words], env=given, cwd=tmp_path, stdin=stdin, capture_output=True, text=True, timeout=120
        )

    return call


async def moved(installation: Opened) -> None:
    """Two accounts and a transfer of 5.00."""
    engine = installation.services.engine
    for _ in range(2):
        await engine.execute(1, OpenAccount(asset="CNY", head="2011", floor=None), actor="test")
    await engine.execute(1, PostTransfer(debit=1, credit=2, amount=500, code="test.move"), actor="test")


async def reversal(installation: Opened) -> Reversal | None:
    """What undid transfer 1."""
    return (await installation.services.store.load(1, Reversal, [1])).get(1)


def test_the_version_is_told(run: Run) -> None:
    printed = run("--version")
    assert (printed.returncode, printed.stdout) == (0, f"canglian {__version__}\n")


async def test_a_wrong_word_names_the_verb_that_explains_it(run: Run, installation: Opened) -> None:
    await moved(installation)
    wrong = run("transfer", "post", "1", "2", "abc", "--code", "x")
    assert wrong.returncode == 2
    assert "canglian transfer post --help shows how it is called." in wrong.stderr
    assert "Did you mean account or bound-account?" in run("accunt").stderr
    as_json = run("account", "show", "77", "--json")
    error = json.loads(as_json.stderr)["error"]
    assert (as_json.returncode, as_json.stdout, error["code"]) == (1, "", "cli.account_unknown")
    assert error["next"] == "canglian account list shows the accounts."


async def test_the_names_of_accounts_with_an_owner_are_masked_in_every_verb(run: Run, installation: Opened) -> None:
    await moved(installation)
    engine = installation.services.engine
    of_somebody = OpenAccount(asset="CNY", head="2011", name="欧阳晓燕", owner="party-7", floor=0)
    await engine.execute(1, of_somebody, actor="test")
    posted = run("transfer", "post", "1", "3", "12.50").stdout
    held = run("hold", "place", "3", "2", "5").stdout
    for printed in (posted, held, run("transfer", "show", "2").stdout, run("hold", "show", "1").stdout):
        assert "3  欧***" in printed
        assert "晓燕" not in printed
    assert "欧***" in run("account", "close", "3").stderr


async def test_without_a_terminal_a_question_is_a_refusal_and_yes_goes_on(run: Run, installation: Opened) -> None:
    await moved(installation)
    refused = run("transfer", "reverse", "1", "--reason", "wrong")
    assert refused.returncode == 2
    assert "Move 5.00 CNY back from account 2 to account 1, permanently?" in refused.stderr
    assert "--yes" in refused.stderr
    assert await reversal(installation) is None
    tried = run("transfer", "reverse", "1", "--dry-run", "--json")
    assert tried.returncode == 0, tried.stderr
    assert await reversal(installation) is None
    done = run("transfer", "reverse", "1", "--reason", "wrong", "--yes")
    assert done.returncode == 0, done.stderr
    assert await reversal(installation) is not None


@pytest.mark.parametrize(("word", "code", "is_undone"), [("n", 1, False), ("y", 0, True)])
async def test_on_a_terminal_it_is_asked_once(
    run: Run, installation: Opened, word: str, code: int, is_undone: bool
) -> None:
    await moved(installation)
    ours, theirs = pty.openpty()
    os.write(ours, f"{word}\n".encode())
    answered = run("transfer", "reverse", "1", stdin=theirs)
    os.close(ours)
    os.close(theirs)
    assert answered.returncode == code, answered.stderr
    assert answered.stderr.count("permanently?") == 1
    assert ("nothing was done" in answered.stderr) is not is_undone
    assert (await reversal(installation) is not None) is is_undone


async def test_the_machine_too_closes_to_the_next_business_day_at_most(run: Run, installation: Opened) -> None:
    today = (await installation.services.store.state(1)).today
    far, near = ((today + timedelta(days=days)).isoformat() for days in (15, 1))
    for further in ((), ("--dry-run",)):
        refused = run("book", "close-day", "--to", far, "--yes", *further)
        assert refused.returncode == 1, refused.stdout
        assert "approval.required" in refused.stderr
        assert "/console/proposals/new" in refused.stderr
    assert (await installation.services.store.state(1)).today == today
    assert run("book", "close-day", "--to", near, "--yes").returncode == 0
    assert (await installation.services.store.state(1)).today == date.fromisoformat(near)


def test_a_doctor_names_remedies_only_for_faults(run: Run) -> None:
    found = run("doctor")
    for line in found.stdout.splitlines()[1:]:
        if line.startswith("ok"):
            assert "Run " not in line, line
            assert "Use Python" not in line, line
    checks = msgspec.json.decode(run("doctor", "--json").stdout)
    assert {"python", "schema", "database"} <= {check["check"] for check in checks["checks"]}


def test_words_are_completed_by_the_shell(run: Run) -> None:
    for typed, wanted in (("canglian acc", "account"), ("canglian transfer re", "reverse")):
        given = {"_CANGLIAN_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
        ended = subprocess.run([PROGRAM], env={**os.environ, **given}, capture_output=True, text=True, timeout=PATIENCE)
        assert wanted in re.split(r"\s+", ended.stdout), typed
