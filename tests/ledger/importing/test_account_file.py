"""Importing accounts: opened once, with what they held."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from canglian.kernel.errors import Conflict, Malformed, NotFound
from canglian.ledger import Account
from canglian.ledger.importing import Summary, import_accounts, load_account_mapping
from tests.ledger.importing.conftest import Branch, MemoryTransfers

Write = Callable[..., Path]

FLAGS: dict[str, Any] = {
    "reference": "no",
    "head": "2011",
    "name": "name",
    "owner": "who",
    "metadata": "branch",
    "prefix": "old-",
    "balance": "held",
    "date": "2025-12-31",
    "counter": "taken-over",
    "counters.taken-over.head": "3001",
}
TEXT = "no,name,who,branch,held\n1,甲,p1,7,10.50\n2,乙,,,\n3,,p3,,-1\n"


async def _load(branch: Branch, file: Path, **more: Any) -> Summary:
    mapping = load_account_mapping(None, {**FLAGS, **more.pop("flags", {})})
    more.setdefault("earlier", MemoryTransfers(branch.store))
    return await import_accounts(branch.engine, 1, file, mapping, actor="user:ann", **more)


async def test_accounts_are_opened_with_what_they_held(branch: Branch, write: Write, tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    summary = await _load(branch, write(TEXT), errors=errors)
    assert (summary.lines, summary.posted, summary.accounts_opened, summary.openings) == (3, 2, 2, 1)
    assert (summary.refused, summary.malformed) == (1, 0)  # a floor of zero refuses the overdrawn one
    assert "transfer.insufficient_funds" in errors.read_text(encoding="utf-8-sig")
    account = branch.account("old-1")
    assert (account.head, account.asset, account.name, account.owner, account.metadata) == (
        "2011",
        "CNY",
        "甲",
        "p1",
        {"branch": "7"},
    )
    assert (branch.balance("old-1"), branch.balance("old-2")) == (1050, 0)
    assert "old-3" not in branch.references  # what is refused opens nothing
    assert branch.balance("taken-over") == -1050
    assert branch.entries("old-1") == [("2025-12-31", 1050, None)]


async def test_overdrawn_accounts_come_in_without_a_floor(branch: Branch, write: Write) -> None:
    summary = await _load(branch, write(TEXT), flags={"no_floor": True})
    assert summary.ok
    assert branch.balance("old-3") == -100
    assert branch.account("old-3").floor is None


async def test_the_same_file_again_changes_nothing(branch: Branch, write: Write) -> None:
    await _load(branch, write(TEXT), flags={"no_floor": True})
    before = branch.transfers
    again = await _load(branch, write(TEXT), flags={"no_floor": True})
    assert branch.transfers == before
    assert (again.posted, again.repeated, again.accounts_opened) == (3, 3, 0)
    with pytest.raises(Conflict, match=r"import\.mapping_changed"):
        await _load(branch, write(TEXT), flags={"head": "2012"})


async def test_a_refused_line_opens_nothing_and_can_be_corrected_and_imported_alone(
    branch: Branch, write: Write, tmp_path: Path
) -> None:
    errors = tmp_path / "errors.csv"
    text = "no,name,who,branch,held\n1,甲,,,5\n2,乙,,,-5\n6.2E+18,,,,5\n3,丙,,,\n"
    summary = await _load(branch, write(text), errors=errors)
    assert (summary.posted, summary.refused, summary.malformed, summary.openings) == (2, 1, 1, 1)
    assert branch.references == {"old-1", "old-3", "taken-over"}
    corrected = write(errors.read_text("utf-8-sig").replace("-5,", "7,").replace("6.2E+18", "4"), "again.csv")
    assert (await _load(branch, corrected)).ok
    assert (branch.balance("old-2"), branch.balance("old-4")) == (700, 500)
    again = await _load(branch, write(text))
    assert (again.posted, again.repeated, again.openings) == (2, 2, 1)
    assert (branch.balance("old-1"), branch.balance("taken-over")) == (500, -1700)


async def test_an_account_that_a_file_has_twice_is_opened_once_with_what_its_first_line_says(
    branch: Branch, write: Write, tmp_path: Path
) -> None:
    errors = tmp_path / "errors.csv"
    text = "no,name,who,branch,held\n1,甲,,,5\n2,乙,,,1\n1,甲,,,5\n 2 ,丙,,,7\n"
    summary = await _load(branch, write(text), errors=errors)
    assert (summary.posted, summary.malformed, summary.accounts_opened, summary.openings) == (2, 2, 2, 2)
    assert errors.read_text("utf-8-sig").count("import.account_repeated") == 2
    assert (branch.balance("old-1"), branch.balance("old-2"), branch.balance("taken-over")) == (500, 100, -600)
    assert branch.account("old-2").name == "乙"


async def test_a_name_that_holds_a_number_of_a_person_refuses_its_line_alone(branch: Branch, write: Write) -> None:
    summary = await _load(branch, write("no,name,who,branch,held\n1,甲 13800138000,,,\n2,乙,,,\n"))
    assert (summary.posted, summary.malformed, branch.references) == (1, 1, {"old-2"})


async def test_an_account_that_moved_gets_no_opening_balance_of_another_mapping(branch: Branch, write: Write) -> None:
    await _load(branch, write(TEXT), flags={"no_floor": True})
    before = branch.transfers
    again = await _load(branch, write(TEXT), flags={"no_floor": True, "date": "2025-12-30"})
    assert (again.refused, again.openings) == (2, 0)
    assert branch.transfers == before


async def test_lines_that_cannot_be_taken_are_told(branch: Branch, write: Write, tmp_path: Path) -> None:
    await _load(branch, write("no,name,who,branch,held\n1,,,,\n"))
    errors = tmp_path / "errors.csv"
    lines = ["1,,,,", ",x,,,", "4,,,,1.001", "5,,,", "6,,,,2"]
    file = write("no,name,who,branch,held\n" + "\n".join(lines) + "\n", "more.csv")
    summary = await _load(branch, file, errors=errors)
    assert (summary.posted, summary.refused, summary.malformed) == (1, 1, 3)
    codes = [line.split(",")[6] for line in errors.read_text(encoding="utf-8-sig").splitlines()[1:]]
    assert codes == ["import.value_missing", "import.amount_fractional", "import.fields_count", "account.exists"]


async def test_heads_and_assets_may_stand_in_columns(branch: Branch, write: Write) -> None:
    flags = {"head_column": "head", "asset_column": "asset", "balance": None, "head": None}
    file = write("no,name,who,branch,head,asset\n1,,,,1001,CZK\n2,,,,2011,\n")
    assert (await _load(branch, file, flags={k: v for k, v in flags.items() if v} | {"balance": "branch"})).ok
    assert [(a.head, a.asset) for a in branch.store.rows[1][Account].values()] == [("1001", "CZK"), ("2011", "CNY")]


async def test_what_stands_in_the_way_of_the_whole_is_said_at_once(branch: Branch, write: Write) -> None:
    with pytest.raises(Malformed, match=r"import\.column_missing"):
        await _load(branch, write("no\n1\n"))
    with pytest.raises(Malformed, match="YYYY-MM-DD"):
        await _load(branch, write(TEXT), flags={"date": "31.12.2025"})
    with pytest.raises(NotFound, match=r"import\.counter_unknown"):
        await _load(branch, write(TEXT), flags={"counter": "nobody"})
