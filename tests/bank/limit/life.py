"""One life of a till beside the reference model: whatever happens is asked of both, and both answer alike."""

from datetime import date, timedelta
from typing import Any

import msgspec

from canglian.bank.approval import Book
from canglian.bank.limit import LimitOverride, LimitTally, Movement
from canglian.bank.limit.commands import AddLimitRules, EndOverride, GrantOverride, RuleAsked
from canglian.bank.limit.model import LimitRules
from canglian.bank.limit.rules import first_rules
from canglian.bank.limit.standing import Asked, standing
from canglian.kernel import Engine
from canglian.ledger import AUDITED
from canglian.ledger.commands import CloseDay
from tests.bank.limit.model import Counted, Model, Override
from tests.bank.limit.till import Move, TakeBack, Till, moving
from tests.bank.party.people import People
from tests.ledger.branch import NOW, TODAY


class Life(Till, People):
    """Two accounts of one party and a wallet of nobody."""

    def __init__(self, store: Any = None, cache: int = 500_000) -> None:
        self.cache = cache
        super().__init__(store)

    def _engine(self) -> Engine:
        return Engine(self.store, Book, audited=AUDITED, clock=lambda: self.now, cache_max=self.cache)

    async def begin(self) -> "Life":
        await self.open()
        self.party = (await self.person()).id
        self.subjects = [("deposit:dep_1", self.party), ("deposit:dep_2", self.party), ("deposit:dep_3", None)]
        self.model = Model(TODAY, [(date(2000, 1, 1), first_rules(1, TODAY, NOW).content)])
        self.ids: list[str] = []
        self.requests = 0
        self.refusals = 0
        return self

    async def move_money(self, place: int, amount: int, again: bool, **fields: Any) -> None:
        """A movement; the model says whether it may pass, and which rules it would. Sent twice it counts once."""
        subject, party = self.subjects[place]
        movement = moving(amount, subject=subject, party=party, **fields)
        self.requests += 1
        refused = self.model.refuses(movement)
        for replayed in (False, True) if again else (False,):
            outcome = await self.ask(Move(movement=movement), key=f"m-{self.requests}")
            assert outcome.replayed is replayed
            assert (outcome.error is None) is (not refused), (movement, refused)
            if outcome.error is not None:
                self._told(outcome.error.fields, movement, refused)
        if refused:
            self.refusals += 1
        else:
            self.model.count(movement)

    def _told(self, fields: dict[str, Any], movement: Movement, refused: set[str]) -> None:
        assert fields["rule"] in refused
        rule = next(rule for rule in self.model.rules if rule.code == fields["rule"])
        assert fields["limit"] == self.model.limit(rule, movement)
        if rule.measure.adds_up:
            assert fields["used"] == self.model.used(rule, movement)
        assert fields["left"] == max(0, fields["limit"] - fields["used"])
        renews = rule.measure.renews_at(self.today)
        assert fields["renews_at"] == (None if renews is None else renews.isoformat())

    @property
    def standing_movements(self) -> list[Counted]:
        """The movements of which something still stands."""
        return [
            counted for counted in self.model.counted if counted.left > 0 and counted.times == 1 and counted.refundable
        ]

    async def give_back(self, place: int, part: int) -> None:
        """A reversal of what still stands of a movement, or a refund of a part of it."""
        movements = self.standing_movements
        if not movements:
            return
        candidate = movements[place % len(movements)]
        amount = min(part, candidate.left)
        whole = amount == candidate.left
        movement = msgspec.structs.replace(candidate.movement, amount=amount)
        await self.do(TakeBack(movement=movement, on=candidate.on, whole=whole))
        self.model.give_back(candidate, amount, whole=whole)

    async def close_day(self, days: int) -> None:
        """The business date moves."""
        self.today = await self.do(CloseDay(next_day=self.today + timedelta(days=days)))
        self.model.next_day(self.today)

    async def rule_anew(self, days: int, rules: list[RuleAsked]) -> None:
        """A new version, for today or a day to come."""
        day = self.today + timedelta(days=days)
        await self.do(AddLimitRules(effective_from=day, content=rules, note="board"))
        self.model.add(day, [rule.kept for rule in rules])

    async def grant(self, place: int, by_party: bool, pick: int, limit: int, days: int) -> None:
        """An override for one of the rules in force."""
        if not self.model.rules:
            return
        rule = self.model.rules[pick % len(self.model.rules)]
        subject, party = self.subjects[place]
        holder = party if by_party and party is not None else subject
        until = self.today + timedelta(days=days)
        command = GrantOverride(holder=holder, rule=rule.code, limit=limit, until=until, reason="x")
        outcome = await self.ask(command)
        overlaps = any(
            (override.holder, override.rule) == (holder, rule.code) and override.until >= self.today
            for override in self.model.overrides
        )
        expected = "limit_override.same" if limit == rule.limit else "limit_override.overlaps" if overlaps else None
        assert (outcome.error and outcome.error.code) == expected
        if outcome.result is not None:
            self.ids.append(outcome.result.id)
            self.model.overrides.append(Override(holder, rule.code, limit, self.today, until))

    async def end(self, place: int) -> None:
        """An override is taken back."""
        if not self.ids:
            return
        at = place % len(self.ids)
        outcome = await self.ask(EndOverride(override=self.ids[at], reason="x"))
        over = self.model.overrides[at].until < self.today
        assert (outcome.error and outcome.error.code) == ("limit_override.over" if over else None)
        if not over:
            del self.ids[at], self.model.overrides[at]

    async def restart(self) -> None:
        """The engine forgets everything that it has in memory."""
        await self.engine.stop()
        self.engine = self._engine()

    async def agree(self) -> None:
        """What is stored says of every rule what the model finds by looking at every movement."""
        rules = LimitRules(1, "limits", TODAY, self.model.rules, "", TODAY, NOW, "x")
        holders = {holder for pair in self.subjects for holder in pair if holder is not None}
        tallies = await self.store.load(1, LimitTally, sorted(holders))
        for subject, party in self.subjects:
            asked = Asked("deposit.class2", moving().level, subject, party)
            limits = standing(rules, asked, tallies.get(subject), tallies.get(party or ""), self.today)
            for limit in limits.limits:
                rule = next(each for each in self.model.rules if each.code == limit.rule)
                movement = moving(subject=subject, party=party)
                assert limit.limit == self.model.limit(rule, movement)
                if rule.measure.adds_up:
                    assert limit.used == self.model.used(rule, movement)

    async def overrides(self) -> list[LimitOverride]:
        """Those that are stored."""
        found = await self.store.load(1, LimitOverride, self.ids)
        return [found[identity] for identity in self.ids]
