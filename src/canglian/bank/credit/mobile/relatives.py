"""Repaying for a relative: how much, then the PIN. Nothing on these pages says what the other person owes."""

from litestar import Response, get
from litestar.di import NamedDependency

from canglian.bank.credit.mobile.owning import own_relative
from canglian.bank.credit.mobile.pads import pad_pages
from canglian.bank.credit.pay_later import queries
from canglian.bank.credit.pay_later.commands import RepayForRelative
from canglian.bank.credit.pay_later.model import Relative
from canglian.bank.party.queries import parties
from canglian.bank.wallet.mobile.owning import CHANNEL, own_wallet, own_wallets
from canglian.bank.wallet.mobile.pin_pages import Payment, left, named, pin_page, seen
from canglian.bank.wallet.model import WalletState
from canglian.kernel.errors import CanglianError
from canglian.web.console.forms import read_money
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services

AT = "/m/relatives"


@get("/relatives", guards=[signed_in])
async def relatives_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """For whom this person may repay, and who may repay for them."""
    reader, book, party = services.reader, person.book, person.party or ""
    paying, paid_by = await queries.payer_for(reader, book, party), await queries.payers_of(reader, book, party)
    names = await parties.names(reader, book, [*(each.party for each in paying), *(each.payer for each in paid_by)])
    return pages.render(
        "credit/mobile/relatives.html",
        paying=[(each, names.get(each.party, "")) for each in paying],
        paid_by=[(each, names.get(each.payer, "")) for each in paid_by],
        done="done" in pages.request.query_params,
    )


async def _begin(pages: MobilePages, services: Services, person: Person, item: str, form: dict[str, str]) -> "_Paying":
    relative = await own_relative(services, person, item)
    names = await parties.names(services.reader, person.book, [relative.party])
    return _Paying(pages, services, person, form, relative, names.get(relative.party, ""))


class _Paying(Payment):
    """An amount that somebody is about to pay for a relative."""

    def __init__(
        self,
        pages: MobilePages,
        services: Services,
        person: Person,
        form: dict[str, str],
        relative: Relative,
        name: str,
    ) -> None:
        super().__init__(pages, services, person, form)
        self._relative = relative
        self._name = name
        self._at = f"{AT}/{relative.id}/repay"

    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """How much, and from which wallet."""
        own = await own_wallets(self._services, self._person)
        return self._pages.render(
            "credit/mobile/relative_repay.html",
            error=error,
            relative=self._relative,
            whom=self._name,
            wallets=[
                wallet
                for wallet in own
                if wallet.state is WalletState.ACTIVE and wallet.parent is None and wallet.party is not None
            ],
            values=self._form,
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
            line=say("For %(name)s") % {"name": self._name},
            action=f"{self._at}/pay",
            return_to=self._at,
            names=("amount", "wallet"),
            amount=amount,
            asset=own.asset,
            rows=[(say("From"), named(own, say)), (say("Balance after payment"), left(own, amount))],
        )

    async def move(self) -> str:
        """Pay; the page of relatives."""
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        version = await self._service.pass_pin(wallet.id, self._form.get("pin", ""))
        (await self._service.submit_keyed(self._command(version))).unwrap()
        return f"{AT}?done=1"

    def _command(self, pin: int) -> RepayForRelative:
        return RepayForRelative(
            relative=self._relative.id,
            amount=read_money(self._form),
            wallet=self._form.get("wallet", ""),
            channel=CHANNEL,
            pin=pin,
        )


handlers = (relatives_page, *pad_pages("/relatives/{item:str}/repay", _begin))
