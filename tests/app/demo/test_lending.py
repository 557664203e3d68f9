"""The loans of the demo: some on time, some late by months, prepaid, extended, corrected, given up and recovered."""

import pytest

from canglian.app.opening import Opened
from canglian.bank.credit.loans import queries
from canglian.bank.credit.loans.model import LoanClass, TransactionKind

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


async def rows(demo: Opened, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await demo.services.reader.rows(sql, 1)]


async def test_the_portfolio_has_loans_in_many_buckets_and_classes_and_one_that_was_recovered(demo: Opened) -> None:
    found = await queries.portfolio(demo.services.reader, 1)
    late = {each.bucket for each in found.data if each.bucket}
    assert len(late) >= 4
    assert {180} < late
    assert {each.risk_class for each in found.classes} == {
        LoanClass.NORMAL,
        LoanClass.SPECIAL_MENTION,
        LoanClass.SUBSTANDARD,
    }
    (lost,) = found.written_off
    assert lost.loans == 1
    assert 0 < lost.recovered < lost.written_off
    done = {row[0] for row in await rows(demo, "SELECT DISTINCT kind FROM loan_transaction WHERE book = $1")}
    assert done >= {
        kind.value
        for kind in TransactionKind
        if kind not in (TransactionKind.REFUND, TransactionKind.CONVERSION, TransactionKind.ADJUSTMENT)
    }


async def test_every_loan_is_the_balance_of_its_account_and_nothing_was_refused(demo: Opened) -> None:
    sql = (
        "SELECT count(*) FROM loan JOIN balance b ON b.book = loan.book AND b.account = loan.account "
        "WHERE loan.book = $1 AND b.debits - b.credits <> loan.outstanding"
    )
    assert await rows(demo, sql) == [(0,)]
    refused = "SELECT kind, code FROM command WHERE book = $1 AND status <> 'applied' AND kind LIKE 'credit.%'"
    assert await rows(demo, refused) == []
