"""Money between a wallet and accounts: the rail, and the exchange with e-CNY."""

from canglian.bank.deposit import RailKind, RailState
from canglian.bank.deposit.commands import AnswerRailOrder
from canglian.bank.wallet.commands import ExchangeMoney, LockWallet, RechargeWallet, ReportLoss, WithdrawFromWallet
from canglian.bank.wallet.model import ExchangeDirection, LockedBy
from tests.bank.wallet.purses import FindClearing, Purses

TO_ECNY, TO_DEPOSIT = ExchangeDirection.TO_ECNY, ExchangeDirection.TO_DEPOSIT


async def test_a_recharge_is_in_the_wallet_when_the_rail_says_so(branch: Purses) -> None:
    wallet = await branch.ewallet()
    account = await branch.get_deposit(wallet)
    bound = await branch.bound(account)
    asked = RechargeWallet(wallet=wallet.id, bound_account=bound.id, amount=30_000, channel="mobile", pin=1)
    order = await branch.do(asked)
    assert (order.kind, order.state, order.account) == (RailKind.PULL, RailState.REQUESTED, wallet.deposit)
    assert await branch.has(wallet) == 0
    for _ in range(2):
        await branch.do(AnswerRailOrder(order=order.id, succeeded=True, reference="rail-7"))
    assert await branch.has(wallet) == 30_000


async def test_a_withdrawal_is_held_and_comes_back_when_the_rail_refuses_it(branch: Purses) -> None:
    wallet = await branch.ewallet(funds=30_000)
    bound = await branch.bound(await branch.get_deposit(wallet))
    asked = WithdrawFromWallet(wallet=wallet.id, bound_account=bound.id, amount=20_000, channel="mobile", pin=1)
    order = await branch.do(asked)
    assert await branch.held(wallet.account) == (20_000, 0)
    other = await branch.ewallet(2)
    assert (await branch.refused(branch.paying(wallet, other, 10_001)))[0] == "transfer.insufficient_funds"
    await branch.do(AnswerRailOrder(order=order.id, succeeded=False, reason="账户已销户"))
    assert (await branch.has(wallet), await branch.held(wallet.account)) == (30_000, (0, 0))


async def test_the_rail_is_for_ones_own_bound_account_and_for_ewallets(branch: Purses) -> None:
    mine, foreign = await branch.ewallet(1, 30_000), await branch.ewallet(2)
    bound = await branch.bound(await branch.get_deposit(foreign))
    for kind in (RechargeWallet, WithdrawFromWallet):
        asked = kind(wallet=mine.id, bound_account=bound.id, amount=100, channel="mobile", pin=1)
        assert (await branch.refused(asked))[0] == "bound_account.foreign"
        ecny = await branch.anonymous(7 if kind is RechargeWallet else 8)
        asked = kind(wallet=ecny.id, bound_account=bound.id, amount=100, channel="mobile", pin=1)
        assert (await branch.refused(asked))[0] == "wallet.not_ewallet"
        asked = kind(wallet=foreign.id, bound_account=bound.id, amount=100, channel="mobile")
        assert (await branch.refused(asked))[0] == "wallet_pin.needed"


async def test_deposit_money_becomes_ecny_and_back_fen_for_fen(branch: Purses) -> None:
    wallet = await branch.ecny(2)
    account = await branch.get_deposit(wallet)
    await branch.fund(account, 50_000)
    to = ExchangeMoney(wallet=wallet.id, direction=TO_ECNY, amount=30_000, channel="mobile", pin=1)
    made = await branch.do(to)
    assert (made.deposit, made.amount) == (account.id, 30_000)
    assert (await branch.money(account), await branch.has(wallet)) == (20_000, 30_000)
    back = ExchangeMoney(wallet=wallet.id, direction=TO_DEPOSIT, amount=10_000, channel="mobile", pin=1)
    await branch.do(back)
    assert (await branch.money(account), await branch.has(wallet)) == (30_000, 20_000)
    cny, ecny = [await branch.balance(await branch.do(FindClearing(asset=a))) for a in ("CNY", "ECNY")]
    assert (cny, ecny) == (20_000, -20_000)


async def test_an_exchange_is_within_ones_own(branch: Purses) -> None:
    mine, foreign = await branch.ecny(2, serial=1), await branch.ecny(2, serial=2)
    account = await branch.get_deposit(foreign)
    await branch.fund(account, 5_000)
    asked = ExchangeMoney(wallet=mine.id, direction=TO_ECNY, amount=100, channel="mobile", pin=1, deposit=account.id)
    assert (await branch.refused(asked))[0] == "wallet.deposit_foreign"
    anonymous = await branch.anonymous(3)
    asked = ExchangeMoney(wallet=anonymous.id, direction=TO_ECNY, amount=100, channel="mobile", pin=1)
    assert (await branch.refused(asked))[0] == "wallet.deposit_missing"
    asked = ExchangeMoney(
        wallet=anonymous.id, direction=TO_ECNY, amount=100, channel="mobile", pin=1, deposit=account.id
    )
    assert (await branch.refused(asked))[0] == "wallet.deposit_foreign"
    ewallet = await branch.ewallet(4)
    asked = ExchangeMoney(wallet=ewallet.id, direction=TO_ECNY, amount=100, channel="mobile", pin=1)
    assert (await branch.refused(asked))[0] == "wallet.not_ecny"


async def test_what_is_lost_or_locked_is_not_emptied_by_an_exchange(branch: Purses) -> None:
    wallet = await branch.ecny(2, 5_000)
    await branch.fund(await branch.get_deposit(wallet), 5_000)
    await branch.do(ReportLoss(wallet=wallet.id, reason="x"))
    out = ExchangeMoney(wallet=wallet.id, direction=TO_DEPOSIT, amount=100, channel="mobile", pin=1)
    assert (await branch.refused(out))[0] == "wallet.lost"
    into = ExchangeMoney(wallet=wallet.id, direction=TO_ECNY, amount=100, channel="mobile", pin=1)
    await branch.do(into)
    await branch.do(LockWallet(wallet=wallet.id, locked_by=LockedBy.BANK, reason="x"))
    for asked in (out, into):
        assert (await branch.refused(asked))[0] == "wallet.locked_whole"
