"""What is somebody's own. Everything that an address or a form names goes through here first; the rest is not found."""

from collections.abc import Iterable
from typing import Any

from canglian.bank.party.queries import parties
from canglian.bank.wallet.model import Wallet, WalletState
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletView
from canglian.bank.wallet.service import WalletService
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.web.mobile import Person
from canglian.web.mobile.forms import key_of
from canglian.web.services import Services

CHANNEL = "mobile"


def is_of(wallet: Wallet, person: Person) -> bool:
    """Whether a wallet is a person's: of their party, or opened with their mobile alone."""
    if wallet.party is not None:
        return wallet.party == person.party
    return wallet.mobile_index is not None and wallet.mobile_index == person.mobile_index


async def own_wallet(services: Services, person: Person, identity: str) -> Wallet:
    """A wallet of this person. NotFound ``wallet.not_found`` for one that is another's, too."""
    found = await wallets.wallet(services.reader, person.book, identity)
    if not is_of(found, person):
        raise NotFound("wallet.not_found", wallet=identity)
    return found


async def own_wallets(services: Services, person: Person) -> list[WalletView]:
    """The wallets of this person that are open, with what they have; parents before sub-wallets, the oldest first."""
    reader, book = services.reader, person.book
    found = [] if person.party is None else await wallets.of_party(reader, book, person.party)
    found += await wallets.of_mobile(reader, book, person.mobile_index)
    going = [wallet for wallet in found if wallet.state is not WalletState.CLOSED]
    going.sort(key=_age)
    return await wallets.views(reader, book, going)


async def identified_wallets(services: Services, person: Person) -> list[WalletView]:
    """Those of them that know whose they are and can be used, without sub-wallets."""
    return [
        wallet
        for wallet in await own_wallets(services, person)
        if wallet.party is not None and wallet.parent is None and wallet.state is WalletState.ACTIVE
    ]


async def seen_from(reader: Reader, book: int, identities: Iterable[str], person: Person) -> dict[str, dict[str, Any]]:
    """The holders of wallets as the other side of a payment may see them: masked name and end of the number.

    Whose own wallet it is reads their name in full.
    """
    found = await wallets.several(reader, book, identities)
    names = await parties.names(reader, book, [wallet.party for wallet in found.values()])
    sides: dict[str, dict[str, Any]] = {}
    for wallet in found.values():
        mine, masked = is_of(wallet, person), names.get(wallet.party or "", wallet.mobile_mask or "—")
        sides[wallet.id] = {
            "name": (mine and person.full_name) or masked,
            "wallet": wallet.name,
            "ending": wallet.number_mask[-4:],
            "mine": mine,
        }
    return sides


def wallet_service(services: Services, person: Person, values: dict[str, str] | None = None) -> WalletService:
    """The wallet service for this person, under the key of the form."""
    key = None if values is None else key_of(values)
    return WalletService(services, person.book, person.actor, person.role, person.scope, CHANNEL, key)


def _age(wallet: Wallet) -> tuple[bool, str]:
    return wallet.parent is not None, wallet.id
