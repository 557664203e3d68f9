"""Shops on a database, which a run settles."""

from datetime import date, timedelta
from typing import Any

from canglian.bank.approval import Book
from canglian.bank.payment import Merchant
from canglian.bank.settlement.settling import queries
from canglian.bank.settlement.settling.commands import SetSettlementTerms
from canglian.bank.settlement.settling.model import Settlement
from canglian.bank.settlement.settling.running import SettlementRun, cut_off, settle_day
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.model import Wallet as StoredWallet
from canglian.kernel import Command, Engine, Status
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import some
from canglian.ledger import AUDITED
from canglian.ledger.commands import CloseDay
from canglian.ledger.model import Balance
from tests.bank.payment.shops import Shops
from tests.ledger.branch import TODAY


class Stalls(Shops):
    """A branch on a database whose merchants are settled. Its first business date is a Monday."""

    today = TODAY

    def _engine(self) -> Engine:
        return Engine(self.store, Book, audited=AUDITED, clock=lambda: self.now)

    @property
    def reader(self) -> Reader:
        return Reader(self.store.pool)

    async def rows(self, kind: Any, **fields: Any) -> list[Any]:
        (column, value), *others = fields.items()
        found = await some(self.reader, 1, kind, column, value)
        rows = [row for row in found if all(getattr(row, name) == wanted for name, wanted in others)]
        return sorted(rows, key=kind.__id__)

    async def refused(self, command: Command[Any], **more: Any) -> tuple[str, dict[str, Any]]:
        """The code and fields of a refusal, which changes no number, event or balance."""
        before = await self._trace()
        outcome = await self.ask(command, **more)
        assert outcome.status is Status.REJECTED, outcome
        assert await self._trace() == before
        assert outcome.error is not None
        return outcome.error.code, outcome.error.fields

    async def _trace(self) -> Any:
        state = await self.store.state(1)
        (sums,) = await self.reader.rows("SELECT sum(debits), sum(credits * account) FROM balance WHERE book = $1", 1)
        return state.counters, state.events, state.today, tuple(sums)

    async def day(self, days: int = 1) -> date:
        self.today += timedelta(days=days)
        await self.do(CloseDay(next_day=self.today))
        self.later(days=days)
        return self.today

    async def settled(self, *, chunk: int = 512) -> SettlementRun:
        """The run of the business date."""
        return await settle_day(self.engine, self.reader, 1, self.today, chunk=chunk)

    async def cut(self) -> None:
        await cut_off(self.engine, self.reader, 1, self.today)

    async def of(self, merchant: Merchant, asset: str = "ECNY") -> list[Settlement]:
        """The settlements of a merchant, the first one first; each is exact."""
        found: list[Settlement] = await self.rows(Settlement, merchant=merchant.id, asset=asset)
        carried = 0
        for settlement in found:
            assert settlement.carried_in == carried
            assert settlement.net == exactly(settlement)
            assert settlement.net == settlement.claims_out + settlement.paid_out + settlement.carried_out
            carried = settlement.carried_out
        return found

    async def terms(self, merchant: Merchant, cycle: int, minimum: int = 0) -> None:
        await self.do(SetSettlementTerms(merchant=merchant.id, cycle=cycle, minimum=minimum))

    async def has_in(self, wallet: Wallet | StoredWallet) -> int:
        balance: Balance = await self.get(Balance, wallet.account)
        return balance.credits - balance.debits


def exactly(settlement: Settlement) -> int:
    """What the items of a settlement come to."""
    taken = settlement.refunds + settlement.fees + settlement.tax + settlement.splits_out
    given = settlement.gross + settlement.splits_in + settlement.claims_in + settlement.other
    return settlement.carried_in + given - taken


__all__ = ["Stalls", "exactly", "queries"]
