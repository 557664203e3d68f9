"""Wallets as holders of limits: what screens and the API of limits show of them."""

from canglian.bank.limit.holdings import Source, held_by
from canglian.bank.limit.standing import Asked
from canglian.bank.wallet.model import WalletState
from canglian.bank.wallet.queries import wallets
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader


async def _one(reader: Reader, book: int, subject: str) -> Asked | None:
    try:
        found = await wallets.wallet(reader, book, subject.partition(":")[2])
    except NotFound:
        return None
    return await wallets.limits_of(reader, book, found)


async def _of_party(reader: Reader, book: int, party: str) -> list[Asked]:
    found = await wallets.of_party(reader, book, party)
    mine = [wallet for wallet in found if wallet.parent is None and wallet.state is not WalletState.CLOSED]
    return [await wallets.limits_of(reader, book, wallet) for wallet in mine]


held_by("wallet", Source(one=_one, of_party=_of_party, family="product"))
