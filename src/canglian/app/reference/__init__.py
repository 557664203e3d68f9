"""``/docs/api``: the API's description as pages to read, one a resource, with a search over all of them.

Plain HTML and one style sheet from this folder: nothing is fetched from elsewhere and no script runs.
"""

import functools
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from canglian.app.reference import documentation, errors
from canglian.app.reference.describing import Operation, Resource, resources_of
from canglian.app.reference.markdown import BEGIN_CURL, BEGIN_PYTHON
from canglian.app.reference.pages import HEADERS, dense, environment
from canglian.kernel.errors import NotFound

HOME = "/docs/api"
FOUND_MAX = 50

_NAMED, _WITH_FIELD, _FIELD, _OTHER = range(4)


class Found(msgspec.Struct, frozen=True):
    """What a search found: where it is, what it is called, what it says, and how early it stands."""

    address: str
    name: str
    text: str
    rank: int


def routes(document: dict[str, Any]) -> list[HTTPRouteHandler]:
    """The pages and their style sheet. A page is made when somebody asks for it first."""
    style = (resources.files(__name__) / "reference.css").read_bytes()
    found = functools.cache(lambda: {resource.slug: resource for resource in resources_of(document)})

    @functools.cache
    def page(slug: str) -> str:
        return render(document, found(), slug)

    @get(HOME, include_in_schema=False, sync_to_thread=False)
    def reference() -> Response[bytes]:
        return _page(page(""))

    @get(f"{HOME}/{{resource:str}}", include_in_schema=False, sync_to_thread=False)
    def reference_of_resource(resource: FromPath[str]) -> Response[bytes]:
        if resource not in found():
            raise NotFound("request.not_found", path=f"{HOME}/{resource}")
        return _page(page(resource))

    @get(f"{HOME}/search", include_in_schema=False, sync_to_thread=False)
    def reference_search(text: Annotated[str, QueryParameter(name="q", max_length=100)] = "") -> Response[bytes]:
        return _page(_render(document, found(), "search.html", text=text, hits=search(document, found(), text)))

    @get(f"{HOME}.css", include_in_schema=False, sync_to_thread=False)
    def reference_style() -> Response[bytes]:
        return Response(style, media_type="text/css", headers=HEADERS)

    return [
        reference,
        reference_of_resource,
        reference_search,
        reference_style,
        *errors.routes(),
        *documentation.routes(),
    ]


def render(document: dict[str, Any], found: dict[str, Resource], slug: str) -> str:
    """The page of a resource, or the first page, which leads to all of them."""
    if not slug:
        return _render(document, found, "index.html", curl=BEGIN_CURL, python=BEGIN_PYTHON)
    resource = found[slug]
    return _render(
        document, found, "resource.html", resource=resource, names={schema.name for schema in resource.schemas}
    )


def search(document: dict[str, Any], found: dict[str, Resource], text: str) -> list[Found]:
    """Operations, fields and error codes in which every word of a text stands: those named so first, then operations
    that take or answer a field of that name, then the fields themselves."""
    words = text.lower().split()
    if not words:
        return []
    hits = [*_operations(found.values(), words), *_fields(found.values(), words)]
    hits += _codes(document["x-error-codes"], words)
    hits.sort(key=lambda hit: hit.rank)
    return hits[:FOUND_MAX]


def _operations(found: Iterable[Resource], words: list[str]) -> Iterator[Found]:
    for resource in found:
        for operation in resource.operations:
            name = f"{operation.method} {operation.path}"
            named, text = _has(f"{operation.id} {name}", words), _text_of(operation)
            if _has(f"{name} {text} {' '.join(operation.inner)}", words):
                takes = set(words) <= {field.name for field in operation.fields} | set(operation.inner)
                rank = _NAMED if named else _WITH_FIELD if takes else _OTHER
                yield Found(f"{HOME}/{resource.slug}#{operation.id}", name, operation.summary, rank)


def _fields(found: Iterable[Resource], words: list[str]) -> Iterator[Found]:
    """The fields of what bodies and answers are made of, each on the first page that has it."""
    seen: set[str] = set()
    for resource in found:
        for schema in resource.schemas:
            if schema.name not in seen:
                seen.add(schema.name)
                for field in schema.fields:
                    name = f"{schema.name}.{field.name}"
                    if _has(field.name, words) or _has(name, words):
                        yield Found(f"{HOME}/{resource.slug}#schema-{schema.name}", name, field.text, _FIELD)


def _codes(codes: dict[str, str], words: list[str]) -> Iterator[Found]:
    for code, template in codes.items():
        if _has(f"{code} {template}", words):
            yield Found(f"/docs/errors/{code}", code, template, _NAMED if _has(code, words) else _OTHER)


def _text_of(operation: Operation) -> str:
    fields = [f"{field.name} {field.text}" for field in (*operation.parameters, *operation.fields)]
    return " ".join([operation.id, operation.summary, *operation.text, *fields])


def _has(text: str, words: list[str]) -> bool:
    lower = text.lower()
    return all(word in lower for word in words)


def _render(document: dict[str, Any], found: dict[str, Resource], template: str, **more: Any) -> str:
    info = document["info"]
    shared = {"title": info["title"], "version": info["version"], "about": info["description"]}
    made = environment().get_template(template)
    return dense(made.render(**shared, home=HOME, resources=list(found.values()), **{"text": "", **more}))


def _page(text: str) -> Response[bytes]:
    return Response(text.encode(), media_type="text/html", headers=HEADERS)


__all__ = ["render", "routes", "search"]
