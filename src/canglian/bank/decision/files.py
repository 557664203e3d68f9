"""Rule sets as files: JSON with the code, the name, the inputs, the model as JDM itself, and the cases."""

from pathlib import Path
from typing import Any

import msgspec

from canglian.bank.decision.commands import DraftRules
from canglian.bank.decision.engine.jdm import BYTES_MAX
from canglian.bank.decision.engine.rules import RuleFile
from canglian.bank.decision.model import RuleVersion
from canglian.kernel.errors import Malformed
from canglian.kernel.untrusted import read_json

FILE_BYTES_MAX = 2 * BYTES_MAX


def read_file(path: Path, note: str) -> DraftRules:
    """The draft that a file asks for. Malformed ``rule_set.file``."""
    try:
        with path.open("rb") as file:
            raw = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise Malformed("rule_set.file", file=path.name, problem=error.strerror or "it is not there") from None
    return read_text(raw, note, path.name)


def read_text(raw: bytes, note: str, name: str, field: str | None = None) -> DraftRules:
    """The draft that a text asks for. Malformed ``rule_set.file``."""
    at = {} if field is None else {"field": field}
    if len(raw) > FILE_BYTES_MAX:
        raise Malformed("rule_set.file", file=name, problem="it is longer than half a mebibyte", **at)
    try:
        found = read_json(raw, RuleFile)
        document = bytes(found.model).decode()
        given: dict[str, Any] = {"code": found.code, "name": found.name, "note": note, "document": document}
        return msgspec.convert(
            {**given, "inputs": msgspec.to_builtins(found.inputs), "cases": msgspec.to_builtins(found.cases)},
            DraftRules,
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("rule_set.file", file=name, problem=str(error).rstrip("."), **at) from None


def as_file(version: RuleVersion, name: str) -> bytes:
    """A version as a file that ``read_text`` takes."""
    written = {
        "code": version.code,
        "name": name,
        "inputs": msgspec.to_builtins(version.inputs),
        "model": msgspec.Raw(version.document.encode()),
        "cases": msgspec.to_builtins(version.cases),
    }
    return msgspec.json.format(msgspec.json.encode(written)) + b"\n"
