"""Where the money of a payment comes from: a small protocol that this room and rooms above it fill.

A source is a kind of thing that pays (a wallet, a coupon, a credit line) and is named by the id of one of them. The
room that has it registers it at import::

    register("coupon", Coupons())

A decision asks it in this order: ``available`` (how much may it give to this order), ``pay`` (move that much to the
merchant), later ``refund`` (move some of it back). An authorisation asks ``hold``, later ``allows`` and ``capture`` for
each part that is taken, and ``release`` for the rest. Each raises the refusals of its own room, which stand in the
answer of the payment. A source whose money is elsewhere says so when it is asked ``request_capture``: its answer comes
later, and takes what was asked for. A discount may say by ``keeps`` what it still takes off what a refund leaves; what
a kind of source does once for all of its lines of a payment, it does ``after`` all sources have paid.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import msgspec

from canglian.bank.payment.accounts import payable_account
from canglian.bank.payment.model import Merchant, Payment, PaymentLine, PaymentOrder, SourceUse
from canglian.kernel.command import Read
from canglian.ledger.book import Book


class Paying(msgspec.Struct, frozen=True):
    """A payment that is under way. ``payment`` is its id; ``by_code`` says that the payer showed a code for it.

    ``later`` is one whose money is set aside, and taken later. ``uses`` are all sources that were named, in order.
    ``known`` is what sources have worked out for this payment, by kind: they are asked more than once.
    """

    payment: str
    order: PaymentOrder
    merchant: Merchant
    channel: str
    by_code: bool = False
    later: bool = False
    uses: tuple[SourceUse, ...] = ()
    known: dict[str, Any] = msgspec.field(default_factory=dict)

    def payable(self, book: Book, asset: str) -> int:
        """The account of the ledger in which the merchant is owed money of an asset."""
        return payable_account(book, self.merchant, asset)


class Leg(msgspec.Struct, frozen=True):
    """What a source gave: of which asset, whose money it was, and the transfer of the ledger."""

    asset: str
    holder: str | None
    transfer: int


class Held(msgspec.Struct, frozen=True):
    """What a source has set aside: of which asset, whose money it is, and the hold of the ledger."""

    asset: str
    holder: str | None
    hold: int


class Capture(msgspec.Struct, frozen=True):
    """A part of an authorised payment that is about to be taken: ``gross`` of the price, which comes to ``amount``.

    ``final`` lets go of the rest.
    """

    payment: Payment
    gross: int
    amount: int
    final: bool


class Source(Protocol):
    """A kind of source. ``discount`` says that its money is another's, given to the payer, as a coupon's is."""

    discount: bool

    def reads(self, use: SourceUse) -> Iterable[Read]:
        """What a payment from it reads, as far as its id says."""
        ...

    def needs(self, book: Book, use: SourceUse) -> Iterable[Read]:
        """What else a payment from it reads, as far as what is loaded of it says."""
        ...

    def available(self, book: Book, paying: Paying, use: SourceUse) -> int:
        """How much it may give to this order now, at least nothing. Rejects what is no source for this order."""
        ...

    def pay(self, book: Book, paying: Paying, use: SourceUse, amount: int) -> Leg:
        """Move ``amount`` to the merchant. Rejects what its own rules refuse."""
        ...

    def refund(
        self, book: Book, payment: Payment, line: PaymentLine, merchant: Merchant, amount: int, *, whole: bool
    ) -> int:
        """Move ``amount`` of a line back, ``whole`` where that is all of it; the transfer of the ledger."""
        ...

    def hold(self, book: Book, paying: Paying, use: SourceUse, amount: int) -> Held:
        """Set ``amount`` aside for the merchant, with all that ``pay`` asks. Rejects as it does."""
        ...

    def allows(self, book: Book, line: PaymentLine, merchant: Merchant) -> bool:
        """Whether what was set aside may still go to this merchant, which may have changed meanwhile."""
        ...

    def request_capture(self, book: Book, capture: Capture, line: PaymentLine) -> bool:
        """Ask for a part of what was set aside where somebody else has it; False where ``capture`` takes it at once."""
        ...

    def capture(self, book: Book, payment: Payment, line: PaymentLine, amount: int) -> int:
        """Move part of what was set aside to the merchant; the transfer of the ledger."""
        ...

    def release(self, book: Book, payment: Payment, line: PaymentLine) -> None:
        """Let go of what is still set aside."""
        ...


Keeps = Callable[[Book, Payment, PaymentLine, int], int | None]
"""What a discount still takes off where so much of its payment's price is kept, less the discounts before it; None for
its share of what it took off."""

After = Callable[[Book, Paying], None]
"""What a kind of source does once for all that it gave, after every source of the payment has given its part."""

_SOURCES: dict[str, Source] = {}
_KEEPS: dict[str, Keeps] = {}
_AFTER: dict[str, After] = {}


def register(kind: str, source: Source, *, keeps: Keeps | None = None, after: After | None = None) -> None:
    """Make a kind of source known. A discount that ``keeps`` says itself what of a refund goes back to whom."""
    assert kind not in _SOURCES, kind
    _SOURCES[kind] = source
    if keeps is not None:
        _KEEPS[kind] = keeps
    if after is not None:
        _AFTER[kind] = after


def keeps_of(kind: str) -> Keeps | None:
    """How a kind of discount says what it still takes off what is kept; None where each gives back its share."""
    return _KEEPS.get(kind)


def have_paid(book: Book, paying: Paying, kinds: Iterable[str]) -> None:
    """Every source of a payment has given its part; these kinds were among them."""
    for kind in dict.fromkeys(kinds):
        after = _AFTER.get(kind)
        if after is not None:
            after(book, paying)


def source_of(book: Book, kind: str) -> Source:
    """The source of a kind. Rejects ``payment.source_unknown``."""
    found = _SOURCES.get(kind)
    if found is None:
        book.reject("payment.source_unknown", source=kind, field="sources")
    return found


def is_discount(kind: str) -> bool:
    """Whether a kind of source gives another's money to the payer."""
    return kind in _SOURCES and _SOURCES[kind].discount


def reads(uses: Iterable[SourceUse]) -> list[Read]:
    """What payments from these read, as far as their ids say."""
    known = [(use, _SOURCES[use.source]) for use in uses if use.source in _SOURCES]
    return [read for use, source in known for read in source.reads(use)]


def needs(book: Book, uses: Iterable[SourceUse]) -> list[Read]:
    """What payments from these read, as far as what is loaded says."""
    known = [(use, _SOURCES[use.source]) for use in uses if use.source in _SOURCES]
    return [read for use, source in known for read in (*source.reads(use), *source.needs(book, use))]
