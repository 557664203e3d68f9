"""Statements on paper: the structure of camt.053, and a PDF that reads in Chinese."""

from datetime import UTC, date, datetime
from xml.etree.ElementTree import Element, fromstring

import pytest

from canglian.bank.deposit.statements.camt import NAMESPACE, as_camt
from canglian.bank.deposit.statements.gathering import PaperStatement
from canglian.bank.deposit.statements.pdf import as_pdf
from canglian.kernel.errors import Malformed
from canglian.ledger.model import Side
from canglian.ledger.queries.statements import Entry
from canglian.web.words import translated

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


def text(element: Element, path: str) -> str:
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
        (text(balance, "Tp/CdOrPrtry/Cd"), text(balance, "Amt"), text(balance, "CdtDbtInd")) for balance in balances
    ] == [
        ("OPBD", "10.00", "CRDT"),
        ("CLBD", "1234577.39", "CRDT"),
    ]
    entries = [element for element in body if element.tag.endswith("}Ntry")]
    assert [(text(entry, "Amt"), text(entry, "CdtDbtInd")) for entry in entries] == [
        ("1234567.89", "CRDT"),
        ("0.50", "DBIT"),
    ]
    assert text(entries[0], "NtryDtls/TxDtls/Refs/EndToEndId") == "rail_" + "0" * 26
    assert text(entries[1], "AddtlNtryInf") == "x" * 60
    assert text(body, "TxsSummry/TtlCdtNtries/Sum") == "1234567.89"
    assert text(body, "TxsSummry/TtlDbtNtries/NbOfNtries") == "1"
    assert text(body, "Acct/Ownr/Nm") == "欧*** <&>"
    assert len(text(root[0], "GrpHdr/MsgId")) <= 35


def test_an_overdrawn_balance_is_on_the_debit_side() -> None:
    root = fromstring(as_camt(statement(entry(7, -2_000, -1_000))))
    closing = [element for element in root[0][1] if element.tag.endswith("}Bal")][1]
    assert (text(closing, "Amt"), text(closing, "CdtDbtInd")) == ("10.00", "DBIT")


def test_points_are_no_currency_for_camt() -> None:
    with pytest.raises(Malformed) as refused:
        as_camt(statement(asset="PTS:xincheng"))
    assert refused.value.code == "deposit_statement.currency"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_pdf_is_made_with_as_many_pages_as_it_needs(language: str) -> None:
    def say(message: str) -> str:
        return translated(message, language)

    short = as_pdf(WHOLE, say)
    long = as_pdf(statement(*(entry(number, 1, number) for number in range(200))), say)
    assert short.startswith(b"%PDF-")
    assert b"STSong-Light" in short
    assert long.count(b"/Type /Page\n") > short.count(b"/Type /Page\n") == 1


def test_the_same_statement_makes_the_same_pdf() -> None:
    assert as_pdf(WHOLE, str) == as_pdf(WHOLE, str)
