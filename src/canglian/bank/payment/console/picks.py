"""How forms ask for a merchant: by a part of the name, or the id."""

from collections.abc import Sequence

from canglian.bank.payment.model import Merchant
from canglian.bank.payment.queries import merchants
from canglian.web.additions import Pick, Picked
from canglian.web.services import Services


async def _find(services: Services, book: int, text: str) -> list[Picked]:
    return [_picked(merchant) for merchant in await merchants.called(services.reader, book, text)]


async def _named(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    return [_picked(merchant) for merchant in await merchants.by_ids(services.reader, book, identities)]


def _picked(merchant: Merchant) -> Picked:
    return Picked(merchant.id, merchant.name, merchant.store or "")


PICKS = (Pick("merchant", "A part of the name", _find, _named, ("merchant",)),)
