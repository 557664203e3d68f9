"""Lines that the book has are not booked again, whatever file brings them."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from canglian.kernel.errors import Conflict, Malformed
from canglian.ledger.commands import OpenAccount, ReverseTransfer
from canglian.ledger.importing.parsing import unmangled
from canglian.ledger.model import Transfer
from tests.ledger.importing.conftest import Branch, MemoryTransfers
from tests.ledger.importing.test_history import PLAIN

Write = Callable[..., Path]

CONTENT: dict[str, Any] = {**PLAIN, "reference": None, "metadata": "memo"}
HEADER = "no,account,date,amount,memo\n"


async def test_a_line_that_an_earlier_file_brought_is_not_booked_again(branch: Branch, write: Write) -> None:
    await branch.load(write(f"{HEADER}R1,a,2025-01-05,10.00,\nR2,a,2025-01-05,20.00,\n"), flags=PLAIN)
    file = write(f"{HEADER}R2,a,2025-01-05,20.00,\nR3,a,2025-01-05,30.00,\n", "next.csv")
    summary = await branch.load(file, flags=PLAIN)
    assert (summary.identity, summary.posted, summary.repeated, summary.ok) == ("reference", 2, 1, True)
    assert branch.balance("a") == 6000
    assert [reference for _, _, reference in branch.entries("a")] == ["R1", "R2", "R3"]


@pytest.mark.parametrize("flags", [PLAIN, CONTENT], ids=["reference", "content"])
async def test_the_same_lines_in_another_file_change_nothing(
    branch: Branch, write: Write, flags: dict[str, Any]
) -> None:
    rows = ["1,a,2025-01-05,10.00,x", "2,a,2025-01-05,10.00,x", "3,a,2025-01-06,-2.00,", "4,b,2025-01-06,5.00,y"]
    text = HEADER + "\n".join(rows) + "\n"
    first = await branch.load(write(text), flags=flags)
    assert (first.posted, first.repeated, branch.balance("a"), branch.balance("b")) == (4, 0, 1800, 500)
    others = [text.replace("\n", "\r\n"), text + "\n", "\ufeff" + text, text.replace("10.00", '"10.0"')]
    for place, other in enumerate(others):
        again = await branch.load(write(other, f"{place}.csv"), flags=flags)
        assert (again.posted, again.repeated, again.accounts_opened, again.ok) == (4, 4, 0, True)
    assert len(branch.transfers) == 4
    more = await branch.load(write(text + rows[2].replace("3,", "5,", 1) + "\n", "more.csv"), flags=flags)
    assert (more.posted, more.repeated) == (5, 4)
    assert branch.balance("a") == 1600


@pytest.mark.parametrize("seed", range(8))
async def test_the_book_has_what_the_files_have_however_they_overlap(branch: Branch, write: Write, seed: int) -> None:
    chance = random.Random(seed)
    days = sorted(chance.randrange(1, 9) for _ in range(120))
    rows = [
        f"{n},{chance.choice('abc')},2025-01-0{day},{chance.randrange(1, 4)}.00,{chance.choice('xy')}"
        for n, day in enumerate(days)
    ]
    flags = chance.choice([PLAIN, CONTENT])
    end = 0
    while end < len(rows):
        start, end = max(0, end - chance.randrange(40)), min(len(rows), end + chance.randrange(1, 50))
        # by their content, the lines of a day come whole or not at all
        while flags is CONTENT and start > 0 and days[start - 1] == days[start]:
            start -= 1
        await branch.load(write(HEADER + "\n".join(rows[start:end]) + "\n", f"{end}.csv"), flags=flags, chunk_lines=7)
    booked = Counter((t.date.isoformat(), t.amount, (t.metadata or {}).get("memo")) for t in branch.transfers)
    assert len(branch.transfers) == len(rows)
    if flags is CONTENT:
        assert booked == Counter(
            (day, int(amount[0]) * 100, memo) for _, _, day, amount, memo in (row.split(",") for row in rows)
        )


async def test_a_reference_with_other_figures_or_twice_in_a_file_is_refused(
    branch: Branch, write: Write, tmp_path: Path
) -> None:
    await branch.load(write(f"{HEADER}R1,a,2025-01-05,10.00,\n"), flags=PLAIN)
    errors = tmp_path / "errors.csv"
    rows = ["R1,a,2025-01-05,11.00,", "R1,a,2025-01-05,10.00,", "R1,a,2025-01-05,10.00,"]
    rows += ["R2,a,2025-01-05,1.00,", "R2,b,2025-01-05,1.00,", "R2,a,2025-01-05,2.00,"]
    summary = await branch.load(write(HEADER + "\n".join(rows) + "\n", "next.csv"), flags=PLAIN, errors=errors)
    assert (summary.posted, summary.repeated, summary.malformed) == (3, 1, 3)
    codes = [line.split(",")[6] for line in errors.read_text("utf-8-sig").splitlines()[1:]]
    assert codes == ["import.reference_differs", "import.reference_repeated", "import.reference_repeated"]
    assert (branch.balance("a"), branch.balance("b")) == (1100, 100)


async def test_a_reference_that_a_file_repeats_far_below_is_found(branch: Branch, write: Write) -> None:
    rows = [f"R{n},a,2025-01-05,1.00," for n in range(60)]
    summary = await branch.load(write(HEADER + "\n".join([*rows, rows[3]]) + "\n"), flags=PLAIN, chunk_lines=5)
    assert (summary.posted, summary.malformed, len(branch.transfers)) == (60, 1, 60)


async def test_lines_of_equal_content_are_as_many_movements_as_the_file_has(branch: Branch, write: Write) -> None:
    row = "1,a,2025-01-05,1.00,coffee\n"
    for count, posted in ((2, 2), (5, 5), (1, 5)):
        await branch.load(write(HEADER + row * count, f"{count}.csv"), flags=CONTENT, chunk_lines=2)
        assert len(branch.transfers) == posted


async def test_a_movement_that_was_reversed_is_not_booked_again(branch: Branch, write: Write) -> None:
    await branch.load(write(f"{HEADER}R1,a,2025-01-05,10.00,\n"), flags=PLAIN)
    await branch.engine.execute(1, ReverseTransfer(transfer=branch.transfers[0].id), actor="t")
    again = await branch.load(write(f"{HEADER}R1,a,2025-01-05,10.00,\n\n", "b.csv"), flags=PLAIN)
    assert (again.repeated, again.ok, branch.balance("a")) == (1, True, 0)


async def test_an_opening_balance_is_booked_once(branch: Branch, write: Write) -> None:
    flags = {**PLAIN, "balance": "after", "opening": "before", "counters.before.head": "4001"}
    head = "no,account,date,amount,after\n"
    await branch.load(write(f"{head}R1,a,2025-01-05,10,110\nR2,a,2025-01-06,20,130\n"), flags=flags)
    summary = await branch.load(write(f"{head}R2,a,2025-01-06,20,130\nR3,a,2025-01-07,1,131\n", "b.csv"), flags=flags)
    assert (summary.openings, summary.repeated, branch.balance("a")) == (0, 1, 13100)
    assert summary.balances is not None
    assert summary.balances.exact == 1


async def test_an_account_that_was_missing_is_opened_and_the_same_file_imported_again(
    branch: Branch, write: Write
) -> None:
    flags = {**PLAIN, "accounts.head": None}
    await branch.engine.execute(1, OpenAccount(asset="CNY", head="2011", floor=None, reference="a"), actor="t")
    file = write(f"{HEADER}R1,a,2025-01-05,10.00,\nR2,b,2025-01-05,20.00,\n")
    first = await branch.load(file, flags=flags)
    assert (first.posted, first.malformed) == (1, 1)
    await branch.engine.execute(1, OpenAccount(asset="CNY", head="2011", floor=None, reference="b"), actor="t")
    again = await branch.load(file, flags=flags)
    assert (again.posted, again.repeated, again.ok) == (2, 1, True)
    assert (branch.balance("a"), branch.balance("b")) == (1000, 2000)


@pytest.mark.parametrize("flags", [PLAIN, CONTENT], ids=["reference", "content"])
async def test_what_was_refused_in_the_middle_of_a_file_is_booked_late_on_its_own_date(
    branch: Branch, write: Write, tmp_path: Path, flags: dict[str, Any]
) -> None:
    flags = {**flags, "accounts.head": None}
    for reference in ("a", "c"):
        opens = OpenAccount(asset="CNY", head="2011", floor=None, reference=reference)
        await branch.engine.execute(1, opens, actor="t")
    rows = ["R1,a,2025-01-05,10.00,", "R2,b,2025-01-06,20.00,", "R3,a,2025-01-07,3O.00,", "R4,c,2025-01-08,40.00,"]
    file, errors = write(HEADER + "\n".join(rows) + "\n"), tmp_path / "errors.csv"
    first = await branch.load(file, flags=flags, errors=errors)
    assert (first.posted, first.malformed) == (2, 2)
    await branch.engine.execute(1, OpenAccount(asset="CNY", head="2011", floor=None, reference="b"), actor="t")
    refused = await branch.load(file, flags=flags, errors=tmp_path / "again.csv")
    assert (refused.posted, refused.repeated, refused.refused, refused.malformed) == (2, 2, 1, 1)
    assert "history.out_of_order" in (tmp_path / "again.csv").read_text("utf-8-sig")
    assert branch.balance("b") == 0
    late = {**flags, "late": "book"}
    again = await branch.load(file, flags=late)
    assert (again.posted, again.repeated, again.malformed) == (3, 2, 1)
    corrected = write(errors.read_text("utf-8-sig").replace("3O.00", "30.00"), "corrected.csv")
    alone = await branch.load(corrected, flags=late)
    assert (alone.posted, alone.repeated, alone.ok) == (2, 1, True)
    assert {t.reference or t.amount: t.date.day for t in branch.transfers if t.date.day in (6, 7)} in (
        {"R2": 6, "R3": 7},
        {2000: 6, 3000: 7},
    )
    assert (branch.balance("a"), branch.balance("b"), branch.total) == (4000, 2000, 0)


@pytest.mark.parametrize("flags", [PLAIN, CONTENT], ids=["reference", "content"])
async def test_a_file_of_which_nothing_was_booked_is_read_by_another_mapping(
    branch: Branch, write: Write, flags: dict[str, Any]
) -> None:
    file = write("no;account;date;amount;memo\n1;a;05.01.2025;1,50;联通\n", encoding="gb18030")
    with pytest.raises(Malformed, match=r"import\.column_missing"):
        await branch.load(file, flags=flags)
    flags = {**flags, "delimiter": ";"}
    for more in ({}, {"decimal": ","}, {"decimal": ",", "date_format": "%d.%m.%Y"}):
        tried = await branch.load(file, flags={**flags, **more})
        assert (tried.posted, tried.malformed) == (0, 1)
    flags |= {"decimal": ",", "date_format": "%d.%m.%Y", "encoding": "auto"}
    done = await branch.load(file, flags=flags)
    assert (done.posted, branch.balance("a")) == (1, 150)
    other = {"metadata": None} if flags["reference"] is None else {"account": "memo"}
    with pytest.raises(Conflict, match=r"import\.mapping_changed"):
        await branch.load(file, flags={**flags, **other})


@pytest.mark.parametrize("flags", [PLAIN, CONTENT], ids=["reference", "content"])
async def test_accounts_that_were_missing_are_opened_by_the_mapping_for_the_same_file(
    branch: Branch, write: Write, flags: dict[str, Any]
) -> None:
    await branch.engine.execute(1, OpenAccount(asset="CNY", head="2011", floor=None, reference="a"), actor="t")
    file = write(f"{HEADER}R1,a,2025-01-05,10.00,\nR2,b,2025-01-05,20.00,\n")
    first = await branch.load(file, flags={**flags, "accounts.head": None})
    assert (first.posted, first.malformed) == (1, 1)
    again = await branch.load(file, flags={**flags, "accounts.head": "2011"})
    assert (again.posted, again.repeated, again.accounts_opened, again.ok) == (2, 1, 1, True)
    with pytest.raises(Conflict, match=r"import\.mapping_changed"):
        await branch.load(file, flags={**flags, "accounts.head": "2011", "accounts.prefix": "x-"})
    assert (branch.balance("a"), branch.balance("b")) == (1000, 2000)


async def test_of_two_imports_at_a_time_one_ends(branch: Branch, write: Write) -> None:
    rows = [f"R{n},a,2025-01-05,1.00," for n in range(40)]
    files = [write(HEADER + "\n".join(rows[start:]) + "\n", f"{start}.csv") for start in (0, 1)]
    looked = asyncio.Event()

    class Waiting(MemoryTransfers):
        """Looks at the book, and answers when the other import is through."""

        async def by_reference(self, references: list[str]) -> list[Transfer]:
            found = await super().by_reference(references)
            await looked.wait()
            return found

    await branch.load(write(f"{HEADER}R0,a,2025-01-05,1.00,\n", "x.csv"), flags=PLAIN)
    first = asyncio.create_task(branch.load(files[0], flags=PLAIN, chunk_lines=5, earlier=Waiting(branch.store)))
    await asyncio.sleep(0.1)
    await branch.load(files[1], flags=PLAIN, chunk_lines=5)
    looked.set()
    with pytest.raises(Conflict) as ended:
        await first
    assert ended.value.code == "import.under_way"
    for file in files:
        await branch.load(file, flags=PLAIN, chunk_lines=5)
    assert (len(branch.transfers), branch.balance("a")) == (40, 4000)


MANGLED = [
    *("6.21999E+18", "6E+15", "6,2e+5", "####", "#N/A", "#REF!"),
    *("6.21999E18", "6.21999E 18", "６.21999Ｅ＋18", "＃N/A", "1.5e-7"),
    *("+6.2E+18", "6.21999×10^18", "6.21999×10¹⁸", "6219990000000000000.00", "12345.0", "6,219,990,000,000"),
    *("'6219990000000000", "＇621999", "=621999", '=""621999""'),
]
NOT_MANGLED = [
    *("12E5", "E+18", "621999000000000000", "6.21", "A#1", "berka-9188", "2025-01-05"),
    *("1.0", "'A1", "=A1", "2X1012", "10,100", "192.168.100.200", "+8613", "-", ""),
]


@pytest.mark.parametrize("value", MANGLED)
async def test_a_number_that_a_spreadsheet_made_opens_nothing(
    branch: Branch, write: Write, tmp_path: Path, value: str
) -> None:
    errors = tmp_path / "errors.csv"
    rows = f'1,"{value}",2025-01-05,1.00,\n"{value}",a,2025-01-05,1.00,\n'
    summary = await branch.load(write(HEADER + rows), flags=PLAIN, errors=errors)
    assert (summary.malformed, summary.accounts_opened, branch.references) == (2, 0, set())
    assert errors.read_text("utf-8-sig").count("import.value_mangled") == 2


@pytest.mark.parametrize("value", NOT_MANGLED)
def test_other_names_and_numbers_stay(value: str) -> None:
    assert unmangled(value, "account") == value


@pytest.mark.parametrize(
    "row",
    [
        "1,new,2099-01-05,1.00,",
        "1,new,2025-01-04,1.00,",
        "1,new,1800-01-05,1.00,",
        "1,new,2025-01-05,9999999999999999,",
        "1,new,2025-01-05,0,",
        "1,new,2025-01-05,x,",
        f"{'9' * 130},new,2025-01-05,1.00,",
        "1,,2025-01-05,1.00,",
        "1,6219990000000000000,2025-01-06,1.00,",  # digits alone are the number of an account
        "1,new,2025-01-05,1.00",
        '1,new,2025-01-05,1.00,"',
    ],
)
async def test_lines_that_do_not_book_open_nothing(branch: Branch, write: Write, row: str) -> None:
    await branch.load(write(f"{HEADER}0,a,2025-01-05,1.00,\n"), flags=PLAIN)
    summary = await branch.load(write(f"{HEADER}{row}\n2,b,2025-01-06,1.00,\n", "b.csv"), flags=PLAIN)
    assert (summary.posted, summary.refused + summary.malformed, summary.accounts_opened) == (1, 1, 1)
    assert branch.references == {"a", "b", "cash"}
    alone = await branch.load(
        write(f"{HEADER}{row}\n", "c.csv"), flags={**PLAIN, "counter": "x", "counters.x.head": "1001"}
    )
    assert (alone.posted, alone.accounts_opened) in ((0, 0), (1, 2))
    assert alone.posted == 0 or "2025-01-04" in row


async def test_a_chunk_may_open_many_accounts(branch: Branch, write: Write) -> None:
    rows = [f"{n},acc-{n},2025-01-05,1.00," for n in range(300)]
    summary = await branch.load(write(HEADER + "\n".join(rows) + "\n"), flags=PLAIN)
    assert (summary.posted, summary.accounts_opened) == (300, 301)


@pytest.mark.parametrize("chunk_lines", [1, 2, 100])
async def test_days_that_go_back_open_nothing_whatever_the_chunks(
    branch: Branch, write: Write, chunk_lines: int
) -> None:
    rows = ["1,a,2025-01-05,1.00,", "2,b,2025-01-04,1.00,", "3,c,2025-01-05,1.00,", "4,d,2025-01-03,1.00,"]
    summary = await branch.load(write(HEADER + "\n".join(rows) + "\n"), flags=PLAIN, chunk_lines=chunk_lines)
    assert (summary.posted, summary.refused, summary.accounts_opened) == (2, 2, 3)
    assert branch.references == {"cash", "a", "c"}


async def test_lines_against_a_bounded_or_frozen_account_open_nothing(branch: Branch, write: Write) -> None:
    await branch.engine.execute(1, OpenAccount(asset="CNY", head="1001", reference="till"), actor="t")
    rows = ["1,a,2025-01-05,1.00,", "2,b,2025-01-05,-1.00,", "3,c,2025-01-05,0.50,", "4,d,2025-01-05,-1.00,"]
    file = write(HEADER + "\n".join(rows) + "\n")
    summary = await branch.load(file, flags={**PLAIN, "counter": "till"})
    assert (summary.posted, summary.refused, branch.balance("till")) == (3, 1, 50)
    assert branch.references == {"till", "a", "b", "c"}


async def test_a_chunk_opens_the_accounts_of_the_lines_that_are_booked(branch: Branch, write: Write) -> None:
    rows = [f"{n},acc-{n},{'2099' if n % 3 else '2025'}-01-05,1.00," for n in range(30)]
    summary = await branch.load(write(HEADER + "\n".join(rows) + "\n"), flags=PLAIN, chunk_lines=7)
    assert (summary.posted, summary.refused, summary.accounts_opened) == (10, 20, 11)
    assert branch.references == {"cash", *(f"acc-{n}" for n in range(0, 30, 3))}
