"""Collect and pay codes: once, within their minute, for what they were shown for."""

from typing import Any

from canglian.bank.wallet import CodeKind, MoveKind, Wallet, WalletCode
from canglian.bank.wallet.codes import digest
from canglian.bank.wallet.commands import PayByCode, ReportLoss, ShowCode, TakeByCode
from tests.bank.wallet.purses import KEYRING, Purses

A, B = (digest(KEYRING, f"28000000000000000{n}") for n in (1, 2))


async def shown(branch: Purses, wallet: Wallet, kind: CodeKind, code: str = A, **fields: Any) -> WalletCode:
    pin = 1 if kind is CodeKind.PAY else None
    asked = {"channel": "mobile", "pin": pin, **fields}
    return await branch.do(ShowCode(wallet=wallet.id, code_kind=kind, code_digest=code, **asked))


def take(wallet: Wallet, amount: int, code: str = A, **fields: Any) -> TakeByCode:
    return TakeByCode(wallet=wallet.id, code_digest=code, amount=amount, channel="api", **fields)


def pay(wallet: Wallet, code: str = A, **fields: Any) -> PayByCode:
    return PayByCode(wallet=wallet.id, code_digest=code, **{"channel": "mobile", "pin": 1, **fields})


async def test_a_pay_code_pays_once(branch: Purses) -> None:
    payer, shop, other = await branch.anonymous(1, 5_000), await branch.anonymous(2), await branch.anonymous(3)
    code = await shown(branch, payer, CodeKind.PAY)
    moved = await branch.do(take(shop, 1_250, reference="till-1"))
    assert (moved.kind, moved.code, moved.payer, moved.payee) == (MoveKind.PAY_CODE, code.id, payer.id, shop.id)
    for again in (take(shop, 1_250), take(other, 1)):
        assert (await branch.refused(again))[0] == "wallet_code.used"
    assert await branch.has(payer) == 3_750
    kept = await branch.get(WalletCode, code.id)
    assert (kept.transfer, kept.used_at) == (moved.id, branch.now)


async def test_a_code_is_good_for_a_minute(branch: Purses) -> None:
    payer, shop = await branch.anonymous(1, 5_000), await branch.anonymous(2)
    await shown(branch, payer, CodeKind.PAY)
    branch.later(seconds=60)
    assert (await branch.refused(take(shop, 100)))[0] == "wallet_code.expired"
    await shown(branch, payer, CodeKind.PAY, B)
    branch.later(seconds=59)
    await branch.do(take(shop, 100, B))


async def test_what_was_refused_leaves_the_code_good(branch: Purses) -> None:
    payer, shop = await branch.anonymous(1, 500), await branch.anonymous(2)
    await shown(branch, payer, CodeKind.PAY)
    assert (await branch.refused(take(shop, 501)))[0] == "payer.cannot_pay"
    await branch.do(take(shop, 500))


async def test_a_pay_code_takes_the_pin_and_pays_no_more_than_the_figures_let_it(branch: Purses) -> None:
    payer, shop = await branch.ecny(2, 1_000_000), await branch.anonymous(2)
    asked = ShowCode(wallet=payer.id, code_kind=CodeKind.PAY, code_digest=A, channel="mobile")
    assert (await branch.refused(asked))[0] == "wallet_pin.needed"
    much = ShowCode(wallet=payer.id, code_kind=CodeKind.PAY, code_digest=A, channel="mobile", pin=1, amount=100_001)
    assert (await branch.refused(much))[0] == "wallet_code.amount_most"
    await shown(branch, payer, CodeKind.PAY)
    code, fields = await branch.refused(take(shop, 100_001))
    assert (code, fields["ceiling"]) == ("wallet_code.amount_most", 100_000)
    await shown(branch, payer, CodeKind.PAY, B, amount=900)
    code, fields = await branch.refused(take(shop, 901, B))
    assert (code, fields["ceiling"]) == ("wallet_code.amount_most", 900)


async def test_a_collect_code_is_paid_with_the_pin_of_whoever_pays(branch: Purses) -> None:
    shop, payer = await branch.anonymous(1), await branch.anonymous(2, 5_000)
    await shown(branch, shop, CodeKind.COLLECT, amount=1_880, note="一碗面")
    assert (await branch.refused(pay(payer, pin=None)))[0] == "wallet_pin.needed"
    code, fields = await branch.refused(pay(payer, amount=1_000))
    assert (code, fields["ceiling"]) == ("wallet_code.amount_fixed", 1_880)
    moved = await branch.do(pay(payer))
    assert (moved.kind, moved.amount, moved.note) == (MoveKind.COLLECT_CODE, 1_880, "一碗面")
    assert (await branch.refused(pay(payer)))[0] == "wallet_code.used"
    await shown(branch, shop, CodeKind.COLLECT, B)
    assert (await branch.refused(pay(payer, B)))[0] == "wallet_code.amount_missing"
    await branch.do(pay(payer, B, amount=20))
    assert await branch.has(shop) == 1_900


async def test_a_code_is_not_used_the_other_way_round_and_not_guessed(branch: Purses) -> None:
    first, second = await branch.anonymous(1, 5_000), await branch.anonymous(2, 5_000)
    await shown(branch, first, CodeKind.PAY)
    assert (await branch.refused(pay(second, amount=100)))[0] == "wallet_code.kind"
    await shown(branch, first, CodeKind.COLLECT, B)
    assert (await branch.refused(take(second, 100, B)))[0] == "wallet_code.kind"
    assert (await branch.refused(take(second, 100, "0" * 32)))[0] == "wallet_code.not_found"
    assert (await branch.refused(take(first, 100)))[0] == "wallet.same"


async def test_a_code_of_a_wallet_that_was_lost_since_pays_nothing(branch: Purses) -> None:
    payer, shop = await branch.anonymous(1, 5_000), await branch.anonymous(2)
    await shown(branch, payer, CodeKind.PAY)
    await branch.do(ReportLoss(wallet=payer.id, reason="x"))
    assert (await branch.refused(take(shop, 100)))[0] == "payer.cannot_pay"
    again = ShowCode(wallet=payer.id, code_kind=CodeKind.PAY, code_digest=B, channel="mobile", pin=1)
    assert (await branch.refused(again))[0] == "wallet.lost"
