"""Codes that payers have shown and a merchant has scanned, as sources of a payment."""

from collections.abc import Sequence

from canglian.bank.payment.from_purpose import uses_of
from canglian.bank.payment.from_wallets import KIND
from canglian.bank.payment.model import Merchant, Payment, PaymentOrder, SourceUse
from canglian.bank.payment.paying import pay
from canglian.bank.wallet.commands.codes import pay_code, shown_code
from canglian.bank.wallet.model import CodeKind, WalletCode
from canglian.bank.wallet.rules import policy_in_force
from canglian.ledger.book import Book


def pay_by_codes(
    book: Book, order: PaymentOrder, merchant: Merchant, digests: Sequence[str], *, channel: str
) -> Payment:
    """Pay an order that is open by the wallets whose codes were shown, each code once and for its own wallet alone.

    One wallet pays with its money for a purpose first, as far as it may, and with its own the rest. Of several each
    gives of its own as much as it has and its code pays at most, in their order. Rejects ``wallet_code.*`` and as
    ``pay`` does.
    """
    if len(digests) == 1:
        shown, payer = pay_code(book, digests[0], order.payable)
        codes, uses = [shown], uses_of(book, order, merchant, payer, KIND)
    else:
        codes = [shown_code(book, digest, CodeKind.PAY) for digest in digests]
        most = policy_in_force(book).pay_code_max
        uses = tuple(SourceUse(source=KIND, item=code.wallet, most=_most(code, most)) for code in codes)
    paid = pay(book, order, merchant, uses, channel=channel, code=codes[0].id)
    for code in codes:
        book.put(code.replace(used_at=book.now, transfer=paid.id))
    return paid


def _most(code: WalletCode, most: int) -> int:
    """How much a code pays at most."""
    return most if code.amount is None else min(most, code.amount)
