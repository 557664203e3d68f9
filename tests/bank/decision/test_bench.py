"""The benchmark of rule sets in small: equal outputs, whatever the speed; and the verbs that need no installation."""

from pathlib import Path

import msgspec

from canglian.bank.decision import cli
from canglian.bank.decision.bench import decision
from canglian.bank.decision.seeds import small_loan


def test_every_case_is_decided_as_the_oracle_does(tmp_path: Path) -> None:
    report = decision.run(tmp_path, decision.TINY)
    assert [bar.holds for bar in report.bars[2:]] == [True, True]
    assert report.figures["rows_hit"] > decision.ROWS // 2


async def test_a_file_is_linted_and_tried(tmp_path: Path) -> None:
    loan = small_loan()
    file = tmp_path / "loan.json"
    named = {name: loan[name] for name in ("code", "name", "inputs", "cases")}
    file.write_bytes(msgspec.json.encode({**named, "model": msgspec.Raw(loan["document"].encode())}))
    assert (await cli.lint(file)).code == 0
    tried = await cli.test(file)
    assert (tried.code, tried.data["failed"]) == (0, 0)
    broken = loan["document"].replace("> 65", "> 1e2")
    file.write_bytes(msgspec.json.encode({**named, "model": msgspec.Raw(broken.encode())}))
    linted = await cli.lint(file)
    assert (linted.code, [found["code"] for found in linted.data["findings"]]) == (1, ["rule_lint.number_form"])
    assert (await cli.test(file)).code == 1
