"""A branch in memory whose clock stands still until it is moved; it notices whatever a refusal leaves behind."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from canglian import ledger
from canglian.kernel import Command, Engine, MemoryStore, Outcome, Status
from canglian.kernel.records import Batch, CommandLine
from canglian.ledger import Account, Balance, Hold, Side, Transfer
from canglian.ledger.commands import HoldFunds, OpenAccount, OpenBook, PostTransfer

R = TypeVar("R")

TODAY = date(2026, 1, 5)
NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)


class Branch:
    """Book 1 with assets and chart; ``vault`` is unbounded, other accounts are opened as a test needs them."""

    def __init__(self, store: Any = None) -> None:
        self.store: Any = MemoryStore() if store is None else store
        self.now = NOW
        self.engine = self._engine()

    def _engine(self) -> Engine:
        return Engine(self.store, ledger.Book, audited=ledger.AUDITED, clock=lambda: self.now)

    async def open(self) -> "Branch":
        await self.engine.found(1, TODAY)
        await self.do(OpenBook())
        self.vault = await self.account(head="1001", floor=None)
        return self

    def later(self, **gap: float) -> datetime:
        self.now += timedelta(**gap)
        return self.now

    async def ask(self, command: Command[R], **more: Any) -> Outcome[R]:
        return await self.engine.submit(1, command, actor="teller", **more)

    async def do(self, command: Command[R], **more: Any) -> R:
        return (await self.ask(command, **more)).unwrap()

    async def account(self, *, funds: int = 0, **fields: Any) -> int:
        account = await self.do(OpenAccount(**{"asset": "CNY", "head": "2011", **fields}))
        if funds:
            await self.pay(self.vault, account.id, funds)
        return account.id

    async def pay(self, debit: int, credit: int, amount: int, **more: Any) -> Transfer:
        return await self.do(PostTransfer(debit=debit, credit=credit, amount=amount, code="pay", **more))

    async def hold(self, debit: int, credit: int, amount: int, **more: Any) -> Hold:
        return await self.do(HoldFunds(debit=debit, credit=credit, amount=amount, code="hold", **more))

    async def get(self, entity: Any, key: Any) -> Any:
        return (await self.store.load(1, entity, [key])).get(key)

    async def balance(self, number: int) -> int:
        """In the direction of the normal side."""
        account: Account = await self.get(Account, number)
        balance: Balance = await self.get(Balance, number)
        net = balance.credits - balance.debits
        return net if account.normal_side is Side.CREDIT else -net

    async def held(self, number: int) -> tuple[int, int]:
        balance: Balance = await self.get(Balance, number)
        return balance.debits_held, balance.credits_held

    def trace(self) -> Any:
        """Everything that is stored, but for the log itself."""
        rows = {
            kind.__table__: dict(table)
            for kind, table in self.store.rows[1].items()
            if kind not in (CommandLine, Batch) and table
        }
        state = self.store.states[1]
        return rows, state.counters, state.events, state.today

    async def refused(self, command: Command[Any]) -> tuple[str, dict[str, Any]]:
        """Ask for what a rule refuses: the code and its fields; nothing but one line in the log may come of it."""
        before, lines = self.trace(), self.store.states[1].commands
        dry = await self.ask(command, dry_run=True)
        assert self.store.states[1].commands == lines
        outcome = await self.ask(command)
        assert outcome.status is Status.REJECTED, outcome
        assert outcome.error is not None
        assert dry.error is not None
        assert (dry.error.code, dry.error.fields) == (outcome.error.code, outcome.error.fields)
        assert self.trace() == before
        assert self.store.states[1].commands == lines + 1
        line: CommandLine = self.store.rows[1][CommandLine][lines + 1]
        assert (line.status, line.code) == ("rejected", outcome.error.code)
        return outcome.error.code, plain(outcome.error.code, outcome.error.fields)

    def change(self, thing: Any) -> None:
        """Set a stored thing to what no test could bring about in reasonable time."""
        self.store.rows[1][type(thing)][type(thing).__id__(thing)] = thing
        self.engine = self._engine()


def plain(code: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of an error, its asset checked and left out where it only says how the figures are to be shown."""
    if code.startswith(("asset.", "transfer.asset_", "limit.")):
        return fields
    if "fields" in fields:
        fields = {**fields, "fields": plain(fields["reason"], fields["fields"])}
    assert fields.get("asset", "CNY").startswith(("CNY", "ECNY", "PTS:"))
    return {name: value for name, value in fields.items() if name != "asset"}
