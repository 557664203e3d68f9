"""What the limits keep in a book: rules by version, what has been used of them, and overrides."""

import enum
from datetime import date, datetime
from functools import cached_property
from typing import Annotated

import msgspec

from canglian.bank.limit.matching import Matcher
from canglian.bank.limit.measures import Counterparty, Direction, Holder, Measure
from canglian.bank.party import Level
from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc

RULES = "limits"
"""The name of the one set of rules of a book."""


class LimitRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One rule: which movements it is about, what it measures of them, and how much it lets through.

    ``products`` are codes such as ``deposit.class2``, or the beginnings of codes such as ``deposit.*``. Empty
    ``levels``, ``channels`` or ``counterparties`` stand for all; what is in ``exempt`` is not counted. ``direction``
    None stands for both. ``per`` says whose movements are added up. ``limit`` is in the minor unit of ``asset``, or a
    number of movements. Rules with the same ``counter`` add up into one: what a wallet has used in a lower tier counts
    in the higher one. Its own code is the counter of a rule that names none.
    """

    code: Annotated[str, doc("The short stable name.")]
    name: Annotated[str, doc("What the rule is called.")]
    products: Annotated[
        list[str],
        doc("The products that the rule is about: codes, or beginnings such as `deposit.*`."),
    ]
    measure: Annotated[
        Measure,
        doc("What is measured: one movement, the sum or count of a day, month or year, or the balance."),
    ]
    limit: Annotated[int, doc("How much may move or be held, in the minor unit of the asset, or how many movements.")]
    asset: Annotated[str, doc("The unit of value that it is about.")]
    direction: Annotated[Direction | None, doc("`in` or `out`; null for both.")] = None
    levels: Annotated[list[Level], doc("The levels of verification that the rule is about; empty for all.")] = []
    channels: Annotated[list[str], doc("The channels that the rule is about; empty for all.")] = []
    counterparties: Annotated[
        list[Counterparty],
        doc("Who on the other side is counted; empty for everybody who is not exempt."),
    ] = []
    exempt: Annotated[list[Counterparty], doc("Who on the other side is not counted.")] = []
    per: Annotated[
        Holder,
        doc("Whose movements are added up: of one `subject`, or all of its `party`."),
    ] = Holder.SUBJECT
    counter: Annotated[
        str | None,
        doc("What it adds up into together with other rules; null for a counter of its own."),
    ] = None


class LimitRules(
    Entity, frozen=True, table="limit_rules", key=("version",), indexes={"rules": ("rules",)}, dict=True, gc=True
):
    """One version of all rules of a book; it never changes.

    In force is the one with the latest effective date that has come, the later version where two have the same.
    ``added_on`` is the business date on which it was added.
    """

    version: int
    rules: str
    effective_from: date
    content: list[LimitRule]
    note: str
    added_on: date
    added_at: datetime
    added_by: str

    @cached_property
    def matcher(self) -> Matcher[LimitRule]:
        """The rules in the form in which a movement finds its own quickly."""
        return Matcher(self.content)

    def rule(self, code: str) -> LimitRule | None:
        """One rule by its code."""
        return next((rule for rule in self.content if rule.code == code), None)


class Granted(msgspec.Struct, frozen=True, array_like=True):
    """An override as it stands beside what was used: another limit for one rule, on the days from ``since`` to
    ``until``, both included."""

    id: str
    rule: str
    limit: int
    since: date
    until: date

    def holds(self, today: date) -> bool:
        """Whether it is in force."""
        return self.since <= today <= self.until


class LimitTally(Entity, frozen=True, table="limit_tally", key=("holder",)):
    """What a subject or a party has used of its limits in the periods that are under way.

    ``used`` has for each counter, measure and period (``account.out:day_sum:2026-11-23``) the amount or the number so
    far. ``overrides`` are those of this holder that have not been over on the day they were last changed.
    """

    holder: str
    used: dict[str, int]
    overrides: list[Granted]


class OverrideState(enum.StrEnum):
    """Granted holds between its days; ended was taken back."""

    GRANTED = "granted"
    ENDED = "ended"


class LimitOverride(Entity, frozen=True, table="limit_override", indexes={"holder": ("holder",)}):
    """Another limit for one rule and one holder (a party, or a subject such as ``wallet:wal_…``), for some days.

    ``until`` is the last day. ``replaced_limit`` is what the rule let through when it was granted.
    """

    id: Annotated[str, doc("Its number or id.")]
    holder: Annotated[str, doc("A party, or one account or wallet: `pty_…`, `deposit:dep_…`, `wallet:wal_…`.")]
    rule: Annotated[str, doc("The code of the rule.")]
    limit: Annotated[int, doc("How much may move or be held, in the minor unit of the asset, or how many movements.")]
    asset: Annotated[str | None, doc("The unit of the figures; null where movements are counted.")]
    replaced_limit: Annotated[int, doc("What the rule let through when the override was granted.")]
    since: Annotated[date, doc("The first day on which it holds.")]
    until: Annotated[date, doc("The last day on which it holds.")]
    reason: Annotated[str, doc("Why; it stays on record.")]
    state: Annotated[OverrideState, doc("The state it is in, or is to be in.")]
    granted_at: Annotated[datetime, doc("When its proposal was carried out.")]
    granted_by: Annotated[str, doc("Who asked for it.")]
    ended_at: Annotated[datetime | None, doc("When it was taken back; null while it stands.")]
    ended_by: Annotated[str | None, doc("Who ended it, or null.")]
    end_reason: Annotated[str | None, doc("Why it was ended, or null.")]
