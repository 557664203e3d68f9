"""The money of prizes: set aside before a draw is published, paid to winners, and free again where nobody claims it.

Of a campaign's draw it stays reserved in its funders' accounts until a prize is claimed; of the bank's own draw the
pool holds it. A prize passes through the pool in the commit that pays it.
"""

from typing import Final

from canglian.bank.deposit.moving import open_in_ledger
from canglian.bank.reward import accounts
from canglian.bank.reward.campaigns.model import Campaign
from canglian.bank.reward.campaigns.rules import given_back
from canglian.bank.reward.draws.model import Draw, Prize, PrizeKind
from canglian.bank.reward.shares import split
from canglian.bank.wallet import Wallet, spending
from canglian.kernel.command import Read
from canglian.ledger.book import Book
from canglian.ledger.keeping import keep
from canglian.ledger.model import Account, Balance, Transfer

keep("drw_")

PRIZE: Final = "reward.prize"


def worth(prizes: tuple[Prize, ...]) -> int:
    """What all prizes in money come to."""
    return sum(prize.value * prize.quantity for prize in prizes if prize.kind is PrizeKind.BENEFIT)


def reads(book: Book, draw: Draw) -> list[Read]:
    """What movements of a draw's money read."""
    found: list[Read] = [] if draw.pool is None else [(Account, draw.pool), (Balance, draw.pool)]
    if draw.campaign is not None:
        found += accounts.reads(book.get(Campaign, draw.campaign))
    return found


def set_aside(book: Book, draw: Draw, amount: int) -> Draw:
    """Set money aside for prizes; the account of prizes is opened with the first.

    Rejects ``draw.unfunded`` where a funder of the campaign has too little.
    """
    pool = draw.pool
    if pool is None:
        pool = open_in_ledger(book, accounts.HEAD, draw.asset, owner=draw.id, name=draw.name).id
    draw = draw.replace(pool=pool)
    if not amount:
        return draw
    if draw.campaign is None:
        cost = accounts.cost_account(book, draw.asset)
        book.transfer(cost, pool, amount, accounts.FUNDED, reference=draw.id)
        return draw
    campaign = book.get(Campaign, draw.campaign)
    book.require(accounts.reads(campaign))
    parts = split(amount, [funder.share_bps for funder in campaign.funders])
    for funder, part in zip(campaign.funders, parts, strict=True):
        if accounts.balance_of(book, funder.unreserved) < part:
            book.reject("draw.unfunded", funder=funder.name)
    accounts.reserve(book, campaign, parts, draw.id)
    had = draw.reserved or (0,) * len(parts)
    return draw.replace(reserved=tuple(old + part for old, part in zip(had, parts, strict=True)))


def let_go(book: Book, draw: Draw, amount: int) -> Draw:
    """Money that no prize takes any more is its funders' again."""
    if not amount or draw.pool is None:
        return draw
    if draw.campaign is None:
        cost = accounts.cost_account(book, draw.asset)
        book.transfer(draw.pool, cost, amount, accounts.FREED, reference=draw.id)
        return draw
    campaign = book.get(Campaign, draw.campaign)
    book.require(accounts.reads(campaign))
    parts = _parts(draw, campaign, amount)
    accounts.free(book, campaign, parts, draw.id)
    given_back(book, campaign)
    return _less(draw, parts)


def pay(book: Book, draw: Draw, wallet: Wallet, amount: int, channel: str, win: str) -> tuple[Draw, Transfer]:
    """Pay a prize into a wallet. Rejects what the wallet does."""
    pool = draw.pool
    assert pool is not None, "money was set aside before the draw was published"
    book.require([*reads(book, draw), *spending.reads(wallet)])
    if draw.campaign is not None:
        campaign = book.get(Campaign, draw.campaign)
        parts = _parts(draw, campaign, amount)
        accounts.spend(book, campaign, parts, pool, win)
        draw = _less(draw, parts)
    moved = spending.receive(book, wallet, pool, amount, code=PRIZE, channel=channel, reference=win)
    return draw, moved


def _parts(draw: Draw, campaign: Campaign, amount: int) -> tuple[int, ...]:
    """What each funder pays, within what is set aside of it."""
    return split(amount, [funder.share_bps for funder in campaign.funders], draw.reserved)


def _less(draw: Draw, parts: tuple[int, ...]) -> Draw:
    return draw.replace(reserved=tuple(had - part for had, part in zip(draw.reserved, parts, strict=True)))
