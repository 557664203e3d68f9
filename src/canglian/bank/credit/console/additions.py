"""What the search finds of credit; a customer's loans and limits; what waits for somebody."""

from typing import Any

from canglian.bank.credit.applications import queries as applications
from canglian.bank.credit.console.bills import BILLS
from canglian.bank.credit.console.lists import APPLICATIONS, FACILITIES, LOANS, named, with_holders
from canglian.bank.credit.console.relatives import RELATIVES
from canglian.bank.credit.facilities import queries as facilities
from canglian.bank.credit.facilities.queries import FacilityFilter
from canglian.bank.credit.loans import queries as loans
from canglian.bank.credit.loans.queries import LoanFilter
from canglian.bank.credit.pay_later import queries as bills
from canglian.bank.credit.pay_later.queries import BillFilter
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order
from canglian.web.additions import SHOWN_MAX, WAITING_MAX, Excerpt, PageLink, Rows, Waiting, found_by_id
from canglian.web.columns import Column
from canglian.web.principal import Permission, Principal
from canglian.web.services import Services

_APPLICATION = (
    Column("product", "Loan product", "code", phone=True),
    Column("amount", "Asked for", "money", phone=True),
    Column("state", "State", "state"),
)
_FACILITY = (
    Column("limit", "Unified limit", "money", phone=True),
    Column("used", "Drawn", "money", phone=True),
    Column("held", "Held", "money"),
    Column("state", "State", "state"),
    Column("review_on", "Next review", "day"),
)
_LOAN = (
    Column("product", "Loan product", "code", phone=True),
    Column("outstanding", "Outstanding", "money", phone=True),
    Column("state", "State", "state"),
)
_BILL = (
    Column("note", "What for", phone=True),
    Column("state", "State", "state", phone=True),
    Column("amount", "Amount", "money", phone=True),
    Column("refunded", "Refunded", "money"),
    Column("due_on", "Due", "day"),
)
_OF_PARTY = (
    Column("product_name", "Loan product", "words", phone=True),
    Column("state", "State", "state", phone=True),
    Column("principal", "Drawn", "money"),
    Column("outstanding", "Outstanding", "money", phone=True),
    Column("days_overdue", "Days overdue", "number"),
    Column("next_due", "Next instalment", "day"),
)


async def _loans_of(reader: Reader, book: int, party: str) -> Rows:
    page = await loans.loans(reader, book, LoanFilter(party=party), Order(limit=SHOWN_MAX))
    return Rows(await named(reader, book, page.items), more=page.next_cursor is not None)


async def _bills_of(reader: Reader, book: int, party: str) -> Rows:
    page = await bills.bills(reader, book, BillFilter(party=party), Order(limit=SHOWN_MAX))
    return Rows(await named(reader, book, page.items), more=page.next_cursor is not None)


async def _facility_of(reader: Reader, book: int, party: str) -> Rows:
    page = await facilities.facilities(reader, book, FacilityFilter(party=party), Order(limit=SHOWN_MAX))
    return Rows(await with_holders(reader, book, page.items))


async def _to_decide(services: Services, principal: Principal) -> int:
    return await applications.count_waiting(services.reader, principal.book, WAITING_MAX)


async def _to_review(services: Services, principal: Principal) -> int:
    return await facilities.count_reviews(services.reader, principal.book, WAITING_MAX)


async def _application(reader: Reader, book: int, identity: str) -> dict[str, Any]:
    return (await named(reader, book, [await applications.application(reader, book, identity)]))[0]


async def _facility(reader: Reader, book: int, identity: str) -> dict[str, Any]:
    return (await with_holders(reader, book, [await facilities.facility(reader, book, identity)]))[0]


FINDS = (
    found_by_id("apl", "Applications for credit", _APPLICATION, _application, APPLICATIONS + "/{id}"),
    found_by_id("fac", "Facilities", _FACILITY, _facility, FACILITIES + "/{id}"),
    found_by_id("lon", "Loans", _LOAN, loans.loan, LOANS + "/{id}"),
    found_by_id("bil", "Pay-later bills", _BILL, bills.bill, BILLS + "/{id}"),
)
SECTIONS = {
    "party": (
        Excerpt("Facility", _FACILITY, _facility_of, FACILITIES + "/{id}"),
        Excerpt("Loans", _OF_PARTY, _loans_of, LOANS + "/{id}", LOANS + "?party={}"),
        Excerpt("Pay-later bills", _BILL, _bills_of, BILLS + "/{id}", BILLS + "?party={}"),
    )
}
PAGE_LINKS = {
    "party": (PageLink("Apply for credit", f"{APPLICATIONS}/new?party={{}}", "coin", Permission.POST),),
}
WAITING = (
    Waiting("Applications to decide", f"{APPLICATIONS}?waiting=true", _to_decide, Permission.APPROVE),
    Waiting("Facilities to review", f"{FACILITIES}?review_due=true", _to_review, Permission.POST),
)
OBJECTS = {
    "credit_application": APPLICATIONS + "/{}",
    "facility": FACILITIES + "/{}",
    "loan": LOANS + "/{}",
    "bill": BILLS + "/{}",
    "relative": RELATIVES + "/{}",
}
