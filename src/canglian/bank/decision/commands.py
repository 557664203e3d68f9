"""The life of a rule set's versions, and asking it.

A version is drafted, tested by its own cases, approved by a second person, tried in the shadow, made the champion, and
retired. What it says never changes on the way.
"""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.decision.deciding import decide_by, reads
from canglian.bank.decision.engine.inputs import InputField
from canglian.bank.decision.engine.jdm import BYTES_MAX
from canglian.bank.decision.engine.rules import Inputs, Outcome, Ready, RuleCase, Rules, ready, ready_by_hash
from canglian.bank.decision.model import RuleSet, RuleState, RuleVersion
from canglian.kernel.book import Book
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Field, Note, Reason, doc, visible
from canglian.kernel.values import Name

RuleCode = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]{1,39}\Z", description="The code of the rule set, such as `small_loan`.")
]
VersionNumber = Annotated[int, Meta(ge=1, le=2**31 - 1, description="The number of the version.")]


def _readable(text: str) -> None:
    """A document shows all that it says; lines and tabs are its layout. Rejects ``text.hidden``."""
    visible(text.translate(_LAYOUT))


_LAYOUT = {ord(sign): " " for sign in "\t\r\n"}
Document = Annotated[
    str,
    Meta(min_length=2, max_length=BYTES_MAX, description="The rules as JDM, the JSON of GoRules' editor."),
    Field(label="Rules (JDM)", check=_readable),
]
CASES_MAX = 200
INPUTS_MAX = 40


class DraftRules(Command[RuleVersion], kind="decision.draft"):
    """Draft a version of a rule set; the first one makes it. What the lint finds is shown, and keeps it from being
    tested. Rejects ``rule_set.case_twice`` and ``rule_version.same``.
    """

    code: RuleCode
    name: Annotated[Name, doc("What people read.")]
    inputs: Annotated[tuple[InputField, ...], Meta(max_length=INPUTS_MAX, description="What the rules are given.")]
    document: Document
    cases: Annotated[tuple[RuleCase, ...], Meta(max_length=CASES_MAX, description="Cases that the rules decide so.")]
    note: Note

    def reads(self) -> Iterable[Read]:
        return reads(self.code)

    def decide(self, book: Book) -> RuleVersion:
        seen: set[str] = set()
        for case in self.cases:
            if case.name in seen:
                book.reject("rule_set.case_twice", case=case.name, field="cases")
            seen.add(case.name)
        rule_set = book.maybe(RuleSet, self.code)
        number = 1 if rule_set is None else rule_set.latest + 1
        found = ready(Rules(self.inputs, self.document))
        if rule_set is not None:
            latest = book.get(RuleVersion, (self.code, rule_set.latest))
            if latest.hash == found.hash and latest.cases == self.cases and latest.state is not RuleState.RETIRED:
                book.reject("rule_version.same", version=latest.version, field="document")
        if rule_set is None:
            book.add(RuleSet(self.code, self.name, number, None, None, book.now))
        else:
            book.put(rule_set.replace(name=self.name, latest=number, updated_at=book.now))
        return book.add(
            RuleVersion(
                code=self.code,
                version=number,
                state=RuleState.DRAFT,
                hash=found.hash,
                inputs=self.inputs,
                document=self.document,
                cases=self.cases,
                note=self.note,
                drafted_at=book.now,
                drafted_by=book.actor,
                tested_at=None,
                approved_at=None,
                updated_at=book.now,
            )
        )


class TestRules(Command[RuleVersion], kind="decision.test"):
    """Run a draft's cases; where the lint found no error and all of them pass, it is tested.

    Rejects ``rule_version.not_found``, ``.state``, ``rule_set.not_sound``, ``.no_cases`` and ``.case_failed``.
    """

    __test__ = False

    code: RuleCode
    version: VersionNumber

    def decide(self, book: Book) -> RuleVersion:
        version = _in_state(book, self.code, self.version, RuleState.DRAFT)
        refuse_untested(book, version)
        return _moved(book, version.replace(tested_at=book.now), RuleState.TESTED, None)


class ApproveRules(Command[RuleVersion], kind="decision.approve"):
    """Approve a tested version. It is carried out as an approved proposal only.

    Rejects ``rule_version.not_found``, ``.state`` and ``rule_set.case_failed``.
    """

    code: RuleCode
    version: VersionNumber
    reason: Reason

    def decide(self, book: Book) -> RuleVersion:
        version = _in_state(book, self.code, self.version, RuleState.TESTED)
        refuse_untested(book, version)
        return _moved(book, version.replace(approved_at=book.now), RuleState.APPROVED, self.reason)


class ShadowRules(Command[RuleVersion], kind="decision.shadow"):
    """Let an approved version decide in the shadow; the one that was there is approved as before.

    Rejects ``rule_version.not_found`` and ``.state``.
    """

    code: RuleCode
    version: VersionNumber
    reason: Reason

    def decide(self, book: Book) -> RuleVersion:
        version = _in_state(book, self.code, self.version, RuleState.APPROVED)
        rule_set = book.get(RuleSet, self.code)
        if rule_set.shadow is not None:
            before = book.get(RuleVersion, (self.code, rule_set.shadow))
            _moved(book, before, RuleState.APPROVED, self.reason)
        book.put(rule_set.replace(shadow=self.version, updated_at=book.now))
        return _moved(book, version, RuleState.SHADOW, self.reason)


class PromoteRules(Command[RuleVersion], kind="decision.promote"):
    """Make an approved version the champion, from the shadow or at once; the champion before is retired.

    Rejects ``rule_version.not_found`` and ``.state``.
    """

    code: RuleCode
    version: VersionNumber
    reason: Reason

    def decide(self, book: Book) -> RuleVersion:
        version = _in_state(book, self.code, self.version, RuleState.APPROVED, RuleState.SHADOW)
        rule_set = book.get(RuleSet, self.code)
        if rule_set.champion is not None:
            before = book.get(RuleVersion, (self.code, rule_set.champion))
            _moved(book, before, RuleState.RETIRED, self.reason)
        shadow = None if rule_set.shadow == self.version else rule_set.shadow
        book.put(rule_set.replace(champion=self.version, shadow=shadow, updated_at=book.now))
        return _moved(book, version, RuleState.CHAMPION, self.reason)


class RetireRules(Command[RuleVersion], kind="decision.retire"):
    """Take a version out of use. Without a champion every case goes to a person.

    Rejects ``rule_version.not_found`` and ``.state``.
    """

    code: RuleCode
    version: VersionNumber
    reason: Reason

    def decide(self, book: Book) -> RuleVersion:
        version = _in_state(book, self.code, self.version, *(set(RuleState) - {RuleState.RETIRED}))
        rule_set = book.get(RuleSet, self.code)
        champion = None if rule_set.champion == self.version else rule_set.champion
        shadow = None if rule_set.shadow == self.version else rule_set.shadow
        if (champion, shadow) != (rule_set.champion, rule_set.shadow):
            book.put(rule_set.replace(champion=champion, shadow=shadow, updated_at=book.now))
        return _moved(book, version, RuleState.RETIRED, self.reason)


class DecideByRules(Command[Outcome], kind="decision.decide"):
    """Ask the champion of a rule set about a case; a version in the shadow decides it too, and is counted.

    Rejects ``rule_set.not_found``.
    """

    code: RuleCode
    inputs: Inputs

    def reads(self) -> Iterable[Read]:
        return reads(self.code)

    def decide(self, book: Book) -> Outcome:
        book.get(RuleSet, self.code)
        return decide_by(book, self.code, self.inputs)


def refuse_untested(book: Book, version: RuleVersion) -> Ready:
    """Lint a version and run its cases. Rejects what ``TestRules`` does."""
    found = ready_by_hash(version.hash, version.rules)
    errors = found.compiled.errors
    if errors:
        book.reject("rule_set.not_sound", count=len(errors), first=errors[0].code, field="document")
    if not version.cases:
        book.reject("rule_set.no_cases", field="cases")
    for result in found.run_cases(version.code, version.version, version.cases):
        if not result.passed:
            book.reject("rule_set.case_failed", case=result.name, field="cases")
    return found


def _in_state(book: Book, code: str, number: int, *states: RuleState) -> RuleVersion:
    version = book.maybe(RuleVersion, (code, number))
    if version is None:
        book.reject("rule_version.not_found", rule_version=number)
    if version.state not in states:
        book.reject("rule_version.state", version=number, state=version.state.value)
    return version


def _moved(book: Book, version: RuleVersion, state: RuleState, reason: str | None) -> RuleVersion:
    book.emit(
        f"rule_version.{state.value}",
        f"rule_set:{version.code}",
        rule_set=version.code,
        version=version.version,
        hash=version.hash,
    )
    return book.put(version.replace(state=state, updated_at=book.now, reason=reason))


# -- as those who vote read it -----------------------------------------------------------------------------------------


def _approving(book: Book, command: ApproveRules) -> Description:
    version = _in_state(book, command.code, command.version, RuleState.TESTED)
    found = refuse_untested(book, version)
    rule_set = book.get(RuleSet, command.code)
    warnings = len(found.findings)
    facts = [
        Fact("Rule set", "words", rule_set.name, note=command.code),
        Fact("Version", "number", command.version),
        Fact("Hash of the rules", "code", version.hash[:16], watched=True),
        Fact("Cases that hold", "text", str(len(version.cases))),
        Fact("Warnings of the lint", "number", warnings),
        Fact("Note", "text", version.note),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"rule_set:{command.code}", facts)


approvable(
    Approvable(
        ApproveRules,
        "Approve a version of rules",
        _approving,
        outcome=lambda version: f"rule_set:{version.code}",
        always=True,
        matter=lambda command: f"rule_set:{command.code}:{command.version}",
    )
)
