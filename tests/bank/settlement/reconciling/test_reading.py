"""Every line of a file is accounted for: those that count are taken, the others are named with the reason."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canglian.bank.settlement.reconciling import reading
from canglian.bank.settlement.reconciling.formats import CARD_AND_QR, ORDERS, PLAIN, FileFormat
from canglian.bank.settlement.reconciling.reading import FileTally, Problem, SideFile
from canglian.kernel.errors import Malformed

DAY = date(2026, 3, 2)
HEADER = "channel_no,merchant_order_no,merchant_no,kind,amount,fee,finished_at,state\n"
PAID = 'C1,ORD-1,mer_a,payment,"1,234.56",4.69,2026-03-02T09:30:00+08:00,success\n'
BACK = "C2,RET-1,mer_a,refund,34.56,0.13,2026-03-02T10:30:00+08:00,success\n"
FAILED = "C3,ORD-2,mer_a,payment,9.00,0.00,2026-03-02T10:30:00+08:00,failed\n"
TOTALS = 'TOTAL,2,"1,234.56",34.56\n'

Taken = list[tuple[str, str, int]]


def read(
    path: Path, content: str | bytes, form: FileFormat = PLAIN, merchants: frozenset[str] | None = None
) -> tuple[Taken, FileTally]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    file = SideFile(path, form, DAY, merchants)
    taken = [line for batch in file.batches() for line in zip(*batch, strict=True)]
    tally = file.tally
    assert tally.lines == (tally.header + tally.blank + tally.totals + tally.taken + tally.unsettled + tally.refused)
    return taken, tally


def test_payments_and_refunds_are_taken_to_the_fen(tmp_path: Path) -> None:
    taken, tally = read(tmp_path / "f.csv", HEADER + PAID + BACK + FAILED + TOTALS)
    assert taken == [("payment mer_a ORD-1", "C1", 123_456), ("refund mer_a RET-1", "C2", -3_456)]
    assert (tally.payments, tally.refunds, tally.unsettled, tally.totals_agree) == (123_456, 3_456, 1, True)
    assert tally.is_whole


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("C4,ORD-4,mer_a,payment,9.00\n", "reconciliation.line_truncated"),
        ('C4,ORD-4,mer_a,payment,"9.00,0.00,2026-03-02T10:30:00+08:00,success\n', "reconciliation.line_truncated"),
        ("C4,ORD-4,mer_a,gift,9.00,0.00,2026-03-02T10:30:00+08:00,success\n", "reconciliation.line_kind"),
        ("C4,ORD-4,mer_a,payment,9.0,0.00,2026-03-02T10:30:00+08:00,success\n", "reconciliation.line_amount"),
        ("C4,ORD-4,mer_a,payment,-9.00,0.00,2026-03-02T10:30:00+08:00,success\n", "reconciliation.line_amount"),
        ("C4,ORD-4,mer_a,payment,0.00,0.00,2026-03-02T10:30:00+08:00,success\n", "reconciliation.line_amount"),
        ("C4,ORD-4,mer_a,payment,９.00,0.00,2026-03-02T10:30:00+08:00,success\n", "reconciliation.line_amount"),
        ("C4,ORD-4,mer_a,payment,9.00,0.00,02.03.2026,success\n", "reconciliation.line_instant"),
        ("C4,ORD-4,mer_a,payment,9.00,0.00,2026-03-09T10:30:00+08:00,success\n", "reconciliation.line_other_day"),
        ("C4,,mer_a,payment,9.00,0.00,2026-03-02T10:30:00+08:00,success\n", "reconciliation.line_unreadable"),
    ],
)
def test_a_line_that_cannot_be_taken_is_named_and_stops_nothing(tmp_path: Path, line: str, code: str) -> None:
    taken, tally = read(tmp_path / "f.csv", HEADER + PAID + line + BACK + TOTALS)
    assert [number for _, number, _ in taken] == ["C1", "C2"]
    assert tally.problems == [Problem(3, code)]
    assert not tally.is_whole


def test_a_file_that_was_cut_off_is_not_whole(tmp_path: Path) -> None:
    whole = HEADER + PAID + BACK + TOTALS
    assert read(tmp_path / "f.csv", whole)[1].is_whole
    for end in range(len(HEADER), len(whole) - 1):
        assert not read(tmp_path / "f.csv", whole[:end])[1].is_whole


def test_totals_that_are_not_those_of_the_lines_are_seen(tmp_path: Path) -> None:
    assert read(tmp_path / "f.csv", HEADER + PAID + TOTALS)[1].totals_agree is False
    assert read(tmp_path / "f.csv", HEADER + PAID + BACK + TOTALS + FAILED)[1].problems == [
        Problem(5, "reconciliation.line_behind_totals")
    ]
    assert read(tmp_path / "f.csv", HEADER + "TOTAL,0,0.00,0.00\n")[1].is_whole


def test_chinese_words_are_read_in_utf_8_and_gb18030(tmp_path: Path) -> None:
    content = HEADER + PAID.replace("payment", "支付").replace("success", "成功") + TOTALS.replace("34.56", "0.00", 2)
    content = content.replace('TOTAL,2,"1,20.00",0.00', 'TOTAL,1,"1,234.56",0.00')
    for encoding in ("utf-8", "gb18030", "utf-8-sig"):
        taken, tally = read(tmp_path / "f.csv", content.encode(encoding))
        assert taken == [("payment mer_a ORD-1", "C1", 123_456)]
        assert tally.refused == 0


def test_lines_in_another_encoding_than_the_rest_are_refused(tmp_path: Path) -> None:
    utf = PAID.replace("ORD-1", "订单一").encode() * 3
    _, tally = read(tmp_path / "f.csv", HEADER.encode() + utf + PAID.replace("ORD-1", "订单").encode("gb18030"))
    assert [problem.code for problem in tally.problems] == ["reconciliation.line_unreadable"]


def test_lines_of_merchants_that_are_not_known_are_taken_and_counted(tmp_path: Path) -> None:
    foreign = BACK.replace("mer_a", "mer_x")
    taken, tally = read(tmp_path / "f.csv", HEADER + PAID + foreign + TOTALS, merchants=frozenset({"mer_a"}))
    assert (len(taken), tally.foreign, tally.is_whole) == (2, 1, True)


@pytest.mark.parametrize(
    ("instant", "other"),
    [
        ("2026-03-01T16:00:00Z", 0),
        ("2026-03-02T15:59:59Z", 0),
        ("2026-03-02T16:00:00Z", 1),
        ("2026-03-02 00:00:00", 0),
        ("2026-03-01T23:59:59+08:00", 1),
        ("2026-03-01T12:00:00-05:00", 0),
    ],
)
def test_the_day_is_that_of_shanghai_whatever_the_zone(tmp_path: Path, instant: str, other: int) -> None:
    _, tally = read(tmp_path / "f.csv", HEADER + PAID.replace("2026-03-02T09:30:00+08:00", instant))
    assert (tally.taken, tally.other_day) == (1, other)


def test_another_format_is_configuration(tmp_path: Path) -> None:
    form = FileFormat(
        number="交易单号",
        reference="商户单号",
        merchant="商户号",
        kind="类型",
        amount="金额（分）",
        at="时间",
        state=None,
        unit="fen",
        payments=("消费",),
        refunds=("撤销",),
        delimiter="|",
        zone="UTC",
        prefix="`",
    )
    content = "时间|商户号|商户单号|交易单号|类型|金额（分）\n`2026-03-01 16:00:00|`m1|`O1|`T1|`消费|`990\n"
    taken, tally = read(tmp_path / "f.csv", content, form)
    assert taken == [("payment m1 O1", "T1", 990)]
    assert tally.other_day == 0


def test_a_file_without_its_columns_is_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="file_columns"):
        read(tmp_path / "f.csv", HEADER.replace("amount", "sum") + PAID)
    with pytest.raises(Malformed, match="file_empty"):
        read(tmp_path / "f.csv", "")


_fields = st.tuples(
    st.sampled_from(["C1", "C2", "", '"C3"', '"C,4"', "订"]),
    st.sampled_from(["O1", "O 2", '"O""3"', "\0"]),
    st.sampled_from(["m1", "m 2"]),
    st.sampled_from(["payment", "refund", "支付", "gift"]),
    st.sampled_from(["1.00", '"1,000.00"', "1,000.00", "1.0", "x", '"1000.00"']),
    st.just("0.00"),
    st.sampled_from(["2026-03-02T09:30:00+08:00", "2026-03-02T23:30:00Z", "2026-13-02T09:30:00Z", "2026-03-02T09:30"]),
    st.sampled_from(["success", "failed", '"success"']),
)
_good = st.tuples(
    *(st.just(value) for value in ("C1", "O1", "m1")),
    st.sampled_from(["payment", "refund"]),
    st.sampled_from(["1.00", '"1,000.00"']),
    st.just("0.00"),
    st.sampled_from(["2026-03-02T09:30:00+08:00", "2026-03-02T09:30:00Z", "2026-03-02 09:30:00"]),
    st.just("success"),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.lists(_good, max_size=4), st.lists(st.one_of(_good, _fields), max_size=6)), st.booleans())
def test_a_block_taken_at_once_is_what_its_lines_are_one_by_one(
    tmp_path: Path, rows: list[tuple[str, ...]], ends: bool
) -> None:
    content = HEADER + "\n".join(",".join(row) for row in rows) + "\n" * ends
    with pytest.MonkeyPatch.context() as patch:
        at_once = read(tmp_path / "f.csv", content, merchants=frozenset({"m1"}))
        patch.setattr(SideFile, "_block", not_at_once)
        one_by_one = read(tmp_path / "f.csv", content, merchants=frozenset({"m1"}))
    assert at_once == one_by_one


def not_at_once(*_: object) -> None:
    """Has every block read line by line."""


def test_blocks_end_with_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BLOCK", 100)
    rows = "".join(PAID.replace("C1", f"C{number}") for number in range(50))
    taken, tally = read(tmp_path / "f.csv", HEADER + rows + 'TOTAL,50,"61,728.00",0.00\n')
    assert [number for _, number, _ in taken] == [f"C{number}" for number in range(50)]
    assert tally.is_whole


def test_orders_of_a_merchant_have_the_order_as_their_number(tmp_path: Path) -> None:
    content = "order_no,merchant_no,kind,amount,paid_at\nO1,m1,payment,5.00,2026-03-02T09:30:00+08:00\n"
    assert read(tmp_path / "f.csv", content, ORDERS)[0] == [("payment m1 O1", "O1", 500)]


def test_the_file_of_the_card_and_qr_channel_is_read(tmp_path: Path) -> None:
    content = (
        "number,original,kind,method,amount,fee,date,at,reference\r\n"
        "cho_1,,pay,card,5000,12,2026-03-02,2026-03-02T09:30:00+08:00,T1\r\n"
        "cho_2,cho_1,refund,card,-2000,-5,2026-03-02,2026-03-02T10:30:00+08:00,T2\r\n"
        "total,,,,3000,7,2026-03-02,,2\r\n"
    )
    taken, tally = read(tmp_path / "f.csv", content, CARD_AND_QR)
    assert taken == [("payment cho_1", "T1", 5000), ("refund cho_1", "T2", -2000)]
    assert tally.is_whole
    _, tally = read(tmp_path / "f.csv", content.replace("-2000", "2000"), CARD_AND_QR)
    assert [problem.code for problem in tally.problems] == ["reconciliation.line_amount"]


def test_captures_go_by_what_they_take_from_as_refunds_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = "number,original,kind,method,amount,fee,date,at,reference\n"
    rows = (
        "cho_2,cho_1,capture,card,3000,8,2026-03-02,2026-03-02T09:30:00+08:00,T2\n"
        "cho_3,cho_1,capture,card,2500,6,2026-03-02,2026-03-02T09:31:00+08:00,T3\n"
        "cho_4,,pay,qr,100,0,2026-03-02,2026-03-02T09:32:00+08:00,T4\n"
        "cho_5,cho_1,refund,card,-4000,-10,2026-03-02,2026-03-02T10:30:00+08:00,T5\n"
    )
    wanted = [
        ("payment cho_1", "T2", 3000),
        ("payment cho_1", "T3", 2500),
        ("payment cho_4", "T4", 100),
        ("refund cho_1", "T5", -4000),
    ]
    whole = head + rows + "total,,,,1600,4,2026-03-02,,4\n"
    assert read(tmp_path / "f.csv", whole, CARD_AND_QR)[0] == wanted
    monkeypatch.setattr(SideFile, "_block", not_at_once)
    taken, tally = read(tmp_path / "f.csv", whole, CARD_AND_QR)
    assert (taken, tally.is_whole) == (wanted, True)
    _, tally = read(tmp_path / "f.csv", whole.replace("cho_3,cho_1", "cho_3,"), CARD_AND_QR)
    assert [(problem.line, problem.code) for problem in tally.problems] == [(3, "reconciliation.line_unreadable")]


@pytest.mark.parametrize("damage", ['"channel_no', 'channel_no,"', '"channel_no"x', '"channel_no\n'])
def test_a_header_that_cannot_be_read_refuses_the_file(tmp_path: Path, damage: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(tmp_path / "f.csv", HEADER.replace("channel_no", damage, 1) + PAID)
    assert refused.value.code == "reconciliation.file_header"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_names_of_columns_are_taken_without_what_surrounds_them(tmp_path: Path, encoding: str) -> None:
    header = HEADER.replace("amount", "\u3000amount\u200b ").replace("channel_no", " channel_no")
    assert len(read(tmp_path / "f.csv", (header + PAID).encode(encoding))[0]) == 1


@pytest.mark.parametrize("damage", [b"A", b"\x00\xd8A\x00\n\x00", b"\xff\xff\n\x00"])
def test_broken_characters_of_two_bytes_cost_their_line(tmp_path: Path, damage: bytes) -> None:
    taken, tally = read(tmp_path / "f.csv", (HEADER + PAID + BACK).encode("utf-16") + damage)
    assert (len(taken), tally.refused) == (2, 1)
