"""Invitations: whoever was invited pays for the first time, and whoever invited earns a coupon, as often as allowed."""

from canglian.bank.reward.campaigns.model import CampaignOffer
from canglian.bank.reward.earning.giving import earning_of, give, take_back
from canglian.bank.reward.earning.model import Invitation, Invitee
from canglian.ledger.book import Book

RING_MAX = 20
"""How many invitations are followed upwards to find a ring."""


def refuse_ring(book: Book, invitation: Invitation, party: str) -> None:
    """Rejects ``invitation.own`` and ``invitation.ring`` for who invites themselves, at once or through others."""
    if invitation.party == party:
        book.reject("invitation.own")
    above = invitation
    for _ in range(RING_MAX):
        invitee = book.maybe(Invitee, (above.offer, above.party))
        if invitee is None:
            return
        above = book.get(Invitation, invitee.invitation)
        if above.party == party:
            book.reject("invitation.ring")
    book.reject("invitation.ring")


def paid_first(book: Book, invitee: Invitee, payment: str, amount: int) -> None:
    """The first payment of somebody who was invited earns a coupon, unless whoever invited has had all."""
    offer = book.get(CampaignOffer, invitee.offer)
    if invitee.payment is not None or amount < max(earning_of(offer).purchase_min, 1):
        return
    invitation = book.get(Invitation, invitee.invitation)
    coupon, less = None, min(invitation.owed, offer.most)
    if invitation.rewarded < offer.per_person and offer.most > less:
        coupon = give(book, offer.id, invitation.party, invitation.wallet, offer.most - less)
    earned = coupon is not None or (less == offer.most and invitation.rewarded < offer.per_person)
    if earned:
        book.put(invitation.replace(rewarded=invitation.rewarded + 1, owed=invitation.owed - less, updated_at=book.now))
        book.emit("invitation.rewarded", f"campaign_offer:{offer.id}", campaign_offer=offer.id, amount=offer.most)
    book.put(invitee.replace(payment=payment, coupon=None if coupon is None else coupon.id, updated_at=book.now))


def given_back(book: Book, invitee: Invitee, payment: str, amount: int) -> None:
    """Of a first payment so much is left: with too little its reward is taken back, and the next one counts."""
    offer = book.get(CampaignOffer, invitee.offer)
    earning = earning_of(offer)
    if invitee.payment != payment or amount >= max(earning.purchase_min, 1):
        return
    if invitee.coupon is not None:
        invitation = book.get(Invitation, invitee.invitation)
        owed = invitation.owed + take_back(book, invitee.coupon, offer.most, earning.claw_back)
        book.put(invitation.replace(rewarded=invitation.rewarded - 1, owed=owed, updated_at=book.now))
    book.put(invitee.replace(payment=None, coupon=None, updated_at=book.now))
