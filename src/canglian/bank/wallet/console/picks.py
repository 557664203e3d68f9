"""How forms ask for a wallet, by its number or its holder; and for a holder by the number of a wallet."""

from collections.abc import Sequence

from msgspec.structs import replace

from canglian.bank.limit.console.picks import HOLDER
from canglian.bank.party.console.picks import found_by_text
from canglian.bank.party.queries import parties
from canglian.bank.party.sealing import IndexBy, search_indexes
from canglian.bank.wallet.model import Wallet, WalletTransfer
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.bank.wallet.queries import wallets
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import by_receipt, some, used
from canglian.kernel.receipts import receipt_number
from canglian.kernel.typed import typed_id, typed_number
from canglian.web.additions import Pick, Picked, pick_code
from canglian.web.console.formats import money, when
from canglian.web.services import Services

_HELD = "wallet:"


async def by_number(services: Services, book: int, text: str) -> Wallet | None:
    """The wallet of this number, as people type it."""
    index = WALLET_NUMBERS.index(services.keyring, typed_number(text))
    return await wallets.by_index(services.reader, book, index)


async def _find(services: Services, book: int, text: str) -> list[Picked]:
    if typed_id(text).startswith("wal_"):
        return await _named(services, book, [typed_id(text)])
    numbered = await by_number(services, book, text)
    if numbered is not None:
        return await _picked(services, book, [numbered])
    holders = await found_by_text(services, book, text)
    found = [wallet for holder in holders for wallet in await wallets.of_party(services.reader, book, holder.id)]
    (index,) = search_indexes(services.keyring, IndexBy.MOBILE, text)
    return await _picked(services, book, [*found, *await wallets.of_mobile(services.reader, book, index)])


async def _in_the_ledger(services: Services, book: int, text: str) -> list[Picked]:
    """The ledger's accounts of the wallets that a text finds; an e-wallet's is that of its deposit account."""
    found = await _named_wallets(services, book, [each.id for each in await _find(services, book, text)])
    shown = await _picked(services, book, found)
    return [
        replace(picked, id=str(wallet.account), title=f"{wallet.account} {picked.title}")
        for wallet, picked in zip(found, shown, strict=True)
    ]


async def _named(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    return await _picked(services, book, await _named_wallets(services, book, identities))


async def _named_wallets(services: Services, book: int, identities: Sequence[str]) -> list[Wallet]:
    return [wallet for each in identities for wallet in await some(services.reader, book, Wallet, "id", each)]


async def _picked(services: Services, book: int, found: Sequence[Wallet]) -> list[Picked]:
    names = await parties.names(services.reader, book, [wallet.party for wallet in found])
    return [
        Picked(
            wallet.id,
            wallet.number_mask,
            names.get(wallet.party or "", wallet.mobile_mask or ""),
            wallet.name,
        )
        for wallet in found
    ]


async def _holder(services: Services, book: int, text: str) -> list[Picked]:
    """The holder of the wallet of this number."""
    wallet = await by_number(services, book, text)
    if wallet is None or wallet.party is None:
        return []
    names = await parties.names(services.reader, book, [wallet.party])
    return [Picked(wallet.party, names.get(wallet.party, wallet.party), wallet.number_mask)]


async def _limited(services: Services, book: int, text: str) -> list[Picked]:
    return [_as_holder(picked) for picked in await _find(services, book, text)]


async def _limited_named(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    own = [identity.removeprefix(_HELD) for identity in identities if identity.startswith(_HELD)]
    return [_as_holder(picked) for picked in await _named(services, book, own)]


def _as_holder(picked: Picked) -> Picked:
    """As whose limits are asked for."""
    return replace(picked, id=f"{_HELD}{picked.id}")


async def _no_one(*_: object) -> list[Picked]:
    return []


async def _find_transfer(services: Services, book: int, text: str) -> list[Picked]:
    found = await by_receipt(services.reader, book, WalletTransfer, "wtr", text)
    return await _named_transfers(services, book, [typed_id(text), *found])


async def _named_transfers(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    found = [
        each for identity in identities for each in await some(services.reader, book, WalletTransfer, "id", identity)
    ]
    return [Picked(each.id, f"{money(each.amount)} {when(each.at)}", receipt_number(each.id)) for each in found]


async def _within(reader: Reader, book: int) -> list[str]:
    return await used(reader, book, Wallet, "within")


_FIELDS = ("wallet", "payout_wallet")

PICKS = (
    Pick(
        "wallet",
        "Wallet number, or its holder's name, mobile or document number",
        _find,
        _named,
        _FIELDS,
        lists=("wallets",),
    ),
    pick_code("within", "", _within),
    Pick("wallet_transfer", "Receipt number", _find_transfer, _named_transfers),
    Pick("party", "", _holder, _no_one),
    Pick(HOLDER, "", _limited, _limited_named),
    Pick("account", "", _in_the_ledger, _no_one),
)
