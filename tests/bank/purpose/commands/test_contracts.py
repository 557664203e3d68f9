"""A contract's life: drafted, signed, funded, granted, spent, refunded, ended; and what is refused on the way."""

import msgspec
import pytest

from canglian.bank.purpose import ContractState, GrantState, PurposeMovement
from canglian.bank.purpose.commands import (
    AddPurposeTemplate,
    ExpirePurposeContract,
    FundPurposeContract,
    GrantLine,
    IssuePurposeGrants,
    ReleasePurposeContract,
    ResumePurposeContract,
    RevokePurposeGrant,
    SignPurposeContract,
    SuspendPurposeContract,
    TerminatePurposeContract,
)
from canglian.bank.purpose.model import TemplateKind
from canglian.bank.purpose.rules import Case, Payee, Payees, ReleaseRule, Rules
from canglian.bank.purpose.seeds import SEEDED
from canglian.bank.wallet import LockedBy
from canglian.bank.wallet.commands import LockWallet, UnlockWallet
from canglian.ledger.commands import PostTransfer
from tests.bank.purpose.funds import BAR, GROCERY, Funds, Order

STATE = ContractState


async def test_it_pays_an_allowed_shop_and_is_refused_in_another(branch: Funds) -> None:
    payer, holder, shop = await branch.ecny(2, 10_000), await branch.ecny(2, serial=2), await branch.shop()
    contract = await branch.funded(payer, 10_000)
    assert (contract.state, contract.unallotted, await branch.has(payer)) == (STATE.FUNDED, 10_000, 0)
    [grant] = await branch.granted(contract, holder, amount=6_000)
    await branch.do(branch.spending(grant, shop, 2_500))
    assert (await branch.refused(branch.spending(grant, shop, 1, BAR)))[0] == "purpose.category_not_allowed"
    assert (await branch.refused(branch.spending(grant, shop, 3_501)))[0] == "purpose.insufficient"
    grant = await branch.grant(grant)
    assert (grant.remaining, grant.spent, grant.uses, grant.state) == (3_500, 2_500, 1, GrantState.ACTIVE)
    contract = await branch.contract(contract)
    assert (contract.state, contract.unallotted, contract.allotted) == (STATE.ACTIVE, 4_000, 3_500)
    assert await branch.balance(shop) == 2_500
    await branch.require_conserved()


async def test_a_refund_goes_back_into_the_purpose_while_it_lives_and_to_the_payer_after(branch: Funds) -> None:
    payer, holder, shop = await branch.ecny(2, 10_000), await branch.ecny(2, serial=2), await branch.shop()
    contract = await branch.funded(payer, 10_000, days=3)
    [grant] = await branch.granted(contract, holder, amount=10_000)
    await branch.do(branch.spending(grant, shop, 10_000))
    assert (await branch.grant(grant)).state is GrantState.USED
    assert (await branch.contract(contract)).state is STATE.EXHAUSTED
    await branch.do(branch.returning(grant, shop, 4_000))
    assert ((await branch.grant(grant)).remaining, (await branch.contract(contract)).state) == (4_000, STATE.ACTIVE)
    code, fields = await branch.refused(branch.returning(grant, shop, 6_001))
    assert (code, fields["spent"]) == ("purpose_grant.above_spent", 6_000)
    await branch.require_conserved()
    await branch.day(4)
    await branch.do(branch.returning(grant, shop, 1_000))
    assert await branch.has(payer) == 1_000
    await branch.do(ExpirePurposeContract(contract=contract.id))
    await branch.wound_up(contract)
    assert (await branch.has(payer), await branch.has(holder)) == (5_000, 0)
    await branch.do(branch.returning(grant, shop, 5_000))
    assert (await branch.has(payer), await branch.balance(shop)) == (10_000, 0)
    await branch.require_conserved()


async def test_what_is_left_at_its_end_goes_back_to_the_payer(branch: Funds) -> None:
    payer, holder, shop = await branch.ecny(2, 10_000), await branch.ecny(2, serial=2), await branch.shop()
    contract = await branch.funded(payer, 10_000, days=3)
    [grant] = await branch.granted(contract, holder, amount=6_000)
    expire = ExpirePurposeContract(contract=contract.id)
    assert (await branch.refused(expire))[0] == "purpose_contract.not_over"
    await branch.day(4)
    assert (await branch.refused(branch.spending(grant, shop, 1)))[0] == "purpose.expired"
    await branch.do(expire)
    assert (await branch.refused(branch.spending(grant, shop, 1)))[0] == "purpose_grant.ended"
    ended = await branch.wound_up(contract)
    assert (ended.state, ended.unallotted, ended.allotted) == (STATE.EXPIRED, 0, 0)
    assert ((await branch.grant(grant)).state, await branch.has(payer)) == (GrantState.EXPIRED, 10_000)
    assert await branch.wound_up(contract) == ended
    await branch.require_conserved()


@pytest.mark.parametrize("kind", ["ecny", "ewallet"])
async def test_what_is_left_is_released_to_holders_where_the_rules_say_so(branch: Funds, kind: str) -> None:
    payer = await branch.ecny(2, 9_000) if kind == "ecny" else await branch.ewallet(1, 9_000)
    holder = await branch.ecny(2, serial=2) if kind == "ecny" else await branch.ewallet(2)
    contract = await branch.funded(payer, 9_000, "payroll", days=1)
    await branch.granted(contract, holder, amount=5_000)
    await branch.day(2)
    await branch.do(ExpirePurposeContract(contract=contract.id))
    await branch.wound_up(contract)
    assert (await branch.has(holder), await branch.has(payer)) == (5_000, 4_000)
    kinds = [movement.kind.value for movement in await branch.rows(PurposeMovement)]
    assert sorted(kinds) == ["funded", "released", "returned"]
    await branch.require_conserved()


async def test_termination_stops_spending_at_once_and_returns_all(branch: Funds) -> None:
    payer, holder, shop = await branch.ecny(2, 9_000), await branch.ecny(2, serial=2), await branch.shop()
    contract = await branch.funded(payer, 9_000, "payroll")
    [grant] = await branch.granted(contract, holder, amount=5_000)
    await branch.do(TerminatePurposeContract(contract=contract.id, reason="项目取消"))
    assert (await branch.refused(branch.spending(grant, shop, 1)))[0] == "purpose_grant.ended"
    await branch.wound_up(contract)
    assert ((await branch.grant(grant)).state, await branch.has(payer)) == (GrantState.REVOKED, 9_000)
    again = TerminatePurposeContract(contract=contract.id, reason="项目取消")
    assert (await branch.refused(again))[0] == "purpose_contract.state"


async def test_a_revoked_grant_gives_its_rest_to_the_contract_and_refunds_follow_it(branch: Funds) -> None:
    payer, holder, shop = await branch.ecny(2, 9_000), await branch.ecny(2, serial=2), await branch.shop()
    contract = await branch.funded(payer, 9_000)
    [grant] = await branch.granted(contract, holder, amount=5_000)
    await branch.do(branch.spending(grant, shop, 1_000))
    revoke = RevokePurposeGrant(grant=grant.id, reason="不再符合条件")
    await branch.do(revoke)
    assert (await branch.refused(revoke))[0] == "purpose_grant.ended"
    assert (await branch.refused(branch.spending(grant, shop, 1)))[0] == "purpose_grant.ended"
    await branch.do(branch.returning(grant, shop, 400))
    contract = await branch.contract(contract)
    assert (contract.unallotted, contract.allotted) == (8_400, 0)
    await branch.require_conserved()


async def test_suspended_money_waits(branch: Funds) -> None:
    payer, holder, shop = await branch.ecny(2, 9_000), await branch.ecny(2, serial=2), await branch.shop()
    contract = await branch.funded(payer, 9_000)
    [grant] = await branch.granted(contract, holder, amount=5_000)
    await branch.do(SuspendPurposeContract(contract=contract.id, reason="核查"))
    assert (await branch.refused(branch.spending(grant, shop, 1)))[0] == "purpose.suspended"
    await branch.do(ResumePurposeContract(contract=contract.id, reason="核查完毕"))
    await branch.do(branch.spending(grant, shop, 1))


async def test_steps_come_in_their_order(branch: Funds) -> None:
    payer, holder = await branch.ecny(2, 9_000), await branch.ecny(2, serial=2)
    draft = await branch.drafted(payer)
    fund = FundPurposeContract(contract=draft.id, amount=1, channel="counter")
    issue = IssuePurposeGrants(contract=draft.id, lines=(GrantLine(holder.id, 1),))
    for command in (fund, issue, SuspendPurposeContract(contract=draft.id, reason="核查")):
        assert await branch.refused(command) == (
            "purpose_contract.state",
            {"purpose_contract": draft.id, "state": "draft"},
        )
    sign = SignPurposeContract(contract=draft.id, channel="mobile")
    assert (await branch.refused(sign))[0] == "wallet_pin.needed"
    await branch.do(SignPurposeContract(contract=draft.id, channel="mobile", pin=1))
    assert (await branch.refused(sign))[0] == "purpose_contract.state"


async def test_grants_keep_to_the_money_and_kind_of_money_of_their_contract(branch: Funds) -> None:
    payer, holder, other = await branch.ecny(2, 9_000), await branch.ecny(2, serial=2), await branch.ewallet(3)
    contract = await branch.funded(payer, 9_000)

    async def refused(*lines: GrantLine) -> str:
        return (await branch.refused(IssuePurposeGrants(contract=contract.id, lines=lines)))[0]

    assert await refused(GrantLine(holder.id, 9_001)) == "purpose_contract.unallotted"
    outcome = await branch.ask(IssuePurposeGrants(contract=contract.id, lines=(GrantLine(holder.id, 9_001),)))
    assert "¥90.00" in str(outcome.error)
    assert await refused(GrantLine(holder.id, 1), GrantLine(holder.id, 1)) == "purpose_grant.twice"
    assert await refused(GrantLine(other.id, 1)) == "purpose_grant.holder_asset"


async def test_nobody_pays_money_into_a_contract_past_its_room(branch: Funds) -> None:
    payer = await branch.ecny(2, 9_000)
    contract = await branch.funded(payer, 5_000)
    pay = PostTransfer(debit=payer.account, credit=contract.account, amount=1, code="test.gift")
    assert (await branch.refused(pay))[0] == "transfer.purpose_mismatch"


async def test_grants_are_spent_in_their_order_and_only_where_they_fit(branch: Funds) -> None:
    payer, holder = await branch.ecny(2, 9_000), await branch.ecny(2, serial=2)
    wide = await branch.funded(payer, 1_000, "prepaid", days=5)
    early = await branch.funded(payer, 1_000, "prepaid", days=2)
    bound = await branch.funded(payer, 1_000, "welfare", days=9)
    grants = [(await branch.granted(contract, holder, amount=1_000))[0].id for contract in (wide, early, bound)]
    assert await branch.do(Order(wallet=holder.id, payee=GROCERY)) == [grants[2], grants[1], grants[0]]
    assert await branch.do(Order(wallet=holder.id, payee=BAR)) == [grants[1], grants[0]]


async def test_a_contract_of_its_own_payees_pays_them_alone(branch: Funds) -> None:
    payer, shop = await branch.ecny(2, 9_000), await branch.shop()
    contract = await branch.funded(payer, 1_000, "prepaid", payees=("mer_gym",))
    [grant] = await branch.granted(contract, payer, amount=1_000)
    assert (await branch.refused(branch.spending(grant, shop, 1)))[0] == "purpose.payee_not_allowed"
    await branch.do(branch.spending(grant, shop, 1, Payee(id="mer_gym", category="7997", region="330106")))


def template(rules: Rules, cases: tuple[Case, ...] = SEEDED[0][4]) -> AddPurposeTemplate:
    return AddPurposeTemplate(
        code="welfare", kind=TemplateKind.WELFARE, name="定向福利", rules=rules, cases=cases, note="新版"
    )


async def test_a_version_is_added_only_when_its_cases_hold_and_living_contracts_keep_theirs(branch: Funds) -> None:
    payer, holder, shop = await branch.ecny(2, 9_000), await branch.ecny(2, serial=2), await branch.shop()
    contract = await branch.funded(payer, 5_000)
    [grant] = await branch.granted(contract, holder, amount=5_000)
    first = contract.rules
    code, fields = await branch.refused(template(Rules()))
    assert (code, fields["case"], fields["outcome"]) == ("purpose_template.case_failed", "A bar is refused", "—")
    assert (await branch.refused(template(first, ())))[0] == "purpose_template.no_cases"
    assert (await branch.refused(template(Rules(from_minute=9, until_minute=9))))[0] == "purpose_template.rules"
    narrower = msgspec.structs.replace(first, blocked=Payees(ids=(GROCERY.id,)))
    added = await branch.do(template(narrower))
    assert added.version == 2
    await branch.do(branch.spending(grant, shop, 100))
    later = await branch.funded(payer, 1_000)
    [second] = await branch.granted(later, holder, amount=1_000)
    assert (later.version, (await branch.refused(branch.spending(second, shop, 1)))[0]) == (2, "purpose.payee_blocked")


async def test_money_that_waits_for_an_event_is_released_once(branch: Funds) -> None:
    payer, holder, shop = await branch.ecny(2, 9_000), await branch.ecny(2, serial=2), await branch.shop()
    await branch.do(template(msgspec.structs.replace(SEEDED[0][3], release=ReleaseRule.ON_EVENT), CASES))
    contract = await branch.funded(payer, 5_000)
    [grant] = await branch.granted(contract, holder, amount=5_000)
    assert (await branch.refused(branch.spending(grant, shop, 1)))[0] == "purpose.not_released"
    release = ReleasePurposeContract(contract=contract.id, reason="已验收")
    await branch.do(release)
    await branch.do(branch.spending(grant, shop, 1))
    assert (await branch.refused(release))[0] == "purpose_contract.no_release"


CASES = tuple(
    Case(name=case.name, use=msgspec.structs.replace(case.use, signatures=1), expected=case.expected)
    for case in SEEDED[0][4]
)


async def test_a_holder_whose_wallet_takes_nothing_at_the_end_waits_alone(branch: Funds) -> None:
    payer = await branch.ecny(2, 9_000)
    barred, other = await branch.ecny(2, serial=2), await branch.ecny(2, serial=3)
    contract = await branch.funded(payer, 5_000, "payroll", days=1)
    await branch.granted(contract, barred, other, amount=2_000)
    await branch.do(LockWallet(wallet=barred.id, locked_by=LockedBy.BANK, reason="涉案核查"))
    await branch.day(2)
    await branch.do(ExpirePurposeContract(contract=contract.id))
    after = await branch.wound_up(contract)
    assert (await branch.has(other), await branch.has(barred), await branch.has(payer)) == (2_000, 0, 4_000)
    assert (after.allotted, after.unallotted) == (2_000, 1_000)
    await branch.do(UnlockWallet(wallet=barred.id, unlocked_by=LockedBy.BANK, channel="counter", reason="已查清"))
    after = await branch.wound_up(contract)
    assert (await branch.has(barred), await branch.has(payer)) == (2_000, 5_000)
    assert (after.allotted, after.unallotted) == (0, 0)
    await branch.require_conserved()
