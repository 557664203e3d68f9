"""What is somebody's own of credit. Everything that an address names goes through here; the rest is not found."""

from msgspec.structs import replace

from canglian.bank.credit.applications import queries as applications
from canglian.bank.credit.applications.model import CreditApplication
from canglian.bank.credit.facilities import queries as facilities
from canglian.bank.credit.facilities.model import Facility, SubLimit
from canglian.bank.credit.loans import queries as loans
from canglian.bank.credit.loans.queries import LoanWhole
from canglian.bank.credit.pay_later import queries as pay_later
from canglian.bank.credit.pay_later.model import Relative
from canglian.bank.credit.pay_later.queries import BillWhole
from canglian.bank.credit.products import queries as products
from canglian.bank.credit.products.model import LoanProduct
from canglian.bank.wallet.mobile.owning import own_wallets
from canglian.bank.wallet.model import WalletState
from canglian.bank.wallet.queries.wallets import WalletView
from canglian.kernel.errors import NotFound
from canglian.kernel.queries.observing import book_figures
from canglian.web.mobile import Person
from canglian.web.services import Services


async def own_application(services: Services, person: Person, identity: str) -> CreditApplication:
    """An application of this person. NotFound ``credit_application.not_found`` for one that is another's, too."""
    found = await applications.application(services.reader, person.book, identity)
    if found.party != person.party:
        raise NotFound("credit_application.not_found", credit_application=identity)
    return found


async def own_loan(services: Services, person: Person, identity: str) -> LoanWhole:
    """A loan of this person. NotFound ``loan.not_found`` for one that is another's, too."""
    found = await loans.whole(services.reader, person.book, identity)
    if found.loan.party != person.party:
        raise NotFound("loan.not_found", loan=identity)
    return found


async def own_facility(services: Services, person: Person) -> Facility | None:
    """The facility of this person, where there is one."""
    return None if person.party is None else await facilities.of_party(services.reader, person.book, person.party)


async def own_part(services: Services, person: Person, product: str) -> tuple[Facility, SubLimit, LoanProduct, int]:
    """What this person may draw of a product. NotFound ``loan_product.not_found`` where there is no such contract."""
    facility = await own_facility(services, person)
    part = None if facility is None else facility.part_of(product)
    if facility is None or part is None:
        raise NotFound("loan_product.not_found", loan_product=product)
    today = (await book_figures(services.reader, person.book)).today
    found = await products.product(services.reader, person.book, part.product, part.version)
    if found.is_pay_later:
        raise NotFound("loan_product.not_found", loan_product=product)
    rate = await products.rate(services.reader, person.book, found, part.rate_ppm, today)
    return facility, replace(part, rate_ppm=rate), found, facility.room(product, today)


async def own_bill(services: Services, person: Person, identity: str) -> BillWhole:
    """A bill of this person. NotFound ``bill.not_found`` for one that is another's, too."""
    found = await pay_later.whole(services.reader, person.book, identity)
    if found.bill.party != person.party:
        raise NotFound("bill.not_found", bill=identity)
    return found


async def own_relative(services: Services, person: Person, identity: str) -> Relative:
    """A relation by which this person may repay. NotFound ``relative.not_found`` for another's, and where it ended."""
    found = await pay_later.relative(services.reader, person.book, identity)
    if found.payer != person.party or found.pair is None:
        raise NotFound("relative.not_found", relative=identity)
    return found


async def able_wallets(services: Services, person: Person, asset: str) -> list[WalletView]:
    """The wallets of this person that are paid and pay in an asset, the one with most first."""
    found = [
        wallet
        for wallet in await own_wallets(services, person)
        if wallet.state is WalletState.ACTIVE
        and wallet.parent is None
        and wallet.party is not None
        and wallet.asset == asset
    ]
    return sorted(found, key=_spendable, reverse=True)


def _spendable(wallet: WalletView) -> int:
    return wallet.balance - wallet.held
