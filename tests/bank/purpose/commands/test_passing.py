"""Grants that go on: to another holder, back to the contract, to their holders as money; and what is refused."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from canglian.bank.purpose import ContractState, GrantState
from canglian.bank.purpose.commands import (
    ClawBackPurposeGrant,
    DraftPurposeContract,
    ExpirePurposeContract,
    PayOutPurposeGrants,
    ReleasePurposeContract,
    RevokePurposeGrant,
    TransferPurposeGrant,
    WindUpPurposeContract,
)
from canglian.bank.purpose.rules import ReleaseRule
from canglian.bank.purpose.seeds import SEEDED
from canglian.bank.wallet import ExchangeDirection, LockedBy
from canglian.bank.wallet.commands import ExchangeMoney, LockWallet, TransferBetweenWallets
from canglian.kernel import deciding
from canglian.kernel.errors import Rejection
from tests.bank.purpose.commands.test_contracts import template
from tests.bank.purpose.funds import BAR, GROCERY, Funds

TRANSFERABLE = msgspec.structs.replace(SEEDED[0][3], transferable=True, uses_max=2)


def passing(grant: str, to: str, amount: int, pin: int | None = 1) -> TransferPurposeGrant:
    return TransferPurposeGrant(grant=grant, to=to, amount=amount, channel="mobile", pin=pin)


async def test_a_holder_passes_a_part_on_which_stays_bound(branch: Funds) -> None:
    await branch.do(template(TRANSFERABLE))
    payer, first, second = [await branch.ecny(2, 9_000, serial=serial) for serial in (1, 2, 3)]
    shop, contract = await branch.shop(), await branch.funded(payer, 5_000)
    [grant] = await branch.granted(contract, first, amount=5_000)
    await branch.do(branch.spending(grant, shop, 1_000))
    given = await branch.do(passing(grant.id, second.id, 1_500))
    assert (given.holder, given.remaining, given.uses, given.origin) == (second.id, 1_500, 1, grant.id)
    now = await branch.grant(grant)
    assert (now.remaining, now.passed_on, now.state) == (2_500, 1_500, GrantState.ACTIVE)
    await branch.require_conserved()
    assert (await branch.refused(branch.spending(given, shop, 1, BAR)))[0] == "purpose.category_not_allowed"
    await branch.do(branch.spending(given, shop, 1_000))
    assert (await branch.refused(branch.spending(given, shop, 1)))[0] == "purpose.uses_exhausted"
    await branch.do(passing(grant.id, second.id, 2_500))
    assert (await branch.grant(grant)).state is GrantState.USED
    await branch.require_conserved()


async def test_what_may_not_be_passed_on(branch: Funds) -> None:
    payer, holder, other = [await branch.ecny(2, 9_000, serial=serial) for serial in (1, 2, 3)]
    contract = await branch.funded(payer, 5_000)
    [bound] = await branch.granted(contract, holder, amount=1_000)
    assert (await branch.refused(passing(bound.id, other.id, 1)))[0] == "purpose_grant.not_transferable"
    await branch.do(template(TRANSFERABLE))
    [grant] = await branch.granted(await branch.funded(payer, 1_000), holder, amount=1_000)
    cny = await branch.ewallet(4)
    for command, code in (
        (passing(grant.id, other.id, 1_001), "purpose_grant.above_free"),
        (passing(grant.id, holder.id, 1), "purpose_grant.same_holder"),
        (passing(grant.id, cny.id, 1), "purpose_grant.holder_asset"),
        (passing(grant.id, other.id, 1, pin=None), "wallet_pin.needed"),
    ):
        assert (await branch.refused(command))[0] == code
    await branch.do(RevokePurposeGrant(grant=grant.id, reason="不再符合条件"))
    assert (await branch.refused(passing(grant.id, other.id, 1)))[0] == "purpose_grant.ended"


async def test_purpose_money_is_neither_redeposited_nor_given_away(branch: Funds) -> None:
    payer, holder, friend = [await branch.ecny(2, 5_000, serial=serial) for serial in (1, 2, 3)]
    contract = await branch.funded(payer, 5_000)
    [grant] = await branch.granted(contract, holder, amount=5_000)
    gift = TransferBetweenWallets(payer=holder.id, payee=friend.id, amount=5_001, channel="mobile", pin=1)
    assert (await branch.refused(gift))[0] == "transfer.insufficient_funds"
    redeposit = ExchangeMoney(
        wallet=holder.id, direction=ExchangeDirection.TO_DEPOSIT, amount=5_001, channel="mobile", pin=1
    )
    assert (await branch.refused(redeposit))[0] == "transfer.insufficient_funds"
    assert (await branch.refused(passing(grant.id, friend.id, 1)))[0] == "purpose_grant.not_transferable"
    assert ((await branch.grant(grant)).remaining, await branch.has(holder)) == (5_000, 5_000)


async def test_what_is_left_is_clawed_back_and_what_was_spent_is_its_payees(branch: Funds) -> None:
    payer, holder, shop = await branch.ecny(2, 9_000), await branch.ecny(2, serial=2), await branch.shop()
    contract = await branch.funded(payer, 9_000)
    [grant] = await branch.granted(contract, holder, amount=5_000)
    await branch.do(branch.spending(grant, shop, 2_000))

    def back(amount: int | None) -> ClawBackPurposeGrant:
        return ClawBackPurposeGrant(grant=grant.id, amount=amount, reason="重复发放")

    outcome = await branch.ask(back(3_001))
    assert "¥30.01" in str(outcome.error)
    assert (await branch.refused(back(3_001)))[0] == "purpose_grant.above_free"
    assert (await branch.do(back(1_000))).state is GrantState.ACTIVE
    assert (await branch.contract(contract)).unallotted == 5_000
    ended = await branch.do(back(None))
    assert (ended.remaining, ended.spent, ended.state) == (0, 2_000, GrantState.REVOKED)
    assert (await branch.contract(contract)).unallotted == 7_000
    assert await branch.balance(shop) == 2_000
    await branch.do(branch.returning(grant, shop, 2_000))
    assert (await branch.contract(contract)).unallotted == 9_000
    await branch.require_conserved()


async def test_a_split_goes_to_its_holders_once_its_event_has_come(branch: Funds) -> None:
    payer, first, second = [await branch.ecny(2, 9_000, serial=serial) for serial in (1, 2, 3)]
    contract = await branch.funded(payer, 9_000, "split")
    grants = [
        *await branch.granted(contract, first, amount=6_000),
        *await branch.granted(contract, second, amount=3_000),
    ]
    pay = PayOutPurposeGrants(contract=contract.id, grants=tuple(grant.id for grant in grants))
    assert (await branch.refused(pay))[0] == "purpose_contract.no_payout"
    await branch.do(ReleasePurposeContract(contract=contract.id, reason="已验收"))
    await branch.do(LockWallet(wallet=second.id, locked_by=LockedBy.BANK, reason="涉案核查"))
    paid = await branch.do(pay)
    assert (paid.grants, paid.amount, await branch.has(first), await branch.has(second)) == (1, 6_000, 15_000, 9_000)
    assert [(await branch.grant(grant)).state for grant in grants] == [GrantState.USED, GrantState.ISSUED]
    assert (await branch.do(pay)).grants == 0
    await branch.require_conserved()


@pytest.mark.parametrize("expires", [False, True])
async def test_many_holders_are_paid_by_a_book_that_knows_nothing_yet(
    branch: Funds, monkeypatch: pytest.MonkeyPatch, expires: bool
) -> None:
    payer, *holders = [await branch.ewallet(serial, 30_000 if serial == 1 else 0) for serial in range(1, 32)]
    contract = await branch.funded(payer, 30_000, "payroll" if expires else "split")
    grants = await branch.granted(contract, *holders, amount=1_000)
    known: dict[str, Any] = {"contract": contract.id, "grants": tuple(grant.id for grant in grants)}
    if expires:
        await branch.day(31)
        await branch.do(ExpirePurposeContract(contract=contract.id))
    else:
        await branch.do(ReleasePurposeContract(contract=contract.id, reason="已验收"))
    branch.change(payer)  # its engine begins anew
    monkeypatch.setattr(deciding, "ROUNDS_MAX", 12)
    if expires:
        await branch.do(WindUpPurposeContract(**known))
    else:
        await branch.do(PayOutPurposeGrants(**known))
    assert [await branch.has(holder) for holder in holders] == [1_000] * 30


async def test_wages_are_paid_out_from_their_day_on(branch: Funds) -> None:
    today = branch.store.states[1].today
    wages = msgspec.structs.replace(
        SEEDED[3][3], payout=True, release=ReleaseRule.ON_DATE, release_on=today + timedelta(days=300)
    )
    cases = tuple(
        msgspec.structs.replace(case, use=msgspec.structs.replace(case.use, on=today + timedelta(days=400)))
        for case in SEEDED[3][4]
    )
    await branch.do(msgspec.structs.replace(template(wages, cases), code="payroll"))
    payer, worker = await branch.ecny(2, 9_000), await branch.ecny(2, serial=2)
    contract = await branch.funded(payer, 9_000, "payroll", release_on=today + timedelta(days=2))
    [grant] = await branch.granted(contract, worker, amount=9_000)
    pay = PayOutPurposeGrants(contract=contract.id, grants=(grant.id,))
    assert (await branch.refused(pay))[0] == "purpose_contract.no_payout"
    await branch.day(2)
    assert (await branch.do(pay)).amount == 9_000
    assert await branch.has(worker) == 9_000
    assert (await branch.contract(contract)).state is ContractState.EXHAUSTED


async def test_a_deposit_is_claimed_once_by_the_shop_that_both_have_signed_for(branch: Funds) -> None:
    guest, shop = await branch.ecny(2, 9_000), await branch.shop()
    until = branch.store.states[1].today + timedelta(days=3)
    unnamed = DraftPurposeContract(template="deposit_return", name="押金", payer=guest.id, valid_until=until)
    assert (await branch.refused(unnamed))[0] == "purpose_contract.payees_needed"
    contract = await branch.funded(guest, 5_000, "deposit_return", payees=(GROCERY.id,))
    [grant] = await branch.granted(contract, guest, amount=5_000)
    claim = branch.spending(grant, shop, 1_500)
    for actor in ("user:guest", "user:host"):
        assert (await branch.refused(claim))[0] == "purpose.not_released"
        await branch.by(actor, ReleasePurposeContract(contract=contract.id, reason="损坏赔付"))
    await branch.do(claim)
    assert (await branch.refused(claim))[0] == "purpose.uses_exhausted"
    await branch.day(4)


@pytest.mark.parametrize("k", [1, 2, 3, 9])
async def test_money_waits_for_k_different_signers(branch: Funds, k: int) -> None:
    rules = msgspec.structs.replace(SEEDED[0][3], release=ReleaseRule.BY_SIGNATURES, signatures=k)
    cases = tuple(
        msgspec.structs.replace(case, use=msgspec.structs.replace(case.use, signatures=k)) for case in SEEDED[0][4]
    )
    await branch.do(template(rules, cases))
    payer, shop = await branch.ecny(2, 9_000), await branch.shop()
    contract = await branch.funded(payer, 5_000)
    [grant] = await branch.granted(contract, payer, amount=5_000)
    sign = ReleasePurposeContract(contract=contract.id, reason="同意")
    for signer in range(k):
        assert (await branch.refused(branch.spending(grant, shop, 1)))[0] == "purpose.not_released"
        await branch.by(f"user:{signer}", sign)
        if signer + 1 < k:
            with pytest.raises(Rejection, match=r"purpose_contract\.signed_already"):
                await branch.by(f"user:{signer}", sign)
    await branch.do(branch.spending(grant, shop, 1))


async def test_a_date_of_release_is_named_only_where_a_date_releases(branch: Funds) -> None:
    payer = await branch.ecny(2, 9_000)
    today = branch.store.states[1].today
    draft = DraftPurposeContract(template="welfare", name="餐补", payer=payer.id, valid_until=today, release_on=today)
    assert (await branch.refused(draft))[0] == "purpose_contract.release_on"
