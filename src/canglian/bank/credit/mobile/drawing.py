"""Drawing a loan: how much and for how long, then the PIN, then the money is there."""

import msgspec
from litestar import Response

from canglian.bank.credit.facilities.model import Facility, SubLimit
from canglian.bank.credit.loans.commands import DrawLoan
from canglian.bank.credit.loans.terms import planned
from canglian.bank.credit.mobile.home import AT
from canglian.bank.credit.mobile.owning import able_wallets, own_part
from canglian.bank.credit.mobile.pads import pad_pages
from canglian.bank.credit.plan import Schedule
from canglian.bank.credit.products import queries as products
from canglian.bank.credit.products.commands import Months
from canglian.bank.credit.products.model import LoanProduct
from canglian.bank.wallet.mobile.owning import CHANNEL, own_wallet
from canglian.bank.wallet.mobile.pin_pages import Payment, named, pin_page, seen
from canglian.kernel.amounts import major
from canglian.kernel.errors import CanglianError
from canglian.kernel.queries.observing import book_figures
from canglian.web.console.formats import day, money
from canglian.web.console.forms import read, read_money
from canglian.web.mobile import MobilePages, Person
from canglian.web.services import Services

FIELDS = ("amount", "months", "wallet")


class _Term(msgspec.Struct, frozen=True):
    months: Months


async def _begin(pages: MobilePages, services: Services, person: Person, item: str, form: dict[str, str]) -> "_Drawing":
    return _Drawing(pages, services, person, form, *await own_part(services, person, item))


class _Drawing(Payment):
    """A loan that somebody is about to draw, with what they typed."""

    def __init__(
        self,
        pages: MobilePages,
        services: Services,
        person: Person,
        form: dict[str, str],
        facility: Facility,
        part: SubLimit,
        product: LoanProduct,
        room: int,
    ) -> None:
        super().__init__(pages, services, person, form)
        self._facility = facility
        self._part = part
        self._product = product
        self._room = room
        self._at = f"{AT}/draw/{product.code}"

    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """How much and for how long, with the instalments of all that can be drawn."""
        most = min(self._room, self._product.amount_max)
        plans = [(months, await self._plan(most, months)) for months in self._product.terms] if most else []
        return self._pages.render(
            "credit/mobile/draw.html",
            error=error,
            product=self._product,
            part=self._part,
            room=self._room,
            most=most,
            plans=plans,
            wallets=await able_wallets(self._services, self._person, self._product.asset.value),
            values=self._form or {"amount": major(most).replace(",", ""), "months": str(self._product.terms[-1])},
        )

    async def _plan(self, amount: int, months: int) -> Schedule:
        reader, book = self._services.reader, self._person.book
        today = (await book_figures(reader, book)).today
        calendar = await products.calendar(reader, book, self._product, today)
        return planned(self._product, amount, self._part.rate_ppm, months, today, calendar)

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad. Rejects what was typed wrongly."""
        amount, months = read_money(self._form), self._months()
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        if error is None:
            await self.try_before_pin(wallet.id, self._command)
        plan = await self._plan(amount, months)
        first, say = plan.instalments[0], self._pages._
        own = await seen(self._services, self._person, wallet)
        fee = (amount * self._product.fee_bps + 5_000) // 10_000
        return pin_page(
            self._pages,
            self._form,
            error,
            title=say("Check and borrow"),
            line=f"{say('To')} {named(own, say)}",
            action=f"{self._at}/pay",
            return_to=self._at,
            names=FIELDS,
            amount=amount,
            asset=own.asset,
            rows=[
                (say("Interest a year"), f"{major(self._part.rate_ppm, 4)} %"),
                (say("First instalment"), f"{money(first.total)} · {day(first.due)}"),
                (say("Instalments"), str(len(plan.instalments))),
                (say("All interest"), money(plan.interest)),
                (say("Fee, with the first payment"), money(fee) if fee else ""),
            ],
        )

    async def move(self) -> str:
        """Draw the loan; its page."""
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        version = await self._service.pass_pin(wallet.id, self._form.get("pin", ""))
        loan = (await self._service.submit_keyed(self._command(version))).unwrap()
        return f"/m/loans/{loan.id}?done=drawn"

    def _months(self) -> int:
        return read({"months": self._form.get("months", "")}, _Term).months

    def _command(self, pin: int) -> DrawLoan:
        return DrawLoan(
            facility=self._facility.id,
            product=self._product.code,
            amount=read_money(self._form),
            months=self._months(),
            wallet=self._form.get("wallet", ""),
            channel=CHANNEL,
            pin=pin,
        )


handlers = pad_pages("/credit/draw/{item:str}", _begin)
