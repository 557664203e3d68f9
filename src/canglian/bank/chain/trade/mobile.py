"""Orders and purchases on a phone: what the core company confirms, what suppliers and dealers borrow and repay."""

from abc import abstractmethod
from typing import Any, ClassVar

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.chain import queries as chain
from canglian.bank.chain.mobile.owning import own_members, signing_wallets
from canglian.bank.chain.model import ChainMember
from canglian.bank.chain.trade import queries
from canglian.bank.chain.trade.commands import (
    ConfirmContract,
    DeclineContract,
    FinanceContract,
    ReceiveOrder,
    RefuseDelivery,
    ReleaseGoods,
)
from canglian.bank.chain.trade.model import ContractState
from canglian.bank.chain.trade.queries import ContractWhole
from canglian.bank.credit.mobile.pads import pad_pages
from canglian.bank.wallet.mobile.owning import CHANNEL, own_wallet
from canglian.bank.wallet.mobile.pin_pages import Payment, pin_page
from canglian.kernel.amounts import major
from canglian.kernel.command import Command
from canglian.kernel.errors import CanglianError, NotFound, Rejection
from canglian.web.console.formats import day, money
from canglian.web.console.forms import read_money
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services

AT = "/m/chain/contracts"


async def own_contract(services: Services, person: Person, identity: str) -> tuple[ContractWhole, ChainMember]:
    """A contract of a member of this person's, and that member.

    NotFound ``trade_contract.not_found`` for one that is others', too.
    """
    found = await queries.contract(services.reader, person.book, identity)
    own = {each.id: each for each in await own_members(services, person)}
    member = own.get(found.partner) or own.get(found.core)
    if member is None:
        raise NotFound("trade_contract.not_found", trade_contract=identity)
    return await queries.whole(services.reader, person.book, identity), member


def offered(whole: ContractWhole, member: ChainMember) -> list[str]:
    """What a member may do to a contract now, by the names of the steps."""
    contract = whole.contract
    if member.id == contract.core:
        return {ContractState.REGISTERED: ["confirm", "decline"], ContractState.DELIVERED: ["receive", "refuse"]}.get(
            contract.state, []
        )
    if contract.state is ContractState.CONFIRMED:
        return ["finance"]
    return ["release"] if contract.state is ContractState.FINANCED and not contract.is_order else []


@get("/chain/contracts/{item:str}", guards=[signed_in])
async def contract_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    item: FromPath[str],
) -> Response[bytes]:
    """A contract of this person's: what is lent and owed, and what can be done."""
    whole, member = await own_contract(services, person, item)
    contract = whole.contract
    return pages.render(
        "chain/mobile/contract.html",
        whole=whole,
        contract=contract,
        names=await chain.names(services.reader, person.book, [contract.core, contract.partner]),
        steps=offered(whole, member),
        titles={kind.verb: kind.title for kind in _STEPS},
        borrows=member.id == contract.partner,
        done=pages.request.query_params.get("done", ""),
    )


class _Step(Payment):
    """A step that somebody is about to sign, with what they typed."""

    verb: ClassVar[str]
    title: ClassVar[str]
    fields: ClassVar[tuple[str, ...]] = ("wallet",)

    def __init__(
        self,
        pages: MobilePages,
        services: Services,
        person: Person,
        form: dict[str, str],
        whole: ContractWhole,
        member: ChainMember,
    ) -> None:
        super().__init__(pages, services, person, form)
        self._whole = whole
        self._contract = whole.contract
        self._member = member
        self._page = f"{AT}/{whole.contract.id}"

    @abstractmethod
    def _command(self, pin: int) -> Command[Any]:
        """What is asked for, as if the PIN had been typed."""

    async def _rows(self) -> list[tuple[str, str]]:
        """What is about to happen, in figures."""
        names = await chain.names(self._services.reader, self._person.book, [self._contract.partner])
        say, due = self._pages._, self._whole.loan
        return [
            (say("Supplier or dealer"), names[self._contract.partner]),
            (say("Contract number"), self._contract.number),
            (say("Delivered by"), day(self._contract.deliver_by)),
            (say("Paid out of your account on"), day(due.matures_on) if due and self.verb == "receive" else ""),
        ]

    def _signer(self, pin: int) -> dict[str, Any]:
        return {"contract": self._contract.id, "channel": CHANNEL, "wallet": self._form.get("wallet", ""), "pin": pin}

    def _amount(self) -> int:
        """The amount that it is about."""
        return self._contract.amount

    def _reason(self) -> str:
        reason = self._form.get("reason", "").strip()
        if not reason:
            raise Rejection("voucher.reason_needed", field="reason")
        return reason

    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """What is asked for."""
        return self._pages.render(
            "chain/mobile/contract_step.html",
            error=error,
            verb=self.verb,
            title=self._pages._(self.title),
            page=self._page,
            whole=self._whole,
            contract=self._contract,
            wallets=await signing_wallets(self._services, self._person),
            values=self._form or {"amount": self._suggested()},
        )

    def _suggested(self) -> str:
        return ""

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad. Rejects what was typed wrongly."""
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        amount = self._amount()
        if error is None:
            await self.try_before_pin(wallet.id, self._command)
        return pin_page(
            self._pages,
            self._form,
            error,
            title=self._pages._(self.title),
            line=f"{self._pages._(self.title)} · {self._contract.number}",
            action=f"{self._page}/{self.verb}/pay",
            return_to=f"{self._page}/{self.verb}",
            names=self.fields,
            amount=amount,
            rows=await self._rows(),
        )

    async def move(self) -> str:
        """Sign it; the page of the contract."""
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        version = await self._service.pass_pin(wallet.id, self._form.get("pin", ""))
        (await self._service.submit_keyed(self._command(version))).unwrap()
        return f"{self._page}?done={self.verb}"


class _Confirming(_Step):
    verb = "confirm"
    title = "Confirm the contract"

    def _command(self, pin: int) -> ConfirmContract:
        return ConfirmContract(**self._signer(pin))


class _Declining(_Step):
    verb = "decline"
    title = "Decline the contract"
    fields = ("wallet", "reason")

    def _command(self, pin: int) -> DeclineContract:
        return DeclineContract(reason=self._reason(), **self._signer(pin))


class _Receiving(_Step):
    verb = "receive"
    title = "Confirm the delivery"

    def _command(self, pin: int) -> ReceiveOrder:
        return ReceiveOrder(**self._signer(pin))


class _Refusing(_Step):
    verb = "refuse"
    title = "Refuse the delivery"
    fields = ("wallet", "reason")

    def _command(self, pin: int) -> RefuseDelivery:
        return RefuseDelivery(reason=self._reason(), **self._signer(pin))


class _Financing(_Step):
    verb = "finance"
    title = "Finance the contract"
    fields = ("wallet", "amount", "months")

    def _suggested(self) -> str:
        return major(self._whole.most).replace(",", "")

    def _amount(self) -> int:
        return read_money(self._form) if self._form.get("amount", "").strip() else self._whole.most

    def _months(self) -> int:
        typed = self._form.get("months", "")
        known = [months for months in self._whole.terms if str(months) == typed]
        if not known:
            raise Rejection("loan.term", terms=", ".join(map(str, self._whole.terms)), field="months")
        return known[0]

    def _command(self, pin: int) -> FinanceContract:
        return FinanceContract(amount=self._amount(), months=self._months(), **self._signer(pin))

    async def _rows(self) -> list[tuple[str, str]]:
        say, contract = self._pages._, self._contract
        names = await chain.names(self._services.reader, self._person.book, [contract.core])
        own = contract.amount - self._amount()
        rows = [
            (say("Term"), say("%(months)s months") % {"months": self._months()}),
            (say("Paid to"), say("Your account") if contract.is_order else names[contract.core]),
        ]
        return rows if contract.is_order else [*rows, (say("You pay of your own"), money(own))]


class _Releasing(_Step):
    verb = "release"
    title = "Release goods"
    fields = ("wallet", "amount")

    def _suggested(self) -> str:
        return major(self._contract.amount - self._contract.released).replace(",", "")

    def _amount(self) -> int:
        return read_money(self._form)

    def _command(self, pin: int) -> ReleaseGoods:
        return ReleaseGoods(goods=self._amount(), **self._signer(pin))

    async def _rows(self) -> list[tuple[str, str]]:
        say = self._pages._
        quote = await queries.release_quote(self._services.reader, self._person.book, self._contract.id, self._amount())
        return [(say("Repaid out of your account"), money(quote.repaid)), (say("Owed then"), money(quote.left))]


def _begin(kind: type[_Step]) -> Any:
    async def begin(pages: MobilePages, services: Services, person: Person, item: str, form: dict[str, str]) -> _Step:
        return kind(pages, services, person, form, *await own_contract(services, person, item))

    return begin


_STEPS = (_Confirming, _Declining, _Receiving, _Refusing, _Financing, _Releasing)
HANDLERS = (
    contract_page,
    *(handler for kind in _STEPS for handler in pad_pages(f"/chain/contracts/{{item:str}}/{kind.verb}", _begin(kind))),
)
