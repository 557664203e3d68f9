"""``canglian template``: templates of contracts as files that are copied, edited, tried and proposed."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Group

from canglian.bank.approval.service import filing_of
from canglian.bank.purpose import queries
from canglian.bank.purpose.commands import AddPurposeTemplate
from canglian.bank.purpose.model import PurposeTemplate
from canglian.bank.purpose.rules import Case, Rules, contradiction, refusal
from canglian.bank.purpose.wording import rules_in_words
from canglian.kernel.errors import CODES, Malformed, NotFound, Rejection
from canglian.kernel.untrusted import read_json
from canglian.web.cli import BookContext
from canglian.web.cli.output import Answer, facts, table
from canglian.web.error_text import format_error
from canglian.web.principal import Role
from canglian.web.words import translated

BYTES_MAX = 1 << 20
"""How long the file of a template may be."""

_COPIED = ("code", "kind", "name", "rules", "cases")
_OFFERED = "Edit it, try it with `canglian template check`, and propose it."

Code = Annotated[str, typer.Argument(help="The code of a template, such as welfare.")]
File = Annotated[Path, typer.Argument(help="A template as JSON or TOML; `canglian template copy` writes one.")]


async def list_(context: BookContext) -> Answer:
    """List all versions of all templates."""
    found = await queries.templates(context.reader, context.book)
    rows = [(t.code, t.version, t.kind.value, t.name, t.effective_from.isoformat(), len(t.cases)) for t in found]
    heads = ["code", ">version", "kind", "name", "applies from", ">cases"]
    return Answer({"data": msgspec.to_builtins(found)}, table(heads, rows))


list_.__name__ = "list"


async def show(context: BookContext, code: Code) -> Answer:
    """Show the latest version of a template: its rules in words, and what they decide of each case."""
    latest = await _latest(context, code)
    sentences = [(line.title, line.text) for line in rules_in_words(latest.rules, _say)]
    title = f"{latest.code} {latest.version}: {latest.name}"
    return Answer(msgspec.to_builtins(latest), _tried(title, sentences, latest.rules, latest.cases))


async def copy(
    context: BookContext, code: Code, file: Annotated[Path, typer.Argument(help="The file to be written.")]
) -> Answer:
    """Write the latest version of a template into a file, to be edited and proposed as the next one."""
    latest = await _latest(context, code)
    copied = {name: msgspec.to_builtins(getattr(latest, name)) for name in _COPIED}
    try:
        with file.open("xb") as to:
            to.write(msgspec.json.format(msgspec.json.encode(copied)) + b"\n")
    except OSError as error:
        raise Malformed("purpose_template.file", file=file.name, problem=error.strerror or "it failed") from None
    return Answer({"file": str(file), **copied}, facts([("file", str(file)), ("next", _OFFERED)]))


async def check(file: File) -> Answer:
    """Try the cases of a file with its rules. Needs no installation, and files nothing."""
    asked = read_template(file, "—")
    problem = contradiction(asked.rules)
    if problem is not None:
        raise Rejection("purpose_template.rules", problem=problem)
    outcomes = [refusal(asked.rules, case.use) for case in asked.cases]
    failed = sum(outcome != case.expected for outcome, case in zip(outcomes, asked.cases, strict=True))
    sentences = [(line.title, line.text) for line in rules_in_words(asked.rules, _say)]
    data = {"cases": len(outcomes), "failed": failed, "outcomes": outcomes}
    return Answer(data, _tried(asked.name, sentences, asked.rules, asked.cases), code=1 if failed else 0)


async def propose(
    context: BookContext,
    file: File,
    reason: Annotated[str, typer.Option("--reason", help="Why; the approver reads it, and the version keeps it.")],
    key: Annotated[str | None, typer.Option("--key", help="The same key again proposes nothing.")] = None,
) -> Answer:
    """Propose a file as the next version of its template: its cases are run, and another person approves it."""
    command = read_template(file, reason)
    filed = filing_of(command, reason, Role.ADMIN)
    outcome = await context.services.engine.submit(
        context.book, filed, actor=context.actor, key=key, role=Role.ADMIN.value
    )
    status = msgspec.to_builtins(outcome.unwrap())
    return Answer(status, facts([(name.replace("_", " "), value) for name, value in status.items()]))


def read_template(path: Path, note: str) -> AddPurposeTemplate:
    """The template of a file, JSON where its name ends so, else TOML. Malformed ``purpose_template.file``."""
    try:
        with path.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise Malformed("purpose_template.file", file=path.name, problem=error.strerror or "it is not there") from None
    if len(raw) > BYTES_MAX:
        raise Malformed("purpose_template.file", file=path.name, problem="it is longer than a mebibyte")
    try:
        read: Any = read_json(raw, dict[str, Any]) if path.suffix == ".json" else msgspec.toml.decode(raw)
        return msgspec.convert({"note": note, **read}, AddPurposeTemplate)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("purpose_template.file", file=path.name, problem=str(error).rstrip(".")) from None


async def _latest(context: BookContext, code: str) -> PurposeTemplate:
    found = [made for made in await queries.templates(context.reader, context.book) if made.code == code]
    if not found:
        raise NotFound("purpose_template.not_found", purpose_template=code)
    return found[0]


def _tried(title: str, sentences: list[tuple[str, str]], rules: Rules, cases: tuple[Case, ...]) -> Any:
    decided = [(case, refusal(rules, case.use)) for case in cases]
    rows = [
        (case.name, _outcome(case.expected), _outcome(code), "holds" if code == case.expected else "fails")
        for case, code in decided
    ]
    return Group(facts(sentences, title), "", table(["case", "expected", "decided", ""], rows))


def _say(text: str) -> str:
    return translated(text, "en")


def _outcome(code: str | None) -> str:
    if code is None:
        return "paid"
    return format_error(code, {}, str) if code in CODES else code


VERBS = (list_, show, copy, check, propose)
