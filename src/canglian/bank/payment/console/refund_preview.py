"""What a refund would give back to whom, as the page of a payment shows it before anything is sent."""

import msgspec

from canglian.bank.payment.commands import QuotedLine, QuoteRefund
from canglian.bank.payment.discounts import funders_above, terms_above
from canglian.bank.payment.model import Payment
from canglian.bank.payment.queries.payments import PaymentWhole
from canglian.kernel.amounts import major
from canglian.kernel.errors import CanglianError
from canglian.web.console import Pages
from canglian.web.console.forms import Wrong, read_money
from canglian.web.principal import Principal
from canglian.web.services import Services


class Back(msgspec.Struct, frozen=True):
    """What goes back of a source, to which funders where it is a discount, what of it stays, and by which terms."""

    line: QuotedLine
    is_discount: bool
    stays: int
    funders: list[tuple[str, int]]
    terms: str


class RefundPreview(msgspec.Struct, frozen=True):
    """A refund of so much of the price, as it was typed; with what is wrong with it, or what it gives back."""

    typed: str
    backs: list[Back]
    problem: Wrong | None = None

    @property
    def to_payer(self) -> int:
        """What whoever has paid gets back of their own."""
        return sum(back.line.amount for back in self.backs if not back.is_discount)

    @property
    def to_funders(self) -> int:
        """What those get back who have paid for discounts."""
        return sum(back.line.amount for back in self.backs if back.is_discount)

    @property
    def kept_discount(self) -> int:
        """What whoever has paid keeps of the discounts."""
        return sum(back.stays for back in self.backs if back.is_discount)


def left_of(payment: Payment) -> int:
    """What of the price can still be refunded."""
    return payment.gross_captured - payment.gross_refunded


async def preview(
    pages: Pages, services: Services, principal: Principal, whole: PaymentWhole, typed: str | None
) -> RefundPreview | None:
    """A refund of what was typed, or of all that is left; None where nothing is left. Nothing is changed."""
    left = left_of(whole.payment)
    if not left:
        return None
    typed = typed or major(left, 2)
    try:
        asked = QuoteRefund(payment=whole.payment.id, amount=read_money({"amount": typed}))
        outcome = await services.engine.submit(
            principal.book, asked, actor=principal.actor, role=principal.role.value, scope=principal.scope, dry_run=True
        )
        found: list[QuotedLine] = outcome.unwrap()
    except CanglianError as refused:
        return RefundPreview(typed, [], pages.refusal(refused))
    going = {(line.source, line.item): line for line in found}
    backs: list[Back] = []
    for line in reversed(whole.lines):
        nothing = QuotedLine(line.source, line.item, line.holder, line.asset, 0)
        back = going.get((line.source, line.item), nothing)
        funders = await funders_above(services.reader, principal.book, line.source, line.item, back.amount)
        terms = await terms_above(services.reader, principal.book, line.source, line.item)
        backs.append(Back(back, line.discount, line.captured - line.refunded - back.amount, funders, terms))
    return RefundPreview(typed, backs)
