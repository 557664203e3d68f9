"""Orders and purchases on a phone: what the core company confirms, what suppliers and dealers borrow and repay."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.chain import queries as chain
from canglian.bank.chain.mobile.owning import own_contract, signing_wallets
from canglian.bank.chain.mobile.steps import AT, Step
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
from canglian.kernel.amounts import major
from canglian.kernel.errors import CanglianError, Rejection
from canglian.web.console.formats import day, money
from canglian.web.console.forms import read_money
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services


def offered(whole: ContractWhole, member: ChainMember) -> list[str]:
    """What a member may do to a contract now, by the names of the steps."""
    contract = whole.contract
    if member.id == contract.core:
        return {ContractState.REGISTERED: ["confirm", "decline"], ContractState.DELIVERED: ["receive", "refuse"]}.get(
            contract.state, []
        )
    if contract.state is ContractState.CONFIRMED:
        return ["finance"]
    if contract.state is ContractState.FINANCED:
        return ["deliver"] if contract.is_order else ["release"]
    return []


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
        titles={"deliver": "Present delivery note and invoice", **{kind.verb: kind.title for kind in _STEPS}},
        borrows=member.id == contract.partner,
        done=pages.request.query_params.get("done", ""),
    )


class _Step(Step):
    """A step of a contract."""

    def __init__(
        self,
        pages: MobilePages,
        services: Services,
        person: Person,
        form: dict[str, str],
        whole: ContractWhole,
        member: ChainMember,
    ) -> None:
        contract = whole.contract
        super().__init__(pages, services, person, form, member, f"{AT}/contracts/{contract.id}", contract.number)
        self._whole = whole
        self._contract = contract

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
        return {"contract": self._contract.id, **super()._signer(pin)}

    def _amount(self) -> int:
        return self._contract.amount

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
