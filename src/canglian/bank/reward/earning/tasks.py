"""Tasks of a month: purchases count, steps are reached, and what is given back counts no more."""

from datetime import date, datetime

from canglian.bank.reward.campaigns.model import CampaignOffer, Earning
from canglian.bank.reward.earning.giving import earning_of, give, take_back
from canglian.bank.reward.earning.model import TaskProgress, TaskReward
from canglian.kernel.values import SHANGHAI
from canglian.ledger.book import Book

COUNTED_MAX = 100
"""How many purchases of a month are kept."""


def month_of(at: datetime) -> date:
    """The first day of an instant's month in Shanghai."""
    return at.astimezone(SHANGHAI).date().replace(day=1)


def reached(book: Book, progress: TaskProgress) -> TaskProgress:
    """Earn what the steps that were reached say, less what is owed; a step whose coupon cannot be given waits."""
    offer = book.get(CampaignOffer, progress.offer)
    for step in earning_of(offer).steps:
        had = any(reward.purchases == step.purchases for reward in progress.rewards)
        if had or step.purchases > len(progress.payments):
            continue
        less = min(progress.owed, step.reward)
        coupon = None
        if step.reward > less:
            coupon = give(book, offer.id, progress.party, progress.wallet, step.reward - less)
            if coupon is None:
                continue
        reward = TaskReward(step.purchases, step.reward, None if coupon is None else coupon.id)
        progress = progress.replace(rewards=(*progress.rewards, reward), owed=progress.owed - less)
        book.emit(
            "task.reached",
            f"campaign_offer:{offer.id}",
            campaign_offer=offer.id,
            purchases=step.purchases,
            amount=step.reward,
        )
    return progress


def purchased(book: Book, progress: TaskProgress, payment: str, amount: int, at: datetime) -> None:
    """A purchase counts, once, where it is of the month and of enough."""
    counts = amount >= _earning(book, progress).purchase_min and progress.month == month_of(at)
    if not counts or payment in progress.payments or len(progress.payments) >= COUNTED_MAX:
        return
    after = reached(book, progress.replace(payments=(*progress.payments, payment)))
    book.put(after.replace(updated_at=book.now))


def given_back(book: Book, progress: TaskProgress, payment: str, amount: int) -> None:
    """Of a purchase so much is left: where that is too little it counts no more, nor does the step that it reached."""
    earning = _earning(book, progress)
    if payment not in progress.payments or amount >= max(earning.purchase_min, 1):
        return
    left = tuple(each for each in progress.payments if each != payment)
    kept, owed = list[TaskReward](), progress.owed
    for reward in progress.rewards:
        if reward.purchases <= len(left):
            kept.append(reward)
        else:
            owed += take_back(book, reward.coupon, reward.amount, earning.claw_back)
    book.put(progress.replace(payments=left, rewards=tuple(kept), owed=owed, updated_at=book.now))


def _earning(book: Book, progress: TaskProgress) -> Earning:
    return earning_of(book.get(CampaignOffer, progress.offer))
