"""Collect and pay codes: showing one, and moving money by one that was shown.

What stands in a command is a blind index of the digits. A code moves money once, and within its minute.
"""

from datetime import timedelta

from canglian.bank.wallet.commands.values import Channel, Digest, Note, PinVersion, WalletId
from canglian.bank.wallet.model import CodeKind, MoveKind, Wallet, WalletCode, WalletTransfer
from canglian.bank.wallet.moving import hide_payer, pay, refuse_without_pin
from canglian.bank.wallet.rules import policy_in_force, refuse_stopped_in, refuse_stopped_out
from canglian.kernel.command import Command
from canglian.kernel.errors import Rejection
from canglian.kernel.values import Amount, Reference
from canglian.ledger.book import Book


class ShowCode(Command[WalletCode], kind="wallet.show_code"):
    """Show a code. To pay by takes the PIN, because the other side takes the money without it.

    Rejects ``wallet.*`` and ``wallet_pin.*``, and ``wallet_code.amount_most`` above what a pay code may pay.
    """

    wallet: WalletId
    code_kind: CodeKind
    code_digest: Digest
    channel: Channel
    amount: Amount | None = None
    note: Note | None = None
    pin: PinVersion | None = None

    def decide(self, book: Book) -> WalletCode:
        wallet = book.get(Wallet, self.wallet)
        policy = policy_in_force(book)
        if self.code_kind is CodeKind.PAY:
            refuse_stopped_out(book, wallet)
            refuse_without_pin(book, wallet, self.channel, self.pin)
            refuse_most(book, wallet, self.amount, policy.pay_code_max)
        else:
            refuse_stopped_in(book, wallet)
        identity = book.new_id("wcd")
        book.emit(
            "wallet_code.shown", f"wallet:{wallet.id}", wallet=wallet.id, code=identity, code_kind=self.code_kind.value
        )
        return book.add(
            WalletCode(
                identity,
                self.code_kind,
                wallet.id,
                self.code_digest,
                self.amount,
                self.note,
                book.now,
                book.actor,
                book.now + timedelta(seconds=policy.code_seconds),
                None,
                None,
            )
        )


class TakeByCode(Command[WalletTransfer], kind="wallet.take_by_code"):
    """Whoever is paid has scanned the payer's pay code, and takes ``amount`` into ``wallet``.

    Rejects ``wallet_code.*`` and ``payer.cannot_pay``; at the counter what a transfer does.
    """

    wallet: WalletId
    code_digest: Digest
    amount: Amount
    channel: Channel
    reference: Reference | None = None
    note: Note | None = None

    def decide(self, book: Book) -> WalletTransfer:
        shown, payer = pay_code(book, self.code_digest, self.amount)
        payee = book.get(Wallet, self.wallet)
        try:
            moved = pay(
                book,
                payer,
                payee,
                self.amount,
                channel=self.channel,
                kind=MoveKind.PAY_CODE,
                code=shown.id,
                reference=self.reference,
                note=self.note or shown.note,
            )
        except Rejection as refused:
            hide_payer(book, refused, self.channel)
            raise
        book.put(shown.replace(used_at=book.now, transfer=moved.id))
        return moved


class PayByCode(Command[WalletTransfer], kind="wallet.pay_by_code"):
    """Whoever pays has scanned the payee's collect code. ``amount`` is left out where the code says it.

    Rejects ``wallet_code.*``, ``wallet_pin.*`` and what a transfer does.
    """

    wallet: WalletId
    code_digest: Digest
    channel: Channel
    amount: Amount | None = None
    pin: PinVersion | None = None
    reference: Reference | None = None
    note: Note | None = None

    def decide(self, book: Book) -> WalletTransfer:
        shown = shown_code(book, self.code_digest, CodeKind.COLLECT)
        payer, payee = book.get(Wallet, self.wallet), book.get(Wallet, shown.wallet)
        amount = shown.amount if shown.amount is not None else self.amount
        if amount is None:
            book.reject("wallet_code.amount_missing", field="amount")
        if self.amount is not None and self.amount != amount:
            book.reject(
                "wallet_code.amount_fixed", ceiling=amount, amount=self.amount, asset=payer.asset, field="amount"
            )
        refuse_without_pin(book, payer, self.channel, self.pin)
        moved = pay(
            book,
            payer,
            payee,
            amount,
            channel=self.channel,
            kind=MoveKind.COLLECT_CODE,
            code=shown.id,
            reference=self.reference,
            note=self.note or shown.note,
        )
        book.put(shown.replace(used_at=book.now, transfer=moved.id))
        return moved


def pay_code(book: Book, digest: str, amount: int) -> tuple[WalletCode, Wallet]:
    """A pay code that was shown and still counts, and the wallet that pays ``amount`` by it. Rejects ``wallet_code.*``.

    Whoever moves the money puts the code as used.
    """
    shown = shown_code(book, digest, CodeKind.PAY)
    payer = book.get(Wallet, shown.wallet)
    refuse_most(book, payer, amount, policy_in_force(book).pay_code_max)
    if shown.amount is not None:
        refuse_most(book, payer, amount, shown.amount)
    return shown, payer


def shown_code(book: Book, digest: str, kind: CodeKind) -> WalletCode:
    """A code that was shown and still counts. Rejects ``wallet_code.*``."""
    found = book.find(WalletCode, "digest", digest)
    if not found:
        book.reject("wallet_code.not_found", field="code")
    shown = found[0]
    if shown.kind is not kind:
        book.reject("wallet_code.kind", kind=shown.kind.value, field="code")
    if shown.used_at is not None:
        book.reject("wallet_code.used", used_at=shown.used_at.isoformat(timespec="seconds"), field="code")
    if shown.expires_at <= book.now:
        book.reject("wallet_code.expired", expires_at=shown.expires_at.isoformat(timespec="seconds"), field="code")
    return shown


def refuse_most(book: Book, wallet: Wallet, amount: int | None, most: int) -> None:
    """Refuse more than a code pays. Rejects ``wallet_code.amount_most``."""
    if amount is not None and amount > most:
        book.reject("wallet_code.amount_most", ceiling=most, amount=amount, asset=wallet.asset, field="amount")
