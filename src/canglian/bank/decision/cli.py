"""``canglian rule-set``: rule sets as files that are linted, tried and drafted; and asked."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Group

from canglian.bank.decision import queries
from canglian.bank.decision.actions import RULE_SETS
from canglian.bank.decision.commands import DecideByRules
from canglian.bank.decision.engine.findings import Finding
from canglian.bank.decision.engine.rules import Outcome, RuleCaseResult, Rules, ready, ready_by_hash
from canglian.bank.decision.files import read_file
from canglian.bank.decision.wording import finding_text, place_of, why_person
from canglian.kernel.errors import Malformed
from canglian.kernel.untrusted import read_json
from canglian.web.cli import BookContext, Noun
from canglian.web.cli.output import Answer, facts, table
from canglian.web.principal import Role

File = Annotated[Path, typer.Argument(help="A rule set as JSON: code, name, inputs, model (JDM) and cases.")]
Code = Annotated[str, typer.Argument(help="The code of a rule set, such as small_loan.")]


async def lint(file: File) -> Answer:
    """Say what is wrong with the rules of a file, and where. Needs no installation."""
    draft = read_file(file, "—")
    found = ready(Rules(draft.inputs, draft.document))
    data = {"hash": found.hash, "sound": found.is_sound, "findings": msgspec.to_builtins(found.findings)}
    return Answer(data, _findings(found.findings, found.is_sound), code=0 if found.is_sound else 1)


async def test(file: File) -> Answer:
    """Lint the rules of a file and run its cases. Needs no installation."""
    draft = read_file(file, "—")
    found = ready(Rules(draft.inputs, draft.document))
    results = found.run_cases(draft.code, 0, draft.cases) if found.is_sound else []
    failed = sum(not result.passed for result in results)
    data = {
        "hash": found.hash,
        "sound": found.is_sound,
        "findings": msgspec.to_builtins(found.findings),
        "cases": msgspec.to_builtins(results),
        "failed": failed,
    }
    shown = Group(_findings(found.findings, found.is_sound), "", _cases(results))
    return Answer(data, shown, code=0 if found.is_sound and results and not failed else 1)


async def import_(
    context: BookContext,
    file: File,
    note: Annotated[str, typer.Option("--note", help="Whose decision, or why.")],
    key: Annotated[str | None, typer.Option("--key", help="The same key again drafts nothing.")] = None,
) -> Answer:
    """Draft a file as the next version of its rule set."""
    outcome = await context.services.engine.submit(
        context.book, read_file(file, note), actor=context.actor, key=key, role=Role.ADMIN.value
    )
    made = outcome.unwrap()
    pairs = [("code", made.code), ("version", made.version), ("state", made.state.value), ("hash", made.hash)]
    return Answer(msgspec.to_builtins(made), facts(pairs))


import_.__name__ = "import"


async def show(
    context: BookContext,
    code: Code,
    version: Annotated[int | None, typer.Option("--version", help="By default the latest one.")] = None,
) -> Answer:
    """Show a version of a rule set: what the lint finds in it, and what comes of its cases."""
    rule_set = await queries.rule_set(context.reader, context.book, code)
    found = await queries.version(context.reader, context.book, code, version or rule_set.latest)
    compiled = ready_by_hash(found.hash, found.rules)
    results = compiled.run_cases(code, found.version, found.cases) if compiled.is_sound else []
    data = {
        "rule_set": msgspec.to_builtins(rule_set),
        "version": msgspec.to_builtins(found),
        "findings": msgspec.to_builtins(compiled.findings),
        "cases": msgspec.to_builtins(results),
    }
    pairs = [
        ("name", rule_set.name),
        ("version", found.version),
        ("state", found.state.value),
        ("champion", rule_set.champion or "—"),
        ("shadow", rule_set.shadow or "—"),
        ("hash", found.hash),
        ("note", found.note),
    ]
    return Answer(data, Group(facts(pairs), "", _findings(compiled.findings, compiled.is_sound), "", _cases(results)))


async def decide(
    context: BookContext,
    code: Code,
    inputs: Annotated[str, typer.Argument(help="""The case as JSON, such as '{"age": 30}'.""")],
) -> Answer:
    """Ask the champion of a rule set about a case."""
    try:
        command = msgspec.convert({"code": code, "inputs": read_json(inputs.encode(), dict[str, Any])}, DecideByRules)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise Malformed("rule_set.file", file="inputs", problem=str(error).rstrip(".")) from None
    outcome = await context.services.engine.submit(context.book, command, actor=context.actor, role=Role.ADMIN.value)
    found: Outcome = outcome.unwrap()
    pairs = [("verdict", found.verdict or "—"), *((name, _shown(value)) for name, value in found.outputs.items())]
    pairs += [("reason", reason) for reason in found.reasons]
    pairs += [("row", f"{row.node} #{row.row}") for row in found.rows]
    if found.why_person is not None:
        pairs.append(("why", why_person(found, str)))
    pairs += [("version", found.version), ("hash", found.hash)]
    return Answer(msgspec.to_builtins(found), facts(pairs))


def _findings(findings: tuple[Finding, ...], is_sound: bool) -> Any:
    if not findings:
        return "no findings" if is_sound else "not sound"
    rows = [(f.severity.value, place_of(f), finding_text(f, str), f.code) for f in findings]
    return table(["severity", "place", "finding", "code"], rows)


def _cases(results: list[RuleCaseResult]) -> Any:
    rows = [
        (result.name, _shown(result.expected), _shown(result.found), "passed" if result.passed else "failed")
        for result in results
    ]
    return table(["case", "expected", "decided", ""], rows)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


NOUNS = {"rule-set": Noun(resource=RULE_SETS, verbs=(lint, test, import_, show, decide))}
