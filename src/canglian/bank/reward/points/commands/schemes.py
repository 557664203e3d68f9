"""Schemes: drafted, approved by a second person, funded, closed."""

from typing import Annotated

from canglian.bank.reward.accounts import cost_account
from canglian.bank.reward.campaigns.commands.values import Asset as Pays
from canglian.bank.reward.campaigns.model import CampaignOffer
from canglian.bank.reward.points import accounts
from canglian.bank.reward.points.commands.values import (
    AloneMax,
    Bound,
    Channel,
    Deductions,
    Exchanges,
    ExpiryAsked,
    Owner,
    Pin,
    Price,
    Refunds,
    Rules,
    SchemeCode,
    SchemeId,
    SchemeName,
    WalletId,
)
from canglian.bank.reward.points.model import AfterRefund, Expiry, PointScheme, SchemeState
from canglian.bank.reward.points.moving import reads, require_scheme
from canglian.bank.reward.points.rules import fault_of
from canglian.bank.wallet import Wallet, require_active_wallet, spending
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Reason, Unit, doc
from canglian.kernel.values import Amount
from canglian.ledger.book import Book
from canglian.ledger.model import Asset

_STATE = SchemeState
_MONEY = Field(label="Amount", help="In yuan.", unit=Unit.MONEY)


class DraftPointScheme(Command[PointScheme], kind="reward.draft_point_scheme"):
    """Draft a scheme of points with its rules; its asset and its accounts of the ledger are opened.

    Rejects ``point_scheme.code_taken``, ``.event``, ``.expiry``, ``.bounds``, ``.exchange``, ``.deduction``
    and ``.wallet_asset``.
    """

    code: SchemeCode
    name: SchemeName
    owner: Owner
    rules: Rules = ()
    per_day: Bound = None
    per_month: Bound = None
    expiry: ExpiryAsked = Expiry()
    after_refund: Refunds = AfterRefund.TAKE_BACK
    exchanges: Exchanges = ()
    deduction: Deductions = None
    price: Price = 100
    alone_max: AloneMax = 0
    pays: Pays = "CNY"
    wallet: Annotated[WalletId | None, doc("The wallet that sets money aside; null for the bank's own costs.")] = None

    def decide(self, book: Book) -> PointScheme:
        asset = f"PTS:{self.code}"
        if book.maybe(Asset, asset) is not None:
            book.reject("point_scheme.code_taken", asset=asset, field="code")
        fault = fault_of(self.rules, self.expiry, self.exchanges, self.deduction, self.price)
        if fault is not None:
            book.reject(fault)
        for exchange in self.exchanges:
            if exchange.offer is not None:
                book.get(CampaignOffer, exchange.offer)
        if self.wallet is not None:
            wallet = require_active_wallet(book, self.wallet)
            if wallet.asset != self.pays:
                book.reject("point_scheme.wallet_asset", wallet=wallet.id, holds=wallet.asset, pays=self.pays)
        book.add(Asset(asset, self.name, 0))
        identity = book.new_id("psc")
        book.emit("point_scheme.draft", f"point_scheme:{identity}", point_scheme=identity, asset=asset)
        return book.add(
            PointScheme(
                id=identity,
                asset=asset,
                name=self.name,
                owner=self.owner,
                state=_STATE.DRAFT,
                rules=self.rules,
                per_day=self.per_day,
                per_month=self.per_month,
                expiry=self.expiry,
                after_refund=self.after_refund,
                exchanges=self.exchanges,
                deduction=self.deduction,
                price=self.price,
                alone_max=self.alone_max,
                pays=self.pays,
                wallet=self.wallet,
                awarded=accounts.open_points(book, identity, asset, self.name, floor=None),
                spent=accounts.open_points(book, identity, asset, self.name),
                expired=accounts.open_points(book, identity, asset, self.name),
                taken_back=accounts.open_points(book, identity, asset, self.name),
                funds=accounts.open_funds(book, identity, self.pays, self.name),
                reason=None,
                drafted_at=book.now,
                drafted_by=book.actor,
                approved_by=None,
                updated_at=book.now,
            )
        )


class ApprovePointScheme(Command[PointScheme], kind="reward.approve_point_scheme"):
    """Approve a scheme, as somebody else than who drafted it: from now on points are earned.

    Rejects ``point_scheme.state`` and ``point_scheme.own_approval``.
    """

    scheme: SchemeId

    def decide(self, book: Book) -> PointScheme:
        scheme = require_scheme(book, self.scheme, _STATE.DRAFT)
        if book.actor == scheme.drafted_by:
            book.reject("point_scheme.own_approval")
        return _changed(book, scheme.replace(approved_by=book.actor), _STATE.ACTIVE)


class ClosePointScheme(Command[PointScheme], kind="reward.close_point_scheme"):
    """Close a scheme: nothing is earned any more, and what there is can be exchanged until it expires.

    Rejects ``point_scheme.state``.
    """

    scheme: SchemeId
    reason: Reason

    def decide(self, book: Book) -> PointScheme:
        scheme = require_scheme(book, self.scheme, _STATE.DRAFT, _STATE.ACTIVE)
        return _changed(book, scheme.replace(reason=self.reason), _STATE.CLOSED)


class FundPointScheme(Command[PointScheme], kind="reward.fund_point_scheme"):
    """Set money aside for exchanges: from the scheme's wallet with its PIN, or as a cost of the bank.

    Rejects ``point_scheme.state``, and what the wallet does.
    """

    scheme: SchemeId
    amount: Annotated[Amount, doc("What is set aside, in fen."), _MONEY]
    channel: Channel
    pin: Annotated[Pin | None, doc("The version of the PIN that was looked at, or null.")] = None

    def decide(self, book: Book) -> PointScheme:
        scheme = require_scheme(book, self.scheme, _STATE.DRAFT, _STATE.ACTIVE, _STATE.CLOSED)
        if scheme.wallet is None:
            cost = cost_account(book, scheme.pays)
            book.transfer(cost, scheme.funds, self.amount, accounts.SET_ASIDE, reference=scheme.id)
        else:
            wallet = book.get(Wallet, scheme.wallet)
            refuse_without_pin(book, wallet, self.channel, self.pin)
            book.require(spending.reads(wallet))
            spending.spend(
                book,
                wallet,
                scheme.funds,
                self.amount,
                code=accounts.SET_ASIDE,
                channel=self.channel,
                reference=scheme.id,
            )
        book.emit("point_scheme.funded", f"point_scheme:{scheme.id}", point_scheme=scheme.id, amount=self.amount)
        return book.put(scheme.replace(updated_at=book.now))


class PayBackPointScheme(Command[PointScheme], kind="reward.pay_back_point_scheme"):
    """Give back what is still set aside for a closed scheme of which nobody has points any more.

    Rejects ``point_scheme.state``, ``.outstanding`` and ``.nothing_left``, and what the wallet does.
    """

    scheme: SchemeId
    channel: Channel

    def decide(self, book: Book) -> PointScheme:
        scheme = require_scheme(book, self.scheme, _STATE.CLOSED)
        book.require(reads(scheme))
        points = accounts.outstanding(book, scheme)
        if points:
            book.reject("point_scheme.outstanding", point_scheme=scheme.id, points=points)
        left = accounts.balance_of(book, scheme.funds)
        if not left:
            book.reject("point_scheme.nothing_left", point_scheme=scheme.id)
        if scheme.wallet is None:
            cost = cost_account(book, scheme.pays)
            book.transfer(scheme.funds, cost, left, accounts.SET_FREE, reference=scheme.id)
        else:
            wallet = require_active_wallet(book, scheme.wallet)
            book.require(spending.reads(wallet))
            spending.receive(
                book,
                wallet,
                scheme.funds,
                left,
                code=accounts.SET_FREE,
                channel=self.channel,
                reference=scheme.id,
            )
        book.emit("point_scheme.paid_back", f"point_scheme:{scheme.id}", point_scheme=scheme.id, amount=left)
        return book.put(scheme.replace(updated_at=book.now))


def _changed(book: Book, scheme: PointScheme, state: SchemeState) -> PointScheme:
    book.emit(f"point_scheme.{state.value}", f"point_scheme:{scheme.id}", point_scheme=scheme.id)
    return book.put(scheme.replace(state=state, updated_at=book.now))
