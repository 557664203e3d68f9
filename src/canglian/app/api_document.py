"""The OpenAPI document: made from the handlers, with what they cannot say added: security, links, stable codes."""

from typing import Any

import msgspec
from litestar import Litestar, Response, get
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from canglian import __version__
from canglian.kernel.errors import CODES

_ABOUT = """The book comes from the API key, sent as `Authorization: Bearer ck_…`. Amounts are integers in the minor
unit of their asset (fen for CNY). `Idempotency-Key` makes a POST happen once. `?dry_run=true` decides and throws away.
Lists answer `data` and `next_cursor`; with `Accept: text/csv` they are exported. Errors are problem details with a
stable `code`."""

_LINKS: dict[str, list[tuple[str, str, str]]] = {
    "openAccount": [
        ("getAccount", "number", "$response.body#/id"),
        ("changeAccount", "number", "$response.body#/id"),
        ("setAccountState", "number", "$response.body#/id"),
        ("closeAccount", "number", "$response.body#/id"),
        ("getBalance", "number", "$response.body#/id"),
        ("getBalanceCourse", "number", "$response.body#/id"),
        ("listEntries", "number", "$response.body#/id"),
        ("getStatement", "number", "$response.body#/id"),
    ],
    "postTransfer": [
        ("getTransfer", "number", "$response.body#/id"),
        ("reverseTransfer", "number", "$response.body#/id"),
        ("traceTransfer", "number", "$response.body#/id"),
    ],
    "placeHold": [
        ("getHold", "number", "$response.body#/id"),
        ("captureHold", "number", "$response.body#/id"),
        ("releaseHold", "number", "$response.body#/id"),
    ],
    "createKey": [("revokeKey", "key", "$response.body#/id")],
}


def openapi() -> OpenAPIConfig:
    """What the framework is told."""
    return OpenAPIConfig(
        title="Canglian",
        version=__version__,
        description=_ABOUT,
        security=[{"key": []}],
        components=Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}),
        path="/v1/_schema",
        render_plugins=[],
    )


def document(app: Litestar) -> dict[str, Any]:
    """The whole document as plain JSON values."""
    made: dict[str, Any] = app.openapi_schema.to_schema()
    operations = {
        operation["operationId"]: operation
        for item in made["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and "operationId" in operation
    }
    for source, links in _LINKS.items():
        answer = operations[source]["responses"]["201"]
        answer["links"] = {
            target: {"operationId": target, "parameters": {name: value}} for target, name, value in links
        }
    made["x-error-codes"] = dict(sorted(CODES.items()))
    return made


def with_document(app: Litestar) -> None:
    """Serve the document at ``/v1/openapi.json``, made once."""
    body = msgspec.json.encode(document(app))

    @get("/v1/openapi.json", include_in_schema=False, media_type="application/json")
    async def openapi_document() -> Response[bytes]:
        return Response(body, media_type="application/json")

    app.register(openapi_document)
