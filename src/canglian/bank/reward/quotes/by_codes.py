"""The coupons of payers who have shown a code: the best lawful combination is taken off by itself."""

from collections.abc import Sequence

from canglian.bank.payment import Merchant, PaymentOrder, SourceUse
from canglian.bank.payment.of_payers import pays_with
from canglian.bank.reward.coupons.source import KIND
from canglian.bank.reward.coupons.weighing import weigh
from canglian.bank.reward.quotes import keeping
from canglian.kernel.book import FindKey
from canglian.kernel.command import Read
from canglian.ledger.book import Book


class _Coupons:
    def finds(self, wallets: Sequence[str]) -> list[FindKey]:
        return keeping.finds(wallets)

    def reads(self, book: Book, wallets: Sequence[str], order: PaymentOrder | None) -> list[Read]:
        kept = [] if order is None else keeping.kept_reads(book, order)
        return [*kept, *keeping.reads(book, wallets)]

    def known(self, book: Book, wallets: Sequence[str]) -> list[SourceUse]:
        found = [book.finds.get(find) or () for find in keeping.finds(wallets)]
        return [SourceUse(source=KIND, item=identity) for ids in found for identity in sorted(ids)]

    def uses(self, book: Book, order: PaymentOrder, merchant: Merchant, wallets: Sequence[str]) -> list[SourceUse]:
        found = [*keeping.owned(book, wallets), *keeping.kept(book, order, wallets)]
        taken = weigh(found, order, merchant, book.now, keeping.rooms(book, found, order)).taken
        return [SourceUse(source=KIND, item=each.coupon.id, most=each.amount) for each in taken]


pays_with(_Coupons())
