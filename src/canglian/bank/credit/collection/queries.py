"""Agreed debits and their attempts as they are shown; which loans are debited today."""

from datetime import date
from typing import Annotated

import msgspec

from canglian.bank.credit.collection.model import CollectionPolicy, DebitAgreement, DebitAttempt, DebitReason
from canglian.bank.credit.collection.rules import first_policy
from canglian.bank.credit.loans.model import Loan
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_text
from canglian.kernel.queries.versions import versions
from canglian.kernel.values import utc_now


class DebitAgreementFilter(msgspec.Struct, frozen=True):
    """Which agreements; None means any."""

    loan: Annotated[str | None, doc("Only of this loan.")] = None
    party: Annotated[str | None, doc("Only of this customer.")] = None
    active: Annotated[bool | None, doc("Only those that count, or have ended.")] = None


class DebitAttemptFilter(msgspec.Struct, frozen=True):
    """Which attempts; None means any."""

    loan: Annotated[str | None, doc("Only of this loan.")] = None
    party: Annotated[str | None, doc("Only of this customer.")] = None
    on: Annotated[date | None, doc("Only of this business date.")] = None
    reason: Annotated[DebitReason | None, doc("Only what came to this.")] = None


_AGREEMENTS = listing(DebitAgreement, by_text("id"))
_ATTEMPTS = listing(DebitAttempt, by_text("id"))

_AGREED = "loan JOIN debit_agreement agreed ON agreed.book = $1 AND agreed.loan = loan.id AND agreed.active IS NOT NULL"
_DUE = (
    "loan.state IN ('active', 'grace', 'overdue') AND agreed.agreed_on < $2 "
    "AND loan.due_principal + loan.due_interest + loan.penalty + loan.compounded > 0 AND NOT EXISTS ("
    'SELECT 1 FROM debit_attempt tried WHERE tried.book = $1 AND tried.loan = loan.id AND tried."on" = $2)'
)


async def policies(reader: Reader, book: int) -> list[CollectionPolicy]:
    """All versions of the figures, newest first; the first one where a book has none yet."""
    return await versions(reader, book, CollectionPolicy) or [first_policy(utc_now())]


async def policy_on(reader: Reader, book: int, day: date) -> CollectionPolicy:
    """The figures that apply on a day."""
    found = await policies(reader, book)
    return next((version for version in found if version.effective_from <= day), found[-1])


async def agreements(reader: Reader, book: int, asked: DebitAgreementFilter, order: Order) -> Page[DebitAgreement]:
    """A page of agreements, newest first."""
    where = Where("book = $1")
    where.add("loan = ?", asked.loan)
    where.add("party = ?", asked.party)
    where.add("(active IS NOT NULL) = ?", asked.active)
    return await _AGREEMENTS.page(reader, book, where, order)


async def agreement(reader: Reader, book: int, identity: str) -> DebitAgreement:
    """An agreement; NotFound ``debit_agreement.not_found``."""
    return await one(reader, book, DebitAgreement, identity)


async def agreement_of(reader: Reader, book: int, loan: str) -> DebitAgreement | None:
    """The agreement of a loan that counts."""
    found = await some(reader, book, DebitAgreement, "loan", loan)
    return next((each for each in found if each.active is not None), None)


async def attempts(reader: Reader, book: int, asked: DebitAttemptFilter, order: Order) -> Page[DebitAttempt]:
    """A page of attempts, newest first."""
    where = Where("book = $1")
    where.add("loan = ?", asked.loan)
    where.add("party = ?", asked.party)
    where.add('"on" = ?', asked.on)
    where.add("reason = ?", asked.reason)
    return await _ATTEMPTS.page(reader, book, where, order)


async def attempts_of(reader: Reader, book: int, loan: str) -> list[DebitAttempt]:
    """What was tried for a loan, the newest first; of very many the newest."""
    return await some(reader, book, DebitAttempt, "loan", loan)


async def to_debit(reader: Reader, book: int, today: date, after: str, most: int) -> dict[str, list[str]]:
    """Loans to be debited on a day by their borrowers, by id after ``after``: what fell due first comes first."""
    sql = (
        f"SELECT loan.party, loan.id FROM {_AGREED} WHERE loan.book = $1 AND {_DUE} AND loan.party IN ("
        f"SELECT DISTINCT loan.party FROM {_AGREED} WHERE loan.book = $1 AND {_DUE} AND loan.party > $3 "
        "ORDER BY loan.party LIMIT $4) ORDER BY loan.party, loan.oldest_due NULLS LAST, loan.id"
    )
    found: dict[str, list[str]] = {}
    for party, loan in await reader.rows(sql, book, today, after, most):
        found.setdefault(party, []).append(loan)
    return found


async def count_to_debit(reader: Reader, book: int, today: date) -> int:
    """How many loans are still to be debited on a day."""
    sql = f"SELECT count(*) FROM {_AGREED} WHERE loan.book = $1 AND {_DUE}"
    return (await reader.rows(sql, book, today))[0][0]


class Collected(msgspec.Struct, frozen=True):
    """A loan with all that stands with it in collection."""

    loan: Loan
    agreement: DebitAgreement | None
    attempts: list[DebitAttempt]


async def collected(reader: Reader, book: int, loan: Loan) -> Collected:
    """What stands with a loan in collection."""
    return Collected(loan, await agreement_of(reader, book, loan.id), await attempts_of(reader, book, loan.id))
