"""How requests to the API are read: strictly.

A body is JSON of exactly the type that the handler names: nothing is converted, nothing unknown is passed over. A query
string has only parameters that the API's description knows, so that a filter with a typing error is refused instead
of answering with everything.
"""

import re
from typing import Any

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import FormMultiDict
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers.base import BaseRouteHandler

from canglian.kernel import untrusted
from canglian.kernel.errors import Malformed
from canglian.kernel.fields import check
from canglian.web.problem import UnsupportedMediaType, from_validation, of_parameter, repeated, too_large
from canglian.web.services import services_of

METADATA = "metadata"
"""The filter of lists that takes any name: ``metadata.shop=7`` or ``metadata[shop]=7``."""

METADATA_FILTERS_MAX = 20

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)")


class ApiRequest(Request[Any, Any, Any]):
    """A request whose body is read strictly."""

    async def body(self) -> bytes:
        """The raw body. Raises Malformed where a handler needs one and there is none."""
        try:
            body = await super().body()
        except RequestEntityTooLarge:
            raise too_large(services_of(self).settings.body_bytes_max) from None
        if not body and self.route_handler.parsed_data_field is not None:
            raise Malformed("request.malformed", problem="a JSON body is needed", field="")
        return body

    async def json(self) -> Any:
        """The body as the type that the handler names, its fields checked."""
        expect_json(self.headers.get("content-type"))
        field = self.route_handler.parsed_data_field
        body = await self.body()
        self.scope["state"]["body"] = body  # which the refusal of it points into
        read = read_json(body, Any if field is None else field.annotation)
        checked = getattr(read, "check", None)
        if checked is not None:
            checked()
        elif isinstance(read, msgspec.Struct):
            check(read)
        return read


class _Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body of which nothing is asked."""


async def nothing_is_asked(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard of operations without a body: Malformed for one that says anything; an empty object says nothing."""
    assert isinstance(connection, ApiRequest), "operations are asked for by HTTP"
    if body := await connection.body():
        read_json(body, _Nothing)


def read_json(body: bytes, kind: Any = Any) -> Any:
    """A body as a type. Raises Malformed ``request.malformed``, also for what is nested too deeply to be read."""
    try:
        read = untrusted.read_json(body, kind)
    except msgspec.DecodeError as error:
        raise from_validation(error, body, kind) from None
    if untrusted.repeated_names(body):
        raise repeated(body, kind)
    return read


async def form_of(request: Request[Any, Any, Any]) -> FormMultiDict:
    """What a form sends. Raises Malformed ``request.too_large``."""
    try:
        return await request.form()
    except RequestEntityTooLarge:
        raise too_large(services_of(request).settings.body_bytes_max) from None


def expect_json(content_type: str | None) -> None:
    """Raises UnsupportedMediaType ``request.media_type`` for a body that says to be something else."""
    if content_type is not None and content_type.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType("request.media_type")


def known_parameters(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: Malformed for a query parameter that the description of the operation does not have, or has otherwise.

    ``app.state.parameters`` has the parameters of each operation with their formats or types.
    """
    scope: Any = connection.scope
    if not scope["query_string"]:
        return
    known: dict[str, str] = connection.app.state.parameters.get((scope["path_template"], scope["method"]), {})
    seen: set[str] = set()
    for name, value in connection.query_params.multi_items():
        problem = _parameter_problem(known, name, value, seen)
        if problem:
            raise of_parameter(name[:40], problem)
        seen.add(name)


def _parameter_problem(known: dict[str, str], name: str, value: str, seen: set[str]) -> str | None:
    if name not in known and not (METADATA in known and metadata_name(name)):
        return "there is no such parameter here"
    if name in seen:
        return "it is given twice"
    if "\0" in value:
        return "a text has no NUL in it"
    if value.lower() == "null" and known.get(name, "string") != "string":
        return "leave it out instead of sending null"
    if known.get(name) == "date-time" and not _INSTANT.fullmatch(value):
        return "an instant is written like 2026-01-05T09:30:00Z, with its zone"
    if known.get(name) == "date" and not _DATE.fullmatch(value):
        return "a date is written like 2026-01-05"
    if known.get(name) == "integer" and not _WHOLE.fullmatch(value):
        return "a whole number is needed"
    return None


def metadata_name(parameter: str) -> str | None:
    """The name in ``metadata.<name>`` or ``metadata[<name>]``."""
    if parameter.startswith(f"{METADATA}."):
        return parameter[len(METADATA) + 1 :]
    if parameter.startswith(f"{METADATA}[") and parameter.endswith("]"):
        return parameter[len(METADATA) + 1 : -1]
    return None


def metadata_of(request: Request[Any, Any, Any]) -> dict[str, str] | None:
    """The metadata that a list is filtered by."""
    found = {
        name: value
        for parameter, value in request.query_params.multi_items()
        if (name := metadata_name(parameter)) is not None
    }
    if len(found) > METADATA_FILTERS_MAX:
        raise Malformed("request.malformed", problem=f"more than {METADATA_FILTERS_MAX} filters", field=METADATA)
    return found or None
