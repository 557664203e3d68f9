"""Joining a task, inviting, and accepting an invitation."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated

from canglian.bank.party.model import Level, Party
from canglian.bank.reward.bounds.windows import refuse_closed
from canglian.bank.reward.campaigns.commands.values import CampaignOfferId, SegmentsSeen, WalletId
from canglian.bank.reward.campaigns.holdout import is_held_out
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, OfferKind
from canglian.bank.reward.campaigns.rules import refuse_others, require_claimable
from canglian.bank.reward.earning.giving import earning_of
from canglian.bank.reward.earning.invitations import refuse_ring
from canglian.bank.reward.earning.model import Invitation, Invitee, TaskProgress
from canglian.bank.reward.earning.tasks import month_of, reached
from canglian.bank.wallet import Wallet, require_active_wallet
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import identifier
from canglian.ledger.book import Book

InvitationId = Annotated[str, identifier("inv", "An invitation's id.")]
NEVER_PAID = "never_paid"
"""The segment of those who accept invitations."""


class JoinTask(Command[TaskProgress], kind="reward.join_task"):
    """Join a task for this month, which may earn a coupon at once.

    Rejects ``campaign.*``, ``campaign_offer.kind``, ``campaign_offer.not_for``, ``task.joined``, ``coupon.no_party``,
    and what the state of the wallet does.
    """

    offer: CampaignOfferId
    wallet: WalletId
    segments: SegmentsSeen = ()

    def reads(self) -> Iterable[Read]:
        return ((CampaignOffer, self.offer), (Wallet, self.wallet))

    def decide(self, book: Book) -> TaskProgress:
        offer, wallet, party = _asked(book, self.offer, self.wallet, OfferKind.TASK)
        refuse_others(book, offer, self.segments)
        month = month_of(book.now)
        before = [each for each in book.find(TaskProgress, "party", party) if each.offer == offer.id]
        if any(each.month == month for each in before):
            book.reject("task.joined")
        owed = 0
        for each in before:
            owed += each.owed
            if each.owed:
                book.put(each.replace(owed=0, updated_at=book.now))
        joined = TaskProgress(offer.id, party, month, wallet.id, (), (), owed, book.now, book.now)
        book.emit("task.joined", f"campaign_offer:{offer.id}", campaign_offer=offer.id)
        return book.add(reached(book, joined))


class InviteFriends(Command[Invitation], kind="reward.invite_friends"):
    """An invitation that others accept; each person has one for an offer, whichever wallet asks again.

    Rejects ``campaign.*``, ``campaign_offer.kind``, ``campaign_offer.not_for``, ``coupon.no_party``, and what the state
    of the wallet does.
    """

    offer: CampaignOfferId
    wallet: WalletId
    segments: SegmentsSeen = ()

    def reads(self) -> Iterable[Read]:
        return ((CampaignOffer, self.offer), (Wallet, self.wallet))

    def decide(self, book: Book) -> Invitation:
        offer, wallet, party = _asked(book, self.offer, self.wallet, OfferKind.INVITE)
        refuse_others(book, offer, self.segments)
        known = book.find(Invitation, "mine", (offer.id, party))
        if known:
            return known[0]
        return book.add(Invitation(book.new_id("inv"), offer.id, party, wallet.id, 0, 0, 0, book.now, book.now))


class AcceptInvitation(Command[Invitee], kind="reward.accept_invitation"):
    """Accept an invitation as somebody who was newly verified and has never paid.

    ``segments`` has ``never_paid`` where that is so, as it was looked up. Rejects ``campaign.*``, ``invitation.own``,
    ``.ring``, ``.accepted``, ``.not_new`` and ``.has_paid``, ``coupon.no_party``, and what the wallet does.
    """

    invitation: InvitationId
    wallet: WalletId
    segments: SegmentsSeen = ()

    def reads(self) -> Iterable[Read]:
        return ((Invitation, self.invitation), (Wallet, self.wallet))

    def decide(self, book: Book) -> Invitee:
        invitation = book.get(Invitation, self.invitation)
        offer, _, party = _asked(book, invitation.offer, self.wallet, OfferKind.INVITE)
        refuse_ring(book, invitation, party)
        if book.maybe(Invitee, (offer.id, party)) is not None:
            book.reject("invitation.accepted")
        person = book.get(Party, party)
        since = book.now - timedelta(days=earning_of(offer).verified_days)
        if person.level is Level.NONE or person.verified_at is None or person.verified_at < since:
            book.reject("invitation.not_new")
        if NEVER_PAID not in self.segments:
            book.reject("invitation.has_paid")
        book.put(invitation.replace(accepted=invitation.accepted + 1, updated_at=book.now))
        book.emit("invitation.accepted", f"campaign_offer:{offer.id}", campaign_offer=offer.id)
        return book.add(Invitee(offer.id, party, invitation.id, None, None, book.now, book.now))


def _asked(book: Book, identity: str, wallet: str, kind: OfferKind) -> tuple[CampaignOffer, Wallet, str]:
    """An offer of a kind that goes on, and who asks for it."""
    offer, holder = book.get(CampaignOffer, identity), require_active_wallet(book, wallet)
    if holder.party is None:
        book.reject("coupon.no_party", wallet=holder.id)
    if offer.kind is not kind:
        book.reject("campaign_offer.kind", kind=offer.kind.value)
    campaign = book.get(Campaign, offer.campaign)
    refuse_closed(book, campaign, offer)
    require_claimable(book, campaign)
    if is_held_out(campaign.id, holder.party, offer.audience.holdout_bps):
        book.reject("coupon.held_out")
    return offer, holder, holder.party


__all__ = ["AcceptInvitation", "InvitationId", "InviteFriends", "JoinTask"]
