"""Templates of contracts as files: copied, edited, tried, proposed and approved by somebody else."""

import json
from pathlib import Path

import msgspec

from canglian.app.opening import Opened
from canglian.bank.purpose import queries
from tests.app.cli.test_derived import Run, run

__all__ = ["run"]


async def test_an_edited_copy_is_tried_proposed_and_not_in_force_before_its_approval(
    run: Run, tmp_path: Path, installation: Opened
) -> None:
    assert "welfare" in run("template", "list").stdout
    assert "hold" in run("template", "show", "welfare").stdout
    file = tmp_path / "welfare.json"
    copied = run("template", "copy", "welfare", str(file))
    assert copied.returncode == 0, copied.stderr
    again = run("template", "copy", "welfare", str(file), "--json")
    assert json.loads(again.stderr)["error"]["code"] == "purpose_template.file"
    assert run("template", "check", str(file)).returncode == 0
    edited = msgspec.json.decode(file.read_bytes())
    edited["rules"]["amount_max"] = 80_000
    file.write_bytes(msgspec.json.encode(edited))
    checked = run("template", "check", str(file), "--json")
    assert (checked.returncode, json.loads(checked.stdout)["failed"]) == (1, 1)
    words = ("template", "propose", str(file), "--reason", "工会办公会决定", "--key", "t-1", "--json")
    refused = run(*words)
    assert json.loads(refused.stderr)["error"]["code"] == "purpose_template.case_failed"
    edited["cases"][2]["use"]["amount"] = 80_001
    file.write_bytes(msgspec.json.encode(edited))
    filed = run(*words[:-2], "t-2", "--json")
    assert filed.returncode == 0, filed.stderr
    status = json.loads(filed.stdout)
    assert status["state"] == "pending"
    reader = installation.services.reader
    assert max(made.version for made in await queries.templates(reader, 1) if made.code == "welfare") == 1


def test_a_file_that_is_no_template_says_so(run: Run, tmp_path: Path) -> None:
    for name, text in (("a.json", "[" * 2_000), ("b.toml", "code = 1"), ("c.json", '{"code": "x", "more": 1}')):
        (tmp_path / name).write_text(text)
        outcome = run("template", "check", str(tmp_path / name), "--json")
        assert json.loads(outcome.stderr)["error"]["code"] == "purpose_template.file", name
    missing = run("template", "show", "nothing", "--json")
    assert json.loads(missing.stderr)["error"]["code"] == "purpose_template.not_found"
