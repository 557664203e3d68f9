"""``/docs/api``: the API's description as a page to read, made once from the OpenAPI document.

Plain HTML and one style sheet from this folder: nothing is fetched from elsewhere and no script runs.
"""

import json
from importlib import resources
from typing import Any

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from canglian.app.reference import errors
from canglian.app.reference.pages import HEADERS, environment

METHODS = ("get", "post", "put", "patch", "delete")


class Field(msgspec.Struct, frozen=True):
    """A field of a body, or a parameter."""

    name: str
    type: str
    required: bool
    text: str


class Shown(msgspec.Struct, frozen=True):
    """An operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    text: list[str]
    parameters: list[Field]
    fields: list[Field]
    example: str
    answers: list[tuple[str, str, str]]


def routes(document: dict[str, Any]) -> list[HTTPRouteHandler]:
    """The page and its style sheet."""
    page = render(document).encode()
    style = (resources.files(__name__) / "reference.css").read_bytes()

    @get("/docs/api", include_in_schema=False)
    async def reference() -> Response[bytes]:
        return Response(page, media_type="text/html", headers=HEADERS)

    @get("/docs/api.css", include_in_schema=False)
    async def reference_style() -> Response[bytes]:
        return Response(style, media_type="text/css", headers=HEADERS)

    return [reference, reference_style, *errors.routes()]


def render(document: dict[str, Any]) -> str:
    """The page."""
    schemas = _answers(document)
    return (
        environment()
        .get_template("reference.html")
        .render(
            title=document["info"]["title"],
            version=document["info"]["version"],
            about=document["info"]["description"],
            groups=[(tag["name"], tag["description"], _of(document, tag["name"])) for tag in document["tags"]],
            schemas=schemas,
            names={name for name, _, _ in schemas},
            codes=document["x-error-codes"],
        )
    )


def _of(document: dict[str, Any], tag: str) -> list[Shown]:
    return [
        _shown(path, method, item[method], document["components"]["schemas"])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item and tag in item[method].get("tags", ())
    ]


def _shown(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> Shown:
    parameters = [
        Field(p["name"], f"{_type(p['schema'])}, {p['in']}", p["required"], p.get("description", ""))
        for p in operation.get("parameters", ())
    ]
    body: dict[str, Any] = {}
    if "requestBody" in operation:
        body = schemas[_name(operation["requestBody"]["content"]["application/json"]["schema"])]
    answers = [
        (status, answer["description"], _content(answer.get("content", {})))
        for status, answer in operation["responses"].items()
    ]
    example = json.dumps(body["examples"][0], ensure_ascii=False, indent=2) if "examples" in body else ""
    text = operation["description"].split("\n\n")
    return Shown(
        operation["operationId"],
        method.upper(),
        path,
        operation["summary"],
        text,
        parameters,
        _fields(body),
        example,
        answers,
    )


def _answers(document: dict[str, Any]) -> list[tuple[str, str, list[Field]]]:
    """Every schema that an answer is made of: its name, what it is, its fields."""
    return [
        (name, schema.get("description", ""), _fields(schema))
        for name, schema in sorted(document["components"]["schemas"].items())
        if schema.get("properties") and "examples" not in schema
    ]


def _fields(schema: dict[str, Any]) -> list[Field]:
    required = schema.get("required", ())
    return [
        Field(name, _type(kind), name in required, kind.get("description", ""))
        for name, kind in schema.get("properties", {}).items()
    ]


def _type(schema: dict[str, Any]) -> str:
    """A type in a few words."""
    for word in ("oneOf", "anyOf"):
        if word in schema:
            return " or ".join(dict.fromkeys(_type(kind) for kind in schema[word]))
    if "$ref" in schema:
        return _name(schema)
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"{_type(schema['additionalProperties'])} by name"
    return schema.get("format") or schema.get("type") or "anything"


def _name(schema: dict[str, Any]) -> str:
    return schema.get("$ref", "").rsplit("/", 1)[-1]


def _content(content: dict[str, Any]) -> str:
    kinds = [_type(media.get("schema", {})) for kind, media in content.items() if kind != "text/csv"]
    return " or ".join([*kinds, *(["CSV"] if "text/csv" in content else [])])
