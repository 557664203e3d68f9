"""Merchants come into a campaign of a season and leave it: invited or by themselves, by the rule that was published.

The coupons of a campaign that merchants join are bound to a list of the campaign's own id: a merchant on it takes them.
"""

from datetime import timedelta

from canglian.bank.payment import Merchant, MerchantRisk
from canglian.bank.payment.closing import on_close
from canglian.bank.payment.rules import require_active_merchant
from canglian.bank.purpose.rules import Payee
from canglian.bank.reward.campaigns.model import Campaign, CampaignState
from canglian.bank.reward.campaigns.rules import offers_of
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason
from canglian.ledger.book import Book
from canglian.scenario.shopping.commands.values import MerchantId, OfMall, PartId, PlaceId
from canglian.scenario.shopping.model import Joining, PartState, Season, SeasonCampaign, SeasonMerchant, Theme
from canglian.scenario.shopping.rules import fits, is_in

_OUT = (PartState.LEFT, PartState.DECLINED)
_OVER = (CampaignState.ENDED, CampaignState.SETTLED)


class InviteMerchant(Command[SeasonMerchant], kind="shopping.invite_merchant"):
    """Invite a merchant to a campaign; its people join on their own phone. Rejects as joining does."""

    place: PlaceId
    merchant: MerchantId

    def decide(self, book: Book) -> SeasonMerchant:
        place = book.get(SeasonCampaign, self.place)
        merchant = _fitting(book, place, self.merchant, None)
        found = _part(book, place, merchant)
        if found is not None and found.state not in _OUT:
            book.reject("season_merchant.state", state=found.state.value)
        return _stored(book, place, merchant, found, None, PartState.INVITED)


class JoinCampaign(Command[SeasonMerchant], kind="shopping.join_campaign"):
    """Join a campaign for a merchant: at once where it is open or the bank has invited it, else after the bank agrees.

    Rejects ``season_campaign.everybody``, ``season_campaign.over``, ``season_merchant.state`` for one that has joined
    or asked, ``season_merchant.unfit``, ``.district``, ``.mall``, ``.risk``, and what the state of the merchant does.
    """

    place: PlaceId
    merchant: MerchantId
    mall: OfMall = None

    def decide(self, book: Book) -> SeasonMerchant:
        place = book.get(SeasonCampaign, self.place)
        merchant = _fitting(book, place, self.merchant, self.mall)
        found = _part(book, place, merchant)
        if found is not None and found.state in (PartState.JOINED, PartState.ASKED):
            book.reject("season_merchant.state", state=found.state.value)
        invited = found is not None and found.state in (PartState.INVITED, PartState.LEAVING)
        at_once = invited or place.joining is Joining.OPEN
        part = _stored(book, place, merchant, found, self.mall, PartState.JOINED if at_once else PartState.ASKED)
        return _let_in(book, part, merchant) if at_once else part


class AdmitMerchant(Command[SeasonMerchant], kind="shopping.admit_merchant"):
    """Agree to a merchant that has asked to join. Rejects ``season_merchant.state``, and as joining does."""

    part: PartId

    def decide(self, book: Book) -> SeasonMerchant:
        part = _require(book, self.part, PartState.ASKED)
        place = book.get(SeasonCampaign, part.place)
        merchant = _fitting(book, place, part.merchant, part.mall)
        return _let_in(book, part, merchant)


class DeclineMerchant(Command[SeasonMerchant], kind="shopping.decline_merchant"):
    """Decline a merchant that has asked to join, or take an invitation back. Rejects ``season_merchant.state``."""

    part: PartId
    reason: Reason

    def decide(self, book: Book) -> SeasonMerchant:
        part = _require(book, self.part, PartState.ASKED, PartState.INVITED)
        return _changed(book, part, PartState.DECLINED, reason=self.reason)


class LeaveCampaign(Command[SeasonMerchant], kind="shopping.leave_campaign"):
    """Leave a campaign for a merchant: its coupons are taken for the days that were published, and then no more.

    Rejects ``season_merchant.state``.
    """

    part: PartId
    reason: Reason

    def decide(self, book: Book) -> SeasonMerchant:
        part = _require(book, self.part, PartState.JOINED)
        place, campaign = book.get(SeasonCampaign, part.place), book.get(Campaign, part.campaign)
        leaves_at = min(book.now + timedelta(days=place.leave_days), campaign.uses_until)
        if not place.leave_days or leaves_at <= book.now:
            return _let_out(book, part, self.reason)
        book.emit("season.merchant_leaving", f"merchant:{part.merchant}", season_merchant=part.id, reason=self.reason)
        return book.put(
            part.replace(state=PartState.LEAVING, reason=self.reason, leaves_at=leaves_at, updated_at=book.now)
        )


class CompleteLeaving(Command[SeasonMerchant], kind="shopping.complete_leaving"):
    """The days of a merchant that leaves are over, or the coupons of its campaign are.

    Rejects ``season_merchant.state`` for one that is out already, and for one whose time is not over.
    """

    part: PartId

    def decide(self, book: Book) -> SeasonMerchant:
        part = _require(book, self.part, PartState.JOINED, PartState.LEAVING)
        campaign = book.get(Campaign, part.campaign)
        over = book.now >= campaign.uses_until or (part.leaves_at is not None and book.now >= part.leaves_at)
        if not over:
            book.reject("season_merchant.state", state=part.state.value)
        return _let_out(book, part, part.reason)


def _part(book: Book, place: SeasonCampaign, merchant: Merchant) -> SeasonMerchant | None:
    return next(iter(book.find(SeasonMerchant, "place", (place.id, merchant.id))), None)


def _require(book: Book, identity: str, *states: PartState) -> SeasonMerchant:
    """A merchant's part in one of these states. Rejects ``season_merchant.state``."""
    part = book.get(SeasonMerchant, identity)
    if part.state not in states:
        book.reject("season_merchant.state", state=part.state.value)
    return part


def _fitting(book: Book, place: SeasonCampaign, identity: str, mall: str | None) -> Merchant:
    """A merchant that may take part."""
    if place.joining is Joining.EVERYBODY:
        book.reject("season_campaign.everybody")
    merchant = require_active_merchant(book, identity)
    campaign, theme = book.get(Campaign, place.campaign), book.get(Theme, place.theme)
    if campaign.state in _OVER or book.now >= campaign.ends_at:
        book.reject("season_campaign.over")
    if merchant.risk is MerchantRisk.HIGH:
        book.reject("season_merchant.risk")
    if not is_in(merchant.region, theme.districts):
        book.reject("season_merchant.district")
    if mall is not None:
        _refuse_mall(book, theme, mall)
    payee = Payee(
        id=merchant.id,
        category=merchant.category,
        region=merchant.region,
        lists=(*merchant.lists, campaign.id),
    )
    if not fits(offers_of(book, campaign.id), payee):
        book.reject("season_merchant.unfit")
    return merchant


def _refuse_mall(book: Book, theme: Theme, mall: str) -> None:
    known = {found.code for found in book.get(Season, theme.season).malls}
    if mall not in known or (theme.malls and mall not in theme.malls):
        book.reject("season_merchant.mall", field="mall")


def _stored(
    book: Book,
    place: SeasonCampaign,
    merchant: Merchant,
    found: SeasonMerchant | None,
    mall: str | None,
    state: PartState,
) -> SeasonMerchant:
    """A merchant's part as it begins, or begins again."""
    part = SeasonMerchant(
        id=book.new_id("spa") if found is None else found.id,
        place=place.id,
        campaign=place.campaign,
        merchant=merchant.id,
        mall=mall,
        state=state,
        reason=None,
        asked_at=book.now,
        asked_by=book.actor,
        joined_at=None,
        leaves_at=None,
        updated_at=book.now,
    )
    if state is not PartState.JOINED:
        book.emit(f"season.merchant_{state.value}", f"merchant:{merchant.id}", season_merchant=part.id)
    return book.add(part) if found is None else book.put(part)


def _changed(book: Book, part: SeasonMerchant, state: PartState, *, reason: str | None) -> SeasonMerchant:
    book.emit(f"season.merchant_{state.value}", f"merchant:{part.merchant}", season_merchant=part.id, reason=reason)
    return book.put(part.replace(state=state, reason=reason, leaves_at=None, updated_at=book.now))


def _let_in(book: Book, part: SeasonMerchant, merchant: Merchant) -> SeasonMerchant:
    """From now on the merchant takes the coupons."""
    if part.campaign not in merchant.lists:
        book.put(merchant.replace(lists=(*merchant.lists, part.campaign), updated_at=book.now))
    joined = _changed(book, part, PartState.JOINED, reason=None)
    return book.put(joined.replace(joined_at=book.now))


def _let_out(book: Book, part: SeasonMerchant, reason: str | None) -> SeasonMerchant:
    """From now on the merchant takes the coupons no more."""
    merchant = book.get(Merchant, part.merchant)
    lists = tuple(name for name in merchant.lists if name != part.campaign)
    if lists != merchant.lists:
        book.put(merchant.replace(lists=lists, updated_at=book.now))
    return _changed(book, part, PartState.LEFT, reason=reason)


def _close(book: Book, merchant: Merchant) -> None:
    """A merchant that is closed is out of everything at once: it takes no payment any more."""
    for part in book.find(SeasonMerchant, "merchant", merchant.id):
        if part.takes_coupons:
            _let_out(book, part, merchant.reason)
        elif part.state not in _OUT:
            _changed(book, part, PartState.DECLINED, reason=merchant.reason)


on_close(_close)
