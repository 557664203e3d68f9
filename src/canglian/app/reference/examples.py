"""An operation called with ``curl`` and from Python: the example of its body, and something in every other place."""

import json
import re
from typing import Any

SIGNED = "/v1/open/"
"""Where requests are signed (see ``docs/guides/embed-the-bank.md``)."""

_SAMPLES = {"date": "2026-01-31", "date-time": "2026-01-31T09:30:00Z", "integer": "1", "boolean": "true"}
_KEYED = "Idempotency-Key"


def curl(path: str, method: str, operation: dict[str, Any], body: Any) -> str:
    """A command that a shell runs; the address of the server and the key are in variables."""
    address = re.sub(r"\{(\w+)\}", lambda named: f"${named[1].upper()}", path)
    if path.startswith(SIGNED):
        return f'python call_bank.py app.pem $KEYID "$CANGLIAN{address}{_query(operation)}"'
    lines = [f'curl {_method(method, body)}"$CANGLIAN{address}{_query(operation)}"', '-H "Authorization: Bearer $KEY"']
    if _is_keyed(operation):
        lines.append(f'-H "{_KEYED}: one-of-your-own"')
    if body is not None:
        text = json.dumps(body, ensure_ascii=False).replace("'", "'\\''")
        lines += ['-H "Content-Type: application/json"', f"-d '{text}'"]
    return " \\\n  ".join(lines)


def python(path: str, method: str, operation: dict[str, Any], body: Any) -> str:
    """A call of the client that the page begins with; nothing where requests are signed."""
    if path.startswith(SIGNED):
        return ""
    quote = "f" if "{" in path else ""
    arguments = [f'{quote}"{path}{_query(operation)}"']
    if body is not None:
        arguments.append(f"json={_literal(body, 4)}")
    if _is_keyed(operation):
        arguments.append(f'headers={{"{_KEYED}": "one-of-your-own"}}')
    joined = ", ".join(arguments)
    if len(joined) > 80:
        joined = "\n    " + ",\n    ".join(arguments) + ",\n"
    return f"client.{method}({joined}).json()"


def _method(method: str, body: Any) -> str:
    implied = "get" if body is None else "post"
    return "" if method == implied else f"-X {method.upper()} "


def _query(operation: dict[str, Any]) -> str:
    needed = [p for p in operation.get("parameters", ()) if p["in"] == "query" and p["required"]]
    pairs = [f"{p['name']}={_sample(p['schema'])}" for p in needed]
    return "?" + "&".join(pairs) if pairs else ""


def _sample(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return str(schema["enum"][0])
    return _SAMPLES.get(schema.get("format") or schema.get("type", ""), "text")


def _is_keyed(operation: dict[str, Any]) -> bool:
    return any(parameter["name"] == _KEYED for parameter in operation.get("parameters", ()))


def _literal(value: Any, indent: int) -> str:
    """A value as Python writes it, broken into lines where it is long."""
    flat = _flat(value)
    if len(flat) + indent <= 90 or not isinstance(value, dict | list) or not value:
        return flat
    pad = " " * (indent + 4)
    if isinstance(value, dict):
        parts = [f"{pad}{_flat(key)}: {_literal(inner, indent + 4)},\n" for key, inner in value.items()]
        return "{\n" + "".join(parts) + " " * indent + "}"
    return "[\n" + "".join(f"{pad}{_literal(inner, indent + 4)},\n" for inner in value) + " " * indent + "]"


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flat(key)}: {_flat(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flat(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
