"""The reference as files of the documentation: one a resource, and one that leads to them."""

from typing import Any

from canglian.app.reference.describing import Field, Operation, Resource, Schema, resources_of

INDEX = "README.md"
BEGIN_CURL = """CANGLIAN=http://127.0.0.1:8000
KEY=ck_…"""
BEGIN_PYTHON = """import httpx

client = httpx.Client(base_url="http://127.0.0.1:8000", headers={"Authorization": "Bearer ck_…"})"""


def files_of(document: dict[str, Any]) -> dict[str, str]:
    """The text of every file by its name."""
    resources = resources_of(document)
    return {INDEX: _index(resources)} | {f"{resource.slug}.md": _page(resource) for resource in resources}


def _index(resources: list[Resource]) -> str:
    parts = [
        "# HTTP API by resource\n",
        "Made from the OpenAPI document of the server, which has the same pages with a search at `/docs/api`. What",
        "holds for every operation stands in [HTTP API](../http-api.md), every code in [error codes](../errors.md).\n",
        "Examples begin with the address of a server and a key:\n",
        f"```sh\n{BEGIN_CURL}\n```\n",
        f"```python\n{BEGIN_PYTHON}\n```\n",
    ]
    for resource in resources:
        parts.append(f"## [{resource.name}]({resource.slug}.md)\n\n{resource.about}\n")
        parts += [
            f"- [`{each.method} {each.path}`]({resource.slug}.md#{each.id.lower()}): {each.summary}."
            for each in resource.operations
        ]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _page(resource: Resource) -> str:
    named = {schema.name for schema in resource.schemas}
    parts = [
        f"# {resource.name}\n",
        f"{resource.about}\n",
        f"[All resources]({INDEX}) · [what holds for every operation](../http-api.md) · [error codes](../errors.md)\n",
    ]
    parts += [f"- [{operation.id}](#{operation.id.lower()}): {operation.summary}." for operation in resource.operations]
    parts.append("")
    parts += [_operation(operation, named) for operation in resource.operations]
    if resource.schemas:
        parts.append("## What answers are made of\n")
    parts += [_schema(schema, named) for schema in resource.schemas]
    return "\n".join(parts).rstrip() + "\n"


def _operation(operation: Operation, named: set[str]) -> str:
    parts = [f"## {operation.id}\n", f"`{operation.method} {operation.path}`\n", *_paragraphs(operation.text)]
    if operation.parameters:
        parts.append(_table("parameter", operation.parameters, named))
    if operation.fields:
        parts.append(_table("field of the body", operation.fields, named))
    if operation.common:
        parts.append(f"Also takes {', '.join(f'`{name}`' for name in operation.common)}.\n")
    refusals = ", ".join(operation.refusals)
    parts.append(f"Answers {_linked(operation.answer, named)}. Refusals, as problem details: {refusals}.\n")
    parts.append(f"```sh\n{operation.curl}\n```\n")
    if operation.python:
        parts.append(f"```python\n{operation.python}\n```\n")
    return "\n".join(parts)


def _paragraphs(texts: list[str]) -> list[str]:
    return [f"{_escaped(text)}\n" for text in texts]


def _schema(schema: Schema, named: set[str]) -> str:
    return "\n".join([f"### {schema.name}\n", f"{_escaped(schema.text)}\n", _table("field", schema.fields, named)])


def _table(heading: str, fields: list[Field], named: set[str]) -> str:
    rows = [f"| {heading} | type | meaning |", "| --- | --- | --- |"]
    for field in fields:
        needed = " (required)" if field.required and heading != "field" else ""
        rows.append(f"| `{field.name}`{needed} | {_linked(field.type, named)} | {_cell(field.text)} |")
    return "\n".join(rows) + "\n"


def _linked(text: str, named: set[str]) -> str:
    words = [f"[{word}](#{word.lower()})" if word in named else word for word in _cell(text).split(" ")]
    return " ".join(words)


def _cell(text: str) -> str:
    return _escaped(text).replace("|", r"\|")


def _escaped(text: str) -> str:
    """A text in which only what stands between back-ticks may look like an element."""
    parts = text.split("`")
    return "`".join(part if place % 2 else part.replace("<", "&lt;") for place, part in enumerate(parts))
