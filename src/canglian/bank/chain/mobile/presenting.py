"""Documents that a supplier or dealer presents on a phone: an invoice for a voucher, an order, what was delivered.

The files stay on the phone; what they come to is sent.
"""

from abc import abstractmethod
from datetime import date
from typing import Annotated, Any, ClassVar

import msgspec
from litestar import Response

from canglian.bank.chain import queries
from canglian.bank.chain.commands import IssueVoucher
from canglian.bank.chain.commands.issuing import Dated, Face, OrderNumber, Total
from canglian.bank.chain.commands.values import ContractNumber, Digest, InvoiceCode, InvoiceNumber
from canglian.bank.chain.mobile.owning import own_contract, own_supplier, signing_wallets
from canglian.bank.chain.mobile.steps import AT, Step
from canglian.bank.chain.model import ChainMember
from canglian.bank.chain.trade.commands import DeliverOrder, RegisterContract
from canglian.bank.chain.trade.commands.values import DatedOn, DeliverBy, DeliveryDigest, Worth
from canglian.bank.chain.trade.queries import ContractWhole
from canglian.bank.credit.mobile.pads import pad_pages
from canglian.kernel.errors import CanglianError
from canglian.kernel.fields import Field, doc, fields_of
from canglian.web.console.formats import day
from canglian.web.console.forms import read
from canglian.web.console.inputs import FormField, form_field
from canglian.web.mobile import MobilePages, Person
from canglian.web.services import Services


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """What is typed for a voucher."""

    face: Annotated[Face, Field(label="Face")]
    matures_on: Annotated[date, doc("When it is paid."), Field(label="Matures on", help="Within six months.")]
    invoice_number: InvoiceNumber
    invoice_code: InvoiceCode = ""
    invoice_total: Annotated[Total, Field(label="Total of the invoice")]
    invoice_dated: Dated
    invoice_digest: Digest
    order_number: OrderNumber = None


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is typed for an order or a purchase."""

    number: ContractNumber
    amount: Worth
    dated: DatedOn
    deliver_by: DeliverBy
    digest: Digest


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What is typed where an order was delivered; parties and amount are the order's."""

    delivery_digest: DeliveryDigest
    invoice_number: InvoiceNumber
    invoice_code: InvoiceCode = ""
    invoice_dated: Dated
    invoice_digest: Digest


class _Presenting(Step):
    """A step that asks for what stands in documents: the fields of a struct, as their types say."""

    asks: ClassVar[type[msgspec.Struct]]

    @abstractmethod
    def _of(self) -> str:
        """What the form is about, above it."""

    @classmethod
    def form_fields(cls) -> list[FormField]:
        """The fields that are typed."""
        return [form_field(*each) for each in fields_of(cls.asks)]

    def _typed(self) -> dict[str, Any]:
        """What was typed, checked. Malformed ``form.*`` for what is not as asked."""
        values = {field.name: field.read(self._form) for field in self.form_fields()}
        return msgspec.structs.asdict(read(values, self.asks))

    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """What is asked for."""
        return self._pages.render(
            "chain/mobile/documents.html",
            error=error,
            verb=self.verb,
            title=self._pages._(self.title),
            lead=self._of(),
            page=self._page,
            back_to=AT if self._page.startswith(f"{AT}/members") else self._page,
            inputs=self.form_fields(),
            wallets=await signing_wallets(self._services, self._person),
            values=self._form,
        )


class _OfMember(_Presenting):
    """What a supplier or dealer presents to its core company."""

    def __init__(
        self,
        pages: MobilePages,
        services: Services,
        person: Person,
        form: dict[str, str],
        member: ChainMember,
        core: str,
    ) -> None:
        super().__init__(pages, services, person, form, member, f"{AT}/members/{member.id}")
        self._core = core

    def _of(self) -> str:
        return self._pages._("For %(core)s") % {"core": self._core}


class _Issuing(_OfMember):
    verb = "issue"
    title = "Issue a voucher"
    asks = Invoice
    fields = ("wallet", *Invoice.__struct_fields__)

    def _amount(self) -> int:
        return self._typed()["face"]

    def _command(self, pin: int) -> IssueVoucher:
        return IssueVoucher(core=self._member.chain, supplier=self._member.id, **self._typed(), **self._signer(pin))

    async def _rows(self) -> list[tuple[str, str]]:
        say, typed = self._pages._, self._typed()
        return [
            (say("Core company"), self._core),
            (say("Matures on"), day(typed["matures_on"])),
            (say("Invoice number"), typed["invoice_number"]),
        ]

    def _after(self, result: Any) -> str:
        return f"{AT}/vouchers/{result.id}"


class _Registering(_OfMember):
    verb = "register"
    title = "Register an order or a purchase"
    asks = Order
    fields = ("wallet", *Order.__struct_fields__)

    def _amount(self) -> int:
        return self._typed()["amount"]

    def _command(self, pin: int) -> RegisterContract:
        return RegisterContract(core=self._member.chain, partner=self._member.id, **self._typed(), **self._signer(pin))

    async def _rows(self) -> list[tuple[str, str]]:
        say, typed = self._pages._, self._typed()
        return [
            (say("Core company"), self._core),
            (say("Contract number"), typed["number"]),
            (say("Delivered by"), day(typed["deliver_by"])),
        ]

    def _after(self, result: Any) -> str:
        return f"{AT}/contracts/{result.id}"


class _Delivering(_Presenting):
    verb = "deliver"
    title = "Present delivery note and invoice"
    asks = Delivery
    fields = ("wallet", *Delivery.__struct_fields__)

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
        self._contract = contract

    def _of(self) -> str:
        return self._contract.number

    def _amount(self) -> int:
        return self._contract.amount

    def _command(self, pin: int) -> DeliverOrder:
        contract = self._contract
        sides = {"seller": contract.partner, "buyer": contract.core, "invoice_total": contract.amount}
        return DeliverOrder(contract=contract.id, **sides, **self._typed(), **self._signer(pin))

    async def _rows(self) -> list[tuple[str, str]]:
        say, typed = self._pages._, self._typed()
        return [
            (say("Invoice number"), typed["invoice_number"]),
            (say("Date of the invoice"), day(typed["invoice_dated"])),
        ]


def _begin(kind: type[_OfMember]) -> Any:
    async def begin(pages: MobilePages, services: Services, person: Person, item: str, form: dict[str, str]) -> Step:
        member = await own_supplier(services, person, item)
        names = await queries.names(services.reader, person.book, [member.chain])
        return kind(pages, services, person, form, member, names[member.chain])

    return begin


async def _deliver(pages: MobilePages, services: Services, person: Person, item: str, form: dict[str, str]) -> Step:
    return _Delivering(pages, services, person, form, *await own_contract(services, person, item))


OF_MEMBER = (_Issuing, _Registering)
handlers = (
    *(handler for kind in OF_MEMBER for handler in pad_pages(f"/chain/members/{{item:str}}/{kind.verb}", _begin(kind))),
    *pad_pages("/chain/contracts/{item:str}/deliver", _deliver),
)
