"""What somebody has paid: the list, and one receipt for each payment with every source of theirs and what came back."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.model import PaymentLine
from canglian.bank.payment.queries import merchants, payments
from canglian.bank.wallet.mobile.others import OtherLine
from canglian.bank.wallet.mobile.owning import is_of
from canglian.bank.wallet.queries import wallets
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services

SHOWN_MAX = 50
"""How many payments the list shows, the newest first."""


@get("/payments", guards=[signed_in])
async def payments_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """What this person has paid to merchants, the newest first."""
    reader, book = services.reader, person.book
    found = [] if person.party is None else await wallets.of_party(reader, book, person.party)
    found += await wallets.of_mobile(reader, book, person.mobile_index)
    paid = await payments.of_items(reader, book, [wallet.id for wallet in found], SHOWN_MAX)
    return pages.render(
        "payment/mobile/payments.html",
        payments=paid,
        names=await merchants.names(reader, book, [payment.merchant for payment in paid]),
    )


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
    return pages.render(
        "payment/mobile/receipt.html",
        whole=whole,
        merchant=await merchants.merchant(reader, book, whole.payment.merchant),
        sources=[(line, await _named(reader, book, line)) for line in mine],
        done="done" in request.query_params,
    )


async def _is_mine(reader: Reader, person: Person, line: PaymentLine) -> bool:
    """Whether the source of a line is this person's: by its holder, or a wallet that was opened with their mobile."""
    if line.holder is not None:
        return line.holder == person.party
    return line.source == "wallet" and is_of(await wallets.wallet(reader, person.book, line.item), person)


async def _named(reader: Reader, book: int, line: PaymentLine) -> str:
    if line.source != "wallet":
        return ""
    wallet = await wallets.wallet(reader, book, line.item)
    return f"{wallet.name} {wallet.number_mask[-4:]}"


async def line_of(reader: Reader, book: int, transfer: int) -> OtherLine | None:
    """What a movement of a wallet was, where it paid a merchant or came back from one."""
    found = await payments.of_transfer(reader, book, transfer)
    if found is None:
        return None
    payment = await payments.payment(reader, book, found)
    merchant = await merchants.merchant(reader, book, payment.merchant)
    return OtherLine(merchant.name, f"/m/payments/{payment.id}")


handlers = (payments_page, receipt_page)
