"""What wallets and shops are called on pages: by masks, never by an id alone."""

from collections.abc import Iterable

from canglian.bank.purpose import queries, shops
from canglian.kernel.postgres.reader import Reader


async def holder_texts(reader: Reader, book: int, wallets: Iterable[str]) -> dict[str, str]:
    """Who has each wallet, with the end of its number."""
    labels = await queries.wallet_labels(reader, book, wallets)
    return {label.id: f"{label.holder} · {label.ending}" for label in labels.values()}


async def shop_texts(reader: Reader, book: int, payees: Iterable[str | None]) -> dict[str, str]:
    """What payees are called, by their ids."""
    wanted = [payee for payee in dict.fromkeys(payees) if payee is not None]
    return {payee: shop.title for payee, shop in (await shops.directory().named(reader, book, wanted)).items()}
