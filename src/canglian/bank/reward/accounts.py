"""The accounts of campaigns in the ledger, and the one way in which their money moves.

Each funder has four: what is unreserved, what is reserved for coupons, what was spent, what is its own again. Together
they hold what it paid in, at every commit. What is spent leaves through the campaign's account of what was redeemed,
which is as much below nothing as all its funders have spent: under one head of the ledger both cancel out.
"""

from collections.abc import Callable, Sequence
from typing import Final

from canglian.bank.deposit.moving import open_in_ledger
from canglian.bank.reward.campaigns.model import Campaign, CampaignState, Funder, FunderKind
from canglian.bank.wallet import Wallet, require_active_wallet, spending
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.kernel.command import Read
from canglian.ledger.book import Book, Release
from canglian.ledger.keeping import keep
from canglian.ledger.model import Account, Balance, Head, Transfer

keep("cmp_")

HEAD = "2241"
"""What is owed to funders, and to merchants (其他应付款)."""

COST = "6602"
"""What the bank's own share costs (业务及管理费)."""

FUNDED: Final = "reward.funded"
RESERVED: Final = "reward.reserved"
FREED: Final = "reward.freed"
SPENT: Final = "reward.spent"
REFUNDED: Final = "reward.refunded"
RETURNED: Final = "reward.returned"
PAID_BACK: Final = "reward.paid_back"


def open_funder(
    book: Book, campaign: str, kind: FunderKind, name: str, wallet: str | None, share_bps: int, asset: str
) -> Funder:
    """A funder with accounts of its own."""

    def opened(purpose: str | None) -> int:
        return open_in_ledger(book, HEAD, asset, owner=campaign, name=name, purpose=purpose).id

    return Funder(
        kind=kind,
        name=name,
        wallet=wallet,
        share_bps=share_bps,
        unreserved=opened(campaign),
        reserved=opened(campaign),
        spent=opened(campaign),
        returned=opened(None),
    )


def open_redeemed(book: Book, campaign: str, name: str, asset: str) -> int:
    """The account through which money of a campaign reaches merchants."""
    return open_in_ledger(book, HEAD, asset, floor=None, owner=campaign, name=name, purpose=campaign).id


def reads(campaign: Campaign) -> list[Read]:
    """What movements of a campaign's money read."""
    numbers = [campaign.redeemed]
    for funder in campaign.funders:
        numbers += (funder.unreserved, funder.reserved, funder.spent, funder.returned)
    return [read for number in numbers for read in ((Account, number), (Balance, number))]


def balance_of(book: Book, number: int) -> int:
    """What an account of a funder holds."""
    balance = book.get(Balance, number)
    return balance.credits - balance.debits


def pay_in(book: Book, campaign: Campaign, funder: Funder, amount: int, channel: str, pin: int | None) -> Transfer:
    """Pay money in: from the funder's wallet, or as a cost of the bank. Rejects what the wallet does."""
    if funder.wallet is None:
        cost = cost_account(book, campaign.asset)
        return book.transfer(
            cost, funder.unreserved, amount, FUNDED, reference=campaign.id, release=Release(campaign.id)
        )
    wallet = book.get(Wallet, funder.wallet)
    refuse_without_pin(book, wallet, channel, pin)
    book.require(spending.reads(wallet))
    return spending.spend(
        book,
        wallet,
        funder.unreserved,
        amount,
        code=FUNDED,
        channel=channel,
        reference=campaign.id,
        release=Release(campaign.id),
    )


def pay_back(book: Book, campaign: Campaign, funder: Funder, amount: int, channel: str) -> Transfer:
    """Pay a funder back what is its own again. Rejects what its wallet does."""
    if funder.wallet is None:
        cost = cost_account(book, campaign.asset)
        return book.transfer(funder.returned, cost, amount, PAID_BACK, reference=campaign.id)
    wallet = require_active_wallet(book, funder.wallet)
    book.require(spending.reads(wallet))
    return spending.receive(
        book, wallet, funder.returned, amount, code=PAID_BACK, channel=channel, reference=campaign.id
    )


def leave(book: Book, campaign: Campaign, funder: Funder, amount: int, channel: str) -> None:
    """Pay a funder that leaves a draft back what it has paid in. Rejects what its wallet does."""
    book.transfer(
        funder.unreserved, funder.returned, amount, RETURNED, reference=campaign.id, release=Release(campaign.id)
    )
    pay_back(book, campaign, funder, amount, channel)


def cost_account(book: Book, asset: str) -> int:
    """The bank's account of what its share of campaigns costs; it is opened where the book has none yet."""
    reference = f"reward.cost.{asset.lower()}"
    found = book.find(Account, "reference", reference)
    if found:
        return found[0].id
    book.get(Head, COST)
    return open_in_ledger(book, COST, asset, floor=None, reference=reference).id


def reserve(book: Book, campaign: Campaign, parts: Sequence[int], reference: str) -> None:
    """Reserve parts of the funders for a coupon."""
    _between(book, campaign, parts, lambda funder: (funder.unreserved, funder.reserved), RESERVED, reference)


def free(book: Book, campaign: Campaign, parts: Sequence[int], reference: str) -> None:
    """Let go of what was reserved for a coupon: of a settled campaign it is its funders' own again."""
    settled = campaign.state is CampaignState.SETTLED

    def way(funder: Funder) -> tuple[int, int]:
        return funder.reserved, funder.returned if settled else funder.unreserved

    _between(book, campaign, parts, way, FREED, reference)


def spend(book: Book, campaign: Campaign, parts: Sequence[int], account: int, reference: str) -> Transfer:
    """Pay parts of the funders to the account in which a merchant is owed money."""
    moved = redeem(book, campaign, sum(parts), account, reference)
    mark_spent(book, campaign, parts, reference)
    return moved


def redeem(book: Book, campaign: Campaign, amount: int, account: int, reference: str) -> Transfer:
    """Pay what coupons take off to the account in which a merchant is owed money; ``mark_spent`` says whose it was."""
    return book.transfer(campaign.redeemed, account, amount, SPENT, reference=reference, release=Release(campaign.id))


def mark_spent(book: Book, campaign: Campaign, parts: Sequence[int], reference: str) -> None:
    """What was reserved of the funders is spent; the money itself has left through the campaign's account."""
    _between(book, campaign, parts, lambda funder: (funder.reserved, funder.spent), SPENT, reference)


def take_back(
    book: Book, campaign: Campaign, parts: Sequence[int], account: int, reference: str, *, reserved: bool
) -> Transfer:
    """Take parts back from a merchant: ``reserved`` for the coupon again, or free of it."""
    moved = book.transfer(
        account, campaign.redeemed, sum(parts), REFUNDED, reference=reference, release=Release(campaign.id)
    )
    settled = campaign.state is CampaignState.SETTLED

    def way(funder: Funder) -> tuple[int, int]:
        if reserved:
            return funder.spent, funder.reserved
        return funder.spent, funder.returned if settled else funder.unreserved

    _between(book, campaign, parts, way, REFUNDED, reference)
    return moved


def settle(book: Book, campaign: Campaign) -> int:
    """What no coupon took is its funders' own again; how much that is."""
    parts = [balance_of(book, funder.unreserved) for funder in campaign.funders]
    _between(book, campaign, parts, lambda funder: (funder.unreserved, funder.returned), RETURNED, campaign.id)
    return sum(parts)


def _between(
    book: Book,
    campaign: Campaign,
    parts: Sequence[int],
    way: Callable[[Funder], tuple[int, int]],
    code: str,
    reference: str,
) -> None:
    for funder, part in zip(campaign.funders, parts, strict=True):
        if part:
            debit, credit = way(funder)
            book.transfer(debit, credit, part, code, reference=reference, release=Release(campaign.id))
