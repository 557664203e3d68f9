"""What a wallet's commands need from outside of a decision.

Numbers are allotted and sealed, PINs are compared, codes are made. The API, the console and a person's own pages all
go through here, so every try of a PIN is counted before it is compared.
"""

import asyncio
from typing import TypeVar
from weakref import WeakValueDictionary

import msgspec

from canglian.bank.party import Party, checks
from canglian.bank.party.numbering import Allotted
from canglian.bank.party.queries import parties
from canglian.bank.party.sealing import MOBILE as PARTY_MOBILE
from canglian.bank.party.sealing import NUMBER as PARTY_NUMBER
from canglian.bank.wallet import codes, pins
from canglian.bank.wallet.commands import AllotWalletNumbers, AskPin, NotePin, PinStanding, SetPin, ShowCode
from canglian.bank.wallet.commands.values import WalletId
from canglian.bank.wallet.model import CodeKind, Wallet, WalletCode
from canglian.bank.wallet.model.wallets import MOBILE, NUMBER
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.bank.wallet.queries import figures, wallets
from canglian.kernel.command import Command, Outcome
from canglian.kernel.errors import Rejection
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.typed import typed_mobile
from canglian.kernel.values import utc_now
from canglian.web.operations import RequestContext
from canglian.web.principal import Principal
from canglian.web.services import Services

R = TypeVar("R")

FINGERPRINT = "wallet_device.fingerprint"

_gates: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()


def _gate(book: int, wallet: str) -> asyncio.Lock:
    """One look at the PIN of a wallet at a time, so that several right ones at once are not taken for many tries."""
    gate = _gates.get((book, wallet))
    if gate is None:
        gate = _gates[book, wallet] = asyncio.Lock()
    return gate


class Shown(msgspec.Struct, frozen=True):
    """A code that was shown, with its digits and their picture: returned once, to whoever requested it."""

    code: WalletCode
    digits: str
    picture: str
    replayed: bool


class WalletService(msgspec.Struct, frozen=True):
    """The actor of a request and what it may do. ``key`` is its idempotency key, ``scope`` its sender's."""

    services: Services
    book: int
    actor: str
    role: str | None
    scope: str
    channel: str
    key: str | None = None
    dry_run: bool = False
    request_id: str | None = None

    @classmethod
    def of(cls, context: RequestContext) -> "WalletService":
        """The service of a request of the API, or of a form of the console."""
        principal = context.principal
        role = principal.role.value
        return cls(
            context.services,
            principal.book,
            principal.actor,
            role,
            principal.scope,
            context.channel,
            context.key,
            context.dry_run,
            context.request_id,
        )

    @classmethod
    def at_counter(cls, services: Services, principal: Principal, key: str | None) -> "WalletService":
        """The service of a form in the console."""
        role = principal.role.value
        return cls(services, principal.book, principal.actor, role, principal.scope, "counter", key)

    @property
    def request(self) -> str | None:
        """What seals and codes of this request are made under, so that the same request makes the same ones."""
        return None if self.key is None else f"{self.scope}/{self.key}"

    async def submit(self, command: Command[R], *, key: str | None = None, dry_run: bool | None = None) -> Outcome[R]:
        """Submit a command, under a key of its own or none."""
        return await self.services.engine.submit(
            self.book,
            command,
            actor=self.actor,
            role=self.role,
            key=key,
            scope=self.scope,
            dry_run=self.dry_run if dry_run is None else dry_run,
            request_id=self.request_id,
        )

    async def submit_keyed(self, command: Command[R]) -> Outcome[R]:
        """Submit the command of the request, under its idempotency key."""
        return await self.submit(command, key=self.key)

    # -- numbers -------------------------------------------------------------------------------------------------

    async def number(self) -> Allotted:
        """The next wallet number, sealed. A repeated request gets the same one."""
        key = None if self.key is None else f"number:{self.key}"
        row = (await self.submit(AllotWalletNumbers(), key=key)).unwrap()
        return WALLET_NUMBERS.allotted(self.services.keyring, row.prefix, row.first, self.request)

    # -- PINs ----------------------------------------------------------------------------------------------------

    async def pass_pin(self, wallet: str, pin: str, field: str = "pin") -> int:
        """Look at a PIN; its version where it is right. The try is counted first, in a dry run too.

        Rejects ``wallet_pin.form``, ``.not_set``, ``.locked`` and ``.wrong`` with the tries that are left, and
        ``wallet.not_found``, which what is no wallet's id is refused with before it is in a command.
        """
        typed = pins.checked(pin, field)
        try:
            msgspec.convert(wallet, WalletId)
        except msgspec.ValidationError:
            raise Rejection("wallet.not_found", wallet=wallet) from None
        async with _gate(self.book, wallet):
            standing = (await self.submit(AskPin(wallet=wallet), dry_run=False)).unwrap()
            stored = await wallets.pin_digest(self.services.reader, self.book, standing.wallet, standing.version)
            passed = await pins.matches(self.services.keyring, standing.wallet, stored, typed)
            noted = NotePin(wallet=wallet, version=standing.version, passed=passed)
            standing = (await self.submit(noted, dry_run=False)).unwrap()
        if passed:
            return standing.version
        if standing.locked:
            until = "—" if standing.locked_until is None else standing.locked_until.isoformat(timespec="seconds")
            raise Rejection("wallet_pin.locked", wallet=standing.wallet, until=until, field=field)
        raise Rejection("wallet_pin.wrong", left=standing.left, field=field)

    async def standing(self, wallet: str) -> PinStanding:
        """How the PIN of a wallet stands now."""
        found = await wallets.wallet(self.services.reader, self.book, wallet)
        pin = await wallets.pin_of(self.services.reader, self.book, found.family)
        if pin is None:
            raise Rejection("wallet_pin.not_set", wallet=found.family)
        today = (await book_figures(self.services.reader, self.book)).today
        tries = (await figures.policy_on(self.services.reader, self.book, today)).pin_tries
        shown = wallets.pin_view(pin, utc_now())
        left = max(0, tries - pin.failures)
        return PinStanding(found.family, shown.is_set, pin.version, left, shown.locked, shown.locked_until)

    async def maybe_pin(self, wallet: str, pin: str | None) -> int | None:
        """``pass_pin`` where a PIN was given."""
        return None if pin is None else await self.pass_pin(wallet, pin)

    async def set_pin(self, wallet: Wallet, pin: str, current: str | None = None) -> Outcome[PinStanding]:
        """Set the PIN of a wallet, or change it with the one that it has.

        Rejects ``wallet_pin.form``, ``.weak``, ``.set_already``, and what ``pass_pin`` does for the current one.
        """
        typed = pins.strong(pin, known=await self._known(wallet))
        checked = None if current is None else await self.pass_pin(wallet.id, current, "current")
        digest = await pins.hashed(self.services.keyring, wallet.id, typed, self.request)
        return await self.submit_keyed(SetPin(wallet=wallet.id, pin_digest=digest, checked=checked))

    async def _known(self, wallet: Wallet) -> list[str]:
        """The numbers of a holder that a guess would try first: opened here, compared, not kept."""
        keyring = self.services.keyring
        known = [keyring.open(wallet.number_sealed, NUMBER)]
        if wallet.mobile_sealed is not None:
            known.append(keyring.open(wallet.mobile_sealed, MOBILE))
        if wallet.party is not None:
            party: Party = await parties.party(self.services.reader, self.book, wallet.party)
            if party.number_sealed is not None:
                known.append(keyring.open(party.number_sealed, PARTY_NUMBER))
            if party.mobile_sealed is not None:
                known.append(keyring.open(party.mobile_sealed, PARTY_MOBILE))
        return known

    # -- codes and devices ---------------------------------------------------------------------------------------

    async def show_code(
        self,
        wallet: str,
        kind: CodeKind,
        *,
        amount: int | None = None,
        note: str | None = None,
        pin: int | None = None,
    ) -> Shown:
        """Show a collect or pay code. Its digits are returned once, here."""
        digits = codes.new_code(self.services.keyring, kind, self.request)
        command = ShowCode(
            wallet=wallet,
            code_kind=kind,
            code_digest=self.code(digits),
            channel=self.channel,
            amount=amount,
            note=note,
            pin=pin,
        )
        outcome = await self.submit_keyed(command)
        return Shown(outcome.unwrap(), digits, codes.picture(digits), outcome.replayed)

    def code(self, digits: str) -> str:
        """What is stored of a code that was scanned or typed. Rejects ``wallet_code.form``."""
        return codes.digest(self.services.keyring, codes.checked(digits))

    def fingerprint(self, device: str) -> str:
        """What is stored of what a device says it is."""
        return self.services.keyring.blind_index(device, FINGERPRINT)

    async def maybe_by_number(self, number: str) -> Wallet | None:
        """The wallet with a number. Rejects ``wallet.number_form`` and ``wallet.number_checksum``."""
        index = WALLET_NUMBERS.index(self.services.keyring, WALLET_NUMBERS.checked(number))
        return await wallets.by_index(self.services.reader, self.book, index)

    def mobile(self, text: str) -> str | None:
        """What was typed for a payee as a mobile; None where it is none."""
        typed = typed_mobile(text)
        return typed if checks.is_mobile(typed) else None

    async def payee(self, text: str, asset: str) -> Wallet:
        """The wallet to pay by its number, or by the mobile of its holder: the oldest that has ``asset``.

        Rejects as ``by_number``, and ``payee.cannot_receive`` for every mobile without such a wallet, known or not.
        """
        mobile = self.mobile(text)
        if mobile is None:
            return await self.by_number(text)
        index = self.services.keyring.blind_index(mobile, PARTY_MOBILE)
        found = await wallets.receiving(self.services.reader, self.book, index, asset)
        if found is None:
            raise Rejection("payee.cannot_receive", field="number")
        return found

    async def by_number(self, number: str) -> Wallet:
        """The wallet with a number. Rejects as ``maybe_by_number``, and ``wallet.number_unknown``."""
        found = await self.maybe_by_number(number)
        if found is None:
            raise Rejection("wallet.number_unknown", field="number")
        return found
