"""Bills and relatives as they are shown."""

from typing import Annotated

import msgspec

from canglian.bank.credit.facilities import queries as facilities
from canglian.bank.credit.loans import queries as loans
from canglian.bank.credit.loans.model import Loan, Row
from canglian.bank.credit.loans.queries import LoanWhole
from canglian.bank.credit.loans.terms import planned, rows_of
from canglian.bank.credit.pay_later.commands.converting import fee_of
from canglian.bank.credit.pay_later.model import Bill, BillState, Relative, RelativePayment
from canglian.bank.credit.plan import Schedule
from canglian.bank.credit.products import queries as products
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import by_keys, listing, one, some
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order, Page, Where, by_text


class BillFilter(msgspec.Struct, frozen=True):
    """Which bills; None means any."""

    state: Annotated[BillState | None, doc("Only in this state.")] = None
    party: Annotated[str | None, doc("Only of this customer.")] = None


class RelativeFilter(msgspec.Struct, frozen=True):
    """Which relations; None means any."""

    party: Annotated[str | None, doc("Only those who may repay for this customer.")] = None
    payer: Annotated[str | None, doc("Only those for whom this customer may repay.")] = None
    active: Annotated[bool | None, doc("Only those that count, or have ended.")] = None


class BillWhole(msgspec.Struct, frozen=True):
    """A bill with the loan by which it is owed."""

    bill: Annotated[Bill, doc("The bill itself.")]
    owed: Annotated[LoanWhole, doc("The loan by which it is owed now: its plan, transactions, and what pays it off.")]


class InstalmentQuote(msgspec.Struct, frozen=True):
    """What a bill would cost by instalments of a term from today on; exactly what the loan's plan would be."""

    months: Annotated[int, doc("The term in months.")]
    principal: Annotated[int, doc("What is turned into instalments, in fen.")]
    rate_ppm: Annotated[int, doc("The yearly rate, in millionths.")]
    fee: Annotated[int, doc("The fee, due with the first payment, in fen.")]
    interest: Annotated[int, doc("All interest, in fen.")]
    total: Annotated[int, doc("All that is paid, in fen.")]
    rows: Annotated[tuple[Row, ...], doc("The instalments.")]


class InstalmentQuotes(msgspec.Struct, frozen=True):
    """A quote for each term of the product."""

    data: Annotated[list[InstalmentQuote], doc("The quotes, the shortest term first.")]


_BILLS = listing(Bill, by_text("id"))
_RELATIVES = listing(Relative, by_text("id"))


async def bills(reader: Reader, book: int, asked: BillFilter, order: Order) -> Page[Bill]:
    """A page of bills, newest first."""
    where = Where("book = $1")
    where.add("state = ?", asked.state)
    where.add("party = ?", asked.party)
    return await _BILLS.page(reader, book, where, order)


async def bill(reader: Reader, book: int, identity: str) -> Bill:
    """A bill; NotFound ``bill.not_found``."""
    return await one(reader, book, Bill, identity)


async def whole(reader: Reader, book: int, identity: str) -> BillWhole:
    """A bill with what is owed of it today; NotFound ``bill.not_found``."""
    found = await bill(reader, book, identity)
    return BillWhole(found, await loans.whole(reader, book, found.owed_by))


async def unpaid_of(reader: Reader, book: int, party: str) -> list[tuple[Bill, Loan]]:
    """The bills of somebody of which something is owed, each with its loan as it stands today; what is due first."""
    today = (await book_figures(reader, book)).today
    found = await some(reader, book, Bill, "unpaid", party)
    owing = {loan.id: loan for loan in await loans.of_party(reader, book, party)}
    shown = [(each, await loans.brought(reader, book, owing[each.owed_by], today)) for each in found]
    return sorted(shown, key=lambda pair: (pair[1].oldest_due or pair[1].next_due or today, pair[0].id))


async def owed_of(reader: Reader, book: int, found: list[Bill]) -> dict[str, int]:
    """The principal of bills that is not repaid, by their ids."""
    stored = {loan.id: loan for loan in await by_keys(reader, book, Loan, [each.owed_by for each in found])}
    return {each.id: stored[each.owed_by].outstanding for each in found}


async def plans(reader: Reader, book: int, found: BillWhole) -> list[tuple[int, Schedule, int]]:
    """What a bill would be by instalments from today on, by its terms in months, each with its fee."""
    shown = found.bill
    if shown.state not in (BillState.OPEN, BillState.DUE):
        raise Rejection("bill.state", bill=shown.id, state=shown.state.value)
    product = await products.product(reader, book, shown.product, shown.version)
    today = (await book_figures(reader, book)).today
    part = (await facilities.facility(reader, book, shown.facility)).part_of(shown.product)
    assert part is not None, "a facility keeps its parts"
    amount = found.owed.payoff.total
    fee = fee_of(product, amount)
    rate = await products.rate(reader, book, product, part.rate_ppm, today)
    calendar = await products.calendar(reader, book, product, today)
    return [(months, planned(product, amount, rate, months, today, calendar), fee) for months in product.terms]


async def quotes(reader: Reader, book: int, identity: str) -> InstalmentQuotes:
    """What a bill would cost by instalments; NotFound ``bill.not_found``. Rejects ``bill.state``."""
    found = await plans(reader, book, await whole(reader, book, identity))
    return InstalmentQuotes(
        [
            InstalmentQuote(
                months,
                plan.principal,
                plan.terms.rate_ppm,
                fee,
                plan.interest,
                plan.total + fee,
                rows_of(plan),
            )
            for months, plan, fee in found
        ]
    )


async def relatives(reader: Reader, book: int, asked: RelativeFilter, order: Order) -> Page[Relative]:
    """A page of relations, newest first."""
    where = Where("book = $1")
    where.add("party = ?", asked.party)
    where.add("payer = ?", asked.payer)
    where.add("(pair IS NOT NULL) = ?", asked.active)
    return await _RELATIVES.page(reader, book, where, order)


async def relative(reader: Reader, book: int, identity: str) -> Relative:
    """A relation; NotFound ``relative.not_found``."""
    return await one(reader, book, Relative, identity)


async def payments(reader: Reader, book: int, identity: str) -> list[RelativePayment]:
    """What was paid by a relation, the newest first; of very many the newest."""
    return await some(reader, book, RelativePayment, "relative", identity)


async def payer_for(reader: Reader, book: int, payer: str) -> list[Relative]:
    """Whom somebody may repay for."""
    return [each for each in await some(reader, book, Relative, "payer", payer) if each.pair is not None]


async def payers_of(reader: Reader, book: int, party: str) -> list[Relative]:
    """Who may repay for somebody."""
    return [each for each in await some(reader, book, Relative, "party", party) if each.pair is not None]
