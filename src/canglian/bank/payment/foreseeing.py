"""What a payment, a refund and a split will read, gathered once something of it is missing (``kernel.foreseeing``)."""

from collections.abc import Iterable

from canglian.bank.limit.model import RULES as LIMITS
from canglian.bank.limit.rules import VERSIONS
from canglian.bank.payment.accounts import ASSETS, TAX_HEAD, OfFees, fee_reference
from canglian.bank.payment.model import Merchant, Payment, PaymentLine, PaymentOrder, Refund, SourceUse, SplitShare
from canglian.bank.payment.rules import POLICIES, RULES, SCHEDULES
from canglian.bank.payment.sources import needs
from canglian.kernel.book import FindKey
from canglian.kernel.command import Read
from canglian.ledger.book import Book
from canglian.ledger.model import Account, Balance, Head


def require_payment(
    book: Book,
    merchants: Iterable[str],
    uses: Iterable[SourceUse] = (),
    *,
    number: str | None = None,
    more: Iterable[FindKey] = (),
    also: Iterable[Read] = (),
) -> None:
    """Have loaded what a payment to the first of some merchants reads, with those that get shares of it.

    ``number`` is that of an order which is about to be opened; ``more`` are further look-ups, ``also`` further reads.
    """
    names = list(merchants)
    first: Merchant | None = book.tables[Merchant].get(names[0])
    finds: list[FindKey] = [POLICIES.search(RULES), VERSIONS.search(LIMITS), *more]
    if first is not None:
        finds.append(SCHEDULES.search(first.fees))
    if number is not None:
        finds.append((PaymentOrder, "number", (names[0], number)))
    reads: list[Read] = [(Head, OfFees.INCOME.value), (Head, TAX_HEAD.code), *_merchants(book, names)]
    for kind in OfFees:
        for asset in ASSETS:
            find: FindKey = (Account, "reference", fee_reference(kind, asset))
            finds.append(find)
            reads += [(Balance, account) for account in book.finds.get(find) or ()]
    reads += [*needs(book, uses), *also]
    book.require(reads, finds)


def require_refund(book: Book, payment: Payment, *, number: str | None = None) -> None:
    """Have loaded what a refund of a payment reads; ``number`` is that of one which is about to be made."""
    shares: FindKey = (SplitShare, "payment", payment.id)
    lines: FindKey = (PaymentLine, "payment", payment.id)
    more: list[FindKey] = [shares, lines]
    reads: list[Read] = [(PaymentOrder, payment.order)]
    if number is not None:
        more.append((Refund, "number", (payment.merchant, number)))
    known = map(book.tables[SplitShare].get, book.finds.get(shares) or ())
    names = [payment.merchant, *(share.receiver for share in known if share is not None)]
    paid = map(book.tables[PaymentLine].get, book.finds.get(lines) or ())
    uses = [SourceUse(source=line.source, item=line.item) for line in paid if line is not None]
    require_payment(book, names, uses, more=more, also=reads)


def _merchants(book: Book, names: Iterable[str]) -> list[Read]:
    reads: list[Read] = []
    for name in names:
        reads.append((Merchant, name))
        merchant: Merchant | None = book.tables[Merchant].get(name)
        for account in () if merchant is None else merchant.accounts.values():
            reads += ((Account, account), (Balance, account))
    return reads
