"""Loans as they are shown: with what has to be paid, what pays them off, their plans and the portfolio by bucket."""

from datetime import date
from typing import Annotated

import msgspec

from canglian.bank.credit.benchmarks import queries as benchmarks
from canglian.bank.credit.loans.interest import with_interest
from canglian.bank.credit.loans.model import (
    Loan,
    LoanClass,
    LoanClassChange,
    LoanDay,
    LoanDue,
    LoanInterest,
    LoanPlan,
    LoanState,
    LoanTransaction,
)
from canglian.bank.credit.loans.paying.spreading import Making
from canglian.bank.credit.loans.repricing import brought_to
from canglian.bank.credit.loans.risk.classing import CLASSES
from canglian.bank.credit.products import queries as products
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import by_keys, listing, one, some
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order, Page, Where, by_number, by_text

DUES_MAX = 1_000
"""More instalments than any loan has."""

_LIVING = "state IN ('active', 'grace', 'overdue')"


class LoanFilter(msgspec.Struct, frozen=True):
    """Which loans; None means any."""

    state: Annotated[LoanState | None, doc("Only in this state.")] = None
    product: Annotated[str | None, doc("Only of this loan product.")] = None
    party: Annotated[str | None, doc("Only of this customer.")] = None
    facility: Annotated[str | None, doc("Only drawn from this facility.")] = None
    bucket: Annotated[int | None, doc("Only in this bucket: overdue for so many days at least.")] = None
    risk_class: Annotated[LoanClass | None, doc("Only of this class, and not ended.")] = None


class LoanTransactionFilter(msgspec.Struct, frozen=True):
    """Which transactions; None means any."""

    loan: Annotated[str | None, doc("Only of this loan.")] = None


class PayoffQuote(msgspec.Struct, frozen=True):
    """What pays a loan off on a day, if nothing is paid until then."""

    loan: Annotated[str, doc("The loan's id.")]
    on: Annotated[date, doc("The day.")]
    asset: Annotated[str, doc("In which money: `CNY` or `ECNY`.")]
    principal: Annotated[int, doc("The principal that is not repaid, in fen.")]
    interest: Annotated[int, doc("The interest until then, in fen.")]
    penalty: Annotated[int, doc("The penalty and the compound interest, in fen.")]
    fees: Annotated[int, doc("The fees, in fen.")]
    total: Annotated[int, doc("All of it, in fen.")]
    due: Annotated[int, doc("What of it has fallen due by then, in fen.")]


class LoanWhole(msgspec.Struct, frozen=True):
    """A loan with its plan, what has fallen due of it, what has to be paid today, and what pays it off today."""

    loan: Annotated[Loan, doc("The loan itself, as it stood when it was brought to a day last.")]
    plan: Annotated[LoanPlan, doc("The plan that it goes by.")]
    dues: Annotated[list[LoanDue], doc("The instalments that have fallen due, the first one first.")]
    payoff: Annotated[PayoffQuote, doc("What pays it off today.")]
    transactions: Annotated[list[LoanTransaction], doc("What was done to it, the newest first.")]
    classes: Annotated[list[LoanClassChange], doc("How its class has changed, the newest first.")]


class Bucket(msgspec.Struct, frozen=True):
    """The loans of a bucket."""

    bucket: Annotated[int, doc("For how many days they are overdue at least; 0 for none.")]
    asset: Annotated[str, doc("In which money: `CNY` or `ECNY`.")]
    loans: Annotated[int, doc("How many loans.")]
    outstanding: Annotated[int, doc("Their principal that is not repaid, in fen.")]
    overdue: Annotated[int, doc("What of it is overdue, in fen.")]


class ClassSum(msgspec.Struct, frozen=True):
    """The loans of a class."""

    risk_class: Annotated[LoanClass, doc("The class.")]
    asset: Annotated[str, doc("In which money: `CNY` or `ECNY`.")]
    loans: Annotated[int, doc("How many loans.")]
    outstanding: Annotated[int, doc("Their principal that is not repaid, in fen.")]
    provision: Annotated[int, doc("What is set aside for them, in fen.")]
    stopped: Annotated[int, doc("How many of them have interest that is not recognised.")]


class WrittenOff(msgspec.Struct, frozen=True):
    """The loans that were written off."""

    asset: Annotated[str, doc("In which money: `CNY` or `ECNY`.")]
    loans: Annotated[int, doc("How many loans.")]
    written_off: Annotated[int, doc("The principal that was written off, in fen.")]
    recovered: Annotated[int, doc("What of it was recovered, in fen.")]
    claim: Annotated[int, doc("What customers still owe of them, with interest and fees, in fen.")]


class Portfolio(msgspec.Struct, frozen=True):
    """All loans that bear interest, by bucket and by class, and those that were written off."""

    data: Annotated[list[Bucket], doc("The buckets that have any, the first one first.")]
    classes: Annotated[list[ClassSum], doc("The classes that have any, the best one first.")]
    written_off: Annotated[list[WrittenOff], doc("What was written off, by money.")]


_LOANS = listing(Loan, by_text("id"), outstanding=by_number("outstanding"), days_overdue=by_number("days_overdue"))
_TRANSACTIONS = listing(LoanTransaction, by_text("id"))


async def loans(reader: Reader, book: int, asked: LoanFilter, order: Order) -> Page[Loan]:
    """A page of loans, newest first."""
    where = Where("book = $1")
    where.add("state = ?", asked.state)
    where.add("product = ?", asked.product)
    where.add("party = ?", asked.party)
    where.add("facility = ?", asked.facility)
    if asked.bucket is not None:
        where.add("bucket = ?", asked.bucket)
        where.add("(closed_on IS NULL) = ?", value=True)
    if asked.risk_class is not None:
        where.add("risk_class = ?", asked.risk_class)
        where.add("(closed_on IS NULL) = ?", value=True)
    page = await _LOANS.page(reader, book, where, order)
    return msgspec.structs.replace(page, items=await _current(reader, book, page.items))


async def loan(reader: Reader, book: int, identity: str) -> Loan:
    """A loan; NotFound ``loan.not_found``."""
    return (await _current(reader, book, [await one(reader, book, Loan, identity)]))[0]


async def _current(reader: Reader, book: int, found: list[Loan]) -> list[Loan]:
    """Loans with all days that they were brought to."""
    noted = {each.loan: each for each in await by_keys(reader, book, LoanInterest, [loan.id for loan in found])}
    return [with_interest(loan, noted[loan.id]) for loan in found]


async def of_party(reader: Reader, book: int, party: str) -> list[Loan]:
    """Somebody's loans, newest first."""
    return await _current(reader, book, await some(reader, book, Loan, "party", party))


async def plans(reader: Reader, book: int, identity: str) -> list[LoanPlan]:
    """All plans of a loan, the newest first."""
    found = await some(reader, book, LoanPlan, "loan", identity)
    return sorted(found, key=lambda plan: -plan.version)


async def dues(reader: Reader, book: int, identity: str) -> list[LoanDue]:
    """The instalments of a loan that have fallen due, the first one first: all of them."""
    found = await some(reader, book, LoanDue, "loan", identity, DUES_MAX)
    return sorted(found, key=lambda due: due.number)


async def transactions(reader: Reader, book: int, identity: str) -> list[LoanTransaction]:
    """What was done to a loan, the newest first; of very many the newest."""
    found = await some(reader, book, LoanTransaction, "loan", identity)
    return sorted(found, key=lambda row: -row.number)


async def classes(reader: Reader, book: int, identity: str) -> list[LoanClassChange]:
    """How the class of a loan has changed, the newest first; of very many the newest."""
    return await some(reader, book, LoanClassChange, "loan", identity)


async def payoff(reader: Reader, book: int, identity: str, on: date | None = None) -> PayoffQuote:
    """What pays a loan off on a day, by default today. Rejects ``loan.quote_past`` and ``loan.state``."""
    found = await loan(reader, book, identity)
    today = (await book_figures(reader, book)).today
    day = on or today
    if day < today:
        raise Rejection("loan.quote_past", today=today.isoformat(), field="on")
    if day > found.matures_on and (day - max(today, found.matures_on)).days > QUOTED_DAYS_MAX:
        raise Rejection("loan.quote_far", days=QUOTED_DAYS_MAX, field="on")
    if not found.is_living and on is not None:
        raise Rejection("loan.state", loan=found.id, state=found.state.value)
    return _quoted(await brought(reader, book, found, day), day)


QUOTED_DAYS_MAX = 366
"""How many days after its end a loan is quoted at most."""


async def brought(reader: Reader, book: int, found: Loan, day: date) -> Loan:
    """A loan as it stands at the beginning of a day, if nothing is paid until then."""
    if not found.is_living or found.accrued_to >= day:
        return found
    product = await products.product(reader, book, found.product, found.version)
    (plan, *_) = await plans(reader, book, found.id)
    unpaid = [due for due in await dues(reader, book, found.id) if due.unpaid is not None]
    published = [] if product.benchmark is None else await benchmarks.versions(reader, book, product.benchmark)
    rate_on, making = products.floating(product, published), Making(found.updated_at, "")
    return brought_to(found, unpaid, lambda: plan, product, day, rate_on, making).loan


def _quoted(found: Loan, day: date) -> PayoffQuote:
    return PayoffQuote(
        loan=found.id,
        on=day,
        asset=found.asset,
        principal=found.outstanding,
        interest=found.due_interest + found.accrued,
        penalty=found.penalty + found.compounded,
        fees=found.fees,
        total=found.owed_in_all if found.is_living else 0,
        due=found.owed_now if found.is_living else 0,
    )


async def whole(reader: Reader, book: int, identity: str) -> LoanWhole:
    """A loan with its plan and what is owed; NotFound ``loan.not_found``."""
    found = await loan(reader, book, identity)
    today = (await book_figures(reader, book)).today
    (plan, *_) = await plans(reader, book, identity)
    now = await brought(reader, book, found, today)
    return LoanWhole(
        loan=now,
        plan=plan,
        dues=await dues(reader, book, identity),
        payoff=_quoted(now, today),
        transactions=await transactions(reader, book, identity),
        classes=await classes(reader, book, identity),
    )


async def portfolio(reader: Reader, book: int, product: str | None = None) -> Portfolio:
    """All loans that bear interest, by bucket and by class, and those that were written off; of a product or of all."""
    where = f"{_LIVING} AND ($2::text IS NULL OR product = $2)"
    sql = (
        "SELECT bucket, asset, count(*), sum(outstanding)::bigint, sum(overdue_principal)::bigint "
        f"FROM loan WHERE book = $1 AND {where} GROUP BY bucket, asset ORDER BY bucket, asset"
    )
    by_class = (
        "SELECT risk_class, asset, count(*), sum(outstanding)::bigint, sum(provision)::bigint, "
        f"count(accrual_stopped_on) FROM loan WHERE book = $1 AND {where} GROUP BY risk_class, asset"
    )
    written_off = (
        "SELECT asset, count(*), sum(written_off)::bigint, sum(recovered)::bigint, "
        "sum(claim_principal + claim_interest + claim_fees)::bigint FROM loan WHERE book = $1 "
        "AND state = 'written_off' AND ($2::text IS NULL OR product = $2) GROUP BY asset ORDER BY asset"
    )
    sums = [ClassSum(LoanClass(row[0]), *row[1:]) for row in await reader.rows(by_class, book, product)]
    return Portfolio(
        [Bucket(*row) for row in await reader.rows(sql, book, product)],
        sorted(sums, key=lambda each: (CLASSES.index(each.risk_class), each.asset)),
        [WrittenOff(*row) for row in await reader.rows(written_off, book, product)],
    )


async def is_brought(reader: Reader, book: int, today: date) -> bool:
    """Whether all loans have been brought to a day."""
    return bool(await by_keys(reader, book, LoanDay, [today]))


async def behind(reader: Reader, book: int, today: date, after: str, most: int) -> list[str]:
    """Loans that are not brought to a day, by id after ``after``."""
    sql = (
        "SELECT loan FROM loan_interest WHERE book = $1 AND accrued_to < $2 AND loan > $3 AND until IS NOT NULL "
        "ORDER BY loan LIMIT $4"
    )
    return [row[0] for row in await reader.rows(sql, book, today, after, most)]


async def count_behind(reader: Reader, book: int, today: date) -> int:
    """How many loans are not brought to a day."""
    sql = "SELECT count(*) FROM loan_interest WHERE book = $1 AND accrued_to < $2 AND until IS NOT NULL"
    return (await reader.rows(sql, book, today))[0][0]


async def transaction_page(
    reader: Reader, book: int, asked: LoanTransactionFilter, order: Order
) -> Page[LoanTransaction]:
    """A page of transactions, newest first."""
    where = Where("book = $1")
    where.add("loan = ?", asked.loan)
    return await _TRANSACTIONS.page(reader, book, where, order)


async def of_transfers(reader: Reader, book: int, transfers: list[int]) -> dict[int, tuple[str, str]]:
    """The loans that transfers of the ledger paid out and paid back, each with what its product is called."""
    sql = (
        "SELECT moved.id, loan.id, product.name FROM transfer moved "
        "JOIN loan ON loan.book = $1 AND loan.id = moved.reference "
        "JOIN loan_product product ON product.book = $1 AND product.code = loan.product "
        "AND product.version = loan.version WHERE moved.book = $1 AND moved.id = ANY($2) "
        "AND moved.code IN ('credit.paid_out', 'credit.repaid', 'credit.passed_on', 'credit.reversed')"
    )
    return {row[0]: (row[1], row[2]) for row in await reader.rows(sql, book, transfers)}
