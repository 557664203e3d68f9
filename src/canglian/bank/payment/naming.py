"""What pays, as its holder knows it: a wallet by its name and ending, money for a purpose by its contract."""

from collections.abc import Callable, Sequence

from canglian.bank.payment.discounts import name_above
from canglian.bank.purpose import queries as purposes
from canglian.bank.wallet.queries import wallets
from canglian.kernel.postgres.reader import Reader

Translate = Callable[[str], str]
"""Products are named in Chinese; who reads English has them in English."""

PURPOSE = "purpose"
WALLET = "wallet"
CHANNEL = "channel"


async def name_of(reader: Reader, book: int, source: str, item: str, translate: Translate = str) -> str:
    """The name of a source; nothing for kinds that have none."""
    if source == WALLET:
        wallet = await wallets.wallet(reader, book, item)
        return f"{translate(wallet.name)} {wallet.number_mask[-4:]}"
    if source == PURPOSE:
        grant = await purposes.grant(reader, book, item)
        return (await purposes.contract(reader, book, grant.contract)).name
    return await name_above(reader, book, source, item)


async def pages_of(
    reader: Reader, book: int, used: Sequence[tuple[str, str]], translate: Translate = str
) -> dict[str, tuple[str, str]]:
    """What operators call several, and the addresses of their pages, by their ids."""
    found: dict[str, tuple[str, str]] = {}
    for source, item in dict.fromkeys(used):
        if source == WALLET:
            wallet = await wallets.wallet(reader, book, item)
            found[item] = (f"{translate(wallet.name)} {wallet.number_mask[-4:]}", f"/console/wallets/{item}")
        elif source == PURPOSE:
            contract = await purposes.contract(reader, book, (await purposes.grant(reader, book, item)).contract)
            found[item] = (contract.name, f"/console/purpose-contracts/{contract.id}")
        elif source == CHANNEL:
            found[item] = (item, f"/console/channel-orders/{item}")
    return found


async def names_of(
    reader: Reader, book: int, used: Sequence[tuple[str, str]], translate: Translate = str
) -> dict[str, str]:
    """The names of several, by their ids."""
    return {item: await name_of(reader, book, source, item, translate) for source, item in dict.fromkeys(used)}
