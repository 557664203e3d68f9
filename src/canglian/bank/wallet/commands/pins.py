"""Payment PINs: setting, asking, resetting.

A face never compares a PIN without asking first: ``AskPin`` counts the try, then the face compares, then ``NotePin``
says how it went. What is right sets the count back. So a crowd of requests at once has no more tries than one.
"""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.wallet.commands.values import PinVersion, WalletId
from canglian.bank.wallet.model import Wallet, WalletPin
from canglian.bank.wallet.moving import refuse_locked
from canglian.bank.wallet.rules import policy_in_force, require_active_wallet
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason, doc
from canglian.ledger.book import Book

PinDigest = Annotated[str, Meta(pattern=r"^\$argon2id\$", max_length=200, description="The hash of a PIN.")]


class PinStanding(msgspec.Struct, frozen=True):
    """How a PIN stands, without the PIN: whether it is set, how many tries are left, until when it is locked."""

    wallet: Annotated[str, doc("The wallet whose PIN it is.")]
    is_set: Annotated[bool, doc("Whether there is a PIN.")]
    version: Annotated[int, doc("How often a PIN was set.")]
    left: Annotated[int, doc("How many tries are left.")]
    locked: Annotated[bool, doc("Whether it is locked.")]
    locked_until: Annotated[datetime | None, doc("When the lock ends by itself, or null.")]


class SetPin(Command[PinStanding], kind="wallet.set_pin"):
    """Set the PIN, or another one. Another one takes the one that it has, whose ``checked`` version was looked at.

    Rejects ``wallet.not_parent`` (a sub-wallet pays with its parent's), ``wallet_pin.set_already``,
    ``wallet_pin.changed`` and ``wallet_pin.locked``.
    """

    wallet: WalletId
    pin_digest: PinDigest
    checked: PinVersion | None = None

    def decide(self, book: Book) -> PinStanding:
        wallet = _parent(book, self.wallet)
        before = book.maybe(WalletPin, wallet.id)
        if before is not None and before.digest is not None:
            if self.checked is None:
                book.reject("wallet_pin.set_already", wallet=wallet.id)
            refuse_locked(book, before)
            if before.version != self.checked:
                book.reject("wallet_pin.changed", field="pin")
        version = 1 if before is None else before.version + 1
        asked = 0 if before is None else before.asked
        pin = WalletPin(wallet.id, self.pin_digest, version, asked, 0, False, None, book.now, book.actor)
        book.emit("wallet_pin.set", f"wallet:{wallet.id}", wallet=wallet.id, version=version)
        return _standing(book, book.add(pin) if before is None else book.put(pin))


class AskPin(Command[PinStanding], kind="wallet.ask_pin"):
    """Count a try, before the PIN is looked at. Rejects ``wallet_pin.not_set`` and ``wallet_pin.locked``."""

    wallet: WalletId

    def decide(self, book: Book) -> PinStanding:
        wallet = book.get(Wallet, self.wallet)
        pin = book.maybe(WalletPin, wallet.family)
        if pin is None or pin.digest is None:
            book.reject("wallet_pin.not_set", wallet=wallet.family)
        refuse_locked(book, pin)
        policy = policy_in_force(book)
        failures = (0 if pin.locked else pin.failures) + 1  # a lock that has run out begins anew
        locked = failures >= policy.pin_tries
        until = None
        if locked and policy.pin_lock_minutes:
            until = book.now + timedelta(minutes=policy.pin_lock_minutes)
        asked = pin.replace(asked=pin.asked + 1, failures=failures, locked=locked, locked_until=until)
        return _standing(book, book.put(asked))


class NotePin(Command[PinStanding], kind="wallet.note_pin"):
    """How a try went. A right PIN sets the count of wrong ones back; of a wrong one nothing is left to do but to tell.

    Rejects ``wallet_pin.not_set``, and ``wallet_pin.changed`` where another PIN was set meanwhile.
    """

    wallet: WalletId
    version: PinVersion
    passed: bool

    def decide(self, book: Book) -> PinStanding:
        wallet = book.get(Wallet, self.wallet)
        pin = book.maybe(WalletPin, wallet.family)
        if pin is None or pin.digest is None:
            book.reject("wallet_pin.not_set", wallet=wallet.family)
        if pin.version != self.version:
            book.reject("wallet_pin.changed", field="pin")
        if self.passed:
            return _standing(book, book.put(pin.replace(failures=0, locked=False, locked_until=None)))
        fields = {"wallet": pin.wallet, "failures": pin.failures}
        if pin.locked:
            book.emit("wallet_pin.locked", f"wallet:{pin.wallet}", **fields)
        else:
            book.emit("wallet_pin.failed", f"wallet:{pin.wallet}", **fields)
        return _standing(book, pin)


class ResetPin(Command[PinStanding], kind="wallet.reset_pin"):
    """An operator has made sure of the holder: the PIN is forgotten, with its lock, and has to be set anew.

    Rejects ``wallet_pin.not_set``.
    """

    wallet: WalletId
    reason: Reason

    def decide(self, book: Book) -> PinStanding:
        wallet = _parent(book, self.wallet)
        pin = book.maybe(WalletPin, wallet.id)
        if pin is None or pin.digest is None:
            book.reject("wallet_pin.not_set", wallet=wallet.id)
        book.emit("wallet_pin.reset", f"wallet:{wallet.id}", wallet=wallet.id, reason=self.reason)
        forgotten = pin.replace(
            digest=None, failures=0, locked=False, locked_until=None, set_at=book.now, set_by=book.actor
        )
        return _standing(book, book.put(forgotten))


def _parent(book: Book, identity: str) -> Wallet:
    wallet = require_active_wallet(book, identity)
    if wallet.parent is not None:
        book.reject("wallet.not_parent", wallet=wallet.id)
    return wallet


def _standing(book: Book, pin: WalletPin) -> PinStanding:
    left = max(0, policy_in_force(book).pin_tries - pin.failures)
    return PinStanding(pin.wallet, pin.digest is not None, pin.version, left, pin.locked, pin.locked_until)
