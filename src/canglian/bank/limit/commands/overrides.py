"""Another limit for one party, account or wallet, for some days: granted and taken back by two people only."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.limit.commands.values import HolderId, LimitFigure, OverrideId, ReasonText, RuleCode
from canglian.bank.limit.model import Granted, LimitOverride, LimitRule, LimitTally, OverrideState
from canglian.bank.limit.rules import rules_in_force
from canglian.bank.party import Party
from canglian.bank.party.rules import active_party
from canglian.kernel.book import Book
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import doc

PARTY = "pty_"


class GrantOverride(Command[LimitOverride], kind="limit.grant_override"):
    """Another limit for one rule and one holder, from ``since`` to ``until``, both included.

    It never works back: by default, and where ``since`` has passed when it is approved, it begins on that day. It is
    carried out as an approved proposal only. Rejects ``party.*``, ``limit_rules.rule_unknown``,
    ``limit_override.days``, ``limit_override.overlaps`` and ``limit_override.same``.
    """

    holder: HolderId
    rule: RuleCode
    limit: LimitFigure
    until: Annotated[date, doc("The last day on which it shall hold.")]
    reason: Annotated[ReasonText, doc("Why; it stays on record.")]
    since: Annotated[date | None, doc("The first day on which it shall hold; by default the day of its approval.")] = (
        None
    )

    def reads(self) -> Iterable[Read]:
        read: list[Read] = [(LimitTally, self.holder)]
        return [*read, (Party, self.holder)] if self.holder.startswith(PARTY) else read

    def decide(self, book: Book) -> LimitOverride:
        rule = _rule(book, self.rule)
        if self.holder.startswith(PARTY):
            active_party(book, self.holder)
        since = _first_day(book, self)
        if self.until < since:
            book.reject("limit_override.days", since=since.isoformat(), until=self.until.isoformat(), field="until")
        if self.limit == rule.limit:
            book.reject("limit_override.same", rule=self.rule, field="limit")
        tally = book.maybe(LimitTally, self.holder)
        going_on = [] if tally is None else [granted for granted in tally.overrides if granted.until >= book.today]
        for other in going_on:
            if other.rule == self.rule and other.since <= self.until and since <= other.until:
                book.reject("limit_override.overlaps", other=other.id, since=str(other.since), until=str(other.until))
        override = LimitOverride(
            id=book.new_id("lov"),
            holder=self.holder,
            rule=self.rule,
            limit=self.limit,
            asset=None if rule.measure.counts else rule.asset,
            replaced_limit=rule.limit,
            since=since,
            until=self.until,
            reason=self.reason,
            state=OverrideState.GRANTED,
            granted_at=book.now,
            granted_by=book.actor,
            ended_at=None,
            ended_by=None,
            end_reason=None,
        )
        granted = Granted(override.id, self.rule, self.limit, since, self.until)
        if tally is None:
            book.add(LimitTally(self.holder, {}, [granted]))
        else:
            book.put(tally.replace(overrides=[*going_on, granted]))
        book.emit(
            "limit_override.granted",
            f"limit_override:{override.id}",
            override=override.id,
            holder=self.holder,
            rule=self.rule,
        )
        return book.add(override)


class EndOverride(Command[LimitOverride], kind="limit.end_override"):
    """Take an override back: from now on the rule's own limit holds. Carried out as an approved proposal only.

    Rejects ``limit_override.not_found``, ``limit_override.ended`` and ``limit_override.over``.
    """

    override: OverrideId
    reason: Annotated[ReasonText, doc("Why; it stays on record.")]

    def decide(self, book: Book) -> LimitOverride:
        override = book.get(LimitOverride, self.override)
        if override.state is OverrideState.ENDED:
            book.reject("limit_override.ended", override=override.id)
        if override.until < book.today:
            book.reject("limit_override.over", override=override.id, until=override.until.isoformat())
        tally = book.get(LimitTally, override.holder)
        book.put(tally.replace(overrides=[granted for granted in tally.overrides if granted.id != override.id]))
        book.emit(
            "limit_override.ended",
            f"limit_override:{override.id}",
            override=override.id,
            holder=override.holder,
            rule=override.rule,
        )
        return book.put(
            override.replace(state=OverrideState.ENDED, ended_at=book.now, ended_by=book.actor, end_reason=self.reason)
        )


def _first_day(book: Book, command: GrantOverride) -> date:
    return max(command.since or book.today, book.today)


def _rule(book: Book, code: str) -> LimitRule:
    rule = rules_in_force(book).rule(code)
    if rule is None:
        book.reject("limit_rules.rule_unknown", rule=code, field="rule")
    return rule


# -- as those who vote read it -----------------------------------------------------------------------------------------


def _figure(label: str, value: int, asset: str | None, *, watched: bool = False) -> Fact:
    return Fact(label, "number" if asset is None else "money", value, asset=asset, watched=watched)


def _holder(holder: str) -> Fact:
    return Fact("Holder", "holder", holder)


def _granting(book: Book, command: GrantOverride) -> Description:
    rule = _rule(book, command.rule)
    asset = None if rule.measure.counts else rule.asset
    facts = [
        _holder(command.holder),
        Fact("Limit rule", "words", rule.name, note=rule.code, watched=True),
        _figure("Limit of the rule", rule.limit, asset, watched=True),
        _figure("Limit instead", command.limit, asset),
        Fact("First day", "day", _first_day(book, command).isoformat()),
        Fact("Last day", "day", command.until.isoformat()),
        Fact("Reason", "text", command.reason),
    ]
    return Description(_subject(command.holder), facts, None if asset is None else command.limit, asset)


def _ending(book: Book, command: EndOverride) -> Description:
    override = book.get(LimitOverride, command.override)
    facts = [
        Fact("Override", "code", override.id),
        Fact("State", "state", override.state.value, watched=True),
        _holder(override.holder),
        Fact("Limit rule", "code", override.rule),
        _figure("Limit instead", override.limit, override.asset),
        Fact("Last day", "day", override.until.isoformat()),
        Fact("Reason", "text", command.reason),
    ]
    return Description(
        _subject(override.holder), facts, None if override.asset is None else override.limit, override.asset
    )


def _subject(holder: str) -> str:
    return f"party:{holder}" if holder.startswith(PARTY) else holder


def _outcome(override: LimitOverride) -> str:
    return f"limit_override:{override.id}"


def granted_about(holder: str, rule: str) -> str:
    """What an override is to settle: one rule of one holder."""
    return f"limit:{holder}:{rule}"


def ended_about(override: str) -> str:
    """What the end of an override is to settle."""
    return f"limit_override:{override}"


approvable(
    Approvable(
        GrantOverride,
        "Override a limit",
        _granting,
        outcome=_outcome,
        always=True,
        matter=lambda command: granted_about(command.holder, command.rule),
    )
)
approvable(
    Approvable(
        EndOverride,
        "Revoke a limit override",
        _ending,
        outcome=_outcome,
        always=True,
        matter=lambda command: ended_about(command.override),
    )
)
