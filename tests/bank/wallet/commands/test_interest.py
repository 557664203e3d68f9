"""Interest of e-CNY wallets: by tier, day by day, settled on the 20th, paid when a wallet is closed."""

from datetime import date, timedelta

from canglian.app.opening import Opened
from canglian.bank.deposit.accruing import BalanceThen
from canglian.bank.deposit.interest import UNITS
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.commands import (
    AccrueWalletInterest,
    AllotWalletNumbers,
    CloseWallet,
    OpenWallet,
    SettleWalletInterest,
    UpgradeWallet,
)
from canglian.bank.wallet.model import WalletInterest
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.bank.wallet.running import INTEREST
from canglian.ledger.commands import CloseDay, PostTransfer
from tests.bank.wallet.purses import KEYRING, SEALER, FindClearing, Purses

YUAN = 100


async def accrue(branch: Purses, day: date, *wallets: Wallet, moved: dict[int, int] | None = None) -> None:
    then = [BalanceThen(account, balance) for account, balance in (moved or {}).items()]
    done = await branch.do(AccrueWalletInterest(date=day, accounts=[wallet.account for wallet in wallets], moved=then))
    assert done.left == 0


async def test_a_day_bears_the_rate_of_the_tier_and_tier_four_bears_none(branch: Purses) -> None:
    two, four = await branch.ecny(2, 3_600_000), await branch.anonymous(2, 500_000)
    day = branch.store.states[1].today
    await branch.day()
    await accrue(branch, day, two, four)
    interest: WalletInterest = await branch.get(WalletInterest, two.account)
    assert (interest.accrued, interest.until) == (5 * UNITS, day)  # 36,000.00 at 0.05 % is 0.05 a day
    assert (await branch.get(WalletInterest, four.account)).accrued == 0
    again = await branch.do(AccrueWalletInterest(date=day, accounts=[two.account]))
    assert (again.accrued, again.left) == (0, 1)


async def test_days_add_up_to_the_closed_form_and_are_paid_on_the_twentieth(branch: Purses) -> None:
    wallet = await branch.ecny(2, 1_234_567)
    first = branch.store.states[1].today
    last = date(2026, 3, 20)
    while branch.store.states[1].today <= last:
        day = branch.store.states[1].today
        await branch.day()
        await accrue(branch, day, wallet)
    days = (last - first).days + 1
    due = 1_234_567 * 500 * days // (1_000_000 * 360)
    early = SettleWalletInterest(account=wallet.account, date=last - timedelta(days=1))
    assert (await branch.refused(early))[0] == "wallet_interest.not_settlement_day"
    settled = await branch.do(SettleWalletInterest(account=wallet.account, date=last))
    assert settled.paid == due
    assert await branch.has(wallet) == 1_234_567 + due
    again = SettleWalletInterest(account=wallet.account, date=last)
    assert (await branch.refused(again))[0] == "wallet_interest.settled_already"


async def test_days_before_a_higher_tier_bear_what_the_lower_one_did(branch: Purses) -> None:
    opening = await branch.opened_afar(1)
    account = await branch.afar(opening)
    wallet = await branch.do(await branch.opening("wallet.ecny4", party=opening.party))
    await branch.give(wallet, 720_000)
    first = branch.store.states[1].today
    await branch.day()
    await branch.do(UpgradeWallet(wallet=wallet.id, product="wallet.ecny2", deposit=account.id))
    second = branch.store.states[1].today
    await branch.day()
    await accrue(branch, first, wallet)
    assert (await branch.get(WalletInterest, wallet.account)).accrued == 0
    await accrue(branch, second, wallet)
    assert (await branch.get(WalletInterest, wallet.account)).accrued == UNITS


async def test_a_wallet_that_is_closed_is_paid_what_is_due(branch: Purses) -> None:
    wallet = await branch.ecny(2, 7_200_000)
    await branch.day(3)
    await branch.do(CloseWallet(wallet=wallet.id, channel="counter", reason="x"))
    assert await branch.money(await branch.get_deposit(wallet)) == 7_200_000 + 30
    interest = await branch.get(WalletInterest, wallet.account)
    assert (interest.closed, interest.accrued) == (True, 0)


async def test_a_wallet_that_moved_since_is_closed_when_its_days_are_in(branch: Purses) -> None:
    wallet = await branch.ecny(2, 7_200_000)
    day = branch.store.states[1].today
    await branch.day()
    await branch.send(wallet, await branch.ecny(2, serial=2), 100)
    close = CloseWallet(wallet=wallet.id, channel="counter", reason="x")
    assert (await branch.refused(close))[0] == "wallet_interest.behind"
    await accrue(branch, day, wallet, moved={wallet.account: 7_200_000})
    await branch.do(close)
    assert await branch.money(await branch.get_deposit(wallet)) == 7_200_000 - 100 + 10


async def test_a_run_takes_every_day_once_however_often_it_is_begun(installation: Opened) -> None:
    services = installation.services
    engine, reader = services.engine, services.reader
    row = await engine.execute(1, AllotWalletNumbers(count=5), actor="test")
    opened: list[Wallet] = []
    for place in range(row.first, row.last + 1):
        mobile = SEALER.mobile(f"1390013{place:04d}")
        number = WALLET_NUMBERS.allotted(KEYRING, row.prefix, place)
        asked = OpenWallet(product="wallet.ecny4", number=number, channel="api", mobile=mobile)
        opened.append(await engine.execute(1, asked, actor="test"))
    clearing = await engine.execute(1, FindClearing(asset="ECNY"), actor="test")
    for wallet in opened:
        move = PostTransfer(debit=clearing, credit=wallet.account, amount=500_000, code="test.give")
        await engine.execute(1, move, actor="test")
    today = (await services.store.state(1)).today
    await engine.execute(1, CloseDay(next_day=today + timedelta(days=2)), actor="test")
    runs = await INTEREST.run(engine, reader, 1, chunk=2)
    assert [(run.date, run.accrued, run.finished) for run in runs] == [
        (today, 5, True),
        (today + timedelta(days=1), 5, True),
    ]
    assert await INTEREST.run(engine, reader, 1) == []
