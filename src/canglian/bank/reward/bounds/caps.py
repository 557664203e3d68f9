"""Caps: who counts as one, and counting them. A new kind is a member of ``CapKind`` and an entry of ``HOLDERS``."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from canglian.bank.party import Party, PartyRole, RoleName
from canglian.bank.reward.bounds.model import CapKind, Counted, CouponCounts, OfferCapCount
from canglian.bank.reward.campaigns.model import CampaignOffer, OfferClaims
from canglian.bank.reward.coupons.model import Coupon
from canglian.bank.wallet import Wallet
from canglian.ledger.book import Book


class Claimant(msgspec.Struct, frozen=True):
    """Who claims: a wallet, its person, and the blind index of the device, where one is known."""

    wallet: Wallet
    party: str
    device: str | None


def _household(book: Book, claimant: Claimant) -> str:
    """The household that the person is entered in, or the person alone."""
    roles = book.find(PartyRole, "party", claimant.party)
    found = [role for role in roles if role.role is RoleName.HOUSEHOLD_MEMBER and role.ended_on is None]
    return min((role.within for role in found if role.within), default=claimant.party)


HOLDERS: Final[Mapping[CapKind, Callable[[Book, Claimant], str | None]]] = {
    CapKind.PHONE: lambda book, claimant: book.get(Party, claimant.party).mobile_index,
    CapKind.ID_NUMBER: lambda book, claimant: book.get(Party, claimant.party).number_index,
    CapKind.CARD: lambda _, claimant: claimant.wallet.deposit,
    CapKind.DEVICE: lambda _, claimant: claimant.device,
    CapKind.HOUSEHOLD: _household,
}
"""Which one a claim counts for, by kinds of caps; None where that is not known."""


def room_for(book: Book, offer: CampaignOffer, claimant: Claimant) -> list[OfferCapCount]:
    """The counts of a further claim, for ``enter``. Rejects ``coupon.cap`` and ``coupon.cap_unknown``."""
    if not offer.bounds.caps:
        return []
    keys: list[tuple[str, str, str]] = []
    for cap in offer.bounds.caps:
        holder = HOLDERS[cap.kind](book, claimant)
        if holder is None:
            book.reject("coupon.cap_unknown", cap=cap.kind.value)
        keys.append((offer.id, cap.kind.value, holder))
    book.require([(OfferCapCount, key) for key in keys])
    counts: list[OfferCapCount] = []
    for cap, key in zip(offer.bounds.caps, keys, strict=True):
        known = book.maybe(OfferCapCount, key)
        claimed = 0 if known is None else known.claimed
        if claimed >= cap.most:
            book.reject("coupon.cap", cap=cap.kind.value, most=cap.most)
        counts.append(OfferCapCount(*key, claimed + 1, book.now))
    return counts


def enter(book: Book, offer: CampaignOffer, coupon: Coupon, counts: list[OfferCapCount]) -> None:
    """Count a claim that there was room for."""
    for count in counts:
        if count.claimed == 1 and book.maybe(OfferCapCount, (count.offer, count.kind, count.holder)) is None:
            book.add(count)
        else:
            book.put(count)
    if counts and offer.bounds.again:
        book.add(CouponCounts(coupon.id, tuple(Counted(count.kind, count.holder) for count in counts)))


def give_back(book: Book, offer: CampaignOffer, coupon: Coupon) -> None:
    """A coupon ended without a use: where its offer says so, whoever claimed it may claim again."""
    if not offer.bounds.again:
        return
    claims = book.get(OfferClaims, (offer.id, coupon.party))
    book.put(claims.replace(claimed=claims.claimed - 1, updated_at=book.now))
    entered = book.maybe(CouponCounts, coupon.id) if offer.bounds.caps else None
    if entered is None:
        return
    keys = [(offer.id, counted.kind, counted.holder) for counted in entered.counts]
    book.require([(OfferCapCount, key) for key in keys])
    for key in keys:
        count = book.get(OfferCapCount, key)
        book.put(count.replace(claimed=count.claimed - 1, updated_at=book.now))
