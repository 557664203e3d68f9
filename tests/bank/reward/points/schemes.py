"""A branch whose people have points."""

from datetime import date, timedelta
from typing import Any, TypeVar

from canglian.bank.reward.points.commands import (
    ApprovePointScheme,
    AwardPoints,
    DraftPointScheme,
    ExchangePoints,
    FundPointScheme,
)
from canglian.bank.reward.points.model import (
    EarningRule,
    ExchangeKind,
    ExchangeRule,
    Expiry,
    ExpiryKind,
    PointExchange,
    PointLot,
    PointMember,
    PointRuleCount,
    PointScheme,
    RuleKind,
)
from canglian.bank.wallet import Wallet
from canglian.kernel.command import Command, Outcome
from canglian.ledger.commands import CloseDay
from tests.bank.reward.seasons import Season

R = TypeVar("R")
PER_YUAN = EarningRule(kind=RuleKind.PER_AMOUNT, points=1, per_fen=100)
MONEY = ExchangeRule(kind=ExchangeKind.MONEY, name="零钱", points=100, amount=100)
A_YEAR = Expiry(kind=ExpiryKind.MONTHS, months=12)


class Points(Season):
    """A branch with schemes, in which no two things happen in the same millisecond: lots are in their order."""

    async def ask(self, command: Command[R], **more: Any) -> Outcome[R]:
        self.now += timedelta(milliseconds=1)
        return await super().ask(command, **more)

    def draft_of(self, **fields: Any) -> DraftPointScheme:
        asked: dict[str, Any] = {
            "code": "street",
            "name": "新城积分",
            "owner": "新城支行",
            "rules": (PER_YUAN,),
            "expiry": A_YEAR,
            "exchanges": (MONEY,),
            "alone_max": 100_000,
            **fields,
        }
        return DraftPointScheme(**asked)

    async def scheme(self, *, funds: int = 100_000, **fields: Any) -> PointScheme:
        """A scheme that is active, with money set aside."""
        drafted = await self.do(self.draft_of(**fields))
        active = await self.second(ApprovePointScheme(scheme=drafted.id))
        if funds:
            await self.do(FundPointScheme(scheme=active.id, amount=funds, channel="counter"))
        return active

    def award(self, scheme: PointScheme, wallet: Wallet, points: int, number: str = "a-1") -> AwardPoints:
        return AwardPoints(scheme=scheme.id, party=wallet.party or "", points=points, number=number, reason="参加活动")

    async def member(self, scheme: PointScheme, wallet: Wallet) -> PointMember:
        (found,) = await self.rows(PointMember, scheme=scheme.id, party=wallet.party)
        return found

    async def points(self, scheme: PointScheme, wallet: Wallet) -> int:
        """What somebody has by the ledger."""
        return await self.balance((await self.member(scheme, wallet)).account)

    async def lots(self, scheme: PointScheme, wallet: Wallet) -> list[PointLot]:
        return await self.rows(PointLot, scheme=scheme.id, party=wallet.party)

    async def exchanging(self, scheme: PointScheme, wallet: Wallet, pieces: int = 1, **fields: Any) -> ExchangePoints:
        asked: dict[str, Any] = {"exchange": 1, "channel": "mobile", **fields}
        member = await self.member(scheme, wallet)
        return ExchangePoints(member=member.id, wallet=wallet.id, pieces=pieces, **asked)

    async def exchanged(self, scheme: PointScheme, wallet: Wallet, pieces: int = 1, **fields: Any) -> PointExchange:
        return await self.do(await self.exchanging(scheme, wallet, pieces, **fields))

    async def reach(self, day: date) -> None:
        """The business date moves on."""
        self.now += timedelta(days=(day - self.now.date()).days)
        await self.do(CloseDay(next_day=day))

    async def explain_points(self, scheme: PointScheme) -> None:
        """What remains of everybody's lots is what the ledger has, and every point of each lot has its place."""
        for member in await self.rows(PointMember, scheme=scheme.id):
            lots = await self.rows(PointLot, member=member.id)
            assert sum(lot.remaining for lot in lots) == await self.balance(member.account)
            assert member.debt >= 0
            assert member.debt <= sum(lot.owed for lot in lots)
        lots = await self.rows(PointLot, scheme=scheme.id)
        for lot in lots:
            parts = (lot.remaining, lot.spent, lot.expired, lot.taken, lot.netted, lot.owed)
            assert min(parts) >= 0
            assert lot.points == sum(parts[:-1])
            assert lot.cancelled <= lot.points
            assert lot.living == (lot.member if lot.remaining else None)
        for count in await self.rows(PointRuleCount, scheme=scheme.id):
            rule = scheme.rules[count.rule - 1]
            given = [
                (each, each.by_rules[count.rule - 1])
                for each in lots
                if each.by_rules and count.party in ("", each.party)
            ]
            assert count.points == sum(points - points * lot.cancelled // lot.points for lot, points in given)
            most = rule.per_person if count.party else rule.total
            assert most is None or count.points <= most
            assert not count.party or rule.per_day is None or count.day_points <= rule.per_day
        figures = [await self.balance(number) for number in (scheme.spent, scheme.expired, scheme.taken_back)]
        assert -(await self.balance(scheme.awarded)) == sum(lot.points for lot in lots)
        assert figures == [
            sum(lot.spent for lot in lots),
            sum(lot.expired for lot in lots),
            sum(lot.taken + lot.netted for lot in lots),
        ]
        assert await self.balance(scheme.funds) >= 0


__all__ = ["A_YEAR", "MONEY", "PER_YUAN", "Points"]
