"""Bureaus that pay for campaigns: whose wallets they are, and who reads about their money."""

from msgspec import UNSET, UnsetType, structs

from canglian.bank.wallet import Wallet
from canglian.kernel.command import Command
from canglian.ledger.book import Book
from canglian.scenario.shopping.commands.values import BureauId, Logins, SeasonName, Wallets
from canglian.scenario.shopping.model import Bureau


class OpenBureau(Command[Bureau], kind="shopping.open_bureau"):
    """Enter a bureau with its wallets. Rejects ``wallet.not_found``."""

    name: SeasonName
    wallets: Wallets
    logins: Logins = ()

    def decide(self, book: Book) -> Bureau:
        for wallet in self.wallets:
            book.get(Wallet, wallet)
        identity = book.new_id("bur")
        book.emit("season.bureau_opened", f"season_bureau:{identity}", season_bureau=identity)
        return book.add(
            Bureau(
                id=identity,
                name=self.name,
                wallets=self.wallets,
                logins=self.logins,
                opened_at=book.now,
                opened_by=book.actor,
                updated_at=book.now,
            )
        )


class ChangeBureau(Command[Bureau], kind="shopping.change_bureau"):
    """Change a bureau; what is left out stays. Rejects ``wallet.not_found``."""

    bureau: BureauId
    name: SeasonName | UnsetType = UNSET
    wallets: Wallets | UnsetType = UNSET
    logins: Logins | UnsetType = UNSET

    def decide(self, book: Book) -> Bureau:
        bureau = book.get(Bureau, self.bureau)
        asked = {name: getattr(self, name) for name in self.__struct_fields__ if name != "bureau"}
        changes = {name: value for name, value in asked.items() if value is not UNSET}
        changed = structs.replace(bureau, **changes, updated_at=book.now)
        for wallet in changed.wallets:
            book.get(Wallet, wallet)
        book.emit("season.bureau_changed", f"season_bureau:{bureau.id}", season_bureau=bureau.id)
        return book.put(changed)
