"""Steps of a voucher that somebody signs on their phone: the form, what is about to happen, the PIN."""

from typing import Any

from litestar import Response

from canglian.bank.chain import queries
from canglian.bank.chain.commands import (
    AcceptVoucher,
    DeclineVoucher,
    FinanceVoucher,
    SplitVoucher,
    TransferVoucher,
)
from canglian.bank.chain.mobile.owning import own_voucher, signing_wallets
from canglian.bank.chain.mobile.steps import AT, Step
from canglian.bank.chain.model import ChainMember
from canglian.bank.chain.queries import VoucherWhole
from canglian.bank.credit.mobile.pads import pad_pages
from canglian.kernel.amounts import major
from canglian.kernel.errors import CanglianError, Rejection
from canglian.web.console.formats import day, money
from canglian.web.console.forms import read_money
from canglian.web.mobile import MobilePages, Person
from canglian.web.services import Services


class _Step(Step):
    """A step of a voucher."""

    def __init__(
        self,
        pages: MobilePages,
        services: Services,
        person: Person,
        form: dict[str, str],
        whole: VoucherWhole,
        member: ChainMember,
    ) -> None:
        voucher = whole.voucher
        super().__init__(pages, services, person, form, member, f"{AT}/vouchers/{voucher.id}", voucher.number)
        self._whole = whole
        self._voucher = voucher

    def _signer(self, pin: int) -> dict[str, Any]:
        return {"voucher": self._voucher.id, **super()._signer(pin)}

    def _amount(self) -> int:
        """The part of the face that it is about."""
        return read_money(self._form) if self._form.get("amount", "").strip() else self._voucher.face

    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """What is asked for."""
        reader, book = self._services.reader, self._person.book
        others = [
            each for each in await queries.members_of(reader, book, self._voucher.core) if each.id != self._member.id
        ]
        masks = await queries.names(reader, book, [each.id for each in others])
        return self._pages.render(
            "chain/mobile/step.html",
            error=error,
            verb=self.verb,
            title=self._pages._(self.title),
            page=self._page,
            whole=self._whole,
            voucher=self._voucher,
            wallets=await signing_wallets(self._services, self._person),
            others=[(each.id, f"{masks[each.id]} · {each.account[-4:]}") for each in others],
            values=self._form or {"amount": major(self._voucher.face).replace(",", "")},
        )


class _Accepting(_Step):
    verb = "accept"
    title = "Accept the voucher"

    def _command(self, pin: int) -> AcceptVoucher:
        return AcceptVoucher(**self._signer(pin))

    async def _rows(self) -> list[tuple[str, str]]:
        say = self._pages._
        names = await queries.names(self._services.reader, self._person.book, [self._voucher.holder])
        return [
            (say("Given to"), names.get(self._voucher.holder, "")),
            (say("Invoice number"), self._whole.invoice.number),
            (say("Paid out of your account on"), day(self._voucher.matures_on)),
        ]


class _Declining(_Step):
    verb = "decline"
    title = "Decline the voucher"
    fields = ("wallet", "reason")

    def _command(self, pin: int) -> DeclineVoucher:
        return DeclineVoucher(reason=self._reason(), **self._signer(pin))

    async def _rows(self) -> list[tuple[str, str]]:
        return [(self._pages._("Reason"), self._form.get("reason", ""))]


class _Financing(_Step):
    verb = "finance"
    title = "Finance at the bank"
    fields = ("wallet", "amount")

    def _command(self, pin: int) -> FinanceVoucher:
        return FinanceVoucher(amount=self._amount(), **self._signer(pin))

    async def _rows(self) -> list[tuple[str, str]]:
        say = self._pages._
        offered = await queries.quoted(self._services.reader, self._person.book, self._voucher.id, self._amount())
        return [
            (say("Paid out at once"), money(offered.paid_out)),
            (say("Advance"), money(offered.advance)),
            (say("Discount kept back"), money(offered.discount)),
            (say("Interest a year"), f"{major(offered.rate_ppm, 4)} %"),
            (say("Left at maturity"), f"{money(offered.left)} · {day(self._voucher.matures_on)}"),
            (say("Recourse"), say("with recourse")),
        ]

    def _after(self, result: Any) -> str:
        return f"{AT}/vouchers/{result.voucher}"


class _Transferring(_Step):
    verb = "transfer"
    title = "Transfer to a supplier"
    fields = ("wallet", "amount", "new_holder")

    def _command(self, pin: int) -> TransferVoucher:
        return TransferVoucher(new_holder=self._form.get("new_holder", ""), amount=self._amount(), **self._signer(pin))

    async def _rows(self) -> list[tuple[str, str]]:
        target = self._form.get("new_holder", "")
        names = await queries.names(self._services.reader, self._person.book, [target])
        left = self._voucher.face - self._amount()
        say = self._pages._
        return [(say("Given to"), names.get(target, "")), (say("You keep"), money(left) if left > 0 else "")]

    def _after(self, result: Any) -> str:
        return self._page if result.id != self._voucher.id else AT


class _Splitting(_Step):
    verb = "split"
    title = "Split into parts"
    fields = ("wallet", "amount")

    def _command(self, pin: int) -> SplitVoucher:
        amount = self._amount()
        if amount >= self._voucher.face:
            raise Rejection("voucher.parts_few", field="amount")
        return SplitVoucher(parts=[amount, self._voucher.face - amount], **self._signer(pin))

    async def _rows(self) -> list[tuple[str, str]]:
        say, amount = self._pages._, self._amount()
        return [(say("First part"), money(amount)), (say("Second part"), money(self._voucher.face - amount))]


def _begin(kind: type[_Step]) -> Any:
    async def begin(pages: MobilePages, services: Services, person: Person, item: str, form: dict[str, str]) -> _Step:
        return kind(pages, services, person, form, *await own_voucher(services, person, item))

    return begin


_STEPS = (_Accepting, _Declining, _Financing, _Transferring, _Splitting)
handlers = tuple(
    handler for kind in _STEPS for handler in pad_pages(f"/chain/vouchers/{{item:str}}/{kind.verb}", _begin(kind))
)
