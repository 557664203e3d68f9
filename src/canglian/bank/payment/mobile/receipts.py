"""What somebody has paid: the list, and one receipt for each payment with every source of theirs and what came back."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.discounts import terms_above
from canglian.bank.payment.mobile.hosted import onward
from canglian.bank.payment.model import PaymentLine, Refund
from canglian.bank.payment.naming import names_of
from canglian.bank.payment.queries import merchants, payments, persons
from canglian.bank.payment.queries.payments import PaymentWhole
from canglian.bank.payment.queries.persons import OwnPayment, OwnRefund, Payer
from canglian.bank.wallet.mobile.others import OtherLine
from canglian.bank.wallet.mobile.owning import is_of
from canglian.bank.wallet.queries import wallets
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services

SHOWN_MAX = 50
"""How many payments, and how many refunds, the list shows, the newest first."""


class Back(msgspec.Struct, frozen=True):
    """What a refund gave back to this person, by the names of their sources."""

    refund: Refund
    lines: list[tuple[str, str, int]]

    @property
    def amount(self) -> int:
        """All of it."""
        return sum(amount for _, _, amount in self.lines)


@get("/payments", guards=[signed_in])
async def payments_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """What this person has paid to merchants, and what came back, the newest first."""
    reader, book = services.reader, person.book
    payer = await _payer(reader, person)
    paid = await persons.payments(reader, book, payer, SHOWN_MAX)
    back = await persons.refunds(reader, book, payer, SHOWN_MAX)
    found: list[OwnPayment | OwnRefund] = [*paid, *back]
    found.sort(key=lambda row: row.payment.at if isinstance(row, OwnPayment) else row.at, reverse=True)
    merchant_ids = [own.payment.merchant for own in paid] + [own.merchant for own in back]
    return pages.render(
        "payment/mobile/payments.html",
        rows=[(row, isinstance(row, OwnRefund)) for row in found],
        names=await merchants.names(reader, book, merchant_ids),
    )


async def _payer(reader: Reader, person: Person) -> Payer:
    found = [] if person.party is None else await wallets.of_party(reader, person.book, person.party)
    found += await wallets.of_mobile(reader, person.book, person.mobile_index)
    return Payer(person.party, [wallet.id for wallet in found])


@get("/payments/{payment:str}", guards=[signed_in])
async def receipt_page(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    payment: FromPath[str],
) -> Response[bytes]:
    """One payment: who got how much, which source paid what, what came back. NotFound for one that is another's."""
    reader, book = services.reader, person.book
    whole = await payments.whole(reader, book, payment)
    mine = [line for line in whole.lines if await _is_mine(reader, person, line)]
    if not mine:
        raise NotFound("payment.not_found", payment=payment)
    names = await names_of(reader, book, [(line.source, line.item) for line in mine], pages._)
    merchant = await merchants.merchant(reader, book, whole.payment.merchant)
    return pages.render(
        "payment/mobile/receipt.html",
        whole=whole,
        paid=sum(line.captured for line in mine if not line.discount),
        merchant=merchant,
        sources=[(line, names[line.item], await _terms(reader, book, line)) for line in mine],
        backs=_backs(whole, mine, names),
        onward=onward(whole.order, merchant),
        done="done" in request.query_params,
    )


async def _terms(reader: Reader, book: int, line: PaymentLine) -> str:
    """The message id that says what a refund makes of a discount; nothing for money of their own."""
    return await terms_above(reader, book, line.source, line.item) if line.discount else ""


def _backs(whole: PaymentWhole, mine: list[PaymentLine], names: dict[str, str]) -> list[Back]:
    """What each refund gave back to this person; nothing of one that gave others theirs alone."""
    ids = {line.id for line in mine if not line.discount}
    found = [
        Back(
            refunded.refund,
            [
                (names[line.item] or f"source.{line.source}", line.asset, line.amount)
                for line in refunded.lines
                if line.line in ids
            ],
        )
        for refunded in whole.refunds
    ]
    return [back for back in found if back.lines]


async def _is_mine(reader: Reader, person: Person, line: PaymentLine) -> bool:
    """Whether the source of a line is this person's: by its holder, or a wallet that was opened with their mobile."""
    if line.holder is not None:
        return line.holder == person.party
    return line.source == "wallet" and is_of(await wallets.wallet(reader, person.book, line.item), person)


async def lines_of(reader: Reader, book: int, transfers: list[int]) -> dict[int, OtherLine]:
    """What movements of wallets were, where they paid a merchant or came back from one."""
    found = await payments.of_transfers(reader, book, transfers)
    names = await merchants.names(reader, book, [merchant for _, merchant in found.values()])
    return {
        transfer: OtherLine(names[merchant], f"/m/payments/{payment}")
        for transfer, (payment, merchant) in found.items()
    }


handlers = (payments_page, receipt_page)
