"""Recharging from and withdrawing to an account at another bank, and exchanging deposit money with e-CNY."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.deposit import BoundAccount, DepositAccount, RailKind, RailState
from canglian.bank.wallet.commands import ExchangeMoney, RechargeWallet, WithdrawFromWallet
from canglian.bank.wallet.mobile.owning import CHANNEL, own_wallet, own_wallets
from canglian.bank.wallet.mobile.pin_pages import Payment, left, named, payment_pages, pin_page, seen
from canglian.bank.wallet.model import ExchangeDirection, Wallet, WalletKind
from canglian.bank.wallet.queries import funding, moves, wallets
from canglian.kernel.errors import CanglianError, NotFound
from canglian.web.console.formats import money
from canglian.web.console.forms import read_money
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services

WAYS = ("recharge", "withdraw")
PATHS = [f"/wallets/{{wallet:str}}/{way}" for way in WAYS]
_WAIT_SECONDS = 3


async def _rail(
    pages: MobilePages, services: Services, person: Person, wallet: Wallet, form: dict[str, str]
) -> "_Rail":
    path: str = pages.request.scope["path"]
    if wallet.kind is not WalletKind.EWALLET or wallet.deposit is None:
        raise NotFound("request.not_found", path=path)
    bound = await funding.bound_to(services.reader, person.book, wallet.deposit)
    return _Rail(pages, services, person, wallet, bound, path.split("/")[4], form)


class _Rail(Payment):
    """A recharge or a withdrawal that somebody is about to ask for."""

    def __init__(
        self,
        pages: MobilePages,
        services: Services,
        person: Person,
        wallet: Wallet,
        bound: list[BoundAccount],
        way: str,
        form: dict[str, str],
    ) -> None:
        super().__init__(pages, services, person, form)
        self._wallet = wallet
        self._bound = bound
        self._in = way == "recharge"
        self._at = f"/m/wallets/{wallet.id}/{way}"
        self._title = pages._("Recharge") if self._in else pages._("Withdraw money")

    def _chosen(self) -> BoundAccount:
        """The bound account that was chosen, which is one of this wallet."""
        asked = self._form.get("bound_account")
        for account in self._bound:
            if account.id == asked or (asked is None and len(self._bound) == 1):
                return account
        raise NotFound("bound_account.not_found", bound_account=asked or "—", field="bound_account")

    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """The form."""
        return self._pages.render(
            "wallet/mobile/rail.html",
            error=error,
            title=self._title,
            into=self._in,
            at=self._at,
            wallet=await seen(self._services, self._person, self._wallet),
            bound=self._bound,
            values=self._form,
        )

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad."""
        bound, amount, say = self._chosen(), read_money(self._form), self._pages._
        if error is None:
            await self.try_before_pin(self._wallet.id, self._command)
        own = await seen(self._services, self._person, self._wallet)
        there = f"{bound.bank} {bound.number_mask[-4:]}"
        after = money(own.balance + amount, own.asset) if self._in else left(own, amount)
        return pin_page(
            self._pages,
            self._form,
            error,
            title=self._title,
            line=f"{there} → {named(own, say)}" if self._in else f"{named(own, say)} → {there}",
            action=f"{self._at}/pay",
            return_to=self._at,
            names=("bound_account", "amount"),
            amount=amount,
            asset=own.asset,
            rows=[(say("Balance after recharge"), after), (say("When"), say("As soon as the other bank has answered"))],
        )

    async def move(self) -> str:
        """Ask the rail; the page of the order."""
        version = await self._service.pass_pin(self._wallet.id, self._form.get("pin", ""))
        return f"/m/orders/{(await self._service.submit_keyed(self._command(version))).unwrap().id}?done=1"

    def _command(self, pin: int) -> RechargeWallet | WithdrawFromWallet:
        bound, amount = self._chosen(), read_money(self._form)
        kind = RechargeWallet if self._in else WithdrawFromWallet
        return kind(wallet=self._wallet.id, bound_account=bound.id, amount=amount, channel=CHANNEL, pin=pin)


@get("/orders/{rail:str}", guards=[signed_in])
async def order_page(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    rail: FromPath[str],
) -> Response[bytes]:
    """How far money on the rail has come; the page looks again by itself until the other bank has answered."""
    reader, book = services.reader, person.book
    found = await funding.order(reader, book, rail)
    own = [wallet for wallet in await own_wallets(services, person) if wallet.deposit == found.account]
    own = [wallet for wallet in own if wallet.kind is WalletKind.EWALLET]
    if not own or found.kind is RailKind.ONE_CENT:
        raise NotFound("rail_order.not_found", rail_order=rail)
    bound = await funding.bound(reader, book, found.bound_account)
    return pages.render(
        "wallet/mobile/order.html",
        order=found,
        into=found.kind is RailKind.PULL,
        bound=bound,
        own=own[0],
        again=None if found.state.is_final else _WAIT_SECONDS,
        failed=found.state is RailState.FAILED,
    )


# -- exchange ----------------------------------------------------------------------------------------------------------


async def _exchange(
    pages: MobilePages, services: Services, person: Person, wallet: Wallet, form: dict[str, str]
) -> "_Exchange":
    if not wallet.is_ecny or wallet.parent is not None or person.party is None:
        raise NotFound("request.not_found", path=pages.request.scope["path"])
    deposits = await funding.deposits_of(services.reader, person.book, person.party)
    return _Exchange(pages, services, person, wallet, deposits, form)


class _Exchange(Payment):
    """An exchange that somebody is about to make."""

    def __init__(
        self,
        pages: MobilePages,
        services: Services,
        person: Person,
        wallet: Wallet,
        deposits: list[DepositAccount],
        form: dict[str, str],
    ) -> None:
        super().__init__(pages, services, person, form)
        self._wallet = wallet
        self._deposits = deposits
        self._at = f"/m/wallets/{wallet.id}/exchange"

    def _chosen(self) -> DepositAccount:
        asked = self._form.get("deposit") or self._wallet.deposit
        for deposit in self._deposits:
            if deposit.id == asked:
                return deposit
        raise NotFound("deposit_account.not_found", deposit_account=asked or "—", field="deposit")

    def _way(self) -> ExchangeDirection:
        back = self._form.get("direction") == ExchangeDirection.TO_DEPOSIT.value
        return ExchangeDirection.TO_DEPOSIT if back else ExchangeDirection.TO_ECNY

    async def _figures(self) -> dict[str, int]:
        """What the deposit accounts have that can be spent."""
        numbers = [deposit.account for deposit in self._deposits]
        found = await wallets.balances(self._services.reader, self._person.book, numbers)
        return {deposit.id: found[deposit.account][0] - found[deposit.account][1] for deposit in self._deposits}

    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """The form."""
        return self._pages.render(
            "wallet/mobile/exchange.html",
            error=error,
            at=self._at,
            wallet=await seen(self._services, self._person, self._wallet),
            deposits=self._deposits,
            figures=await self._figures(),
            values=self._form,
        )

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad."""
        deposit, amount, way, say = self._chosen(), read_money(self._form), self._way(), self._pages._
        if error is None:
            await self.try_before_pin(self._wallet.id, self._command)
        own = await seen(self._services, self._person, self._wallet)
        account = f"{say('Account')} {deposit.number_mask[-4:]}"
        into = way is ExchangeDirection.TO_ECNY
        after = money(own.balance + amount, own.asset) if into else left(own, amount)
        return pin_page(
            self._pages,
            self._form,
            error,
            title=say("Exchange"),
            line=f"{account} → {named(own, say)}" if into else f"{named(own, say)} → {account}",
            action=f"{self._at}/pay",
            return_to=self._at,
            names=("deposit", "direction", "amount"),
            amount=amount,
            asset=own.asset,
            rows=[(say("Balance after recharge"), after), (say("When"), say("At once, one for one, without a fee"))],
        )

    async def move(self) -> str:
        """Exchange; the page that tells of it."""
        version = await self._service.pass_pin(self._wallet.id, self._form.get("pin", ""))
        done = (await self._service.submit_keyed(self._command(version))).unwrap()
        return f"/m/wallets/{self._wallet.id}/exchanges/{done.id}?done=1"

    def _command(self, pin: int) -> ExchangeMoney:
        return ExchangeMoney(
            wallet=self._wallet.id,
            direction=self._way(),
            amount=read_money(self._form),
            channel=CHANNEL,
            deposit=self._chosen().id,
            pin=pin,
        )


@get("/wallets/{wallet:str}/exchanges/{exchange:str}", guards=[signed_in])
async def exchange_done(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
    exchange: FromPath[str],
) -> Response[bytes]:
    """What was exchanged, and what there is now."""
    own = await own_wallet(services, person, wallet)
    reader, book = services.reader, person.book
    done = next((wallet for wallet in await moves.exchanges_of(reader, book, own.id) if wallet.id == exchange), None)
    if done is None:
        raise NotFound("request.not_found", path=request.scope["path"])
    deposit = await funding.deposit(reader, book, done.deposit)
    return pages.render(
        "wallet/mobile/exchange_done.html",
        exchange=done,
        own=await seen(services, person, own),
        deposit=deposit,
        done="done" in request.query_params,
    )


handlers = (
    *payment_pages(PATHS, _rail),
    order_page,
    *payment_pages(["/wallets/{wallet:str}/exchange"], _exchange),
    exchange_done,
)
