"""Whoever pays learns nothing of a payee: one refusal without a figure, after what the payer lacks."""

from collections.abc import Awaitable, Callable

import pytest

from canglian.bank.deposit.commands import FreezeAccount
from canglian.bank.deposit.model import FreezeCause, FreezeKind
from canglian.bank.wallet import CodeKind, LockedBy, Wallet
from canglian.bank.wallet.codes import digest
from canglian.bank.wallet.commands import CloseWallet, LockWallet, ShowCode, TakeByCode
from tests.bank.wallet.purses import KEYRING, Purses

YUAN = 100
NEUTRAL = ("payee.cannot_receive", {"field": "payee"})


async def full(branch: Purses) -> Wallet:
    """A wallet that has its cap."""
    return await branch.anonymous(2, 10_000 * YUAN)


async def locked(branch: Purses) -> Wallet:
    """A wallet that the bank has locked."""
    wallet = await branch.anonymous(2)
    await branch.do(LockWallet(wallet=wallet.id, locked_by=LockedBy.BANK, reason="可疑"))
    return wallet


async def closed(branch: Purses) -> Wallet:
    """A wallet that is closed."""
    wallet = await branch.anonymous(2)
    await branch.do(CloseWallet(wallet=wallet.id, channel="counter", reason="销户"))
    return wallet


@pytest.mark.parametrize("made", [full, locked, closed])
@pytest.mark.parametrize("channel", ["mobile", "api"])
async def test_every_reason_at_a_payee_reads_the_same(
    branch: Purses, made: Callable[[Purses], Awaitable[Wallet]], channel: str
) -> None:
    payer, payee = await branch.anonymous(1, 100 * YUAN), await made(branch)
    assert await branch.refused(branch.paying(payer, payee, YUAN, channel=channel)) == NEUTRAL
    short = await branch.refused(branch.paying(payer, payee, 101 * YUAN, channel=channel))
    assert (short[0], short[1]["available"]) == ("transfer.insufficient_funds", 100 * YUAN)


async def test_an_account_under_a_payees_wallet_reads_the_same(branch: Purses) -> None:
    payer, payee = await branch.ewallet(1, 100 * YUAN), await branch.ewallet(2)
    freeze = FreezeAccount(
        account=payee.deposit or "", freeze_kind=FreezeKind.IN, cause=FreezeCause.RISK, reason="异常交易"
    )
    await branch.do(freeze)
    assert await branch.refused(branch.paying(payer, payee, YUAN)) == NEUTRAL


async def test_of_wallets_of_ones_own_the_reason_is_told(branch: Purses) -> None:
    payer = await branch.ecny(2, 30_000 * YUAN)
    small = await branch.do(await branch.opening("wallet.ecny4", party=payer.party))
    refused = await branch.refused(branch.paying(payer, small, 10_001 * YUAN))
    assert (refused[0], refused[1]["rule"]) == ("limit.exceeded", "ecny4-balance")


async def test_whoever_scans_a_code_learns_nothing_of_its_payer(branch: Purses) -> None:
    payer, shop = await branch.anonymous(1, 10 * YUAN), await branch.anonymous(2)
    for number, stop in enumerate((None, LockWallet(wallet=payer.id, locked_by=LockedBy.BANK, reason="可疑"))):
        code = digest(KEYRING, f"28000000000000000{number}")
        await branch.do(ShowCode(wallet=payer.id, code_kind=CodeKind.PAY, code_digest=code, channel="mobile", pin=1))
        if stop is not None:
            await branch.do(stop)
        taken = TakeByCode(wallet=shop.id, code_digest=code, amount=11 * YUAN, channel="api")
        assert await branch.refused(taken) == ("payer.cannot_pay", {})
