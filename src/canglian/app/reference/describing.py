"""What the reference says of a resource, read from the OpenAPI document: its operations, their fields and examples.

Values of enums stand where they are used; what an answer is made of stands on the page of the resource itself.
"""

import json
from typing import Any

import msgspec

from canglian.app.reference.examples import curl, python

METHODS = ("get", "post", "put", "patch", "delete")
COMMON = ("Idempotency-Key", "dry_run", "sort", "cursor", "limit")
"""Parameters that mean the same wherever they are taken."""

_SCHEMAS = "#/components/schemas/"


class Field(msgspec.Struct, frozen=True):
    """A field of a body, or a parameter."""

    name: str
    type: str
    required: bool
    text: str


class Schema(msgspec.Struct, frozen=True):
    """What a body or an answer is made of."""

    name: str
    text: str
    fields: list[Field]


class Operation(msgspec.Struct, frozen=True):
    """An operation as its page shows it. ``common`` are the parameters that many operations take, ``answer`` is what it
    answers when all goes well, ``refusals`` are the statuses of the others. ``inner`` are the names of fields inside
    its body and its answer."""

    id: str
    method: str
    path: str
    summary: str
    text: list[str]
    common: list[str]
    parameters: list[Field]
    fields: list[Field]
    inner: list[str]
    answer: str
    refusals: list[str]
    curl: str
    python: str


class Resource(msgspec.Struct, frozen=True):
    """A page of the reference: the operations of a tag, and the schemas that they speak of."""

    name: str
    about: str
    operations: list[Operation]
    schemas: list[Schema]

    @property
    def slug(self) -> str:
        """Its name in an address."""
        return self.name.replace(" ", "-")


def resources_of(document: dict[str, Any]) -> list[Resource]:
    """Every resource that has operations, in the document's order."""
    found = [_resource(document, tag["name"], tag["description"]) for tag in document["tags"]]
    return [resource for resource in found if resource.operations]


def _resource(document: dict[str, Any], name: str, about: str) -> Resource:
    schemas = document["components"]["schemas"]
    operations = [
        (path, method, item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item and name in item[method].get("tags", ())
    ]
    named = dict.fromkeys(part for _, _, operation in operations for part in _spoken_of(operation, schemas))
    return Resource(
        name,
        about,
        [_operation(path, method, operation, schemas) for path, method, operation in operations],
        [_schema(part, schemas) for part in sorted(named)],
    )


def _operation(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> Operation:
    described = schemas.get(_body(operation), {})
    example = described.get("examples", [None])[0]
    statuses, parameters = operation["responses"], operation.get("parameters", ())
    return Operation(
        operation["operationId"],
        method.upper(),
        path,
        _one_line(operation["summary"]),
        [_one_line(paragraph) for paragraph in operation["description"].split("\n\n")],
        [name for name in COMMON if any(p["name"] == name for p in parameters)],
        [
            Field(p["name"], f"{type_of(p['schema'], schemas)}, {p['in']}", p["required"], p.get("description", ""))
            for p in parameters
            if p["name"] not in COMMON
        ],
        _fields(described, schemas),
        sorted({name for part in _spoken_of(operation, schemas) for name in schemas[part].get("properties", ())}),
        next((_content(a.get("content", {}), schemas) for s, a in statuses.items() if s.startswith("2")), ""),
        [status for status in statuses if not status.startswith("2")],
        curl(path, method, operation, example),
        python(path, method, operation, example),
    )


def _body(operation: dict[str, Any]) -> str:
    if "requestBody" not in operation:
        return ""
    return _name(operation["requestBody"]["content"]["application/json"]["schema"])


def _spoken_of(operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, None]:
    """The schemas of an operation's answer, and those inside its body, which itself stands at the operation."""
    found: dict[str, None] = {}
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            _gather(answer.get("content", {}), schemas, found)
    if body := _body(operation):
        _gather(schemas[body], schemas, found)
    return found


def _gather(thing: Any, schemas: dict[str, Any], found: dict[str, None]) -> None:
    if isinstance(thing, list):
        for part in thing:
            _gather(part, schemas, found)
    elif isinstance(thing, dict):
        name = _name(thing)
        if name and name not in found and schemas[name].get("properties"):
            found[name] = None
            _gather(schemas[name], schemas, found)
        for key, part in thing.items():
            if key not in ("examples", "$ref"):
                _gather(part, schemas, found)


def _schema(name: str, schemas: dict[str, Any]) -> Schema:
    return Schema(name, _one_line(schemas[name].get("description", "")), _fields(schemas[name], schemas))


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> list[Field]:
    required = schema.get("required", ())
    return [
        Field(name, type_of(kind, schemas), name in required, _one_line(kind.get("description", "")))
        for name, kind in schema.get("properties", {}).items()
    ]


def type_of(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """A type in a few words, an enum by its values."""
    for word in ("oneOf", "anyOf"):
        if word in schema:
            return " or ".join(dict.fromkeys(type_of(kind, schemas) for kind in schema[word]))
    if "$ref" in schema:
        referred = schemas[_name(schema)]
        return _name(schema) if referred.get("properties") else type_of(referred, schemas)
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {}), schemas)}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"{type_of(schema['additionalProperties'], schemas)} by name"
    return schema.get("format") or schema.get("type") or "anything"


def _content(content: dict[str, Any], schemas: dict[str, Any]) -> str:
    kinds = [
        type_of(media.get("schema", {}), schemas) if kind == "application/json" else kind
        for kind, media in content.items()
    ]
    return " or ".join(kinds)


def _name(schema: dict[str, Any]) -> str:
    reference = schema.get("$ref")
    return reference.removeprefix(_SCHEMAS) if isinstance(reference, str) else ""


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("``", "`")
