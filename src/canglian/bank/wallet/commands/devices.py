"""Devices that a wallet is used on: adding, trusting, removing."""

from typing import Annotated

from msgspec import Meta

from canglian.bank.wallet.commands.values import DeviceId, Label, WalletId
from canglian.bank.wallet.model import WalletDevice
from canglian.bank.wallet.rules import policy_in_force, require_active_wallet
from canglian.kernel.book import Book
from canglian.kernel.command import Command

Fingerprint = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z", description="The blind index of what a device says.")]
Platform = Annotated[str, Meta(pattern=r"^(android|ios|harmony|web|other)\Z", description="What it runs.")]


class AddDevice(Command[WalletDevice], kind="wallet.add_device"):
    """Put a device on the list; it is not trusted yet. Rejects ``wallet_device.added_already``, ``.too_many``."""

    wallet: WalletId
    fingerprint: Fingerprint
    name: Label
    platform: Platform

    def decide(self, book: Book) -> WalletDevice:
        wallet = require_active_wallet(book, self.wallet)
        there = [device for device in book.find(WalletDevice, "wallet", wallet.id) if device.removed_at is None]
        for other in there:
            if other.fingerprint_index == self.fingerprint:
                book.reject("wallet_device.added_already", other=other.id)
        most = policy_in_force(book).devices_max
        if len(there) >= most:
            book.reject("wallet_device.too_many", wallet=wallet.id, held=len(there), most=most)
        identity = book.new_id("dev")
        book.emit("wallet_device.added", f"wallet:{wallet.id}", wallet=wallet.id, device=identity)
        return book.add(
            WalletDevice(
                identity,
                wallet.id,
                self.fingerprint,
                self.name,
                self.platform,
                None,
                book.now,
                book.actor,
                None,
                None,
            )
        )


class TrustDevice(Command[WalletDevice], kind="wallet.trust_device"):
    """Trust a device. Rejects ``wallet_device.foreign``, ``.removed`` and ``.trusted_already``."""

    wallet: WalletId
    device: DeviceId

    def decide(self, book: Book) -> WalletDevice:
        device = _device(book, self.wallet, self.device)
        if device.trusted_at is not None:
            book.reject("wallet_device.trusted_already")
        book.emit("wallet_device.trusted", f"wallet:{self.wallet}", wallet=self.wallet, device=device.id)
        return book.put(device.replace(trusted_at=book.now))


class RemoveDevice(Command[WalletDevice], kind="wallet.remove_device"):
    """Take a device off the list. Rejects ``wallet_device.foreign`` and ``.removed``."""

    wallet: WalletId
    device: DeviceId

    def decide(self, book: Book) -> WalletDevice:
        device = _device(book, self.wallet, self.device)
        book.emit("wallet_device.removed", f"wallet:{self.wallet}", wallet=self.wallet, device=device.id)
        return book.put(device.replace(trusted_at=None, removed_at=book.now, removed_by=book.actor))


def distrust_all(book: Book, wallet: str) -> None:
    """No device of a wallet is trusted any more."""
    for device in book.find(WalletDevice, "wallet", wallet):
        if device.trusted_at is not None:
            book.put(device.replace(trusted_at=None))


def _device(book: Book, wallet: str, identity: str) -> WalletDevice:
    require_active_wallet(book, wallet)
    device = book.get(WalletDevice, identity)
    if device.wallet != wallet:
        book.reject("wallet_device.foreign", device=identity, wallet=wallet)
    if device.removed_at is not None:
        book.reject("wallet_device.removed", removed_at=device.removed_at.isoformat(timespec="seconds"))
    return device
