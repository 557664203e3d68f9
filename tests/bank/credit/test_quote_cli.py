"""``canglian loan quote``: no installation, no database, nothing imported that it does not need."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import PATIENCE

_RUN = """
import sys
from canglian.app.cli import main
sys.argv = ["canglian", *sys.argv[1:]]
try:
    main()
finally:
    print(*(name for name in ("canglian.app.opening", "litestar", "uvicorn") if name in sys.modules), file=sys.stderr)
"""

YEAR = ("--principal", "100000", "--rate", "6", "--months", "12", "--start", "2026-01-31")


def quote(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    given = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-c", _RUN, "loan", "quote", *words],
        cwd=folder,
        env=given,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def test_a_table_a_file_and_a_document_say_the_same(tmp_path: Path) -> None:
    shown, lines, document = (quote(tmp_path, *YEAR, "-o", form) for form in ("table", "csv", "json"))
    assert (shown.returncode, lines.returncode, document.returncode) == (0, 0, 0)
    assert "8,606.64" in shown.stdout
    assert "6.2131 %" in shown.stdout
    rows = lines.stdout.splitlines()
    assert rows[0] == "number,start,end,due,principal,interest,subsidy,fee,total,balance"
    assert rows[1] == "1,2026-01-31,2026-02-28,2026-02-28,8106.64,500.00,0.00,0.00,8606.64,91893.36"
    assert rows[12] == "12,2026-12-31,2027-01-31,2027-01-31,8563.87,42.82,0.00,0.00,8606.69,0.00"
    found = json.loads(document.stdout)
    assert (found["total"], found["interest"], found["annual_rate"]) == (10_327_973, 327_973, "0.0621309660")
    assert [row["total"] for row in found["instalments"]] == [860_664] * 11 + [860_669]
    assert found["terms"]["day_count"] == "monthly"
    assert shown.stderr.split() == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--principal", "1e2", *YEAR[2:]), "amount.invalid"),
        (("--principal", "１００", *YEAR[2:]), "amount.invalid"),
        (("--principal", "0", *YEAR[2:]), "amount.not_positive"),
        ((*YEAR[:2], "--rate", "-1", *YEAR[4:]), "share.invalid"),
        ((*YEAR[:2], "--rate", "101", *YEAR[4:]), "loan_plan.rate_invalid"),
        ((*YEAR[:4], "--months", "1e1", *YEAR[6:]), "loan_plan.number_invalid"),
        ((*YEAR[:4], "--months", "１２", *YEAR[6:]), "loan_plan.number_invalid"),
        ((*YEAR[:6], "--start", "2026-02-30"), "cli.instant_invalid"),
        ((*YEAR, "--drawdown", "2026-03-01"), "loan_plan.pair_invalid"),
        ((*YEAR, "--drawdown", "2025-03-01=5"), "loan_plan.drawdowns_invalid"),
        ((*YEAR, "--payoff-on", "2026-01-30"), "loan_plan.before_start"),
    ],
)
def test_what_cannot_be_read_or_planned_is_refused(tmp_path: Path, words: tuple[str, ...], code: str) -> None:
    ended = quote(tmp_path, *words, "--json")
    assert ended.returncode in (1, 2)
    assert ended.stdout == ""
    assert json.loads(ended.stderr.splitlines()[0])["error"]["code"] == code
