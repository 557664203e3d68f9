"""What is done to wallets and accounts by the votes of others: refused directly, shown by masks, done once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

import canglian.bank.deposit.approving
import canglian.bank.wallet.approving  # noqa: F401
from canglian.bank.approval import ProposalState
from canglian.bank.deposit import AccountFreeze, AccountState, DepositAccount
from canglian.bank.deposit.commands import CloseDepositAccount, FreezeAccount, LiftFreeze
from canglian.bank.deposit.model import FreezeCause, FreezeKind
from canglian.bank.party import PartyDocument
from canglian.bank.wallet import Wallet, WalletState
from canglian.bank.wallet.commands import CloseWallet, LiftLoss, ReportLoss, ReverseWalletTransfer, UpgradeFaceToFace
from canglian.kernel import Command
from tests.bank.approval.office import Office
from tests.bank.wallet.purses import Purses

KINDS = (UpgradeFaceToFace, CloseWallet, LiftLoss, ReverseWalletTransfer, CloseDepositAccount, LiftFreeze)


class Counter(Purses, Office):
    """An office whose operators raise, close and undo by the votes of others only."""

    async def open(self) -> "Counter":
        await Office.open(self)
        for kind in KINDS:
            code = kind.__kind__.replace(".", "-").replace("_", "-")
            await self.policy(code=code, kind=kind.__kind__, asset=None)
        return self

    async def both(self, command: Command[Any]) -> str:
        """Refused to who asks directly, then filed and approved by another; what came of it."""
        assert await self.refused_to("ann", command) == "approval.required"
        filed = await self.file(command)
        assert await self.approval_refused(filed.id, "ann") in ("approval.own", "approval.role")
        done = await self.approve(filed.id, "chen")
        assert done.state is ProposalState.APPROVED
        return str(done.outcome)


@pytest.fixture
async def counter() -> AsyncIterator[Counter]:
    running = await Counter().open()
    yield running
    await running.engine.stop()


async def test_a_wallet_is_raised_by_two(counter: Counter) -> None:
    opened = await counter.opened_afar(3)
    account = await counter.afar(opened)
    asked = await counter.opening("wallet.ecny2", party=account.party, deposit=account.id)
    wallet = await counter.do(asked)
    (paper,) = await counter.rows(PartyDocument, party=account.party)
    command = UpgradeFaceToFace(wallet=wallet.id, document=paper.id, place="新城支行")
    assert await counter.both(command) == f"wallet:{wallet.id}"
    assert (await counter.get(Wallet, wallet.id)).tier == 1


async def test_a_payment_is_undone_by_two_and_a_wallet_closed(counter: Counter) -> None:
    payer, payee = await counter.anonymous(1, 5_000), await counter.anonymous(2)
    moved = await counter.send(payer, payee, 900)
    undone = await counter.both(ReverseWalletTransfer(transfer=moved.id, reason="付错"))
    assert undone.startswith("wallet_transfer:wtr_")
    assert (await counter.has(payer), await counter.has(payee)) == (5_000, 0)
    assert await counter.both(CloseWallet(wallet=payee.id, channel="counter", reason="不用")) == f"wallet:{payee.id}"
    assert (await counter.get(Wallet, payee.id)).state is WalletState.CLOSED


async def test_a_vote_on_a_wallet_that_has_changed_is_refused(counter: Counter) -> None:
    payer, payee = await counter.anonymous(1, 5_000), await counter.anonymous(2)
    filed = await counter.file(CloseWallet(wallet=payee.id, channel="counter", reason="不用"))
    await counter.send(payer, payee, 100)
    assert await counter.approval_refused(filed.id, "chen") == "approval.object_changed"
    assert (await counter.get(Wallet, payee.id)).state is WalletState.ACTIVE


async def test_a_loss_is_lifted_by_two(counter: Counter) -> None:
    wallet = await counter.anonymous(1)
    await counter.do(ReportLoss(wallet=wallet.id, reason="丢失"))
    assert await counter.both(LiftLoss(wallet=wallet.id, reason="找回")) == f"wallet:{wallet.id}"
    assert (await counter.get(Wallet, wallet.id)).state is WalletState.ACTIVE


async def test_a_freeze_is_lifted_and_an_account_closed_by_two(counter: Counter) -> None:
    account = await counter.counter(await counter.seen())
    freeze: AccountFreeze = await counter.do(
        FreezeAccount(account=account.id, freeze_kind=FreezeKind.OUT, cause=FreezeCause.RISK, reason="核实")
    )
    assert await counter.both(LiftFreeze(freeze=freeze.id, reason="已核实")) == f"deposit_account:{account.id}"
    closing = CloseDepositAccount(account=account.id, reason="客户申请", channel="counter", cash=True)
    filed = await counter.file(closing)
    facts = (await counter.proposal(filed.id)).facts
    assert [fact.note for fact in facts if fact.label == "Deposit account"] == [account.number_mask]
    assert (await counter.approve(filed.id, "chen")).outcome == f"deposit_account:{account.id}"
    closed: DepositAccount = await counter.get(DepositAccount, account.id)
    assert closed.state is AccountState.CLOSED
