"""The lists of applications, facilities and loans."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import structs

from canglian.bank.credit.applications import queries as applications
from canglian.bank.credit.applications.model import ApplicationState
from canglian.bank.credit.applications.queries import CreditApplicationFilter
from canglian.bank.credit.facilities import queries as facilities
from canglian.bank.credit.facilities.model import FacilityState
from canglian.bank.credit.facilities.queries import FacilityFilter
from canglian.bank.credit.loans import queries as loans
from canglian.bank.credit.loans.model import BUCKETS, LoanClass, LoanState
from canglian.bank.credit.loans.queries import LoanFilter
from canglian.bank.credit.products import queries as products
from canglian.bank.party.queries import parties
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries import chart
from canglian.web.additions import PageLink
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.filters import asked_for
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

APPLICATIONS = "/console/credit-applications"
FACILITIES = "/console/facilities"
LOANS = "/console/loans"
_READ = [needs(Permission.READ)]

_APPLICATION_LIST = ListSpec(
    "credit_applications",
    "Applications for credit",
    "Who asks for how much, what the rules said, and what waits for somebody's decision.",
    [
        Column("holder_name", "Applicant", phone=True),
        Column("product_name", "Loan product", "words", phone=True),
        Column("amount", "Asked for", "money", phone=True),
        Column("months", "Months", "number"),
        Column("state", "State", "state", phone=True),
        Column("limit", "Limit", "money"),
        Column("submitted_at", "Submitted", "when"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("state", "State", choices=[Choice(state.value, f"state.{state.value}") for state in ApplicationState]),
        Filter("waiting", "To be decided", choices=[Choice("true", "yes"), Choice("false", "no")]),
        Filter("party", "Customer", pick="party"),
    ],
    href=APPLICATIONS + "/{id}",
    empty="Nobody has applied yet.",
    sort="-id",
)
_FACILITY_LIST = ListSpec(
    "facilities",
    "Facilities",
    "The unified limit of each customer, what is drawn and held of it, and when it is reviewed.",
    [
        Column("holder_name", "Holder", phone=True),
        Column("state", "State", "state", phone=True),
        Column("limit", "Unified limit", "money", phone=True),
        Column("used", "Drawn", "money", phone=True),
        Column("held", "Held", "money"),
        Column("review_on", "Next review", "day"),
        Column("opened_at", "Since", "when"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("state", "State", choices=[Choice(state.value, f"state.{state.value}") for state in FacilityState]),
        Filter("review_due", "Review due", choices=[Choice("true", "yes"), Choice("false", "no")]),
        Filter("review_until", "Review until", by_link=True),
        Filter("party", "Customer", pick="party"),
    ],
    href=FACILITIES + "/{id}",
    empty="No contract has been signed yet.",
    sort="-id",
)
_LOAN_LIST = ListSpec(
    "loans",
    "Loans",
    "What was lent to whom, what is outstanding, and what is overdue.",
    [
        Column("holder_name", "Borrower", phone=True),
        Column("product_name", "Loan product", "words"),
        Column("state", "State", "state", phone=True),
        Column("risk_class", "Class", "word", family="loan_class"),
        Column("principal", "Drawn", "money"),
        Column("outstanding", "Outstanding", "money", phone=True, sort="outstanding"),
        Column("days_overdue", "Days overdue", "number", phone=True, sort="days_overdue"),
        Column("next_due", "Next instalment", "day"),
        Column("drawn_on", "Drawn on", "day"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("state", "State", choices=[Choice(state.value, f"state.{state.value}") for state in LoanState]),
        Filter("risk_class", "Class", choices=[Choice(each.value, f"loan_class.{each.value}") for each in LoanClass]),
        Filter("bucket", "Days overdue from", choices=[Choice(str(bucket), str(bucket)) for bucket in BUCKETS]),
        Filter("facility", "Facility", by_link=True),
        Filter("product", "Loan product", by_link=True),
        Filter("party", "Customer", pick="party"),
    ],
    href=LOANS + "/{id}",
    empty="No loan has been drawn yet.",
    sort="-id",
)
_NEXT = PageLink("Next application", f"{APPLICATIONS}/next", "player-play", Permission.APPROVE)
_NEW = PageLink("Apply for credit", f"{APPLICATIONS}/new", "plus", Permission.POST)


@get("/credit-applications", guards=_READ)
async def list_applications(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All applications."""
    reader, book = services.reader, principal.book
    asked = asked_for(CreditApplicationFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await applications.applications(reader, book, asked, order)
        return Page(await named(reader, book, page.items), page.next_cursor)

    return await list_page(pages, _APPLICATION_LIST, read_page, actions=[_NEXT, _NEW])


@get("/facilities", guards=_READ)
async def list_facilities(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All facilities."""
    reader, book = services.reader, principal.book
    asked = asked_for(FacilityFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await facilities.facilities(reader, book, asked, order)
        return Page(await with_holders(reader, book, page.items), page.next_cursor)

    return await list_page(pages, _FACILITY_LIST, read_page)


@get("/loans", guards=_READ)
async def list_loans(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All loans."""
    reader, book = services.reader, principal.book
    asked = asked_for(LoanFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await loans.loans(reader, book, asked, order)
        return Page(await named(reader, book, page.items), page.next_cursor)

    return await list_page(pages, _LOAN_LIST, read_page, scales=await chart.scales(reader, book))


async def with_holders(reader: Reader, book: int, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows with the masked names of their holders; limits count yuan and e-CNY alike."""
    holders = await parties.names(reader, book, [each.party for each in found])
    return [
        {"asset": "CNY", **structs.asdict(each), "holder_name": holders.get(each.party, each.party)} for each in found
    ]


async def named(reader: Reader, book: int, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows with the masked names of their holders, and with the names of their products."""
    names = {(product.code, product.version): product for product in await products.versions(reader, book)}
    rows = await with_holders(reader, book, found)
    for row in rows:
        product = names.get((row["product"], row["version"]))
        row["product_name"] = row["product"] if product is None else product.name
        row["asset"] = row["asset"] if product is None else product.asset.value
    return rows


handlers = (list_applications, list_facilities, list_loans)
