"""Automatic debits of a loan: out of which wallets, what is left in them, then the PIN; and taking it back."""

from litestar import Response

from canglian.bank.credit.collection import queries
from canglian.bank.credit.collection.commands import AgreeDebit, EndDebit
from canglian.bank.credit.collection.model import DebitAgreement
from canglian.bank.credit.loans.queries import LoanWhole
from canglian.bank.credit.mobile.owning import able_wallets, own_loan
from canglian.bank.credit.mobile.pads import pad_pages
from canglian.bank.wallet.mobile.owning import CHANNEL, own_wallet
from canglian.bank.wallet.mobile.pin_pages import Payment, named, pin_page, seen
from canglian.kernel.amounts import major
from canglian.kernel.errors import CanglianError, NotFound
from canglian.web.console.formats import money
from canglian.web.console.forms import read_money
from canglian.web.mobile import MobilePages, Person
from canglian.web.services import Services

FIELDS = ("wallet", "second", "third", "floor")


class _Signing(Payment):
    """An agreement that somebody is about to sign or to take back."""

    verb = ""

    def __init__(
        self,
        pages: MobilePages,
        services: Services,
        person: Person,
        form: dict[str, str],
        whole: LoanWhole,
        agreement: DebitAgreement | None,
    ) -> None:
        super().__init__(pages, services, person, form)
        self._loan = whole.loan
        self._agreement = agreement
        self._at = f"/m/loans/{whole.loan.id}/{self.verb}"

    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """What is agreed now, and what may be."""
        agreed = self._agreement
        before: dict[str, str] = {}
        if agreed is not None:
            before = dict(zip(FIELDS, agreed.wallets, strict=False))
            before["floor"] = major(agreed.floor).replace(",", "")
        return self._pages.render(
            "credit/mobile/debit.html",
            error=error,
            loan=self._loan,
            agreement=agreed,
            wallets=await able_wallets(self._services, self._person, self._loan.asset),
            values=self._form or before,
        )


class _Agreeing(_Signing):
    """What falls due is taken out of wallets from tomorrow on."""

    verb = "debit"

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad. Rejects what was typed wrongly."""
        say, rows = self._pages._, list[tuple[str, str]]()
        for title, field in ((say("From"), "wallet"), (say("Then from"), "second"), (say("Then from"), "third")):
            if field == "wallet" or self._form.get(field):
                wallet = await own_wallet(self._services, self._person, self._form.get(field, ""))
                rows.append((title, named(await seen(self._services, self._person, wallet), say)))
        rows.append((say("Leave in each at least"), money(self._floor(), self._loan.asset)))
        if error is None:
            await self.try_before_pin(self._form.get("wallet", ""), self._command)
        return pin_page(
            self._pages,
            self._form,
            error,
            title=say("Agree to automatic debits"),
            line=say("What falls due of this loan is taken from tomorrow on."),
            action=f"{self._at}/pay",
            return_to=self._at,
            names=FIELDS,
            rows=rows,
        )

    async def move(self) -> str:
        """Sign; the page of the loan."""
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        version = await self._service.pass_pin(wallet.id, self._form.get("pin", ""))
        (await self._service.submit_keyed(self._command(version))).unwrap()
        return f"/m/loans/{self._loan.id}?done=agreed"

    def _floor(self) -> int:
        typed = self._form.get("floor", "").strip()
        return 0 if typed in ("", "0", "0.00") else read_money(self._form, "floor")

    def _command(self, pin: int) -> AgreeDebit:
        return AgreeDebit(
            loan=self._loan.id,
            wallet=self._form.get("wallet", ""),
            channel=CHANNEL,
            floor=self._floor(),
            second=self._form.get("second") or None,
            third=self._form.get("third") or None,
            pin=pin,
        )


class _Ending(_Signing):
    """Nothing is taken by the agreement any more."""

    verb = "debit-end"

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad. NotFound where nothing is agreed."""
        say, agreed = self._pages._, self._counting()
        if error is None:
            await self.try_before_pin(agreed.wallets[0], self._command)
        return pin_page(
            self._pages,
            self._form,
            error,
            title=say("End automatic debits"),
            line=say("What falls due is not taken any more; you repay it yourself."),
            action=f"{self._at}/pay",
            return_to=f"/m/loans/{self._loan.id}/debit",
            names=(),
        )

    async def move(self) -> str:
        """End it; the page of the loan."""
        version = await self._service.pass_pin(self._counting().wallets[0], self._form.get("pin", ""))
        (await self._service.submit_keyed(self._command(version))).unwrap()
        return f"/m/loans/{self._loan.id}?done=ended"

    def _counting(self) -> DebitAgreement:
        if self._agreement is None:
            raise NotFound("debit_agreement.not_found", debit_agreement=self._loan.id)
        return self._agreement

    def _command(self, pin: int) -> EndDebit:
        return EndDebit(debit_agreement=self._counting().id, channel=CHANNEL, pin=pin)


async def _agree(pages: MobilePages, services: Services, person: Person, item: str, form: dict[str, str]) -> _Agreeing:
    whole = await own_loan(services, person, item)
    return _Agreeing(pages, services, person, form, whole, await _agreed(services, person, item))


async def _end(pages: MobilePages, services: Services, person: Person, item: str, form: dict[str, str]) -> _Ending:
    whole = await own_loan(services, person, item)
    return _Ending(pages, services, person, form, whole, await _agreed(services, person, item))


async def _agreed(services: Services, person: Person, loan: str) -> DebitAgreement | None:
    return await queries.agreement_of(services.reader, person.book, loan)


handlers = (*pad_pages("/loans/{item:str}/debit", _agree), *pad_pages("/loans/{item:str}/debit-end", _end))
