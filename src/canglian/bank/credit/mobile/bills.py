"""Pay-later on the phone: what is owed by bills, paying one, and turning one into instalments with a quote."""

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.credit.mobile.owning import able_wallets, own_bill
from canglian.bank.credit.mobile.pads import pad_pages
from canglian.bank.credit.pay_later import queries
from canglian.bank.credit.pay_later.commands import ConvertBill, RepayBill
from canglian.bank.credit.pay_later.model import PAYABLE, BillState
from canglian.bank.credit.pay_later.queries import BillFilter, BillWhole
from canglian.bank.credit.products import queries as products
from canglian.bank.credit.products.commands import Months
from canglian.bank.wallet.mobile.owning import CHANNEL, own_wallet
from canglian.bank.wallet.mobile.pin_pages import Payment, left, named, pin_page, seen
from canglian.kernel.amounts import major
from canglian.kernel.errors import CanglianError, Rejection
from canglian.kernel.queries.paging import Order
from canglian.web.console.formats import day, money
from canglian.web.console.forms import read, read_money
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services

AT = "/m/pay-later"
ENDED_MAX = 5
"""How many bills of which nothing is owed are shown."""


class _Term(msgspec.Struct, frozen=True):
    months: Months


@get("/pay-later", guards=[signed_in])
async def bills_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """What this person owes by bills: in all, by bill, and those that are paid."""
    reader, book, party = services.reader, person.book, person.party or ""
    owed = await queries.unpaid_of(reader, book, party)
    paid = await queries.bills(reader, book, BillFilter(party=party, state=BillState.PAID), Order(limit=ENDED_MAX))
    sums: dict[str, int] = {}
    for bill, loan in owed:
        sums[bill.asset] = sums.get(bill.asset, 0) + (loan.owed_in_all or loan.claim)
    return pages.render(
        "credit/mobile/bills.html",
        owed=owed,
        paid=paid.items,
        sums=sums,
        to_pay=sum(loan.owed_now for _, loan in owed),
    )


@get("/pay-later/{bill:str}", guards=[signed_in])
async def bill_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    bill: FromPath[str],
) -> Response[bytes]:
    """A bill of this person: what is owed of it, until when, and what was paid and refunded."""
    whole = await own_bill(services, person, bill)
    return pages.render(
        "credit/mobile/bill.html",
        whole=whole,
        bill=whole.bill,
        payable=whole.bill.state in PAYABLE,
        done=pages.request.query_params.get("done", ""),
    )


class _Billing(Payment):
    """Something that somebody is about to do to a bill of theirs."""

    verb = ""

    def __init__(
        self, pages: MobilePages, services: Services, person: Person, form: dict[str, str], whole: BillWhole
    ) -> None:
        super().__init__(pages, services, person, form)
        self._whole = whole
        self._bill = whole.bill
        self._at = f"{AT}/{whole.bill.id}/{self.verb}"


class _Repaying(_Billing):
    """A bill, or a part of it."""

    verb = "repay"

    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """How much, and from which wallet."""
        return self._pages.render(
            "credit/mobile/bill_repay.html",
            error=error,
            whole=self._whole,
            bill=self._bill,
            payable=self._bill.state in PAYABLE,
            wallets=await able_wallets(self._services, self._person, self._bill.asset),
            values=self._form or {"amount": major(self._whole.owed.payoff.total).replace(",", "")},
        )

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad. Rejects what was typed wrongly."""
        amount, say = read_money(self._form), self._pages._
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        own = await seen(self._services, self._person, wallet)
        if error is None:
            await self.try_before_pin(wallet.id, self._command)
        return pin_page(
            self._pages,
            self._form,
            error,
            title=say("Check and repay"),
            line=self._bill.note,
            action=f"{self._at}/pay",
            return_to=self._at,
            names=("amount", "wallet"),
            amount=amount,
            asset=own.asset,
            rows=[
                (say("From"), named(own, say)),
                (say("Balance after payment"), left(own, amount)),
                (say("Still owed then"), money(max(0, self._whole.owed.payoff.total - amount), self._bill.asset)),
            ],
        )

    async def move(self) -> str:
        """Pay; the page of the bill."""
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        version = await self._service.pass_pin(wallet.id, self._form.get("pin", ""))
        (await self._service.submit_keyed(self._command(version))).unwrap()
        return f"{AT}/{self._bill.id}?done=paid"

    def _command(self, pin: int) -> RepayBill:
        wallet = self._form.get("wallet", "")
        return RepayBill(bill=self._bill.id, amount=read_money(self._form), wallet=wallet, channel=CHANNEL, pin=pin)


class _Converting(_Billing):
    """A bill that becomes instalments."""

    verb = "instalments"

    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """For how long, with what each instalment and all of them cost."""
        plans = []
        if self._bill.state in (BillState.OPEN, BillState.DUE):
            plans = await queries.plans(self._services.reader, self._person.book, self._whole)
        return self._pages.render(
            "credit/mobile/bill_instalments.html",
            error=error,
            whole=self._whole,
            bill=self._bill,
            plans=[(months, plan) for months, plan, _ in plans],
            fee=plans[0][2] if plans else 0,
            values=self._form,
        )

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad, and the quote in figures. Rejects what was typed wrongly."""
        say, months = self._pages._, self._months()
        wallet = await own_wallet(self._services, self._person, self._bill.wallet)
        if error is None:
            await self.try_before_pin(wallet.id, self._command)
        reader, book = self._services.reader, self._person.book
        plans = await queries.plans(reader, book, self._whole)
        plan, fee = next(((plan, fee) for term, plan, fee in plans if term == months), (None, 0))
        if plan is None:
            raise Rejection("loan.term", terms=", ".join(str(term) for term, _, _ in plans), field="months")
        asset, first = self._bill.asset, plan.instalments[0]
        product = await products.product(reader, book, self._bill.product, self._bill.version)
        return pin_page(
            self._pages,
            self._form,
            error,
            title=say("Check the instalments"),
            line=self._bill.note,
            action=f"{self._at}/pay",
            return_to=self._at,
            names=("months",),
            amount=plan.principal,
            asset=asset,
            rows=[
                (say("Loan product"), say(product.name)),
                (say("Interest a year"), f"{major(plan.terms.rate_ppm, 4)} %"),
                (say("First instalment"), f"{money(first.total, asset)} · {day(first.due)}"),
                (say("Instalments"), str(len(plan.instalments))),
                (say("All interest"), money(plan.interest, asset)),
                (say("Fee, with the first payment"), money(fee, asset) if fee else ""),
                (say("Paid in all"), money(plan.total + fee, asset)),
            ],
        )

    async def move(self) -> str:
        """Turn it into instalments; the page of the loan that pays it back."""
        wallet = await own_wallet(self._services, self._person, self._bill.wallet)
        version = await self._service.pass_pin(wallet.id, self._form.get("pin", ""))
        bill = (await self._service.submit_keyed(self._command(version))).unwrap()
        return f"{AT}/{bill.id}?done=instalments"

    def _months(self) -> int:
        return read({"months": self._form.get("months", "")}, _Term).months

    def _command(self, pin: int) -> ConvertBill:
        return ConvertBill(bill=self._bill.id, months=self._months(), channel=CHANNEL, pin=pin)


async def _repay(pages: MobilePages, services: Services, person: Person, item: str, form: dict[str, str]) -> _Repaying:
    return _Repaying(pages, services, person, form, await own_bill(services, person, item))


async def _convert(
    pages: MobilePages, services: Services, person: Person, item: str, form: dict[str, str]
) -> _Converting:
    return _Converting(pages, services, person, form, await own_bill(services, person, item))


handlers = (
    bills_page,
    bill_page,
    *pad_pages("/pay-later/{item:str}/repay", _repay),
    *pad_pages("/pay-later/{item:str}/instalments", _convert),
)
