"""Statements as files for machines: the structure of camt.053, and what XML and CSV can carry."""

from datetime import UTC, date, datetime
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canglian.bank.deposit.statements.camt import NAMESPACE, as_camt
from canglian.bank.deposit.statements.gathering import PaperStatement
from canglian.kernel.errors import Malformed
from canglian.ledger.model import Side
from canglian.ledger.queries.statements import Entry
from canglian.web.csv import cell

AT = datetime(2026, 1, 6, 1, 30, tzinfo=UTC)


def entry(number: int, amount: int, balance: int, reference: str | None = None) -> Entry:
    side = Side.CREDIT if amount > 0 else Side.DEBIT
    return Entry(number, date(2026, 1, 5), AT, AT, side, 9, amount, balance, "rail.pull", reference, None)


def statement(*entries: Entry, asset: str = "CNY") -> PaperStatement:
    came = sum(entry.amount for entry in entries if entry.amount > 0)
    went = -sum(entry.amount for entry in entries if entry.amount < 0)
    return PaperStatement(
        account="dep_" + "0" * 26,
        ledger_account=42,
        number="621999*********0019",
        holder="欧*** <&>",
        product="deposit.class2",
        bank="新城支行",
        asset=asset,
        scale=2,
        first=date(2026, 1, 1),
        last=date(2026, 1, 31),
        made_at=AT,
        opening=1_000,
        closing=1_000 + came - went,
        paid_in=came,
        paid_out=went,
        entries=list(entries),
    )


WHOLE = statement(entry(7, 123_456_789, 123_457_789, "rail_" + "0" * 26), entry(8, -50, 123_457_739, "x" * 60))

CHILDREN = {
    "Document": ["BkToCstmrStmt"],
    "BkToCstmrStmt": ["GrpHdr", "Stmt"],
    "GrpHdr": ["MsgId", "CreDtTm"],
    "Stmt": ["Id", "CreDtTm", "FrToDt", "Acct", "Bal", "Bal", "TxsSummry", "Ntry", "Ntry"],
    "FrToDt": ["FrDtTm", "ToDtTm"],
    "Acct": ["Id", "Ccy", "Ownr", "Svcr"],
    "Bal": ["Tp", "Amt", "CdtDbtInd", "Dt"],
    "TxsSummry": ["TtlNtries", "TtlCdtNtries", "TtlDbtNtries"],
    "TtlNtries": ["NbOfNtries", "Sum"],
    "BkTxCd": ["Prtry"],
    "Prtry": ["Cd", "Issr"],
}
"""What stands in what, in the order of the message's schema."""


def names(element: Element) -> list[str]:
    return [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in element]


def read(element: Element, path: str) -> str:
    found = element.find("/".join(f"{{{NAMESPACE}}}{part}" for part in path.split("/")))
    assert found is not None, path
    return found.text or ""


def test_camt_has_the_elements_of_the_message_in_their_order() -> None:
    root = fromstring(as_camt(WHOLE))
    assert root.tag == f"{{{NAMESPACE}}}Document"
    seen = set()
    for element in root.iter():
        name = element.tag.removeprefix(f"{{{NAMESPACE}}}")
        if name in CHILDREN and not (name == "Prtry" and not len(element)):
            assert names(element) == CHILDREN[name], name
            seen.add(name)
        if name == "Ntry":
            assert names(element)[:8] == [
                "NtryRef",
                "Amt",
                "CdtDbtInd",
                "Sts",
                "BookgDt",
                "ValDt",
                "AcctSvcrRef",
                "BkTxCd",
            ]
    assert seen == set(CHILDREN)


def test_camt_has_the_figures_of_the_statement() -> None:
    root = fromstring(as_camt(WHOLE))
    body = root[0][1]
    balances = [element for element in body if element.tag.endswith("}Bal")]
    assert [
        (read(balance, "Tp/CdOrPrtry/Cd"), read(balance, "Amt"), read(balance, "CdtDbtInd")) for balance in balances
    ] == [
        ("OPBD", "10.00", "CRDT"),
        ("CLBD", "1234577.39", "CRDT"),
    ]
    entries = [element for element in body if element.tag.endswith("}Ntry")]
    assert [(read(entry, "Amt"), read(entry, "CdtDbtInd")) for entry in entries] == [
        ("1234567.89", "CRDT"),
        ("0.50", "DBIT"),
    ]
    assert read(entries[0], "NtryDtls/TxDtls/Refs/EndToEndId") == "rail_" + "0" * 26
    assert read(entries[1], "AddtlNtryInf") == "x" * 60
    assert read(body, "TxsSummry/TtlCdtNtries/Sum") == "1234567.89"
    assert read(body, "TxsSummry/TtlDbtNtries/NbOfNtries") == "1"
    assert read(body, "Acct/Ownr/Nm") == "欧*** <&>"
    assert len(read(root[0], "GrpHdr/MsgId")) <= 35


def test_an_overdrawn_balance_is_on_the_debit_side() -> None:
    root = fromstring(as_camt(statement(entry(7, -2_000, -1_000))))
    closing = [element for element in root[0][1] if element.tag.endswith("}Bal")][1]
    assert (read(closing, "Amt"), read(closing, "CdtDbtInd")) == ("10.00", "DBIT")


def test_points_are_no_currency_for_camt() -> None:
    with pytest.raises(Malformed) as refused:
        as_camt(statement(asset="PTS:xincheng"))
    assert refused.value.code == "deposit_statement.currency"


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_camt_can_be_read_whatever_a_reference_holds(text: str) -> None:
    root = fromstring(as_camt(statement(entry(7, 1, 1, text))))
    (found,) = [element for element in root[0][1] if element.tag.endswith("}Ntry")]
    wanted = read(found, "NtryDtls/TxDtls/Refs/EndToEndId" if len(text) <= 35 else "AddtlNtryInf")
    if text.isprintable():
        assert wanted == text


@pytest.mark.parametrize("character", ["\uffff", "\ufffe", "\ufdd0", "\U0001ffff", "\x01", "\x85", "\ud800"])
def test_what_xml_and_csv_cannot_carry_is_replaced(character: str) -> None:
    assert fromstring(as_camt(statement(entry(7, 1, 1, f"a{character}b"))))
    if character != "\x85":
        assert cell(f"a{character}b") == "a\ufffdb"


def test_every_file_is_a_message_of_its_own_and_the_statement_keeps_its_id() -> None:
    first, second = (fromstring(as_camt(WHOLE)) for _ in range(2))
    assert read(first[0], "GrpHdr/MsgId") != read(second[0], "GrpHdr/MsgId")
    assert read(first[0], "Stmt/Id") == read(second[0], "Stmt/Id") == "42-20260101-20260131"
