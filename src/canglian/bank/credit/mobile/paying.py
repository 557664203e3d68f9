"""Paying a loan back: what has fallen due, or early with a quote; then the PIN, then what is left."""

from abc import abstractmethod

from litestar import Response

from canglian.bank.credit.loans.commands import PrepayLoan, RepayLoan
from canglian.bank.credit.loans.model import Loan
from canglian.bank.credit.loans.paying.settling import PrepayEffect
from canglian.bank.credit.loans.queries import LoanWhole
from canglian.bank.credit.mobile.owning import able_wallets, own_loan
from canglian.bank.credit.mobile.pads import pad_pages
from canglian.bank.wallet.mobile.owning import CHANNEL, own_wallet
from canglian.bank.wallet.mobile.pin_pages import Payment, left, named, pin_page, seen
from canglian.kernel.amounts import major
from canglian.kernel.command import Command
from canglian.kernel.errors import CanglianError
from canglian.web.console.formats import day, money
from canglian.web.console.forms import read_money
from canglian.web.mobile import MobilePages, Person
from canglian.web.services import Services

FIELDS = ("amount", "wallet", "effect")


class _Paying(Payment):
    """A payment of a loan that somebody is about to make, with what they typed."""

    verb = ""
    title = ""
    template = ""

    def __init__(
        self, pages: MobilePages, services: Services, person: Person, form: dict[str, str], whole: LoanWhole
    ) -> None:
        super().__init__(pages, services, person, form)
        self._whole = whole
        self._loan = whole.loan
        self._at = f"/m/loans/{whole.loan.id}/{self.verb}"

    @abstractmethod
    def _command(self, pin: int) -> Command[Loan]:
        """What is asked for, as if the PIN had been typed."""

    @abstractmethod
    def _amount(self) -> int:
        """How much is paid."""

    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """How much, and from which wallet."""
        return self._pages.render(
            self.template,
            error=error,
            whole=self._whole,
            loan=self._loan,
            wallets=await able_wallets(self._services, self._person, self._loan.asset),
            values=self._form or {"amount": major(self._whole.payoff.due).replace(",", "")},
        )

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad. Rejects what was typed wrongly."""
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        own, say, amount = await seen(self._services, self._person, wallet), self._pages._, self._amount()
        rows = [(say("From"), named(own, say)), (say("Balance after payment"), left(own, amount))]
        if error is None:
            pin = (await self._service.standing(wallet.id)).version
            after = (await self._service.submit(self._command(pin), dry_run=True)).unwrap()
            rows += self._quoted(after)
        return pin_page(
            self._pages,
            self._form,
            error,
            title=say(self.title),
            line=say(self.title),
            action=f"{self._at}/pay",
            return_to=self._at,
            names=FIELDS,
            amount=amount,
            asset=own.asset,
            rows=rows,
        )

    def _quoted(self, after: Loan) -> list[tuple[str, str]]:
        """What the payment would be for, and what is left then."""
        say, before = self._pages._, self._loan
        rows = [
            (say("For principal"), after.paid_principal - before.paid_principal),
            (say("For interest"), after.paid_interest - before.paid_interest),
            (say("For penalty"), after.paid_penalty - before.paid_penalty),
            (say("For fees"), after.paid_fees - before.paid_fees),
        ]
        shown = [(title, money(amount, before.asset)) for title, amount in rows if amount]
        if after.next_due is not None:
            instalment = money(after.next_principal + after.next_interest, before.asset)
            shown.append((say("Next instalment then"), f"{instalment} · {day(after.next_due)}"))
            shown.append((say("Last instalment then"), day(after.matures_on)))
        return [*shown, (say("Outstanding then"), money(after.outstanding, before.asset))]

    async def move(self) -> str:
        """Pay; the page of the loan."""
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        version = await self._service.pass_pin(wallet.id, self._form.get("pin", ""))
        (await self._service.submit_keyed(self._command(version))).unwrap()
        return f"/m/loans/{self._loan.id}?done=paid"


class _Repaying(_Paying):
    """What has fallen due."""

    verb = "repay"
    title = "Check and repay"
    template = "credit/mobile/repay.html"

    def _amount(self) -> int:
        return read_money(self._form)

    def _command(self, pin: int) -> RepayLoan:
        wallet = self._form.get("wallet", "")
        return RepayLoan(loan=self._loan.id, amount=self._amount(), wallet=wallet, channel=CHANNEL, pin=pin)


class _Prepaying(_Paying):
    """All of it, or a part before it falls due."""

    verb = "prepay"
    title = "Check and prepay"
    template = "credit/mobile/prepay.html"

    def _amount(self) -> int:
        if self._form.get("effect") == "all":
            return self._whole.payoff.total
        return read_money(self._form)

    def _command(self, pin: int) -> PrepayLoan:
        effect = self._form.get("effect", "")
        return PrepayLoan(
            loan=self._loan.id,
            wallet=self._form.get("wallet", ""),
            channel=CHANNEL,
            amount=self._amount(),
            effect=PrepayEffect.LOWER if effect == PrepayEffect.LOWER.value else PrepayEffect.SHORTER,
            pin=pin,
        )


async def _repay(pages: MobilePages, services: Services, person: Person, item: str, form: dict[str, str]) -> _Repaying:
    return _Repaying(pages, services, person, form, await own_loan(services, person, item))


async def _prepay(
    pages: MobilePages, services: Services, person: Person, item: str, form: dict[str, str]
) -> _Prepaying:
    return _Prepaying(pages, services, person, form, await own_loan(services, person, item))


handlers = (*pad_pages("/loans/{item:str}/repay", _repay), *pad_pages("/loans/{item:str}/prepay", _prepay))
