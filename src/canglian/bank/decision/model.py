"""What the room keeps: rule sets, their versions, and how a version in the shadow compares with the champion."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.bank.decision.engine.inputs import InputField
from canglian.bank.decision.engine.rules import RuleCase, Rules
from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class RuleState(enum.StrEnum):
    """Drafted, its cases passed, approved by a second person; deciding in the shadow; deciding; at an end."""

    DRAFT = "draft"
    TESTED = "tested"
    APPROVED = "approved"
    SHADOW = "shadow"
    CHAMPION = "champion"
    RETIRED = "retired"


class RuleSet(Entity, frozen=True, table="rule_set", key=("code",)):
    """Rules for one question, and which of their versions decides."""

    code: Annotated[str, doc("The code by which others ask it, such as `small_loan`.")]
    name: Annotated[str, doc("What people read.")]
    latest: Annotated[int, doc("The number of its latest version.")]
    champion: Annotated[int | None, doc("The version that decides, or null.")]
    shadow: Annotated[int | None, doc("The version that decides beside it and is only counted, or null.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class RuleVersion(Entity, frozen=True, table="rule_version", key=("code", "version"), indexes={"code": ("code",)}):
    """One version of a rule set. What it says never changes; only its state does."""

    code: Annotated[str, doc("The code of the rule set.")]
    version: Annotated[int, doc("Its number, from 1.")]
    state: Annotated[RuleState, doc("Where it stands.")]
    hash: Annotated[str, doc("SHA-256 of what its rules mean.")]
    inputs: Annotated[tuple[InputField, ...], doc("What it is given.")]
    document: Annotated[str, doc("Its rules as JDM.")]
    cases: Annotated[tuple[RuleCase, ...], doc("The cases that it has to decide so.")]
    note: Annotated[str, doc("A remark; it must hold no personal number.")]
    drafted_at: Annotated[datetime, doc("When it was drafted.")]
    drafted_by: Annotated[str, doc("Who drafted it.")]
    tested_at: Annotated[datetime | None, doc("When its cases passed, or null.")]
    approved_at: Annotated[datetime | None, doc("When it was approved, or null.")]
    updated_at: Annotated[datetime, doc("When its state last changed.")]
    reason: Annotated[str | None, doc("Why its state last changed, or null.")] = None

    @property
    def rules(self) -> Rules:
        """What it decides by."""
        return Rules(self.inputs, self.document)


class RuleShadow(Entity, frozen=True, table="rule_shadow", key=("code", "version")):
    """How often a version in the shadow was asked, and how it differed from the champion of that moment."""

    code: Annotated[str, doc("The code of the rule set.")]
    version: Annotated[int, doc("The version in the shadow.")]
    decided: Annotated[int, doc("How many cases it has decided.")]
    same: Annotated[int, doc("How many of them with the same outputs as the champion.")]
    pairs: Annotated[dict[str, int], doc("How many by both verdicts, the champion's first: `approve/refuse`.")]
    since: Annotated[date, doc("The business date of the first.")]
    updated_at: Annotated[datetime, doc("When the last one was decided.")]
