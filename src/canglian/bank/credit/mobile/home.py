"""The first page of credit: what can be drawn, what is owed, and what can be applied for; a loan with its plan."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec.structs import replace

from canglian.bank.credit.applications import queries as applications
from canglian.bank.credit.applications.model import ApplicationState
from canglian.bank.credit.facilities.model import SubLimit
from canglian.bank.credit.loans import queries as loans
from canglian.bank.credit.loans.model import Loan
from canglian.bank.credit.mobile.owning import own_facility, own_loan
from canglian.bank.credit.products import queries as products
from canglian.bank.credit.products.model import LoanProduct
from canglian.bank.wallet.mobile.others import HomeRow, OtherLine
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures
from canglian.web.console.formats import money
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services

AT = "/m/credit"
_OPEN = (ApplicationState.SUBMITTED, ApplicationState.DECIDED, ApplicationState.OFFERED)
_ENDED_MAX = 3
"""How many loans that have ended are shown."""


async def _loans(services: Services, person: Person) -> list[Loan]:
    """This person's loans as they stand today, those that are owed first."""
    if person.party is None:
        return []
    reader, book = services.reader, person.book
    today = (await book_figures(reader, book)).today
    found = await loans.of_party(reader, book, person.party)
    living = [await loans.brought(reader, book, loan, today) for loan in found if loan.is_living]
    return [*living, *[loan for loan in found if not loan.is_living][:_ENDED_MAX]]


@get("/credit", guards=[signed_in])
async def credit_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """What this person can draw, owes and can apply for."""
    reader, book = services.reader, person.book
    today = (await book_figures(reader, book)).today
    names = {(each.code, each.version): each for each in await products.versions(reader, book)}
    facility = await own_facility(services, person)
    parts = () if facility is None else facility.parts
    asked = [] if person.party is None else await applications.of_party(reader, book, person.party)
    waiting = [each for each in asked if each.state in _OPEN]
    refused = next((each for each in asked[:1] if each.state is ApplicationState.REFUSED), None)
    taken = {each.product for each in waiting} | {part.product for part in parts if part.valid_until >= today}
    offered = [product for product in await products.on_offer(reader, book, today) if product.code not in taken]
    shown = list[tuple[SubLimit, LoanProduct, int]]()
    for part in parts:
        product = names[part.product, part.version]
        rate = await products.rate(reader, book, product, part.rate_ppm, today)
        room = 0 if facility is None else facility.room(part.product, today)
        shown.append((replace(part, rate_ppm=rate), product, room))
    own = [loan for loan in await _loans(services, person) if not loan.is_bill]
    return pages.render(
        "credit/mobile/credit.html",
        facility=facility,
        parts=shown,
        drawable=[row for row in shown if row[2] and not row[1].is_pay_later],
        pay_later=any(row[1].is_pay_later for row in shown),
        loans=[(loan, names[loan.product, loan.version]) for loan in own],
        waiting=[(each, names[each.product, each.version]) for each in waiting],
        refused=refused,
        offered=offered if person.party is not None else [],
        known=person.party is not None,
        today=today,
    )


@get("/loans/{loan:str}", guards=[signed_in])
async def loan_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    loan: FromPath[str],
) -> Response[bytes]:
    """A loan of this person: what is owed, its plan, and what was paid."""
    whole = await own_loan(services, person, loan)
    found = whole.loan
    return pages.render(
        "credit/mobile/loan.html",
        whole=whole,
        loan=found,
        product=await products.product(services.reader, person.book, found.product, found.version),
        left=[row for row in whole.plan.rows if found.number and row.number >= found.number],
        done=pages.request.query_params.get("done", ""),
    )


async def on_home(services: Services, person: Person) -> list[HomeRow]:
    """A service on somebody's first page, where something is lent or owed."""
    if person.party is None:
        return []
    today = (await book_figures(services.reader, person.book)).today
    owed = sum(loan.owed_now for loan in await _loans(services, person) if loan.is_living)
    facility = await own_facility(services, person)
    if facility is None and not await products.on_offer(services.reader, person.book, today):
        return []
    room = 0 if facility is None else max([facility.room(part.product, today) for part in facility.parts], default=0)
    note = money(owed or room) if owed or room else ""
    return [HomeRow(AT, "Repay" if owed else "Borrow", "coin", note, is_name=False)]


async def lines(reader: Reader, book: int, transfers: list[int]) -> dict[int, OtherLine]:
    """What movements of a wallet were for loans."""
    found = await loans.of_transfers(reader, book, transfers)
    return {transfer: OtherLine(name, f"/m/loans/{loan}", is_word=True) for transfer, (loan, name) in found.items()}


handlers = (credit_page, loan_page)
