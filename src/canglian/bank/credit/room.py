"""Credit as a room."""

from canglian.bank.credit import examples, running
from canglian.bank.credit.applications.actions import RESOURCES as APPLICATIONS
from canglian.bank.credit.applications.outside import ADAPTERS
from canglian.bank.credit.benchmarks.versions import BENCHMARKS
from canglian.bank.credit.collection.actions import POLICIES as COLLECTION_POLICIES
from canglian.bank.credit.collection.actions import RESOURCES as COLLECTION
from canglian.bank.credit.console import HANDLERS
from canglian.bank.credit.console.additions import FINDS, OBJECTS, PAGE_LINKS, SECTIONS, WAITING
from canglian.bank.credit.demo import fill
from canglian.bank.credit.demo_past import PAST
from canglian.bank.credit.facilities.actions import RESOURCES as FACILITIES
from canglian.bank.credit.loans.actions import RESOURCES as LOANS
from canglian.bank.credit.mobile import HANDLERS as MOBILE
from canglian.bank.credit.pay_later.actions import RESOURCES as PAY_LATER
from canglian.bank.credit.portfolio.api import ROUTER as PORTFOLIO
from canglian.bank.credit.products.versions import PRODUCTS
from canglian.web.console.versions import version_pages
from canglian.web.links import by_id
from canglian.web.room import Job, NavItem, Room, Workspace

ROOM = Room(
    "credit",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=by_id(examples.LINKS),
    demo=fill,
    demo_past=PAST,
    api=(
        PRODUCTS.router(),
        BENCHMARKS.router(),
        COLLECTION_POLICIES.router(),
        PORTFOLIO,
        *(resource.router() for resource in (*FACILITIES, *APPLICATIONS, *LOANS, *PAY_LATER, *COLLECTION)),
    ),
    console=(
        *HANDLERS,
        *version_pages(PRODUCTS),
        *version_pages(BENCHMARKS),
        *version_pages(COLLECTION_POLICIES),
    ),
    mobile=MOBILE,
    nav=(
        NavItem(Workspace.CREDIT, "", "Applications for credit", "/console/credit-applications", "list-details"),
        NavItem(Workspace.CREDIT, "", "Facilities", "/console/facilities", "scale"),
        NavItem(Workspace.CREDIT, "", "Loans", "/console/loans", "coin"),
        NavItem(Workspace.CREDIT, "", "Pay-later bills", "/console/bills", "receipt"),
        NavItem(Workspace.CREDIT, "", "Relatives who repay", "/console/relatives", "users"),
        NavItem(Workspace.CREDIT, "", "Loan portfolio", "/console/loan-portfolio", "chart-line"),
        NavItem(Workspace.CREDIT, "", "Loan products", "/console/loan-products", "adjustments"),
        NavItem(Workspace.CREDIT, "", "Collection parameters", "/console/collection-policies", "adjustments"),
        NavItem(Workspace.CREDIT, "", "Published rates", "/console/benchmark-rates", "chart-line"),
    ),
    jobs=(Job("credit", running.EVERY_SECONDS, running.run),),
    outside=ADAPTERS,
    templates=("canglian.bank.credit",),
    finds=FINDS,
    waiting=WAITING,
    sections=SECTIONS,
    page_links=PAGE_LINKS,
    objects=OBJECTS,
)
