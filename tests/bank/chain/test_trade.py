"""Orders and purchases are financed once in the whole book, within the core company's limit; the ledger explains it."""

import asyncio
import random
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest

from canglian.bank.chain import VoucherInvoice
from canglian.bank.chain.commands import AcceptVoucher, DeclineVoucher, EnrolCore, EnrolSupplier
from canglian.bank.chain.trade import ContractKind, ContractState, TradeContract, TradeNumber
from canglian.bank.chain.trade.commands import (
    CollectContract,
    ConfirmContract,
    DeclineContract,
    DeliverOrder,
    FinanceContract,
    ReceiveOrder,
    RefuseDelivery,
    RegisterContract,
    ReleaseGoods,
    SettleContracts,
)
from canglian.bank.credit import Facility, Loan, LoanState
from canglian.bank.credit.loans.commands import WriteOffLoan
from canglian.bank.credit.products.model import RepaymentMethod
from canglian.kernel.command import Status
from canglian.kernel.errors import Rejection
from tests.bank.chain.chains import Chain
from tests.bank.credit.lending import FARM

TODAY, DUE = date(2026, 1, 5), date(2026, 4, 5)
COUNTER: dict[str, Any] = {"channel": "counter"}


class Trade(Chain):
    """A chain whose third member is a dealer; the limit is repaid in one sum after three, six or twelve months."""

    contracts: int

    async def enrol(self) -> None:
        await self.product(method=RepaymentMethod.BULLET)
        self.wallets = [await self.ewallet(serial) for serial in (1, 2, 3)]
        facility = await self.signed(self.wallets[0])
        party, account = self.wallets[0].party or "", self.wallets[0].deposit or ""
        core = await self.do(EnrolCore(party=party, account=account, facility=facility.id, product=FARM))
        self.members, self.invoices, self.contracts = [core], 0, 0
        for wallet, dealer in ((self.wallets[1], False), (self.wallets[2], True)):
            member = EnrolSupplier(core=core.id, party=wallet.party or "", account=wallet.deposit or "", dealer=dealer)
            self.members.append(await self.do(member))

    def registering(self, partner: int = 1, amount: int = 10_000_00, **fields: Any) -> RegisterContract:
        self.contracts += 1
        asked: dict[str, Any] = {
            "core": self.members[0].id,
            "partner": self.members[partner].id,
            "number": f"PO-{self.contracts}",
            "amount": amount,
            "dated": TODAY,
            "deliver_by": date(2026, 3, 1),
            "digest": f"{self.contracts:064x}",
            **COUNTER,
            **fields,
        }
        return RegisterContract(**asked)

    async def confirmed(self, partner: int = 1, amount: int = 10_000_00, **fields: Any) -> TradeContract:
        contract = await self.do(self.registering(partner, amount, **fields))
        return await self.do(ConfirmContract(contract=contract.id, **COUNTER))

    async def lent(self, partner: int = 1, amount: int = 10_000_00, **fields: Any) -> TradeContract:
        contract = await self.confirmed(partner, amount, **fields)
        return await self.do(FinanceContract(contract=contract.id, months=3, **COUNTER))

    def delivering(self, contract: TradeContract, **fields: Any) -> DeliverOrder:
        self.invoices += 1
        asked: dict[str, Any] = {
            "contract": contract.id,
            "seller": contract.partner,
            "buyer": contract.core,
            "delivery_digest": "d" * 64,
            "invoice_number": f"{self.invoices:020d}",
            "invoice_total": contract.amount,
            "invoice_dated": self.store.states[1].today,
            "invoice_digest": "e" * 64,
            **COUNTER,
            **fields,
        }
        return DeliverOrder(**asked)

    async def contract(self, contract: TradeContract) -> TradeContract:
        return await self.get(TradeContract, contract.id)

    async def settle_due(self, day: date) -> Any:
        """The end of a day: what is due is collected."""
        if day > self.store.states[1].today:
            await self.reach(day)
        return await self.do(SettleContracts(contracts=[row.id for row in await self.rows(TradeContract)]))

    async def explain_trade(self) -> None:
        """Limit, loans, contracts and numbers say the same, and so does the ledger."""
        await self.explain_chain()
        await self.explain()
        contracts = await self.rows(TradeContract)
        for row in contracts:
            loan = None if row.loan is None else await self.get(Loan, row.loan)
            assert (loan is None) == (row.advance == 0)
            if loan is not None:
                assert (loan.principal, loan.party) == (row.advance, (await self._member(row.partner)).party)
                is_over = not (loan.is_living or loan.claim)
                assert row.state is not ContractState.SETTLED or is_over
                assert row.is_order or is_over or loan.paid_principal >= row.share_of(row.released)
        for number in await self.rows(TradeNumber):
            living = [
                row.id for row in contracts if row.number == number.number and row.state is not ContractState.DECLINED
            ]
            assert living == ([] if number.contract is None else [number.contract])
            assert not (number.contract and number.vouchers)

    async def _member(self, identity: str) -> Any:
        return next(each for each in self.members if each.id == identity)


@pytest.fixture
async def trade() -> Any:
    """A core company with a limit of 100,000, a supplier and a dealer."""
    running = Trade()
    await running.open()
    await running.enrol()
    yield running
    await running.engine.stop()


async def test_an_order_is_financed_delivered_and_repaid_from_the_core_companys_payment(trade: Trade) -> None:
    contract = await trade.lent()
    assert (contract.kind, contract.advance) == (ContractKind.ORDER, 7_000_00)
    assert await trade.has(trade.wallets[1]) == 7_000_00
    assert (await trade.get(Facility, trade.members[0].facility)).room(FARM, TODAY) == 93_000_00
    await trade.explain_trade()
    await trade.do(trade.delivering(contract))
    await trade.do(ReceiveOrder(contract=contract.id, **COUNTER))
    assert (await trade.settle_due(date(2026, 4, 4))).settled == 0
    await trade.funds(0, 10_000_00)
    done = await trade.settle_due(DUE)
    # 7,000 at 6 % for three months are 105.00
    assert (done.settled, done.unpaid, done.repaid) == (1, 0, 7_105_00)
    assert [await trade.has(wallet) for wallet in trade.wallets] == [0, 7_000_00 + 2_895_00, 0]
    after = await trade.contract(contract)
    assert (after.state, after.paid) == (ContractState.SETTLED, 10_000_00)
    assert (await trade.get(Facility, trade.members[0].facility)).used == 0
    await trade.explain_trade()


async def test_a_dealers_purchase_is_paid_to_the_core_company_and_its_goods_are_released_against_repayment(
    trade: Trade,
) -> None:
    contract = await trade.confirmed(2)
    financing = FinanceContract(contract=contract.id, months=3, **COUNTER)
    assert (await trade.refused(financing))[0] == "transfer.insufficient_funds"
    await trade.funds(2, 3_000_00)
    contract = await trade.do(financing)
    assert (contract.kind, await trade.has(trade.wallets[0])) == (ContractKind.PURCHASE, 10_000_00)
    assert await trade.has(trade.wallets[2]) == 0
    release = ReleaseGoods(contract=contract.id, goods=4_000_01, **COUNTER)
    assert (await trade.refused(release))[0] == "transfer.insufficient_funds"
    await trade.funds(2, 2_800_01)
    assert (await trade.do(release)).released == 4_000_01
    assert (await trade.get(Loan, contract.loan)).outstanding == 7_000_00 - 2_800_01
    beyond = ReleaseGoods(contract=contract.id, goods=6_000_00, **COUNTER)
    assert (await trade.refused(beyond))[0] == "trade_contract.goods"
    await trade.explain_trade()
    await trade.funds(2, 5_000_00)
    ended = await trade.do(ReleaseGoods(contract=contract.id, goods=5_999_99, **COUNTER))
    assert (ended.state, (await trade.get(Loan, contract.loan)).state) == (ContractState.SETTLED, LoanState.CLOSED)
    await trade.explain_trade()


async def test_goods_that_a_dealer_does_not_pay_for_are_paid_back_by_the_core_company(trade: Trade) -> None:
    await trade.funds(2, 3_000_00)
    contract = await trade.lent(2)
    done = await trade.settle_due(DUE)
    assert (done.settled, (await trade.contract(contract)).paid) == (1, 7_105_00)
    assert await trade.has(trade.wallets[0]) == 10_000_00 - 7_105_00
    await trade.explain_trade()


async def test_an_order_that_was_not_delivered_is_repaid_by_the_supplier_or_is_overdue(trade: Trade) -> None:
    contract = await trade.lent()
    await trade.funds(0, 10_000_00)
    assert (await trade.refused(CollectContract(contract=contract.id)))[0] == "trade_contract.not_due"
    assert (await trade.settle_due(DUE)).unpaid == 1
    await trade.reach(DUE + timedelta(days=10))
    assert (await trade.loan(await trade.get(Loan, contract.loan))).penalty > 0
    await trade.explain_trade()
    await trade.funds(1, 200_00)
    assert (await trade.do(CollectContract(contract=contract.id))).state is ContractState.SETTLED
    assert await trade.has(trade.wallets[0]) == 10_000_00
    await trade.explain_trade()


async def test_a_loan_that_was_written_off_is_collected_from_its_contract_all_the_same(trade: Trade) -> None:
    await trade.funds(2, 3_000_00)
    order, purchase = await trade.lent(), await trade.lent(2)
    for wallet in trade.wallets[:2]:
        await trade.pay(wallet.account, trade.vault, await trade.has(wallet))
    assert (await trade.settle_due(DUE)).unpaid == 2
    await trade.reach(DUE + timedelta(days=400))
    for contract in (order, purchase):
        await trade.second(WriteOffLoan(loan=contract.loan or "", reason="企业停产"))
    claims = [(await trade.get(Loan, contract.loan)).claim for contract in (order, purchase)]
    assert min(claims) > 7_105_00
    part = ReleaseGoods(contract=purchase.id, goods=1_00, **COUNTER)
    await trade.funds(2, claims[1] - 1)
    assert (await trade.refused(part))[0] == "transfer.insufficient_funds"
    await trade.funds(2, 1)
    assert (await trade.do(part)).released == 1_00
    assert ((await trade.get(Loan, purchase.loan)).claim, await trade.has(trade.wallets[2])) == (0, 0)
    await trade.funds(1, claims[0])
    done = await trade.settle_due(DUE + timedelta(days=401))
    assert (done.settled, done.repaid) == (2, claims[0])
    assert ((await trade.get(Loan, order.loan)).claim, await trade.has(trade.wallets[1])) == (0, 0)
    await trade.explain_trade()


async def test_no_order_is_financed_twice_by_contracts_or_vouchers_also_when_raced(trade: Trade) -> None:
    asked = trade.registering()
    outcomes = await asyncio.gather(*(trade.ask(asked) for _ in range(4)))
    assert [outcome.status for outcome in outcomes].count(Status.APPLIED) == 1
    assert {outcome.error.code for outcome in outcomes if outcome.error} == {"trade_contract.document_used"}
    (contract,) = await trade.rows(TradeContract)
    again = trade.registering(number=contract.number)
    assert (await trade.refused(again))[0] == "trade_contract.number_used"
    voucher = trade.issuing(order_number=contract.number)
    assert (await trade.refused(voucher))[0] == "voucher.order_financed"
    await trade.do(DeclineContract(contract=contract.id, reason="不符", **COUNTER))
    first = await trade.do(voucher)
    assert (await trade.refused(again))[0] == "trade_contract.on_voucher"
    await trade.do(DeclineVoucher(voucher=first.id, reason="数量不符", **COUNTER))
    lent = await trade.do(again)
    await trade.do(ConfirmContract(contract=lent.id, **COUNTER))
    await trade.do(FinanceContract(contract=lent.id, months=3, **COUNTER))
    assert (await trade.refused(trade.issuing()))[0] == "voucher.order_needed"
    other = await trade.do(trade.issuing(order_number="PO-X", invoice_number="7" * 20))
    taken = trade.delivering(lent, invoice_number="7" * 20)
    assert (await trade.refused(taken))[0] == "trade_contract.invoice_used"
    await trade.do(trade.delivering(lent, invoice_number="8" * 20))
    same = trade.issuing(order_number="PO-Y", invoice_number="8" * 20)
    assert (await trade.refused(same))[0] == "voucher.invoice_financed"
    assert {row.voucher for row in await trade.rows(VoucherInvoice)} == {None, other.id}
    await trade.explain_trade()


async def test_of_vouchers_and_loans_together_no_more_is_taken_than_the_limit_also_when_raced(trade: Trade) -> None:
    contracts = [await trade.confirmed(amount=60_000_00) for _ in range(3)]
    vouchers = [await trade.do(trade.issuing(15_000_00)) for _ in range(3)]
    asked: list[Any] = []
    for contract, voucher in zip(contracts, vouchers, strict=True):
        asked.append(AcceptVoucher(voucher=voucher.id, **COUNTER))
        asked.append(FinanceContract(contract=contract.id, months=3, **COUNTER))
    outcomes = await asyncio.gather(*(trade.ask(each) for each in asked))
    assert {outcome.error.code for outcome in outcomes if outcome.error} == {"facility.exceeded"}
    done = [isinstance(each, AcceptVoucher) for each, outcome in zip(asked, outcomes, strict=True) if not outcome.error]
    assert set(done) == {True, False}, "some of both"
    facility = await trade.get(Facility, trade.members[0].facility)
    assert 85_000_00 < facility.used <= 100_000_00
    await trade.explain_trade()


async def test_what_is_not_registered(trade: Trade) -> None:
    cases: list[tuple[int, dict[str, Any], str]] = [
        (1, {"dated": date(2026, 1, 6)}, "trade_contract.dated_later"),
        (1, {"deliver_by": TODAY}, "trade_contract.deliver_past"),
        (0, {}, "chain_member.own_contract"),
    ]
    for partner, fields, code in cases:
        assert (await trade.refused(trade.registering(partner, **fields)))[0] == code
    assert (await trade.refused(trade.issuing(supplier=trade.members[2].id)))[0] == "chain_member.dealer"
    assert not await trade.rows(TradeNumber)


async def test_documents_agree_with_the_order_and_a_refused_delivery_owes_nothing(trade: Trade) -> None:
    contract = await trade.lent()
    for fields, code in (
        ({"seller": trade.members[2].id}, "trade_contract.parties"),
        ({"buyer": trade.members[1].id}, "trade_contract.parties"),
        ({"invoice_total": 9_999_99}, "trade_contract.amount_other"),
        ({"invoice_dated": date(2026, 1, 4)}, "trade_contract.invoice_early"),
        ({"invoice_dated": date(2026, 1, 6)}, "trade_contract.invoice_early"),
        ({"delivery_digest": "e" * 64}, "trade_contract.document_same"),
    ):
        assert (await trade.refused(trade.delivering(contract, **fields)))[0] == code, fields
    assert (await trade.refused(ReceiveOrder(contract=contract.id, **COUNTER)))[0] == "trade_contract.state"
    await trade.do(trade.delivering(contract, invoice_number="9" * 20))
    refused = await trade.do(RefuseDelivery(contract=contract.id, reason="短缺", **COUNTER))
    assert (refused.state, refused.invoice, refused.reason) == (ContractState.FINANCED, None, "短缺")
    await trade.do(trade.delivering(contract, invoice_number="9" * 20))
    assert (await trade.refused(ReleaseGoods(contract=contract.id, goods=1, **COUNTER)))[0] == (
        "trade_contract.kind_order"
    )
    await trade.explain_trade()


async def test_more_than_the_share_a_term_before_delivery_and_other_terms_are_refused(trade: Trade) -> None:
    contract = await trade.confirmed(deliver_by=date(2026, 5, 1))
    cases: list[tuple[dict[str, Any], str]] = [
        ({"amount": 7_000_01, "months": 6}, "trade_contract.advance"),
        ({"months": 3}, "trade_contract.term_early"),
        ({"months": 4}, "loan.term"),
        ({"months": 6, "amount": 1}, "loan.amount"),
    ]
    for fields, code in cases:
        assert (await trade.refused(FinanceContract(contract=contract.id, **COUNTER, **fields)))[0] == code, fields
    assert not await trade.rows(Loan)
    away = FinanceContract(contract=contract.id, months=6, channel="mobile", wallet=trade.wallets[0].id, pin=1)
    assert (await trade.refused(away))[0] == "voucher.wallet_other"
    await trade.explain_trade()


@pytest.mark.parametrize("seed", [5, 14])
async def test_random_lives_of_contracts_are_explained_by_the_ledger_at_every_step(trade: Trade, seed: int) -> None:
    chance, day = random.Random(seed), TODAY
    for _ in range(25):
        asked: list[Any] = []
        for row in chance.choices(await trade.rows(TradeContract), k=3) if await trade.rows(TradeContract) else ():
            of: dict[str, Any] = {"contract": row.id, **COUNTER}
            asked.append(
                chance.choice(
                    (
                        ConfirmContract(**of),
                        FinanceContract(**of, months=3),
                        trade.delivering(row, invoice_dated=max(row.dated, day)),
                        ReceiveOrder(**of),
                        RefuseDelivery(**of, reason="短缺"),
                        ReleaseGoods(**of, goods=chance.randrange(1, row.amount + 1)),
                        CollectContract(contract=row.id),
                    )
                )
            )
        await asyncio.gather(*(trade.ask(each) for each in asked))
        if chance.random() < 0.5:
            partner = chance.choice((1, 2))
            with suppress(Rejection):
                amount, by = chance.randrange(1_000_00, 30_000_00), day + timedelta(days=30)
                await trade.lent(partner, amount, dated=day, deliver_by=by)
        await trade.funds(chance.choice((0, 1, 2)), chance.randrange(1, 9_000_00))
        if chance.random() < 0.3:
            day += timedelta(days=chance.choice((1, 20, 60)))
            await trade.settle_due(day)
        await trade.explain_trade()
    assert ContractState.SETTLED in {row.state for row in await trade.rows(TradeContract)}
