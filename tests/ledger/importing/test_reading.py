"""Every line of a file is accounted for, whatever is damaged in it."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canglian.kernel.errors import Malformed
from canglian.ledger.importing.mapping import Format, load_mapping
from canglian.ledger.importing.reading import CsvFile, Line
from tests.ledger.importing.conftest import Branch
from tests.ledger.importing.test_history import PLAIN

Write = Callable[..., Path]

HEADER = "no,account,date,amount,memo"
DAMAGES = ('"', '"', '""', "\n", "\r\n", "\r", ",", "\0", "\ud7ff", '","', '"\n')


def read(path: Path, **form: Any) -> tuple[CsvFile, list[Line]]:
    file = CsvFile(path, Format(**form))
    return file, list(file.lines([]))


def good(number: int) -> str:
    memo = ("pay", '"a, b"', '"said ""so"""', "")[number % 4]
    return f"{number},a,2025-01-0{1 + number * 8 // 400},1.00,{memo}"


def damaged(chance: random.Random, count: int) -> tuple[str, set[int]]:
    """A file of good lines with some damage, and the numbers of the records that were not touched."""
    rows, whole = [], set(range(count))
    for number in range(count):
        row = good(number)
        if chance.random() < 0.05:
            place = chance.randrange(len(row) + 1)
            row = row[:place] + chance.choice(DAMAGES) + row[place + chance.randrange(3) :]
            whole.discard(number)
        rows.append(row)
        if chance.random() < 0.05:
            rows.append(chance.choice(("", "  ", ",,,,")))
    end = chance.choice(("\n", "\r\n"))
    return end.join([HEADER, *rows]) + chance.choice(("", end)), whole


def physical(text: str) -> int:
    """The lines as an editor counts them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines) - (not lines[-1])


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_lines_of_a_damaged_file_add_up_and_no_good_one_is_lost(tmp_path_factory: Any, seed: int) -> None:
    chance = random.Random(seed)
    text, whole = damaged(chance, 200)
    path = tmp_path_factory.mktemp("damaged") / "in.csv"
    path.write_bytes(text.encode())
    file, lines = read(path)
    tally = file.tally
    assert tally.read == physical(text)
    assert tally.read == tally.header + tally.blank + tally.records + tally.further
    assert tally.records == len(lines) == len({line.number for line in lines})
    taken = {line.values[0] for line in lines if line.problem is None}
    told = {line.number: line for line in lines if line.problem is not None}
    where = {row: number for number, row in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)}
    for number in whole:
        assert str(number) in taken or where[good(number)] in told


@pytest.mark.parametrize("seed", range(6))
async def test_the_summary_of_a_damaged_file_adds_up_to_its_lines(
    branch: Branch, tmp_path: Path, write: Write, seed: int
) -> None:
    text, whole = damaged(random.Random(seed), 400)
    errors = tmp_path / "errors.csv"
    summary = await branch.load(write(text), flags={**PLAIN, "order": "date"}, errors=errors)
    told = [] if summary.ok else errors.read_text("utf-8-sig").splitlines()
    assert summary.file_lines == physical(text)
    assert summary.file_lines == (
        summary.header_lines + summary.blank_lines + summary.further_lines + summary.posted
        + summary.refused + summary.malformed
    )  # fmt: skip
    assert summary.posted == len(branch.transfers)
    booked = {transfer.reference for transfer in branch.transfers}
    for number in whole:
        assert str(number) in booked or any(line.startswith(f"{number},a,2025") for line in told)


async def test_a_quotation_mark_that_is_not_closed_costs_its_own_line(branch: Branch, write: Write) -> None:
    rows = [f"{number},a,2025-01-05,1.00,memo" for number in range(1, 8998)]
    rows[0] = '1,a,2025-01-05,1.00,"bad'
    summary = await branch.load(write("\n".join([HEADER, *rows]) + "\n"), flags=PLAIN)
    assert (summary.lines, summary.posted, summary.malformed) == (8997, 8996, 1)
    assert summary.file_lines == 8998
    assert branch.balance("a") == 899600


def test_a_field_may_go_over_several_lines(write: Write) -> None:
    file, lines = read(write('no,memo\n1,"one\ntwo\r\nthree"\n\n2,"x ""y"" z"\n'))
    assert [(line.number, line.values, line.problem) for line in lines] == [
        (2, ["1", "one\ntwo\r\nthree"], None),
        (6, ["2", 'x "y" z'], None),
    ]
    assert (file.tally.header, file.tally.blank, file.tally.further) == (1, 1, 2)


def test_lines_inside_a_field_that_could_be_lines_are_in_doubt(write: Write) -> None:
    file, lines = read(write('no,day,memo\n1,2025,"bad\n2,2025,"\n3,2025,x\n'))
    codes = [(line.number, line.problem and line.problem.code) for line in lines]
    assert codes == [(2, "import.quote_doubtful"), (3, "import.quote_doubtful"), (4, None)]
    assert lines[1].values[:2] == ["2", "2025"]
    assert file.tally.further == 0


def test_the_end_of_a_field_that_was_given_up_is_no_line(write: Write) -> None:
    far = "\n".join(["x"] * 120)
    _, lines = read(write(f'memo,day\n"one\n{far}\nend",2025\nnext,2026\n'))
    codes = {line.problem.code if line.problem else None for line in lines}
    assert codes == {"import.quote_open", "import.fields_count", "import.quote_doubtful", None}
    assert [line.values for line in lines if line.problem is None] == [["next", "2026"]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "import.file_empty"),
        ("\n , \n", "import.file_empty"),
        ('"no,memo\n1,x\n', "import.header_unreadable"),
        ('no,"memo\n1,x"\n', "import.header_unreadable"),
        ("no,no\n1,2\n", "import.column_twice"),
        ("x,y\n1,2\n", "import.column_missing"),
    ],
)
def test_a_header_that_leaves_doubt_refuses_the_file(write: Write, text: str, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        list(CsvFile(write(text), Format()).lines(["no"]))
    assert refused.value.code == code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_names_of_columns_are_taken_without_what_surrounds_them(write: Write, encoding: str, mark: str) -> None:
    path = write(f"{mark} no ,\u3000金额\u200b,other,other\n1,2,3,4\n", encoding=encoding)
    file = CsvFile(path, Format(encoding=encoding))
    (line,) = file.lines(["no", "金额"])
    assert (file.header, line.values) == (["no", "金额", "other", "other"], ["1", "2", "3", "4"])


def test_a_mark_is_no_part_of_the_first_value_either(write: Write) -> None:
    (line,) = read(write("\ufeff1,2\n"), header=["a", "b"], encoding="utf-8")[1]
    assert line.values == ["1", "2"]


@pytest.mark.parametrize(
    ("written", "asked"), [("utf-8-sig", "gb18030"), ("utf-8-sig", "latin-1"), ("utf-16", "utf-8")]
)
def test_a_mark_of_another_encoding_refuses_the_file(write: Write, written: str, asked: str) -> None:
    with pytest.raises(Malformed, match=r"import\.encoding_differs"):
        read(write("no\n1\n", encoding=written), encoding=asked)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_is_found_out_where_the_mapping_leaves_it_open(write: Write, encoding: str) -> None:
    text = "姓名,备注\n" + "".join(f"欧阳{n},联通\n" for n in range(20))
    file, lines = read(write(text, encoding=encoding), encoding="auto")
    assert file.header == ["姓名", "备注"]
    assert {line.problem for line in lines} == {None}
    assert lines[3].values == ["欧阳3", "联通"]


def test_one_broken_byte_does_not_change_the_encoding(write: Write) -> None:
    path = write("姓名\n欧阳\n司马\n诸葛\n")
    path.write_bytes(path.read_bytes() + b"\xc5\xb7\xd1\xf4\n")
    lines = read(path, encoding="auto")[1]
    assert [line.problem is None for line in lines] == [True, True, True, False]
    assert lines[0].values == ["欧阳"]


@pytest.mark.parametrize("damage", [b"A", b"\x00\xd8A\x00\n\x00", b"\x00\xdc\n\x00", b"\xff\xff\n\x00"])
@pytest.mark.parametrize("asked", ["auto", "utf-16"])
async def test_broken_characters_of_two_bytes_cost_their_line(
    branch: Branch, tmp_path: Path, write: Write, damage: bytes, asked: str
) -> None:
    path = write(f"{HEADER}\n1,a,2025-01-05,1.00,联通\n", encoding="utf-16")
    path.write_bytes(path.read_bytes() + damage + "2,a,2025-01-05,1.00,x\n".encode("utf-16-le"))
    errors = tmp_path / "errors.csv"
    summary = await branch.load(path, flags={**PLAIN, "encoding": asked}, errors=errors)
    assert (summary.posted + summary.malformed, summary.malformed) in ((2, 1), (3, 1))
    assert branch.balance("a") == 100 * summary.posted
    assert errors.read_text("utf-16").splitlines()[0].startswith(f"{HEADER},import_line")


@pytest.mark.parametrize(
    ("text", "asked", "code"),
    [
        ("no,memo\n1,x\n".encode("utf-16-le"), "utf-16", "import.file_unreadable"),
        ("no,memo\n1,x\n".encode("utf-16-le"), "utf-8", "import.header_unreadable"),
        ("编号,备注\n1,x\n".encode("gb18030"), "utf-8", "import.column_missing"),
        (b"no,memo\n1,x\n", "utf-32", "import.file_unreadable"),
    ],
)
def test_a_file_in_another_encoding_than_the_mapping_says_is_refused(
    tmp_path: Path, text: bytes, asked: str, code: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(text)
    with pytest.raises(Malformed) as refused:
        list(CsvFile(path, Format(encoding=asked)).lines(["no"]))
    assert refused.value.code == code


@pytest.mark.parametrize("encoding", ["nonsense", "base64", "undefined", "idna", ""])
def test_what_is_no_encoding_of_texts_is_refused_with_the_mapping(encoding: str) -> None:
    with pytest.raises(Malformed, match=r"import\.mapping_invalid"):
        load_mapping(None, {**PLAIN, "encoding": encoding})
