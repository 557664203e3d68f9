"""Money between a wallet and accounts: recharge and withdrawal through the rail, exchange with e-CNY."""

from canglian.bank.deposit import BoundAccount, RailOrder, move
from canglian.bank.deposit import Counterparty as DepositSide
from canglian.bank.deposit.commands import RequestPull, RequestPush
from canglian.bank.deposit.commands.values import BoundId
from canglian.bank.wallet.commands.opening import own_deposit
from canglian.bank.wallet.commands.values import Channel, Funding, PinVersion, WalletId
from canglian.bank.wallet.limits import Counterparty, Direction, count
from canglian.bank.wallet.model import ExchangeDirection, Wallet, WalletExchange, WalletKind
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.bank.wallet.rules import refuse_stopped_in, refuse_stopped_out, require_active_wallet
from canglian.kernel.command import Command
from canglian.kernel.values import Amount
from canglian.ledger.book import Book
from canglian.ledger.commands import OpenAccount
from canglian.ledger.model import Account

EXCHANGE_HEAD = "3001"
"""Clearing (清算资金往来): what the branch has given in one kind of money and taken in the other, fen for fen."""


class RechargeWallet(Command[RailOrder], kind="wallet.recharge"):
    """Ask for money from an account at another bank that is bound to the wallet's deposit account.

    It is in the wallet when the rail says that it came. Rejects ``wallet.not_ewallet``, ``bound_account.*`` and what
    the deposit account is refused for.
    """

    wallet: WalletId
    bound_account: BoundId
    amount: Amount
    channel: Channel
    pin: PinVersion | None = None

    def decide(self, book: Book) -> RailOrder:
        wallet = _with_bound(book, self.wallet, self.bound_account)
        refuse_stopped_in(book, wallet)
        refuse_without_pin(book, wallet, self.channel, self.pin)
        asked = RequestPull(bound_account=self.bound_account, amount=self.amount, channel=self.channel)
        order = asked.decide(book)
        book.emit("wallet.recharge_requested", f"wallet:{wallet.id}", **_references(wallet, order))
        return order


class WithdrawFromWallet(Command[RailOrder], kind="wallet.withdraw"):
    """Send money to an account at another bank that is bound to the wallet's deposit account.

    It is held now and leaves when the rail says that it went. Rejects ``wallet.not_ewallet``, ``wallet_pin.*``,
    ``bound_account.*`` and what the deposit account is refused for.
    """

    wallet: WalletId
    bound_account: BoundId
    amount: Amount
    channel: Channel
    pin: PinVersion | None = None

    def decide(self, book: Book) -> RailOrder:
        wallet = _with_bound(book, self.wallet, self.bound_account)
        refuse_stopped_out(book, wallet)
        refuse_without_pin(book, wallet, self.channel, self.pin)
        asked = RequestPush(bound_account=self.bound_account, amount=self.amount, channel=self.channel)
        order = asked.decide(book)
        book.emit("wallet.withdrawal_requested", f"wallet:{wallet.id}", **_references(wallet, order))
        return order


class ExchangeMoney(Command[WalletExchange], kind="wallet.exchange"):
    """Turn deposit money of the holder into e-CNY in the wallet, or back, one for one.

    Rejects ``wallet.not_ecny``, ``wallet.deposit_*``, ``wallet_pin.*``, ``limit.exceeded`` and what either side is
    refused for.
    """

    wallet: WalletId
    direction: ExchangeDirection
    amount: Amount
    channel: Channel
    deposit: Funding = None
    pin: PinVersion | None = None

    def decide(self, book: Book) -> WalletExchange:
        wallet = require_active_wallet(book, self.wallet)
        if not wallet.is_ecny:
            book.reject("wallet.not_ecny", wallet=wallet.id)
        if wallet.parent is not None:
            book.reject("wallet.not_parent", wallet=wallet.id)
        chosen = self.deposit or wallet.deposit
        if chosen is None:
            book.reject("wallet.deposit_missing", wallet=wallet.id, field="deposit")
        deposit = own_deposit(book, chosen, wallet.party)
        refuse_without_pin(book, wallet, self.channel, self.pin)
        if self.direction is ExchangeDirection.TO_ECNY:
            refuse_stopped_in(book, wallet)
        else:
            refuse_stopped_out(book, wallet)
        return exchanged(book, wallet, deposit.id, self.direction, self.amount, self.channel)


def exchanged(
    book: Book,
    wallet: Wallet,
    deposit: str,
    direction: ExchangeDirection,
    amount: int,
    channel: str,
    *,
    closing: bool = False,
) -> WalletExchange:
    """Exchange, with the limits of both sides asked; what is paid out as a wallet is closed is the bank's doing."""
    to_ecny = direction is ExchangeDirection.TO_ECNY
    cny, ecny = clearing_account(book, "CNY"), clearing_account(book, wallet.asset)
    way = Direction.IN if to_ecny else Direction.OUT
    side = Counterparty.BOUND if deposit == wallet.deposit else Counterparty.OWN
    count(book, wallet, way, channel, Counterparty.BANK if closing else side, amount)
    code = f"wallet.exchange_{direction.value}"
    identity = book.new_id("wex")
    own = DepositSide.BANK if closing else DepositSide.OWN
    if to_ecny:
        given = move(book, payer=deposit, payee=cny, amount=amount, code=code, channel=channel, counterparty=own)
        taken = book.transfer(ecny, wallet.account, amount, code, group=given.id)
    else:
        given = book.transfer(wallet.account, ecny, amount, code)
        taken = move(book, payer=cny, payee=deposit, amount=amount, code=code, channel=channel, counterparty=own)
    book.emit(
        "wallet.exchanged",
        f"wallet:{wallet.id}",
        wallet=wallet.id,
        deposit_account=deposit,
        direction=direction.value,
        amount=amount,
        asset=wallet.asset,
    )
    return book.add(
        WalletExchange(
            identity,
            wallet.id,
            deposit,
            direction,
            amount,
            channel,
            given.id,
            taken.id,
            book.today,
            book.now,
            book.actor,
        )
    )


def clearing_account(book: Book, asset: str) -> int:
    """The branch's own account on the other side of an exchange; it is opened where the book has none yet."""
    reference = f"wallet.exchange.{asset.lower()}"
    found = book.find(Account, "reference", reference)
    if found:
        return found[0].id
    return OpenAccount(asset=asset, head=EXCHANGE_HEAD, floor=None, reference=reference).decide(book).id


def _with_bound(book: Book, identity: str, bound_account: str) -> Wallet:
    wallet = require_active_wallet(book, identity)
    if wallet.kind is not WalletKind.EWALLET:
        book.reject("wallet.not_ewallet", wallet=wallet.id)
    bound = book.get(BoundAccount, bound_account)
    if bound.account != wallet.deposit:
        book.reject("bound_account.foreign", bound_account=bound_account, field="bound_account")
    return wallet


def _references(wallet: Wallet, order: RailOrder) -> dict[str, str | int]:
    return {"wallet": wallet.id, "rail_order": order.id, "amount": order.amount, "asset": order.asset}
