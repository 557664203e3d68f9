"""On PostgreSQL: a life with wallets is stored, its chain holds, and its log leads to what is stored."""

import pytest

from canglian.bank.approval import Book
from canglian.bank.wallet import CodeKind, PocketKind
from canglian.bank.wallet.commands import (
    AccrueWalletInterest,
    AddDevice,
    AskPin,
    CloseWallet,
    ExchangeMoney,
    LiftLoss,
    NotePin,
    OpenPocket,
    ReportLoss,
    ReverseWalletTransfer,
    ShowCode,
    TakeByCode,
    TrustDevice,
    UpgradeWallet,
)
from canglian.bank.wallet.model import ExchangeDirection
from canglian.kernel import Engine
from canglian.kernel.auditing import replay, verify
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger import AUDITED
from tests.bank.wallet.purses import Purses


class Stored(Purses):
    """Purses on a database, with the book that an installation has."""

    def _engine(self) -> Engine:
        return Engine(self.store, Book, audited=AUDITED, clock=lambda: self.now)


@pytest.mark.parametrize("cache", [500_000, 2])
async def test_a_life_with_wallets_replays(database: str, cache: int) -> None:
    store = await PostgresStore.open(database)
    branch = Stored(store)
    branch.engine._limits["cache_max"] = cache
    await branch.open()
    rich, poor = await branch.ecny(3, 90_000, serial=1), await branch.anonymous(2, 5_000)
    first, second = await branch.ewallet(3, 50_000), await branch.ewallet(4)
    await branch.send(first, second, 1_000)
    sub = await branch.sub(rich, single_max=5_000)
    await branch.send(rich, sub, 6_000)
    moved = await branch.send(sub, poor, 4_000)
    await branch.do(ReverseWalletTransfer(transfer=moved.id, reason="退款"))
    await branch.do(AskPin(wallet=poor.id))
    await branch.do(NotePin(wallet=poor.id, version=1, passed=False))
    digest = "a" * 32
    await branch.do(
        ShowCode(wallet=poor.id, code_kind=CodeKind.PAY, code_digest=digest, channel="mobile", pin=1, amount=900)
    )
    await branch.do(TakeByCode(wallet=rich.id, code_digest=digest, amount=800, channel="api"))
    back = ExchangeMoney(wallet=rich.id, direction=ExchangeDirection.TO_DEPOSIT, amount=10_000, channel="mobile", pin=1)
    await branch.do(back)
    await branch.do(UpgradeWallet(wallet=rich.id, product="wallet.ecny2"))
    device = await branch.do(AddDevice(wallet=poor.id, fingerprint="b" * 32, name="手机", platform="web"))
    await branch.do(TrustDevice(wallet=poor.id, device=device.id))
    pocket = {"name": "权益", "asset": "ECNY", "purpose": "benefit:x"}
    await branch.do(OpenPocket(wallet=poor.id, pocket_kind=PocketKind.BENEFIT, **pocket))
    await branch.do(ReportLoss(wallet=poor.id, reason="丢失"))
    await branch.do(LiftLoss(wallet=poor.id, reason="找回"))
    await branch.do(CloseWallet(wallet=sub.id, channel="counter", reason="不用"))
    refused = await branch.ask(AccrueWalletInterest(date=first.opened_on, accounts=[rich.account]))
    assert refused.error is not None
    await branch.engine.stop()

    assert (await verify(Reader(store.pool), 1, AUDITED)).broken is None
    replayed = await replay(store, 1, Book)
    await store.close()
    assert replayed.differences == []
    assert (replayed.rows["wallet"], replayed.rows["wallet_transfer"]) == (5, 6)
