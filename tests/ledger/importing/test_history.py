"""Importing history: exact, once, in order, with every refused line told."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from canglian import ledger
from canglian.kernel.errors import Conflict, Malformed, NotFound
from canglian.kernel.values import SHANGHAI
from canglian.ledger.commands import OpenAccount
from canglian.ledger.importing import BalanceDifference, history, sorting
from tests.ledger.importing.conftest import BERKA, EXCERPT, Branch

Write = Callable[..., Path]

PLAIN: dict[str, Any] = {
    "account": "account",
    "amount": "amount",
    "date": "date",
    "code": "history",
    "counter": "cash",
    "reference": "no",
    "accounts.head": "2011",
    "counters.cash.head": "1001",
}


async def test_an_excerpt_of_a_real_bank_comes_in_whole(branch: Branch) -> None:
    reports: list[tuple[int, int]] = []
    summary = await branch.load(
        EXCERPT, BERKA, chunk_lines=50, progress=lambda done, total: reports.append((done, total))
    )
    assert (summary.lines, summary.posted, summary.refused, summary.malformed) == (177, 177, 0, 0)
    assert (summary.accounts_opened, summary.repeated, summary.openings) == (8, 0, 0)
    assert (str(summary.first_date), str(summary.last_date)) == ("1993-01-01", "1993-12-31")
    assert (summary.checked, summary.chained) == (177, 169)
    assert str(summary.chained_share) == "95.48"
    assert summary.balances is not None
    assert (summary.balances.accounts, summary.balances.exact, summary.balances.within) == (4, 2, 4)
    nine, five = branch.account("berka-9188").id, branch.account("berka-576").id
    assert summary.balances.worst == [
        BalanceDifference(nine, "berka-9188", 3123960, 3123900, 60),
        BalanceDifference(five, "berka-576", branch.balance("berka-576"), branch.balance("berka-576") - 20, 20),
    ]
    assert branch.total == 0
    assert reports[-1] == (178, 178)
    first = branch.transfers[0]
    assert (first.debit, first.credit) == (branch.account("cash").id, branch.account("berka-576").id)
    assert (first.amount, first.asset, first.code, first.reference) == (90000, "CZK", "cash.deposit", "171812")
    assert first.happened_at == datetime(1993, 1, 1, tzinfo=SHANGHAI)
    assert first.flags == ledger.Flag.IMPORTED


async def test_the_same_file_again_changes_nothing(branch: Branch) -> None:
    first = await branch.load(EXCERPT, BERKA, chunk_lines=50)
    before = branch.transfers
    again = await branch.load(EXCERPT, BERKA, chunk_lines=50)
    assert branch.transfers == before
    assert (again.posted, again.repeated, again.accounts_opened) == (177, 177, 0)
    assert again.balances == first.balances


@pytest.mark.parametrize("after", range(1, 4))
async def test_an_import_that_was_killed_goes_on_where_it_stopped(branch: Branch, after: int) -> None:
    calls = 0

    def die(_done: int, _total: int) -> None:
        nonlocal calls
        calls += 1
        if calls > after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await branch.load(EXCERPT, BERKA, chunk_lines=40, progress=die)
    assert 0 < len(branch.transfers) < 177
    summary = await branch.load(EXCERPT, BERKA, chunk_lines=40)
    assert 40 <= summary.repeated < 177
    assert len(branch.transfers) == 177
    assert len({t.reference for t in branch.transfers}) == 177
    assert branch.balance("berka-9188") == 3123960


async def test_another_mapping_for_the_same_file_is_a_conflict_and_books_nothing(branch: Branch) -> None:
    await branch.load(EXCERPT, BERKA)
    before = branch.transfers
    with pytest.raises(Conflict, match=r"import\.mapping_changed"):
        await branch.load(EXCERPT, BERKA, flags={"reference": "account"})
    for identity in ("content", "file"):
        with pytest.raises(Conflict, match=r"import\.mapping_changed"):
            await branch.load(EXCERPT, BERKA, flags={"identity": identity})
    assert branch.transfers == before
    assert (await branch.load(EXCERPT, BERKA, chunk_lines=10)).repeated == 177
    assert branch.transfers == before


async def test_a_file_known_by_its_digest_alone_is_imported_in_the_same_chunks_only(branch: Branch) -> None:
    flags = {"identity": "file"}
    await branch.load(EXCERPT, BERKA, flags=flags, chunk_lines=50)
    before = branch.transfers
    again = await branch.load(EXCERPT, BERKA, flags=flags, chunk_lines=50)
    assert (again.identity, again.posted, again.repeated) == ("file", 177, 177)
    with pytest.raises(Conflict, match=r"import\.mapping_changed"):
        await branch.load(EXCERPT, BERKA, flags=flags, chunk_lines=10)
    with pytest.raises(Conflict, match=r"import\.mapping_changed"):
        await branch.load(EXCERPT, BERKA, flags={"reference": "account", "identity": "file"}, chunk_lines=50)
    assert branch.transfers == before


async def test_a_file_that_was_imported_by_its_digest_before_goes_on_so(branch: Branch) -> None:
    await branch.load(EXCERPT, BERKA, flags={"identity": "file"})  # the keys and commands of earlier versions
    before = branch.transfers
    again = await branch.load(EXCERPT, BERKA)
    assert (again.identity, again.posted, again.repeated) == ("file", 177, 177)
    assert branch.transfers == before


async def test_every_line_that_is_refused_is_told_and_the_others_are_booked(
    branch: Branch, write: Write, tmp_path: Path
) -> None:
    file = write(
        "no,account,date,amount\n"
        "1,a,2025-01-01,10.00\n"
        "2,a,2025-01-02,1.005\n"
        "3,a,2025-13-02,1\n"
        "4,a,2025-01-02,one\n"
        "5,a,2025-01-02,0\n"
        "6,,2025-01-02,1\n"
        "7,a,2025-01-02\n"
        '8,"a"b,2025-01-02,1\n'
        "\n"
        "9,a,2024-12-31,1\n"
        "10,a,2025-01-02,99999999999999999\n"
        "11,a,2099-01-02,1\n"
        "12,a,2025-01-03,-2.5\n"
    )
    errors = tmp_path / "errors.csv"
    summary = await branch.load(file, flags=PLAIN, errors=errors)
    assert (summary.posted, summary.refused, summary.malformed) == (2, 2, 8)
    assert not summary.ok
    assert branch.entries("a") == [("2025-01-01", 1000, "1"), ("2025-01-03", -250, "12")]
    lines = errors.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "no,account,date,amount,import_line,import_code,import_problem"
    found = [tuple(line.split(",")[4:6]) for line in lines[1:]]
    assert sorted(found, key=lambda line: int(line[0])) == [
        ("3", "import.amount_fractional"),
        ("4", "import.date_invalid"),
        ("5", "import.amount_invalid"),
        ("6", "import.amount_zero"),
        ("7", "import.value_missing"),
        ("8", "import.fields_count"),
        ("9", "import.line_unreadable"),
        ("11", "history.out_of_order"),
        ("12", "import.line_unreadable"),
        ("13", "transfer.in_future"),
    ]


async def test_the_file_of_errors_can_be_corrected_and_imported_alone(
    branch: Branch, write: Write, tmp_path: Path
) -> None:
    errors = tmp_path / "errors.csv"
    file = write(
        "no;account;date;amount\n1;a;2025-01-01;10\n2;a;2025-01-02;1,O\n3;a;2025-01-03;7\n", encoding="gb18030"
    )
    flags = {**PLAIN, "delimiter": ";", "decimal": ",", "encoding": "gb18030"}
    await branch.load(file, flags=flags, errors=errors)
    corrected = write(errors.read_text(encoding="gb18030").replace("1,O", "1,0").replace("-02", "-03"), "again.csv")
    summary = await branch.load(corrected, flags=flags)
    assert summary.ok
    assert branch.entries("a") == [("2025-01-01", 1000, "1"), ("2025-01-03", 700, "3"), ("2025-01-03", 100, "2")]


async def test_a_file_of_errors_that_is_refused_again_has_one_reason(
    branch: Branch, write: Write, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    await branch.load(write("no,account,date,amount\n1,a,2025-01-01,x\n"), flags=PLAIN, errors=first)
    await branch.load(first, flags=PLAIN, errors=second)
    assert second.read_text("utf-8-sig") == first.read_text("utf-8-sig")


async def test_nothing_is_written_where_nothing_is_refused(branch: Branch, write: Write, tmp_path: Path) -> None:
    file = write("no,account,date,amount\n1,a,2025-01-01,10\n")
    assert (await branch.load(file, flags=PLAIN, errors=tmp_path / "errors.csv")).ok
    assert not (tmp_path / "errors.csv").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_chinese_files_are_read(branch: Branch, write: Write, encoding: str) -> None:
    text = "流水号,账号,日期,金额,摘要\n1,甲,2025年01月02日,1,工资\n"
    flags = {**PLAIN, "account": "账号", "amount": "金额", "date": "日期", "reference": "流水号", "metadata": "摘要"}
    flags |= {"date_format": "%Y年%m月%d日", "encoding": "utf-8-sig" if encoding == "utf-8" else encoding}
    with pytest.raises(Malformed, match=r"import\.mapping_invalid|import\.column_missing"):
        await branch.load(write("a,b\n", encoding=encoding), flags=flags)
    summary = await branch.load(write(text, encoding=encoding), flags=flags)
    assert summary.malformed == 1  # a name of metadata is ASCII
    flags["metadata"] = None
    assert (await branch.load(write(text + "\n", encoding=encoding), flags=flags)).ok
    assert branch.balance("甲") == 100


async def test_lines_of_another_encoding_are_told(branch: Branch, write: Write, tmp_path: Path) -> None:
    file = write("no,account,date,amount\n1,甲,2025-01-01,10\n2,b,2025-01-01,10\n", encoding="gb18030")
    summary = await branch.load(file, flags=PLAIN, errors=tmp_path / "errors.csv")
    assert (summary.posted, summary.malformed) == (1, 1)
    assert "甲" in (tmp_path / "errors.csv").read_bytes().decode("gb18030", errors="replace")


async def test_a_line_with_a_hidden_character_costs_itself_alone(branch: Branch, write: Write, tmp_path: Path) -> None:
    lines = [
        "1,a,2025-01-01,10,工资",
        "2\u202e,a,2025-01-01,10,x",
        "3,b\u2066,2025-01-01,1,x",
        "4,c,2025-01-01,1,x\uffff",
        "5,c,2025-01-01,2,x\u200by",
    ]
    file = write("\n".join(["no,account,date,amount,text", *lines, ""]))
    errors = tmp_path / "errors.csv"
    summary = await branch.load(file, flags={**PLAIN, "metadata": "text"}, errors=errors)
    assert (summary.lines, summary.posted, summary.malformed) == (5, 2, 3)
    assert (branch.entries("a"), branch.entries("c")) == ([("2025-01-01", 1000, "1")], [("2025-01-01", 200, "5")])
    told = [line.split(",")[5:7] for line in errors.read_text(encoding="utf-8-sig").splitlines()[1:]]
    assert sorted(told) == [["3", "text.hidden"], ["4", "text.hidden"], ["5", "text.hidden"]]


async def test_columns_of_money_in_and_money_out(branch: Branch, write: Write) -> None:
    file = write(
        'no,account,date,in,out\n1,a,2025-01-01,"1,000.10",\n2,a,2025-01-01,,0.10\n3,a,2025-01-01,1,1\n4,a,2025-01-01,,\n'
    )
    flags = {**PLAIN, "amount": None, "amount_in": "in", "amount_out": "out", "thousands": ","}
    summary = await branch.load(file, flags=flags)
    assert (summary.posted, summary.malformed) == (2, 2)
    assert branch.balance("a") == 100000


SIGNED: dict[str, Any] = {**PLAIN, "direction": "way", "in": "in", "out": "out"}


async def _signed(branch: Branch, file: Path, tmp_path: Path, **flags: Any) -> tuple[list[int], list[str]]:
    """The amounts that were booked, and the codes of the lines that were not."""
    errors = tmp_path / "errors.csv"
    summary = await branch.load(file, flags={**SIGNED, **flags}, errors=errors)
    codes = [] if summary.ok else [line.split(",")[6] for line in errors.read_text("utf-8-sig").splitlines()[1:]]
    return [amount for _, amount, _ in branch.entries("a")], codes


async def test_a_minus_agrees_with_a_line_that_goes_out(branch: Branch, write: Write, tmp_path: Path) -> None:
    file = write(
        "no,account,date,amount,way\n"
        "1,a,2025-01-01,-50.00,out\n2,a,2025-01-01,7.00,in\n"
        "3,a,2025-01-01,-7.00,in\n4,a,2025-01-01,50.00,out\n"
    )
    assert await _signed(branch, file, tmp_path) == (
        [-5000, 700],
        ["import.sign_contradicts", "import.sign_mixed"],
    )


async def test_a_minus_turns_the_direction_round_where_the_mapping_says_so(
    branch: Branch, write: Write, tmp_path: Path
) -> None:
    file = write("no,account,date,amount,way\n1,a,2025-01-01,-50,out\n2,a,2025-01-01,-7,in\n3,a,2025-01-01,1,out\n")
    assert await _signed(branch, file, tmp_path, negative="reverse") == ([5000, -700, -100], [])


async def test_a_minus_in_a_column_of_money_in_or_out_is_no_other_direction(
    branch: Branch, write: Write, tmp_path: Path
) -> None:
    two: dict[str, Any] = {"amount": None, "amount_in": "in", "amount_out": "out"}
    two |= {"direction": None, "in": None, "out": None}
    text = "no,account,date,in,out,x\n1,a,2025-01-01,,-50,\n2,a,2025-01-01,-7,,\n3,a,2025-01-01,,50,\n"
    errors = tmp_path / "errors.csv"
    summary = await branch.load(write(text), flags={**PLAIN, **two}, errors=errors)
    assert (summary.posted, summary.malformed) == (1, 2)
    assert branch.balance("a") == -5000
    assert "sign_contradicts" in errors.read_text("utf-8-sig")
    again = await branch.load(write(text.replace(",a,", ",b,"), "b.csv"), flags={**PLAIN, **two, "negative": "reverse"})
    assert again.malformed == 0


async def test_a_tolerance_that_is_no_amount_is_said_before_anything_is_booked(branch: Branch, write: Write) -> None:
    with pytest.raises(Malformed, match="tolerance"):
        await branch.load(write("no,account,date,amount\n1,a,2025-01-01,1\n"), flags={**PLAIN, "tolerance": "1,00"})
    assert branch.transfers == []


async def test_a_file_of_errors_is_read_where_the_mapping_names_the_columns(
    branch: Branch, write: Write, tmp_path: Path
) -> None:
    flags = {**PLAIN, "header": "no,account,date,amount", "encoding": "latin-1", "accounts.prefix": "户-"}
    errors = tmp_path / "errors.csv"
    await branch.load(write("1,a,2025-01-01,1\n2,a,2025-01-01,x\n"), flags=flags, errors=errors)
    corrected = write(errors.read_text().replace(",x,", ",2,"), "again.csv")
    assert (await branch.load(corrected, flags=flags)).ok
    assert branch.balance("户-a") == 300


async def test_money_in_raises_the_balance_of_a_debit_account_too(branch: Branch, write: Write) -> None:
    file = write("no,account,date,amount\n1,loan,2025-01-01,10\n2,loan,2025-01-02,-3\n")
    await branch.load(file, flags={**PLAIN, "accounts.head": "1303"})
    assert branch.account("loan").normal_side is ledger.Side.DEBIT
    assert branch.balance("loan") == 700


async def test_a_journal_names_both_accounts(branch: Branch, write: Write, tmp_path: Path) -> None:
    for reference in ("x", "y"):
        command = OpenAccount(asset="CNY", head="2011", floor=None, reference=reference)
        await branch.engine.execute(1, command, actor="t")
    file = write("date,from,to,amount\n2025-01-01,x,y,1.50\n2025-01-01,x,z,1\n2025-01-01,x,y,-1\n")
    flags = {"debit": "from", "credit": "to", "amount": "amount", "code": "journal"}
    summary = await branch.load(file, flags=flags, errors=tmp_path / "errors.csv")
    assert (summary.posted, summary.malformed, summary.accounts_opened) == (1, 2, 0)
    assert (branch.balance("x"), branch.balance("y")) == (-150, 150)
    assert "import.account_unknown" in (tmp_path / "errors.csv").read_text()


async def test_an_account_of_another_asset_is_not_touched(branch: Branch, write: Write, tmp_path: Path) -> None:
    await branch.engine.execute(1, OpenAccount(asset="CZK", head="2011", reference="a"), actor="t")
    file = write("no,account,date,amount\n1,a,2025-01-01,10\n")
    summary = await branch.load(file, flags=PLAIN, errors=tmp_path / "errors.csv")
    assert (summary.posted, summary.malformed) == (0, 1)
    assert "transfer.asset_unexpected" in (tmp_path / "errors.csv").read_text()


async def test_files_that_have_the_newest_first_are_turned_round(
    branch: Branch, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorting, "RUN", 2)
    file = write("no,account,date,amount\n" + "".join(f"{n},a,2025-01-{9 - n // 2:02d},{n}\n" for n in range(1, 8)))
    summary = await branch.load(file, flags={**PLAIN, "order": "newest-first"})
    assert summary.ok
    assert [reference for _, _, reference in branch.entries("a")] == ["7", "6", "5", "4", "3", "2", "1"]


async def test_unsorted_files_are_put_in_order_of_their_times(branch: Branch, write: Write) -> None:
    times = ["02 10:00", "01 23:59", "02 09:00", "01 00:00"]
    file = write("no,account,date,amount\n" + "".join(f"{n},a,2025-01-{t},1\n" for n, t in enumerate(times)))
    summary = await branch.load(file, flags={**PLAIN, "order": "date", "date_format": "%Y-%m-%d %H:%M"})
    assert summary.ok
    assert [reference for _, _, reference in branch.entries("a")] == ["3", "1", "2", "0"]
    assert branch.transfers[0].happened_at == datetime(2025, 1, 1, tzinfo=SHANGHAI)
    assert all(not t.flags & ledger.Flag.LATE_CREDIT for t in branch.transfers)


async def test_opening_balances_come_from_the_running_balance(branch: Branch, write: Write) -> None:
    file = write(
        "no,account,date,amount,after\n"
        "1,a,2025-01-01,-10,80\n"
        "2,a,2025-01-01,-10,90\n"
        "3,b,2025-01-02,5,5\n"
        "4,c,2025-01-03,5,-3.00\n"
    )
    flags = {**PLAIN, "balance": "after", "opening": "before", "counters.before.head": "4001"}
    summary = await branch.load(file, flags=flags)
    assert (summary.posted, summary.openings, summary.checked, summary.chained) == (4, 2, 2, 2)
    assert branch.entries("a") == [("2025-01-01", 10000, None), ("2025-01-01", -1000, "2"), ("2025-01-01", -1000, "1")]
    assert branch.entries("c") == [("2025-01-03", -800, None), ("2025-01-03", 500, "4")]
    assert branch.balance("before") == -9200
    assert summary.balances is not None
    assert summary.balances.exact == 3


async def test_a_balance_that_is_too_far_off_is_counted(branch: Branch, write: Write) -> None:
    file = write("no,account,date,amount,after\n1,a,2025-01-01,10,10\n2,a,2025-01-02,10,21.01\n3,b,2025-01-02,1,2.00\n")
    summary = await branch.load(file, flags={**PLAIN, "balance": "after"})
    check = summary.balances
    assert check is not None
    assert (check.accounts, check.exact, check.within, check.tolerance) == (2, 0, 1, 100)
    assert [(difference.reference, difference.difference) for difference in check.worst] == [("a", -101), ("b", -100)]


async def test_what_stands_in_the_way_of_the_whole_is_said_at_once(
    branch: Branch, write: Write, tmp_path: Path
) -> None:
    with pytest.raises(Malformed, match=r"import\.file_unreadable"):
        await branch.load(tmp_path / "none.csv", flags=PLAIN)
    with pytest.raises(Malformed, match=r"import\.file_unreadable"):
        await branch.load(tmp_path, flags=PLAIN)
    with pytest.raises(Malformed, match=r"import\.file_empty"):
        await branch.load(write(""), flags=PLAIN)
    with pytest.raises(Malformed, match="no column no; it has account, date, amount"):
        await branch.load(write("account,date,amount\n1,2,3\n"), flags=PLAIN)
    with pytest.raises(NotFound, match=r"asset\.not_found"):
        await branch.load(write("no,account,date,amount\n"), flags={**PLAIN, "asset": "XAU"})
    with pytest.raises(Exception, match=r"head\.not_found"):
        await branch.load(write("no,account,date,amount\n1,a,2025-01-01,1\n"), flags={**PLAIN, "accounts.head": "9"})
    assert branch.transfers == []


async def test_a_file_of_a_header_only_is_an_import_of_nothing(branch: Branch, write: Write) -> None:
    summary = await branch.load(write("no,account,date,amount\n"), flags=PLAIN)
    assert (summary.lines, summary.ok, summary.chained_share, summary.balances) == (0, True, None, None)


async def test_a_day_of_very_many_lines_is_taken_in_parts(
    branch: Branch, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "DAY_MAX", 3)
    file = write("no,account,date,amount,after\n" + "".join(f"{n},a,2025-01-01,1,{n}\n" for n in range(1, 9)))
    summary = await branch.load(file, flags={**PLAIN, "balance": "after"}, chunk_lines=2)
    assert (summary.posted, summary.chained) == (8, 8)
