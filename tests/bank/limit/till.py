"""A branch where movements are counted against limits, without money: what moves is told by the command alone."""

from datetime import date, timedelta
from typing import Any

from canglian.bank.approval import Book
from canglian.bank.limit import (
    Counterparty,
    Direction,
    LimitRule,
    LimitRules,
    LimitTally,
    Measure,
    Movement,
    count,
    give_back,
    reads,
)
from canglian.bank.limit.commands import AddLimitRules
from canglian.bank.limit.commands.versions import RuleAsked
from canglian.bank.party import Level
from canglian.kernel import Command, Engine
from canglian.kernel.command import Read
from canglian.ledger import AUDITED
from canglian.ledger.commands import CloseDay
from tests.ledger.branch import TODAY, Branch

OUT, IN = Direction.OUT, Direction.IN


class Move(Command[None], kind="test.move", frozen=True):
    """Count a movement as a use case would."""

    movement: Movement

    def reads(self) -> list[Read]:
        return reads(self.movement.subject, self.movement.party)

    def decide(self, book: Any) -> None:
        count(book, self.movement)


class TakeBack(Command[None], kind="test.take_back", frozen=True):
    """Give a movement back as a reversal would."""

    movement: Movement
    on: date
    whole: bool = True

    def decide(self, book: Any) -> None:
        give_back(book, self.movement, self.on, whole=self.whole)


def moving(amount: int = 100, **fields: Any) -> Movement:
    """By default 1.00 from a Class II account, verified remotely, to a merchant."""
    return Movement(
        **{
            "subject": "deposit:dep_1",
            "party": "par_1",
            "product": "deposit.class2",
            "level": Level.REMOTE,
            "channel": "mobile",
            "direction": OUT,
            "counterparty": Counterparty.MERCHANT,
            "asset": "CNY",
            "amount": amount,
            **fields,
        }
    )


def ecny(amount: int = 100, tier: int = 4, **fields: Any) -> Movement:
    """A payment from an e-CNY wallet; an anonymous one by default."""
    return moving(
        amount,
        **{
            "subject": "wallet:wal_1",
            "party": None,
            "product": f"wallet.ecny{tier}",
            "level": Level.NONE,
            "asset": "ECNY",
            **fields,
        },
    )


def rule(code: str = "r", limit: int = 1000, measure: Measure = Measure.DAY_SUM, **fields: Any) -> RuleAsked:
    """A rule about everything of CNY that leaves any account."""
    return RuleAsked(
        **{
            "code": code,
            "name": code.upper(),
            "products": ["deposit.*"],
            "measure": measure,
            "limit": limit,
            "asset": "CNY",
            "direction": None if measure is Measure.BALANCE else OUT,
            **fields,
        }
    )


class Till(Branch):
    """Book 1 on 2026-01-05, with the first version of the rules."""

    today = TODAY

    def _engine(self) -> Engine:
        return Engine(self.store, Book, audited=AUDITED, clock=lambda: self.now)

    async def move(self, amount: int = 100, **fields: Any) -> None:
        await self.do(Move(movement=moving(amount, **fields)))

    async def passes(self, movement: Movement) -> dict[str, Any]:
        """What a refusal says; nothing but a line in the log may come of it."""
        code, fields = await self.refused(Move(movement=movement))
        assert code == "limit.exceeded"
        return fields

    async def do_refused(self, command: Command[Any]) -> None:
        """Ask for what passes a limit, where the store cannot be looked through."""
        outcome = await self.ask(command)
        assert outcome.error is not None
        assert outcome.error.code == "limit.exceeded"

    async def add(self, *rules: RuleAsked, effective_from: date = TODAY) -> LimitRules:
        return await self.do(AddLimitRules(effective_from=effective_from, content=list(rules), note="board"))

    async def next_day(self, day: date | None = None) -> date:
        self.now += timedelta(days=1)
        self.today = await self.do(CloseDay(next_day=day or self.today + timedelta(days=1)))
        return self.today

    async def used(self, holder: str = "deposit:dep_1") -> dict[str, int]:
        tally: LimitTally | None = await self.get(LimitTally, holder)
        return {} if tally is None else tally.used


__all__ = ["IN", "OUT", "LimitRule", "Move", "TakeBack", "Till", "ecny", "moving", "rule"]
