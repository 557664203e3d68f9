"""Codes that payers have shown and a merchant has scanned, as sources of a payment."""

from collections.abc import Sequence

from canglian.bank.payment.foreseeing import require_payment
from canglian.bank.payment.from_purpose import cards_of, uses_of
from canglian.bank.payment.from_wallets import KIND
from canglian.bank.payment.model import Merchant, Payment, PaymentOrder, SourceUse
from canglian.bank.payment.of_payers import finds_of, known_of, reads_of, taken_off
from canglian.bank.payment.paying import pay
from canglian.bank.purpose import PurposeGrant
from canglian.bank.wallet.commands.codes import pay_code, shown_code
from canglian.bank.wallet.model import CodeKind, WalletCode
from canglian.bank.wallet.moving import hide_payer
from canglian.bank.wallet.rules import POLICIES, RULES, policy_in_force
from canglian.kernel.book import FindKey
from canglian.kernel.errors import Rejection
from canglian.ledger.book import Book


def pay_by_codes(
    book: Book, order: PaymentOrder, merchant: Merchant, digests: Sequence[str], *, channel: str
) -> Payment:
    """Pay an order that is open by the wallets whose codes were shown, each code once and for its own wallet alone.

    What rooms above take off comes first. One wallet pays with its money for a purpose next, as far as it may, and with
    its own the rest. Of several each gives of its own as much as it has and its code pays at most, in their order.
    Rejects ``wallet_code.*`` and ``payer.cannot_pay``; at the counter as ``pay`` does.
    """
    if len(digests) == 1:
        shown, payer = pay_code(book, digests[0], order.payable)
        codes, uses = [shown], uses_of(book, order, merchant, payer, KIND)
    else:
        codes = [shown_code(book, digest, CodeKind.PAY) for digest in digests]
        most = policy_in_force(book).pay_code_max
        uses = tuple(SourceUse(source=KIND, item=code.wallet, most=_most(code, most)) for code in codes)
    discounts = taken_off(book, order, merchant, [code.wallet for code in codes])
    try:
        paid = pay(book, order, merchant, (*discounts, *uses), channel=channel, code=codes[0].id)
    except Rejection as refused:
        hide_payer(book, refused, channel)
        raise
    for code in codes:
        book.put(code.replace(used_at=book.now, transfer=paid.id))
    return paid


def draw_by_code(book: Book, order: PaymentOrder, merchant: Merchant, digest: str, *, channel: str) -> Payment:
    """Pay an order that is open by the prepaid cards of the wallet whose code was shown, and by nothing else.

    Rejects ``wallet_code.*``, ``payment.no_card`` and ``payer.cannot_pay``; at the counter as ``pay`` does.
    """
    shown, payer = pay_code(book, digest, order.payable)
    uses = cards_of(book, order, merchant, payer)
    if not uses:
        book.reject("payment.no_card", field="code")
    try:
        paid = pay(book, order, merchant, uses, channel=channel, code=shown.id)
    except Rejection as refused:
        hide_payer(book, refused, channel)
        raise
    book.put(shown.replace(used_at=book.now, transfer=paid.id))
    return paid


def require_codes(
    book: Book,
    merchants: Sequence[str],
    digests: Sequence[str],
    number: str | None = None,
    order: PaymentOrder | None = None,
) -> None:
    """Have loaded what a payment by codes reads; ``number`` is that of an order which is about to be opened."""
    looked_up = [(WalletCode, "digest", digest) for digest in digests]
    known = [book.tables[WalletCode].get(code) for find in looked_up for code in book.finds.get(find) or ()]
    wallets = [code.wallet for code in known if code is not None]
    more: list[FindKey] = [*looked_up, POLICIES.search(RULES), *finds_of(wallets)]
    more += [(PurposeGrant, "holder", wallet) for wallet in wallets]
    uses = [*(SourceUse(source=KIND, item=wallet) for wallet in wallets), *known_of(book, wallets)]
    require_payment(book, merchants, uses, number=number, more=more, also=reads_of(book, wallets, order))


def _most(code: WalletCode, most: int) -> int:
    """How much a code pays at most."""
    return most if code.amount is None else min(most, code.amount)
