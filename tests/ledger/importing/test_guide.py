"""The guide's commands, typed as they stand, on an excerpt under the name of the real file."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from canglian.ledger.importing import load_mapping
from canglian.ledger.importing.parsing import Parser
from tests.ledger.importing.conftest import BERKA, EXCERPT

ROOT = Path(__file__).parents[3]
GUIDE = ROOT / "docs" / "guides" / "import-a-bank-year.md"


def test_the_guide_imports_a_folder_and_proves_it(database: str, tmp_path: Path) -> None:
    folder = tmp_path / "berka"
    folder.mkdir()
    shutil.copy(EXCERPT, folder / "trans-1993.asc")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "COLUMNS": "120",
        "CANGLIAN_DATABASE_URL": database,
        "CANGLIAN_DATA_DIR": str(tmp_path / "data"),
        "BERKA": str(folder),
    }
    blocks = re.findall(r"```console\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    commands = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    assert commands.pop(0).startswith("BERKA=")
    printed: dict[str, str] = {}
    for command in commands:
        run = subprocess.run(
            ["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
        printed[" ".join(command.split()[1:3])] = run.stdout
    squeezed = " ".join(printed["ledger import"].split())
    assert "posted 177" in squeezed
    assert "chain exactly 95.48 %" in squeezed
    assert "2 of 4 exact, 4 within 1.00" in squeezed
    statement = [line.split() for line in printed["ledger statement"].splitlines()]
    assert statement[-1] == ["1993-12-31", "closing", "balance", "23,643.40"]
    assert statement[-3][3] == "interest.credit"
    assert statement[-2][3] == "fee.statement"
    (total,) = [line.split() for line in printed["ledger trial-balance"].splitlines() if " total " in line]
    assert total[2] == total[3]
    assert "The chain holds" in printed["audit verify"]
    assert "the stored state is what they lead to" in printed["audit replay"]


KINDS = (
    *(("PRIJEM", "VKLAD", ""), ("PRIJEM", "PREVOD Z UCTU", ""), ("PRIJEM", "PREVOD Z UCTU", "DUCHOD")),
    *(("PRIJEM", "", "UROK"), ("VYBER", "VYBER", ""), ("VYDAJ", "VYBER", ""), ("VYDAJ", "VYBER", "SLUZBY")),
    *(("VYDAJ", "VYBER", "SANKC. UROK"), ("VYDAJ", "VYBER KARTOU", ""), ("VYDAJ", "VYBER KARTOU", " ")),
    *(("VYDAJ", "PREVOD NA UCET", symbol) for symbol in ("", " ", "SIPO", "POJISTNE", "UVER")),
)
"""The type, operation and symbol of movements, as the years of the data set have them."""


@pytest.mark.parametrize(("kind", "operation", "symbol"), KINDS)
def test_the_guide_has_a_kind_for_what_any_year_of_the_bank_has(kind: str, operation: str, symbol: str) -> None:
    mapping = load_mapping(BERKA)
    header = ["trans_id", "account_id", "date", "type", "operation", "amount", "balance", "k_symbol", "bank", "account"]
    values = ["1", "2", "980101", kind, operation, "5.00", "5.00", symbol, "", ""]
    movement = Parser(mapping, header, 2).movement(2, values)
    assert (movement.amount > 0) == (kind == "PRIJEM")
    assert movement.code
    assert movement.counter in mapping.counters
