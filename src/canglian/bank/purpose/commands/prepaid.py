"""Prepaid cards in custody (预付资金管理): the money stays its buyer's until each use, and a bonus is kept apart.

A card is a contract of its buyer about their own money, which pays one merchant alone; no merchant can move it. A bonus
is money that the merchant has paid into a contract of its own before (the pool); a use takes its share of it, so that
what is left is always worth what was paid for it. A card is given back whole within the days of its template, and when
the merchant closes; the bonus goes back to the pool.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.purpose.commands.contracts import DraftPurposeContract, FundPurposeContract, SignPurposeContract
from canglian.bank.purpose.commands.ending import ended, wind_up
from canglian.bank.purpose.commands.grants import GrantLine, IssuePurposeGrants
from canglian.bank.purpose.commands.values import (
    Channel,
    ContractId,
    ContractName,
    OfferId,
    PayeeId,
    Pin,
    WalletId,
    require,
)
from canglian.bank.purpose.foreseeing import require_endings
from canglian.bank.purpose.model import ContractState, OfferState, PrepaidOffer, PurposeContract, PurposeGrant
from canglian.bank.purpose.payees import require_payee
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.kernel.command import Command, Read
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import Field, Reason, Unit, doc
from canglian.kernel.foreseeing import foreseeing
from canglian.kernel.values import Amount
from canglian.ledger.book import Book

TEMPLATE = "prepaid"
STEP = 100
"""How many cards one step gives back at most."""

BPS = 10_000

_LIVING = (ContractState.ACTIVE, ContractState.SUSPENDED, ContractState.EXHAUSTED)


class PrepaidCard(msgspec.Struct, frozen=True):
    """A card: its contract, the grant that pays with it, and the bonus that pays its share, or null."""

    contract: Annotated[PurposeContract, doc("The contract of its buyer.")]
    grant: Annotated[PurposeGrant, doc("What was paid for it: what pays with the card.")]
    bonus: Annotated[PurposeGrant | None, doc("Its bonus, or null.")]


class OpenPrepaidOffer(Command[PrepaidOffer], kind="purpose.open_offer"):
    """Let a merchant sell prepaid cards. A bonus comes from a contract that the merchant has funded, and pays it alone.

    Rejects ``prepaid_offer.pool`` and what is not there of what it names.
    """

    payee: Annotated[PayeeId, doc("The merchant at which its cards are used.")]
    name: ContractName
    days: Annotated[int, Meta(ge=1, le=3660), doc("For how many days a card is valid.")] = 365
    bonus_bps: Annotated[
        int,
        Meta(ge=0, le=BPS),
        doc("The bonus on what is paid, in basis points."),
        Field(label="Bonus (%)", unit=Unit.SHARE_BPS),
    ] = 0
    pool: Annotated[ContractId | None, doc("The contract from which the bonus comes, or null.")] = None

    def decide(self, book: Book) -> PrepaidOffer:
        require_payee(book, self.payee)
        if bool(self.bonus_bps) != (self.pool is not None):
            book.reject("prepaid_offer.pool", field="pool")
        if self.pool is not None:
            pool = book.get(PurposeContract, self.pool)
            good = pool.state in (ContractState.FUNDED, ContractState.ACTIVE) and pool.offer is None
            if not good or pool.rules.allowed.ids != (self.payee,):
                book.reject("prepaid_offer.pool", field="pool")
        offer = PrepaidOffer(
            id=book.new_id("ppo"),
            payee=self.payee,
            name=self.name,
            bonus_bps=self.bonus_bps,
            pool=self.pool,
            days=self.days,
            state=OfferState.OPEN,
            reason=None,
            opened_at=book.now,
            opened_by=book.actor,
            updated_at=book.now,
        )
        book.emit("prepaid_offer.opened", f"prepaid_offer:{offer.id}", prepaid_offer=offer.id, payee=offer.payee)
        return book.add(offer)


class BuyPrepaidCard(Command[PrepaidCard], kind="purpose.buy_card"):
    """Pay for a card with one's own money, which stays one's own until each use.

    Rejects ``prepaid_offer.closed`` and ``.bonus_short``, what funding a contract does, and a merchant that sells none.
    """

    offer: OfferId
    wallet: WalletId
    amount: Amount
    channel: Channel
    pin: Pin | None = None

    def decide(self, book: Book) -> PrepaidCard:
        offer = _require_open(book, self.offer)
        require_payee(book, offer.payee)
        bonus = self._bonus(book, offer)
        until = book.today + timedelta(days=offer.days)
        draft = DraftPurposeContract(
            template=TEMPLATE, name=offer.name, payer=self.wallet, valid_until=until, payees=(offer.payee,)
        ).decide(book)
        SignPurposeContract(contract=draft.id, channel=self.channel, pin=self.pin).decide(book)
        FundPurposeContract(contract=draft.id, amount=self.amount, channel=self.channel, pin=self.pin).decide(book)
        grant = _granted(book, draft.id, self.wallet, self.amount)
        if bonus is not None:
            bonus = book.put(bonus.replace(bonus_of=grant.id))
            grant = book.put(grant.replace(bonus=bonus.id))
        contract = book.get(PurposeContract, draft.id)
        contract = book.put(contract.replace(offer=offer.id, card=grant.id))
        book.emit(
            "prepaid_card.bought",
            f"purpose_contract:{contract.id}",
            purpose_contract=contract.id,
            prepaid_offer=offer.id,
            amount=self.amount,
        )
        return PrepaidCard(contract, grant, bonus)

    def _bonus(self, book: Book, offer: PrepaidOffer) -> PurposeGrant | None:
        amount = self.amount * offer.bonus_bps // BPS
        if offer.pool is None or not amount:
            return None
        pool = book.get(PurposeContract, offer.pool)
        if amount > pool.unallotted:
            book.reject("prepaid_offer.bonus_short", amount=amount, left=pool.unallotted, asset=pool.asset)
        return _granted(book, pool.id, self.wallet, amount)


class RefundPrepaidCard(Command[PurposeContract], kind="purpose.refund_card"):
    """Take back all that is left on a card, in the days of its template, with the PIN of the buyer's wallet.

    Rejects ``prepaid.not_one``, ``prepaid.refund_late``, ``purpose_contract.state`` and what wallets reject.
    """

    contract: ContractId
    channel: Channel
    pin: Pin | None = None

    def decide(self, book: Book) -> PurposeContract:
        contract = require(book, self.contract, *_LIVING)
        if contract.card is None:
            book.reject("prepaid.not_one", purpose_contract=contract.id)
        refuse_without_pin(book, book.get(Wallet, contract.payer), self.channel, self.pin)
        days = contract.rules.refund_days
        last = (contract.funded_on or book.today) + timedelta(days=-1 if days is None else days)
        if book.today > last:
            book.reject("prepaid.refund_late", purpose_contract=contract.id, last=last.isoformat())
        return _give_back(book, contract, None)


class ClosePrepaidOffer(Command[PrepaidOffer], kind="purpose.close_offer"):
    """The merchant closes, or sells no cards any more: what is left on all of them goes back to their buyers, in steps.

    Rejects ``prepaid_offer.closed``.
    """

    offer: OfferId
    reason: Reason

    def decide(self, book: Book) -> PrepaidOffer:
        return _close(book, _require_open(book, self.offer), self.reason)


def close_offers(book: Book, payee: str, reason: str | None) -> None:
    """Close all offers of a merchant that closes; what is left on their cards goes back in steps."""
    for offer in book.find(PrepaidOffer, "payee", payee):
        if offer.state is OfferState.OPEN:
            _close(book, offer, reason)


class GaveBack(msgspec.Struct, frozen=True):
    """What a step of giving cards back came to."""

    cards: Annotated[int, doc("How many cards ended.")]
    amount: Annotated[int, doc("What went back to their buyers, in fen.")]


class GiveBackPrepaidCards(Command[GaveBack], kind="purpose.give_back_cards"):
    """Give some cards of an offer that is closed back. A card ends though its buyer's wallet takes no money: its rest
    waits in its contract.

    Rejects ``prepaid_offer.open`` and ``prepaid_offer.other``.
    """

    offer: OfferId
    contracts: Annotated[tuple[ContractId, ...], Meta(min_length=1, max_length=STEP), doc("The cards' contracts.")]

    def reads(self) -> Iterable[Read]:
        return [(PrepaidOffer, self.offer), *((PurposeContract, contract) for contract in self.contracts)]

    def weight(self) -> int:
        return len(self.contracts) * 3

    def decide(self, book: Book) -> GaveBack:
        with foreseeing(book, lambda: require_endings(book, self.contracts)):
            return self._decide(book)

    def _decide(self, book: Book) -> GaveBack:
        offer = book.get(PrepaidOffer, self.offer)
        if offer.state is not OfferState.CLOSED:
            book.reject("prepaid_offer.open", prepaid_offer=offer.id)
        cards = amount = 0
        for identity in self.contracts:
            contract = book.get(PurposeContract, identity)
            if contract.offer != offer.id:
                book.reject("prepaid_offer.other", purpose_contract=contract.id)
            if contract.state in _LIVING:
                left = contract.unallotted + contract.allotted
                after = _give_back(book, contract, offer.reason, waiting=True)
                cards, amount = cards + 1, amount + left - after.unallotted - after.allotted
        return GaveBack(cards, amount)


def _require_open(book: Book, identity: str) -> PrepaidOffer:
    """An offer by which cards are sold. Rejects ``prepaid_offer.closed``."""
    offer = book.get(PrepaidOffer, identity)
    if offer.state is not OfferState.OPEN:
        book.reject("prepaid_offer.closed", prepaid_offer=offer.id)
    return offer


def _close(book: Book, offer: PrepaidOffer, reason: str | None) -> PrepaidOffer:
    book.emit("prepaid_offer.closed", f"prepaid_offer:{offer.id}", prepaid_offer=offer.id, reason=reason)
    return book.put(offer.replace(state=OfferState.CLOSED, reason=reason, updated_at=book.now))


def _granted(book: Book, contract: str, wallet: str, amount: int) -> PurposeGrant:
    return IssuePurposeGrants(contract=contract, lines=(GrantLine(wallet, amount),)).decide(book).grants[0]


def _give_back(book: Book, contract: PurposeContract, reason: str | None, *, waiting: bool = False) -> PurposeContract:
    """End a card and give back what is left. What cannot be given back now waits, where that is ``waiting`` for it."""
    assert contract.card is not None, "a card has a grant"
    card = book.get(PurposeGrant, contract.card)
    after = ended(book, contract, ContractState.TERMINATED, reason)
    book.savepoint()
    try:
        after = wind_up(book, after, [card])
    except Rejection:
        book.rollback()
        if not waiting:
            raise
    finally:
        book.forget_savepoint()
    return after
