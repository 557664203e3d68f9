"""What the open standard of purpose-bound money (ERC-7291) demands, a clause a test, as far as it has a meaning here.

A grant is the token and the contract's account what it wraps; paying unwraps it. The allow and the block list are asked
in each respect in which they name a payee.
"""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec import structs

from canglian.bank.payment import Merchant
from canglian.bank.payment.commands import ChangeMerchant, QuoteOrder
from canglian.bank.purpose import ContractState, GrantState, PurposeContract, PurposeGrant, PurposeTemplate
from canglian.bank.purpose.commands import (
    AddPurposeTemplate,
    ExpirePurposeContract,
    GrantLine,
    IssuePurposeGrants,
    ResumePurposeContract,
    RevokePurposeGrant,
    SuspendPurposeContract,
    TerminatePurposeContract,
    TransferPurposeGrant,
)
from canglian.bank.purpose.model import TemplateKind
from canglian.bank.purpose.rules import Case, Payee, Payees, Rules, Use
from canglian.bank.wallet import LockedBy, Wallet
from canglian.bank.wallet.commands import CloseWallet, LockWallet
from canglian.kernel.records import Event
from tests.bank.payment.market import Market

USE: dict[str, Any] = {"on": date(2026, 7, 1), "remaining": 10}
RESPECTS = ("ids", "lists", "categories", "regions", "goods")
"""In which respects a list may name a payee."""


class Bound(Market):
    """A branch with contracts of any rules, and shops that a list names, and others."""

    async def named(self) -> Merchant:
        shop = await self.shop(name="名单内商户", category="5411", region="330106")
        return await self.do(ChangeMerchant(merchant=shop.id, lists=("county",)))

    async def other(self) -> Merchant:
        return await self.shop(name="其他商户", category="5813", region="110101")

    async def asks(self, shop: Merchant, amount: int = 100) -> Any:
        """An order at a shop; what those that a list names sell is rice."""
        return await self.order(shop, amount, goods=("rice",) if shop.lists else ("beer",))

    async def granted_by(self, rules: Rules, holder: Wallet, shop: Merchant, amount: int = 1_000) -> PurposeGrant:
        """A grant of a contract of these rules, which pay the shop."""
        payee = Payee(
            id=shop.id,
            category=shop.category,
            region=shop.region,
            lists=shop.lists,
            goods=("rice",) if shop.lists else ("beer",),
        )
        cases = (
            Case(name="It is paid", use=Use(payee=payee, amount=1, **USE)),
            Case(name="Too much", use=Use(payee=payee, amount=11, **USE), expected="purpose.insufficient"),
        )
        await self.do(
            AddPurposeTemplate(
                code="bound", kind=TemplateKind.WELFARE, name="专款", rules=rules, cases=cases, note="测试"
            )
        )
        return await self.grant_of(holder, amount, "bound")

    def naming(self, respect: str, shop: Merchant) -> Payees:
        """A list that names a shop in one respect."""
        named = {"ids": shop.id, "lists": "county", "categories": "5411", "regions": "3301", "goods": "rice"}
        return Payees(**{respect: (named[respect],)})

    async def events(self, kind: str) -> list[Event]:
        return [event for event in await self.rows(Event) if event.kind == kind]


@pytest.fixture
async def branch() -> AsyncIterator[Bound]:
    """A branch in memory; afterwards each fen is where its records say."""
    running = Bound()
    await running.open()
    yield running
    await running.require_conserved()
    await running.engine.stop()


# -- what it wraps ----------------------------------------------------------------------------------------------------


async def test_a_token_consists_of_what_it_wraps_and_its_rules(branch: Bound) -> None:
    payer, holder = await branch.ecny(2, 5_000, serial=7), await branch.ecny(2)
    draft = await branch.drafted(payer)
    nothing = IssuePurposeGrants(contract=draft.id, lines=(GrantLine(holder.id, 1),))
    assert (await branch.refused(nothing))[0] == "purpose_contract.state"
    contract = await branch.funded(payer, 3_000)
    above = IssuePurposeGrants(contract=contract.id, lines=(GrantLine(holder.id, 3_001),))
    assert (await branch.refused(above))[0] == "purpose_contract.unallotted"
    await branch.granted(contract, holder, amount=3_000)
    assert await branch.balance(contract.account) == 3_000
    assert len(await branch.events("purpose.funded")) == 1
    assert len(await branch.events("purpose_contract.granted")) == 1


@pytest.mark.parametrize("end", ["suspended", "expired", "closed", "unknown"])
async def test_none_is_made_while_suspended_after_the_end_of_a_kind_that_is_not_there_or_for_who_is_barred(
    branch: Bound, end: str
) -> None:
    payer, holder = await branch.ecny(2, 5_000, serial=7), await branch.ecny(2)
    contract = await branch.funded(payer, 3_000, days=2)
    await branch.granted(contract, payer, amount=1_000)
    if end == "suspended":
        await branch.do(SuspendPurposeContract(contract=contract.id, reason="核查"))
    elif end == "expired":
        await branch.day(3)
    elif end == "closed":
        await branch.do(CloseWallet(wallet=holder.id, reason="本人申请", channel="counter"))
    target = "pur_" + "0" * 26 if end == "unknown" else contract.id
    code = (await branch.refused(IssuePurposeGrants(contract=target, lines=(GrantLine(holder.id, 1),))))[0]
    assert (
        code
        == {
            "suspended": "purpose_contract.state",
            "expired": "purpose_contract.over",
            "closed": "wallet.closed",
            "unknown": "purpose_contract.not_found",
        }[end]
    )


async def test_its_details_are_defined_and_never_change(branch: Bound) -> None:
    holder, shop = await branch.ecny(2), await branch.named()
    grant = await branch.granted_by(Rules(amount_max=500), holder, shop)
    before = await branch.get(PurposeContract, grant.contract)
    assert (before.name, before.funded, before.valid_until > before.valid_from) == ("敬老餐", 1_000, True)
    first = await branch.get(PurposeTemplate, ("bound", 1))
    await branch.granted_by(Rules(uses_max=1), holder, shop)
    assert await branch.get(PurposeTemplate, ("bound", 1)) == first
    after = await branch.get(PurposeContract, grant.contract)
    assert (after.version, after.rules) == (1, before.rules)
    await branch.do(branch.pays_with(await branch.asks(shop, 500), grant))


# -- whom it is unwrapped for -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("respect", RESPECTS)
async def test_it_is_unwrapped_for_who_is_on_its_allow_list_alone(branch: Bound, respect: str) -> None:
    holder, shop, other = await branch.ecny(2), await branch.named(), await branch.other()
    grant = await branch.granted_by(Rules(allowed=branch.naming(respect, shop)), holder, shop)
    code = (await branch.refused(branch.pays_with(await branch.asks(other), grant)))[0]
    assert code.startswith("purpose.")
    assert code.endswith("_not_allowed")
    assert await branch.owed(other, "ECNY") == 0
    await branch.do(branch.pays_with(await branch.asks(shop), grant))
    assert await branch.owed(shop, "ECNY") > 0


@pytest.mark.parametrize("respect", RESPECTS)
async def test_it_is_not_unwrapped_for_who_is_on_its_block_list(branch: Bound, respect: str) -> None:
    holder, shop, other = await branch.ecny(2), await branch.named(), await branch.other()
    grant = await branch.granted_by(Rules(blocked=branch.naming(respect, shop)), holder, other)
    code = (await branch.refused(branch.pays_with(await branch.asks(shop), grant)))[0]
    assert code == ("purpose.goods_blocked" if respect == "goods" else "purpose.payee_blocked")
    assert await branch.owed(shop, "ECNY") == 0
    await branch.do(branch.pays_with(await branch.asks(other), grant))


@pytest.mark.parametrize("respect", RESPECTS)
async def test_who_is_on_both_lists_is_refused(branch: Bound, respect: str) -> None:
    holder, shop, other = await branch.ecny(2), await branch.named(), await branch.named()
    rules = Rules(allowed=Payees(ids=(shop.id, other.id)), blocked=Payees(ids=(shop.id,)))
    if respect != "ids":
        other = await branch.other()
        rules = Rules(allowed=Payees(ids=(shop.id, other.id)), blocked=branch.naming(respect, shop))
    grant = await branch.granted_by(rules, holder, other)
    blocked = "purpose.goods_blocked" if respect == "goods" else "purpose.payee_blocked"
    assert (await branch.refused(branch.pays_with(await branch.asks(shop), grant)))[0] == blocked
    assert (await branch.refused(branch.holds_with(await branch.asks(shop), grant)))[0] == blocked


async def test_lists_are_asked_at_the_instant_of_unwrapping(branch: Bound) -> None:
    holder, shop = await branch.ecny(2), await branch.named()
    grant = await branch.granted_by(Rules(allowed=Payees(lists=("county",))), holder, shop)
    order = await branch.asks(shop)
    await branch.do(ChangeMerchant(merchant=shop.id, lists=()))
    assert (await branch.refused(branch.pays_with(order, grant)))[0] == "purpose.list_not_allowed"
    await branch.do(ChangeMerchant(merchant=shop.id, lists=("county",)))
    await branch.do(branch.pays_with(order, grant))


async def test_everybody_can_verify_before_it_is_unwrapped(branch: Bound) -> None:
    holder, shop, other = await branch.ecny(2), await branch.named(), await branch.other()
    grant = await branch.granted_by(Rules(allowed=branch.naming("ids", shop)), holder, shop)
    orders = [await branch.asks(shop), await branch.asks(other)]
    good, bad = [QuoteOrder(order=order.id, sources=branch.uses(grant), channel="mobile") for order in orders]
    [line] = await branch.do(good)
    assert (line.source, line.amount) == ("purpose", 100)
    assert (await branch.refused(bad))[0] == "purpose.payee_not_allowed"
    assert (await branch.grant(grant)).remaining == 1_000


async def test_unwrapped_it_is_ordinary_money_and_said_so(branch: Bound) -> None:
    holder, shop = await branch.ecny(2), await branch.named()
    grant = await branch.granted_by(Rules(), holder, shop)
    paid = await branch.do(branch.pays_with(await branch.asks(shop, 1_000), grant))
    assert len(await branch.events("purpose.spent")) == 1
    await branch.spent(shop, "ECNY", 1_000 - paid.fee)
    assert branch.outside == 1_000 - paid.fee


# -- how it ends ------------------------------------------------------------------------------------------------------


async def test_it_is_burnt_once_all_of_it_is_unwrapped(branch: Bound) -> None:
    holder, shop = await branch.ecny(2), await branch.named()
    grant = await branch.granted_by(Rules(), holder, shop)
    await branch.do(branch.pays_with(await branch.asks(shop, 1_000), grant))
    assert (await branch.grant(grant)).state is GrantState.USED
    assert (await branch.refused(branch.pays_with(await branch.asks(shop, 1), grant)))[0] == "purpose.insufficient"
    assert (await branch.get(PurposeContract, grant.contract)).state is ContractState.EXHAUSTED


async def test_it_is_useless_after_its_expiry(branch: Bound) -> None:
    holder, shop = await branch.ecny(2), await branch.named()
    grant = await branch.granted_by(Rules(), holder, shop)
    contract = await branch.get(PurposeContract, grant.contract)
    await branch.day((contract.valid_until - contract.valid_from) / timedelta(days=1))
    await branch.do(branch.pays_with(await branch.asks(shop), grant))
    await branch.day(1)
    assert (await branch.refused(branch.pays_with(await branch.asks(shop), grant)))[0] == "purpose.expired"


@pytest.mark.parametrize("end", ["revoked", "terminated", "expired"])
async def test_what_is_left_of_one_that_is_revoked_goes_back_to_who_made_it_and_nobody_else(
    branch: Bound, end: str
) -> None:
    holder, shop = await branch.ecny(2), await branch.named()
    grant = await branch.granted_by(Rules(), holder, shop)
    payer = await branch.contract_payer(grant)
    contract = await branch.get(PurposeContract, grant.contract)
    await branch.do(branch.pays_with(await branch.asks(shop, 300), grant))
    if end == "revoked":
        await branch.do(RevokePurposeGrant(grant=grant.id, reason="不再符合"))
        assert (await branch.get(PurposeContract, contract.id)).unallotted == 700
    if end == "expired":
        await branch.day((contract.valid_until - contract.valid_from) / timedelta(days=1) + 1)
        await branch.do(ExpirePurposeContract(contract=contract.id))
    else:
        await branch.do(TerminatePurposeContract(contract=contract.id, reason="项目取消"))
    await branch.wound_up(contract)
    assert (await branch.has(payer), await branch.has(holder)) == (700, 0)
    assert len(await branch.events("purpose.returned")) == 1
    assert (await branch.refused(branch.pays_with(await branch.asks(shop), grant)))[0] == "purpose_grant.ended"


@pytest.mark.parametrize("barred", ["contract", "holder"])
async def test_what_is_suspended_is_not_unwrapped_either(branch: Bound, barred: str) -> None:
    holder, shop = await branch.ecny(2), await branch.named()
    grant = await branch.granted_by(Rules(transferable=True), holder, shop)
    to = await branch.ecny(2, serial=3)
    if barred == "contract":
        await branch.do(SuspendPurposeContract(contract=grant.contract, reason="核查"))
    else:
        await branch.do(LockWallet(wallet=holder.id, locked_by=LockedBy.BANK, reason="涉案"))
    passing = TransferPurposeGrant(grant=grant.id, to=to.id, amount=1, channel="counter")
    paying = branch.pays_with(await branch.asks(shop), grant)
    refused = [(await branch.refused(command))[0] for command in (passing, paying)]
    assert refused == (
        ["purpose_contract.state", "purpose.suspended"] if barred == "contract" else ["wallet.locked_whole"] * 2
    )
    if barred == "contract":
        await branch.do(ResumePurposeContract(contract=grant.contract, reason="已查清"))
        await branch.do(paying)


# -- passing on -------------------------------------------------------------------------------------------------------


async def test_passed_on_it_stays_bound_and_no_more_of_it_comes_to_be(branch: Bound) -> None:
    holder, to = await branch.ecny(2), await branch.ecny(2, serial=3)
    shop, other = await branch.named(), await branch.other()
    rules = Rules(allowed=branch.naming("ids", shop), transferable=True)
    grant = await branch.granted_by(rules, holder, shop)
    given = await branch.do(TransferPurposeGrant(grant=grant.id, to=to.id, amount=400, channel="counter"))
    assert ((await branch.grant(grant)).remaining, given.remaining) == (600, 400)
    assert (await branch.get(PurposeContract, grant.contract)).allotted == 1_000
    assert (await branch.refused(branch.pays_with(await branch.asks(other), given)))[0] == "purpose.payee_not_allowed"
    bound = await branch.granted_by(structs.replace(rules, transferable=False), holder, shop)
    passing = TransferPurposeGrant(grant=bound.id, to=to.id, amount=400, channel="counter")
    assert (await branch.refused(passing))[0] == "purpose_grant.not_transferable"
