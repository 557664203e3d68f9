"""Money from wallet to wallet: what moves, what is refused, what is undone."""

import pytest

from canglian.bank.wallet import MoveKind, WalletTransfer
from canglian.bank.wallet.commands import (
    ChangeSubWallet,
    LockWallet,
    ReportLoss,
    ReverseWalletTransfer,
    UnlockWallet,
)
from canglian.bank.wallet.model import LockedBy
from tests.bank.wallet.purses import Purses

NOBODY = "wal_" + "0" * 26


async def test_money_goes_from_one_ecny_wallet_to_another_with_one_record(branch: Purses) -> None:
    payer, payee = await branch.ecny(2, 10_000, serial=1), await branch.anonymous(2)
    moved = await branch.send(payer, payee, 2_550, reference="order-7", note="早餐")
    assert (await branch.has(payer), await branch.has(payee)) == (7_450, 2_550)
    assert (moved.payer, moved.payee, moved.amount, moved.asset) == (payer.id, payee.id, 2_550, "ECNY")
    assert (moved.kind, moved.channel, moved.reference, moved.note) == (
        MoveKind.TRANSFER,
        "mobile",
        "order-7",
        "早餐",
    )
    assert await branch.get(WalletTransfer, moved.id) == moved
    event = branch.emitted()[-1]
    assert event == (
        "wallet.transferred",
        {
            "wallet_transfer": moved.id,
            "payer": payer.id,
            "payee": payee.id,
            "amount": 2_550,
            "asset": "ECNY",
        },
    )


async def test_money_goes_from_one_ewallet_to_another_through_their_deposit_accounts(branch: Purses) -> None:
    payer, payee = await branch.ewallet(1, 50_000), await branch.ewallet(2)
    moved = await branch.send(payer, payee, 1_000)
    assert (await branch.has(payer), await branch.has(payee)) == (49_000, 1_000)
    assert moved.asset == "CNY"


async def test_kinds_of_money_are_not_mixed(branch: Purses) -> None:
    ewallet, ecny = await branch.ewallet(1, 50_000), await branch.anonymous(2, 5_000)
    for payer, payee in ((ewallet, ecny), (ecny, ewallet)):
        code, fields = await branch.refused(branch.paying(payer, payee, 100))
        assert (code, fields["holds"], fields["asked"]) == ("wallet.asset_unlike", payee.asset, payer.asset)
    code, _ = await branch.refused(branch.paying(ecny, await branch.anonymous(3), 100, asset="CNY"))
    assert code == "wallet.asset_unlike"


async def test_a_wallet_pays_neither_itself_nor_nobody_nor_more_than_it_has(branch: Purses) -> None:
    payer, payee = await branch.anonymous(1, 5_000), await branch.anonymous(2)
    assert (await branch.refused(branch.paying(payer, payer, 100)))[0] == "wallet.same"
    gone = branch.paying(payer, payee, 100)
    for field in ("payer", "payee"):
        changed = type(gone)(**{**{f: getattr(gone, f) for f in gone.__struct_fields__}, field: NOBODY})
        assert (await branch.refused(changed))[0] == "wallet.not_found"
    assert (await branch.refused(branch.paying(payer, payee, 5_001)))[0] == "transfer.insufficient_funds"


@pytest.mark.parametrize("channel", ["api", "mobile"])
async def test_far_from_the_counter_a_payment_takes_the_pin(branch: Purses, channel: str) -> None:
    payer, payee = await branch.anonymous(1, 5_000), await branch.anonymous(2, pin=False)
    asked = branch.paying(payer, payee, 100, channel=channel, pin=None)
    assert (await branch.refused(asked))[0] == "wallet_pin.needed"
    assert (await branch.refused(branch.paying(payer, payee, 100, channel=channel, pin=2)))[0] == "wallet_pin.changed"
    back = branch.paying(payee, payer, 100, channel=channel, pin=1)
    assert (await branch.refused(back))[0] == "wallet_pin.not_set"
    await branch.send(payer, payee, 100, channel=channel, pin=1)
    await branch.send(payee, payer, 100, channel="counter", pin=None)
    assert await branch.has(payer) == 5_000


async def test_what_its_holder_locked_pays_nothing_out_and_takes_money_in(branch: Purses) -> None:
    mine, other = await branch.anonymous(1, 5_000), await branch.anonymous(2, 5_000)
    await branch.do(LockWallet(wallet=mine.id, locked_by=LockedBy.HOLDER, reason="在找手机"))
    assert (await branch.refused(branch.paying(mine, other, 100)))[0] == "wallet.locked"
    await branch.send(other, mine, 100)
    unlock = UnlockWallet(wallet=mine.id, unlocked_by=LockedBy.HOLDER, channel="mobile", reason="找到了", pin=1)
    await branch.do(unlock)
    await branch.send(mine, other, 100)
    await branch.do(ReportLoss(wallet=mine.id, reason="手机丢失"))
    assert (await branch.refused(branch.paying(mine, other, 100)))[0] == "wallet.lost"
    await branch.send(other, mine, 100)


async def test_on_what_the_bank_locked_nothing_moves_and_its_holder_does_not_unlock_it(branch: Purses) -> None:
    mine, other = await branch.anonymous(1, 5_000), await branch.anonymous(2, 5_000)
    await branch.do(LockWallet(wallet=mine.id, locked_by=LockedBy.HOLDER, reason="x"))
    await branch.do(LockWallet(wallet=mine.id, locked_by=LockedBy.BANK, reason="可疑"))
    for payer, payee in ((mine, other), (other, mine)):
        asked = branch.paying(payer, payee, 100, channel="counter", pin=None)
        assert (await branch.refused(asked))[0] == "wallet.locked_whole"
    unlock = UnlockWallet(wallet=mine.id, unlocked_by=LockedBy.HOLDER, channel="mobile", reason="x", pin=1)
    assert (await branch.refused(unlock))[0] == "wallet.locked_by_bank"
    lock = LockWallet(wallet=mine.id, locked_by=LockedBy.HOLDER, reason="x")
    assert (await branch.refused(lock))[0] == "wallet.state_same"


async def test_a_transfer_is_undone_once_and_its_undoing_never(branch: Purses) -> None:
    payer, payee = await branch.anonymous(1, 5_000), await branch.anonymous(2)
    moved = await branch.send(payer, payee, 1_200)
    back = await branch.do(ReverseWalletTransfer(transfer=moved.id, reason="重复付款"))
    assert (back.kind, back.reverses, back.payer, back.payee) == (MoveKind.REVERSAL, moved.id, payee.id, payer.id)
    assert (await branch.has(payer), await branch.has(payee)) == (5_000, 0)
    again = await branch.refused(ReverseWalletTransfer(transfer=moved.id, reason="x"))
    assert again == ("wallet_transfer.reversed", {"transfer": moved.id, "reversed_by": back.id})
    code, _ = await branch.refused(ReverseWalletTransfer(transfer=back.id, reason="x"))
    assert code == "wallet_transfer.is_reversal"


async def test_what_the_payee_has_spent_is_not_undone(branch: Purses) -> None:
    payer, payee = await branch.anonymous(1, 5_000), await branch.anonymous(2)
    moved = await branch.send(payer, payee, 1_200)
    await branch.send(payee, payer, 1_000)
    code, _ = await branch.refused(ReverseWalletTransfer(transfer=moved.id, reason="x"))
    assert code == "transfer.insufficient_funds"


async def test_a_sub_wallet_keeps_to_its_own_bounds_and_a_day_renews_them(branch: Purses) -> None:
    parent, shop, other = await branch.ecny(2, 100_000), await branch.anonymous(2), await branch.anonymous(3)
    sub = await branch.sub(parent, merchant=shop.id, single_max=1_000, day_max=1_500)
    assert (await branch.seen_again(parent)).sub_wallets == 1
    moved = await branch.send(parent, sub, 50_000)
    assert (moved.kind, moved.counted) == (MoveKind.SUB_WALLET, False)
    code, fields = await branch.refused(branch.paying(sub, other, 100))
    assert (code, fields["merchant"]) == ("wallet.sub_merchant", shop.id)
    code, fields = await branch.refused(branch.paying(sub, shop, 1_001))
    assert code == "wallet.sub_single"
    first = await branch.send(sub, shop, 1_000)
    code, fields = await branch.refused(branch.paying(sub, shop, 501))
    assert (code, fields["available"], fields["renews_on"]) == ("wallet.sub_day", 500, "2026-01-06")
    await branch.do(ReverseWalletTransfer(transfer=first.id, reason="退货"))
    await branch.send(sub, shop, 1_000)
    await branch.send(sub, shop, 500)
    await branch.day()
    await branch.send(sub, shop, 1_000)
    assert (await branch.has(sub), await branch.has(shop)) == (47_500, 2_500)
    await branch.do(ChangeSubWallet(wallet=sub.id, merchant=None, single_max=None, day_max=None))
    await branch.send(sub, other, 20_000)
    assert await branch.has(other) == 20_000


async def test_a_sub_wallet_stands_still_with_its_parent(branch: Purses) -> None:
    parent, other = await branch.ecny(2, 100_000), await branch.anonymous(2)
    sub = await branch.sub(parent)
    await branch.send(parent, sub, 5_000)
    await branch.do(ReportLoss(wallet=parent.id, reason="x"))
    assert (await branch.refused(branch.paying(sub, other, 100)))[0] == "wallet.lost"
