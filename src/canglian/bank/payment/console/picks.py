"""How forms ask for a merchant, by a part of the name or the id; and for a payment, by a number that people have."""

from collections.abc import Sequence

from canglian.bank.payment.model import Merchant, MerchantStore, Payment
from canglian.bank.payment.queries import merchants, orders, payments
from canglian.bank.payment.queries.orders import OrderFilter
from canglian.bank.payment.queries.payments import PaymentFilter
from canglian.bank.purpose.words import CATEGORIES, PROVINCES
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries import entities
from canglian.kernel.queries.entities import used
from canglian.kernel.queries.paging import Order
from canglian.kernel.receipts import receipt_number
from canglian.kernel.typed import typed_id
from canglian.web.additions import SHOWN_MAX, Pick, Picked, pick_code
from canglian.web.console.formats import money
from canglian.web.services import Services


async def _find(services: Services, book: int, text: str) -> list[Picked]:
    return [_picked(merchant) for merchant in await merchants.called(services.reader, book, text)]


async def _named(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    return [_picked(merchant) for merchant in await merchants.by_ids(services.reader, book, identities)]


def _picked(merchant: Merchant) -> Picked:
    return Picked(merchant.id, merchant.name, merchant.store or "")


async def _find_payment(services: Services, book: int, text: str) -> list[Picked]:
    reader = services.reader
    found = [typed_id(text), *await entities.by_receipt(reader, book, Payment, "pay", text)]
    numbered = (await orders.orders(reader, book, OrderFilter(number=text.strip()), Order(limit=SHOWN_MAX))).items
    for order in numbered:
        page = await payments.payments(reader, book, PaymentFilter(order=order.id), Order(limit=SHOWN_MAX))
        found += [payment.id for payment in page.items]
    return await _named_payments(services, book, list(dict.fromkeys(found)))


async def _named_payments(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    reader = services.reader
    found = await payments.by_ids(reader, book, identities)
    names = await merchants.names(reader, book, [payment.merchant for payment in found])
    return [
        Picked(payment.id, f"{money(payment.amount)} {names.get(payment.merchant, '')}", receipt_number(payment.id))
        for payment in found
    ]


def _province(code: str) -> str:
    return f"region.{code[:2]}"


def _category(code: str) -> str:
    return f"category.{code}"


async def _regions(reader: Reader, book: int) -> list[str]:
    """The divisions in which there are merchants and stores."""
    return sorted({*await used(reader, book, Merchant, "region"), *await used(reader, book, MerchantStore, "region")})


async def _divisions(reader: Reader, book: int) -> list[str]:
    """The provinces, and the divisions in which there are merchants and stores."""
    return sorted({*PROVINCES, *await _regions(reader, book)})


async def _categories(reader: Reader, book: int) -> list[str]:
    """The categories that have words, and those of merchants."""
    return sorted({*CATEGORIES, *await used(reader, book, Merchant, "category")})


PICKS = (
    pick_code("region", "Province, or six digits of GB/T 2260", _regions, ("region",), _province),
    pick_code("division", "Province, or first digits of GB/T 2260", _divisions, (), _province, ("regions",)),
    pick_code(
        "category",
        "A part of the name, or four digits of ISO 18245",
        _categories,
        ("category",),
        _category,
        ("categories",),
    ),
    Pick("merchant", "A part of the name", _find, _named, ("merchant",), lists=("merchants",)),
    Pick("payment", "Receipt number, or the merchant's number", _find_payment, _named_payments, ("payment",)),
)
