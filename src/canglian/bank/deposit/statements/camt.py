"""A statement as ISO 20022 ``camt.053.001.08`` (BankToCustomerStatement).

Source: the message definition report of the ISO 20022 registration authority. The account is named by its id, under a
scheme of our own, and its holder by the mask: a number in plain is not written into a file that travels.
"""

import secrets
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from canglian.bank.deposit.statements.gathering import PaperStatement
from canglian.kernel.amounts import major
from canglian.kernel.errors import Malformed
from canglian.kernel.values import REPLACEMENT, writable
from canglian.ledger.queries.statements import Entry

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
SCHEME = "CANGLIAN"
_REFERENCE_MAX = 35


def as_camt(statement: PaperStatement) -> bytes:
    """The statement as an XML document in UTF-8. Rejects ``deposit_statement.currency`` for what is no currency."""
    if len(statement.asset) != 3:
        raise Malformed("deposit_statement.currency", asset=statement.asset)
    document = Element("Document", xmlns=NAMESPACE)
    root = SubElement(document, "BkToCstmrStmt")
    made = statement.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    identity = f"{statement.ledger_account}-{statement.first:%Y%m%d}-{statement.last:%Y%m%d}"
    header = SubElement(root, "GrpHdr")
    _text(header, "MsgId", _message_id(statement.made_at))
    _text(header, "CreDtTm", made)
    body = SubElement(root, "Stmt")
    _text(body, "Id", identity)
    _text(body, "CreDtTm", made)
    period = SubElement(body, "FrToDt")
    _text(period, "FrDtTm", f"{statement.first}T00:00:00+08:00")
    _text(period, "ToDtTm", f"{statement.last}T23:59:59+08:00")
    _account(body, statement)
    _balance(body, statement, "OPBD", statement.opening)
    _balance(body, statement, "CLBD", statement.closing)
    _summary(body, statement)
    for entry in statement.entries:
        _entry(body, statement, entry)
    indent(document, space=" ")
    return tostring(document, encoding="utf-8", xml_declaration=True)


def _account(body: Element, statement: PaperStatement) -> None:
    account = SubElement(body, "Acct")
    other = SubElement(SubElement(account, "Id"), "Othr")
    _text(other, "Id", statement.account)
    _text(SubElement(other, "SchmeNm"), "Prtry", SCHEME)
    _text(account, "Ccy", statement.asset)
    if statement.holder is not None:
        _text(SubElement(account, "Ownr"), "Nm", statement.holder)
    _text(SubElement(SubElement(account, "Svcr"), "FinInstnId"), "Nm", statement.bank)


def _balance(body: Element, statement: PaperStatement, code: str, amount: int) -> None:
    balance = SubElement(body, "Bal")
    _text(SubElement(SubElement(balance, "Tp"), "CdOrPrtry"), "Cd", code)
    _amount(balance, statement, amount)
    day = statement.first if code == "OPBD" else statement.last
    _text(SubElement(balance, "Dt"), "Dt", day.isoformat())


def _summary(body: Element, statement: PaperStatement) -> None:
    came = [entry.amount for entry in statement.entries if entry.amount > 0]
    went = [-entry.amount for entry in statement.entries if entry.amount < 0]
    summary = SubElement(body, "TxsSummry")
    for name, amounts in (("TtlNtries", came + went), ("TtlCdtNtries", came), ("TtlDbtNtries", went)):
        total = SubElement(summary, name)
        _text(total, "NbOfNtries", str(len(amounts)))
        _text(total, "Sum", _plain(sum(amounts), statement))


def _entry(body: Element, statement: PaperStatement, entry: Entry) -> None:
    element = SubElement(body, "Ntry")
    _text(element, "NtryRef", str(entry.transfer))
    _amount(element, statement, entry.amount)
    _text(SubElement(element, "Sts"), "Cd", "BOOK")
    _text(SubElement(element, "BookgDt"), "Dt", entry.date.isoformat())
    _text(SubElement(element, "ValDt"), "Dt", entry.date.isoformat())
    _text(element, "AcctSvcrRef", str(entry.transfer))
    kind = SubElement(SubElement(element, "BkTxCd"), "Prtry")
    _text(kind, "Cd", entry.code[:_REFERENCE_MAX])
    _text(kind, "Issr", SCHEME)
    if entry.reference is not None:
        if len(entry.reference) <= _REFERENCE_MAX:
            references = SubElement(SubElement(SubElement(element, "NtryDtls"), "TxDtls"), "Refs")
            _text(references, "EndToEndId", entry.reference)
        else:
            _text(element, "AddtlNtryInf", entry.reference)


def _amount(parent: Element, statement: PaperStatement, amount: int) -> None:
    """An amount is written without a sign; beside it stands on which side it is."""
    _text(parent, "Amt", _plain(abs(amount), statement)).set("Ccy", statement.asset)
    _text(parent, "CdtDbtInd", "DBIT" if amount < 0 else "CRDT")


def _message_id(made_at: datetime) -> str:
    """Every file is a message of its own, also of a statement that was made before; the statement's id stays."""
    return f"{made_at.astimezone(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(10)}"


def _text(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, name)
    element.text = writable(text, REPLACEMENT)
    return element


def _plain(amount: int, statement: PaperStatement) -> str:
    """An amount as XML writes decimals: nothing between its thousands."""
    return major(amount, statement.scale).replace(",", "")
