"""The OpenAPI document: made from the handlers, with what they cannot say added.

Schemas come from the structs that bodies are really read into and answers are written from, so the document promises
exactly what is checked. Added are security, examples, links from what one makes to what one may do with it, headers,
and the error codes. The same document says which query parameters exist: others are refused.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from litestar import Litestar, Response, get
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.routes import HTTPRoute
from msgspec import inspect

from canglian import __version__
from canglian.app import reference
from canglian.app.api_examples import EXAMPLES, LINKS
from canglian.app.reference.examples import SIGNED
from canglian.app.rooms import rooms
from canglian.kernel.errors import CODES
from canglian.web.operations import FILES
from canglian.web.reading import METADATA

_ABOUT = """The book comes from the API key, sent as `Authorization: Bearer ck_…`. Amounts are integers in the minor
unit of their asset (fen for CNY). `Idempotency-Key` makes a POST happen once. `?dry_run=true` decides and throws away.
Lists answer `data` and `next_cursor`; with `Accept: text/csv` they are exported. Errors are problem details with a
stable `code`. A parameter or field that is not described here is refused."""

SIGNATURE = "signature"
"""The scheme of what apps of partners call."""

_REF = "#/components/schemas/{name}"
_METHODS = ("get", "post", "put", "patch", "delete")
_FILTERED = ("listAccounts", "listHolds", "listTransfers")
"""The lists that can be filtered by metadata."""

_EXPORTED = ("getStatement", "getTrialBalance")
"""What is exported as CSV beside the lists."""

_TAGS = {
    "accounts": "Open, find, change, freeze and close accounts; their balances, entries and statements.",
    "transfers": "Move money: one, many or history; find, reverse and trace.",
    "holds": "Reserve money, take it in parts, let it go.",
}
_TAGS_LAST = {
    "book": "The book as a whole: assets, chart of accounts, business date, trial balance.",
    "access": "The principal of a request, and the API keys of the book.",
    "outbox": "Receivers of events, deliveries, and dead letters.",
    "observing": "The command log, the audit chain and events.",
}
_RANGES = {".gte": "This or later, or this or more.", ".lte": "This or earlier, or this or less."}
_KEY_PATTERN = r"^[!-~]{1,200}$"

_documents: dict[frozenset[str], dict[str, Any]] = {}
"""The documents that were made, by the names of their operations."""


def openapi() -> OpenAPIConfig:
    """The framework's configuration."""
    return OpenAPIConfig(
        title="Canglian",
        version=__version__,
        description=_ABOUT,
        security=[{"key": []}],
        components=Components(
            security_schemes={
                "key": SecurityScheme(type="http", scheme="bearer", description="An API key: `ck_<prefix>_<secret>`."),
                SIGNATURE: SecurityScheme(
                    type="apiKey",
                    name="Signature",
                    security_scheme_in="header",
                    description="HTTP Message Signatures (RFC 9421) with a key of an app of a partner.",
                ),
            }
        ),
        path="/v1/_schema",
        render_plugins=[],
    )


_CLI = "cli."
"""The command line's own codes, which no request is answered with."""


def document(app: Litestar) -> dict[str, Any]:
    """The whole document as plain JSON values: made once in a process, for it says the same of the same operations."""
    handlers = {handler.operation_id: handler for handler in _handlers(app)}
    names = frozenset(handlers)
    if names not in _documents:
        _documents[names] = _document(app, handlers)
    return _documents[names]


def _document(app: Litestar, handlers: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = app.openapi_schema.to_schema()
    operations = {operation["operationId"]: operation for _, _, operation in _operations(made)}
    _use_exact_schemas(made, handlers.values())
    for name, operation in operations.items():
        _describe(operation, handlers[name])
    for path, _, operation in _operations(made):
        if path.startswith(SIGNED):
            operation["security"] = [{SIGNATURE: []}]
    _link(operations)
    tags = _TAGS | {name: text for room in rooms() for name, text in room.tags.items()} | _TAGS_LAST
    made["tags"] = [{"name": name, "description": text} for name, text in tags.items()]
    made["x-error-codes"] = {code: text for code, text in sorted(CODES.items()) if not code.startswith(_CLI)}
    return _with_names(_plain(made), _names(made["components"]["schemas"]))


def with_document(app: Litestar) -> None:
    """Serve the document at ``/v1/openapi.json`` and as a page at ``/docs/api``."""
    made = document(app)
    body = msgspec.json.encode(made)
    app.state.parameters = {
        (path, method.upper()): {
            parameter["name"]: parameter["schema"].get("format") or parameter["schema"].get("type", "")
            for parameter in operation.get("parameters", ())
            if parameter["in"] == "query"
        }
        for path, method, operation in _operations(made)
    }

    @get("/v1/openapi.json", include_in_schema=False, media_type="application/json")
    async def openapi_document() -> Response[bytes]:
        return Response(body, media_type="application/json")

    app.register(openapi_document)
    for page in reference.routes(made):
        app.register(page)


def _handlers(app: Litestar) -> Iterator[Any]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            yield from (handler for handler in route.route_handlers if handler.operation_id)


def _operations(made: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in made["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _use_exact_schemas(made: dict[str, Any], handlers: Any) -> None:
    """Put the schemas of ``msgspec``, which reads and writes the bodies, in the place of the framework's own."""
    structs: dict[str, Any] = {}
    for handler in handlers:
        field = handler.parsed_data_field
        kinds = [spec.data_container for spec in (handler.responses or {}).values()]
        for kind in [*kinds, *([] if field is None else [field.annotation])]:
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
                structs[kind.__name__] = kind
    _, exact = msgspec.json.schema_components(structs.values(), ref_template=_REF)
    _name_instants(exact, structs.values())
    schemas = made["components"]["schemas"]
    schemas.update(exact)
    for name, schema in schemas.items():
        if "enum" in schema and name not in exact:  # the framework's own, described by whichever parameter came last
            schema.pop("description", None)
    examples = EXAMPLES | {name: example for room in rooms() for name, example in room.examples.items()}
    for name, example in examples.items():
        schemas[name]["examples"] = [example]


def _name_instants(schemas: dict[str, Any], structs: Iterable[type[msgspec.Struct]]) -> None:
    """Say of each instant that it is one: ``msgspec`` does so only of those that its type bounds to a time zone."""
    found: dict[str, set[str]] = {}
    for info in inspect.multi_type_info(structs):
        _note_instants(info, found)
    for name, fields in found.items():
        properties = schemas.get(name, {}).get("properties", {})
        for field in fields & properties.keys():
            for kind in properties[field].get("anyOf", [properties[field]]):
                if kind.get("type") == "string":
                    kind["format"] = "date-time"


def _note_instants(info: Any, found: dict[str, set[str]]) -> None:
    """Which fields of a struct, and of those in it, are instants, by the name of their schema."""
    if isinstance(info, inspect.StructType) and info.cls.__name__ not in found:
        found[info.cls.__name__] = {field.encode_name for field in info.fields if _is_instant(field.type)}
        for field in info.fields:
            _note_instants(field.type, found)
    for part in ("type", "item_type", "value_type"):
        if isinstance(inner := getattr(info, part, None), inspect.Type):
            _note_instants(inner, found)
    for each in getattr(info, "types", ()) or getattr(info, "item_types", ()):
        _note_instants(each, found)


def _is_instant(info: Any) -> bool:
    if isinstance(info, inspect.Metadata):
        return _is_instant(info.type)
    if isinstance(info, inspect.UnionType):
        return any(_is_instant(each) for each in info.types)
    return isinstance(info, inspect.DateTimeType)


def _describe(operation: dict[str, Any], handler: Any) -> None:
    text = " ".join((handler.fn.__doc__ or "").split())
    operation["summary"] = text.split(". ")[0].rstrip(".")
    field = handler.parsed_data_field
    rules = "" if field is None else " ".join((field.annotation.__doc__ or "").split())
    operation["description"] = rules if rules.startswith(text) else f"{text}\n\n{rules}".strip()
    operation["responses"] = dict(sorted(operation["responses"].items()))
    for parameter in operation.get("parameters", ()):
        _describe_parameter(parameter)
    if operation["operationId"] in _FILTERED:
        operation["parameters"].append(_metadata_parameter())
    for status, answer in operation["responses"].items():
        _describe_answer(status, answer, is_list=_is_exported(operation["operationId"], answer))
    for kind in handler.opt.get(FILES, ()):
        operation["responses"]["200"]["content"][kind] = {"schema": {"type": "string"}}


def _is_exported(name: str, answer: dict[str, Any]) -> bool:
    """Whether an answer may be CSV: what ``listing_of`` describes, whose schemas are called so, and a few others."""
    schema = str(answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", ""))
    return name in _EXPORTED or (name.startswith("list") and schema.endswith("List"))


def _describe_parameter(parameter: dict[str, Any]) -> None:
    schema: dict[str, Any] = parameter["schema"]
    kinds = [kind for kind in schema.pop("oneOf", ()) if kind.get("type") != "null"]
    if kinds:
        schema.update(kinds[0])
    schema.pop("description", None)
    if parameter["name"] == "Idempotency-Key":
        parameter["schema"] = {"type": "string", "pattern": _KEY_PATTERN}
    for ending, text in _RANGES.items():
        if parameter["name"].endswith(ending):
            parameter.setdefault("description", text)


def _describe_answer(status: str, answer: dict[str, Any], *, is_list: bool) -> None:
    text = {"type": "string"}
    headers: dict[str, Any] = {
        "Request-Id": {"description": "The number of the request.", "schema": text},
        "Canglian-Version": {"description": "The version that the key is pinned to, a date.", "schema": text},
    }
    if status == "201":
        headers["Idempotent-Replayed"] = {"description": "There and `true` on a repeated answer.", "schema": text}
    if status in ("429", "503"):
        headers["Retry-After"] = {"description": "Seconds to wait.", "schema": {"type": "string"}}
    if status == "200" and is_list:
        answer["content"]["text/csv"] = {"schema": text}
        more = "There on a CSV with a `limit` after which the list goes on: the `cursor` of what follows."
        headers["Canglian-Next-Cursor"] = {"description": more, "schema": text}
    answer["headers"] = headers


def _metadata_parameter() -> dict[str, Any]:
    return {
        "name": METADATA,
        "in": "query",
        "style": "deepObject",
        "explode": True,
        "required": False,
        "description": "Only what has these metadata: `metadata[shop]=7`, or `metadata.shop=7`.",
        "schema": {
            "type": "object",
            "maxProperties": 20,
            "propertyNames": {"pattern": r"^[A-Za-z0-9_.:-]{1,40}$"},
            "additionalProperties": {"type": "string", "pattern": r"^[^\u0000]*$"},
        },
    }


def _link(operations: dict[str, Any]) -> None:
    for source, links in (LINKS | {source: links for room in rooms() for source, links in room.links.items()}).items():
        answers = operations[source]["responses"]
        answers["201" if "201" in answers else "200"]["links"] = {
            link.name: {
                "operationId": link.target,
                **({"parameters": link.parameters} if link.parameters else {}),
                **({"requestBody": link.body} if link.body else {}),
            }
            for link in links
        }


def _names(schemas: dict[str, Any]) -> dict[str, str]:
    """What schemas are called that have the name of their module, for there are several of one name.

    ``AccountState`` of a module ``….deposit.model.accounts`` and the framework's name for the same,
    ``bank_deposit_model_accounts_AccountState``, are ``DepositAccountState``.
    """
    exact = {name: _room_name(name.split(".")) for name in schemas if "." in name}
    ours = {name: called for path, called in exact.items() for name in schemas if _is_framework_name(name, path)}
    return exact | ours


def _room_name(path: list[str]) -> str:
    room = next(part for part in path[1:] if part not in ("bank", "scenario", "insight"))
    return f"{room.title()}{path[-1]}"


def _is_framework_name(name: str, path: str) -> bool:
    return "_" in name and path.replace(".", "_").endswith(f"_{name}")


def _with_names(made: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """The document with other names of schemas; of one that is there twice the exact one stays."""
    schemas = made["components"]["schemas"]
    renamed = {names.get(name, name): schema for name, schema in schemas.items() if "." not in name}
    renamed |= {names[name]: schema for name, schema in schemas.items() if "." in name}
    renamed = {
        name: {**schema, "title": name} if "title" in schema else schema for name, schema in renamed.items()
    }  # which generated clients call it by
    references = {_REF.format(name=name): _REF.format(name=called) for name, called in names.items()}
    made = {**made, "components": {**made["components"], "schemas": renamed}}
    return _referring(made, references)


def _referring(thing: Any, references: dict[str, str]) -> Any:
    if isinstance(thing, dict):
        return {
            key: references.get(value, value) if key == "$ref" else _referring(value, references)
            for key, value in thing.items()
        }
    if isinstance(thing, list):
        return [_referring(value, references) for value in thing]
    return thing


def _plain(thing: Any) -> Any:
    """JSON Schema as other tools read it: patterns end with ``$``, whole bounds are integers."""
    if isinstance(thing, dict):
        return {
            key: value.replace(r"\Z", "$") if key == "pattern" and isinstance(value, str) else _plain(value)
            for key, value in thing.items()
        }
    if isinstance(thing, list):
        return [_plain(value) for value in thing]
    if isinstance(thing, float) and thing.is_integer():
        return int(thing)
    return thing
