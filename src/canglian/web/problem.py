"""Errors as they leave: RFC 9457 problem details with a stable code, in the reader's language."""

import math
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import msgspec
import structlog
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import HTTPRouteHandler

from canglian.kernel.errors import (
    TOO_EARLY,
    Busy,
    CanglianError,
    Conflict,
    Forbidden,
    Malformed,
    NotFound,
    Rejection,
    Unauthenticated,
    Unavailable,
    declare,
)
from canglian.kernel.fields import doc
from canglian.kernel.values import utc_now
from canglian.web.error_text import format_error
from canglian.web.explaining import in_words, sentence
from canglian.web.faults import (
    RawFault,
    faults_of,
    places_of,
    pointer_of,
    repeats_of,
    split_path,
    steps_of,
    with_choices,
)
from canglian.web.words import translated

declare(
    {
        "request.not_found": "There is nothing at {path}.",
        "request.method": "{path} does not take {method}.",
        "request.too_large": "The body is larger than {most} bytes.",
        "request.aborted": "The client went away before all of the body was there.",
        "request.media_type": "Send application/json.",
        "server.failed": "Something went wrong on our side. Say this number when you ask: {request_id}.",
    }
)

JSON = "application/problem+json"
UNAVAILABLE_RETRY_SECONDS = 2


class _MethodNotAllowed(Malformed):
    """405; ``allow`` has the methods that the path takes."""

    allow = ""


class _TooLarge(Malformed):
    """413."""


class ClientGone(Malformed):
    """Nobody is there to be answered any more."""


class UnsupportedMediaType(Malformed):
    """415."""


_STATUS = {
    _MethodNotAllowed: 405,
    _TooLarge: 413,
    UnsupportedMediaType: 415,
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Rejection: 422,
    Busy: 429,
    Unavailable: 503,
}
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Entity",
    425: "Too Early",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
PAGES = "/docs/errors"
"""Where this server explains errors: each code has a page below it, which is the ``type`` of its problems."""

log = structlog.get_logger()
encode = msgspec.json.Encoder(enc_hook=str).encode


class Unreadable(Malformed):
    """A body or a query that cannot be read, with all its faults."""

    faults: tuple[RawFault, ...] = ()
    in_query = False


class Fault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One fault of a request: where, and what."""

    code: Annotated[str, doc("Stable: what is wrong.")]
    detail: Annotated[str, doc("For people, in the language of `Accept-Language`.")]
    pointer: Annotated[str | None, doc("Where in the body, as a JSON pointer.")] = None
    parameter: Annotated[str | None, doc("Which parameter of the query.")] = None


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Problem details. ``code`` is stable; ``detail`` is for people; ``fields`` are the figures in it."""

    type: Annotated[str, doc("The page that explains the code, on this server.")]
    title: Annotated[str, doc("The HTTP status in words.")]
    status: Annotated[int, doc("The HTTP status.")]
    detail: Annotated[str, doc("For people, in the language of `Accept-Language`.")]
    code: Annotated[str, doc("Stable: what programs decide by.")]
    fields: Annotated[dict[str, Any], doc("The figures of the text.")]
    errors: Annotated[list[Fault], doc("Every fault of the request that has a place in it.")] = []
    request_id: Annotated[str | None, doc("The number of the request, as in the header `Request-Id`.")] = None


def status_of(error: CanglianError, path: str = "") -> int:
    """The HTTP status of an error. What the path names and is not there is 404, what the body names 422."""
    if error.code == "command.failed":
        return 500
    if error.code in TOO_EARLY:
        return 425
    if isinstance(error, Rejection) and error.code.endswith(".not_found"):
        named = {str(value) for value in error.fields.values()}
        return 404 if named & set(path.split("/")) else 422
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def problem_of(error: CanglianError, *, path: str, language: str, request_id: str | None, body: bytes = b"") -> Problem:
    """The problem details of an error; ``body`` is what was sent."""
    status = status_of(error, path)
    values = error.fields
    if error.code == "request.malformed":
        field, problem = str(values.get("field", "")), str(values["problem"])
        if isinstance(error, Unreadable) and error.faults:
            field, problem = error.faults[0].where, error.faults[0].message
        values = {**values, "problem": in_words(problem, field, language)}
    return Problem(
        type=f"{PAGES}/{error.code}",
        title=translated(TITLES[status], language),
        status=status,
        detail=format_error(error.code, values, partial(translated, language=language)),
        code=error.code,
        fields=error.fields,
        errors=_faults(error, language, body),
        request_id=request_id,
    )


def _faults(error: CanglianError, language: str, body: bytes) -> list[Fault]:
    """The faults of a request: those that its reader found, or the places that name what a rule refused."""
    if isinstance(error, Unreadable):
        return [_fault(fault, language, in_query=error.in_query) for fault in error.faults]
    return [fault for each in (error, *error.others) for fault in _faults_of(each, language, body)]


def _faults_of(error: CanglianError, language: str, body: bytes) -> list[Fault]:
    text = _detail(error, language)
    parameter, field = error.fields.get("parameter"), error.fields.get("field")
    if isinstance(parameter, str):
        return [Fault(code=error.code, detail=text, parameter=parameter)]
    if error.steps:
        return [Fault(code=error.code, detail=text, pointer=pointer_of(error.steps))]
    if isinstance(field, str) and field and error.code != "request.malformed":
        return [Fault(code=error.code, detail=text, pointer=pointer_of(steps_of(field)))]
    places = _places(error.code, error.fields, body) if body else []
    return [Fault(code=error.code, detail=text, pointer=pointer_of(place)) for place in places]


def _detail(error: CanglianError, language: str) -> str:
    return format_error(error.code, error.fields, partial(translated, language=language))


_SIDES = {"account.not_found": frozenset({"debit", "credit", "account"})}
"""The fields of a body that may name what is not there, where others may hold the same number or text."""


def _places(code: str, fields: dict[str, Any], body: bytes) -> list[tuple[str | int, ...]]:
    """Where a body names what is not there, in the line of it that was refused."""
    if code == "transfers.line_refused":
        line = ("lines", fields["line"])
        if isinstance(field := fields["fields"].get("field"), str):
            return [(*line, *steps_of(field))]
        places = _places(str(fields["reason"]), fields["fields"], body)
        return [place for place in places if place[:2] == line] or [line]
    named = fields.get(code.removesuffix(".not_found")) if code.endswith(".not_found") else None
    return [] if named is None else places_of(body, named, _SIDES.get(code))


def _fault(fault: RawFault, language: str, *, in_query: bool) -> Fault:
    if fault.error is None:
        code, text, _ = sentence(fault.message, language)
    else:
        code, text = fault.error.code, _detail(fault.error, language)
    if in_query:
        return Fault(code=code, detail=text, parameter=fault.where)
    return Fault(code=code, detail=text, pointer=fault.pointer)


def headers_of(error: CanglianError) -> dict[str, str]:
    """The headers that go with an error."""
    if isinstance(error, Busy):
        return {"retry-after": str(error.retry_after)}
    if error.code in TOO_EARLY:
        return {"retry-after": str(_seconds_until(error.fields[TOO_EARLY[error.code]]))}
    if isinstance(error, Unavailable):
        return {"retry-after": str(UNAVAILABLE_RETRY_SECONDS)}
    if isinstance(error, Unauthenticated):
        return {"www-authenticate": "Bearer"}
    if isinstance(error, _MethodNotAllowed):
        return {"allow": error.allow}
    return {}


def _seconds_until(instant: str) -> int:
    return max(1, math.ceil((datetime.fromisoformat(instant) - utc_now()).total_seconds()))


def from_validation(
    error: msgspec.ValidationError | msgspec.DecodeError, body: bytes = b"", kind: Any = Any
) -> Unreadable:
    """A body that cannot be read: ``field`` is where, ``problem`` what; all faults where the body is given."""
    message, where = split_path(str(error))
    faults = faults_of(body, kind) if body else []
    return _unreadable(*(faults or [RawFault(steps_of(where), message)]))


def _unreadable(*faults: RawFault) -> Unreadable:
    first = faults[0]
    made = Unreadable("request.malformed", problem=in_words(first.message, first.where, "en"), field=first.where)
    made.faults = faults
    return made


def of_parameter(name: str, problem: str) -> Unreadable:
    """A parameter of the query that cannot be read."""
    made = _unreadable(RawFault((name,), f"{problem} ({name})"))
    made.in_query = True
    return made


def repeated(body: bytes, kind: Any = Any) -> Unreadable:
    """A body in which names stand twice, with all its faults."""
    return _unreadable(*(faults_of(body, kind) or repeats_of(body)))


def from_anything(
    error: Exception, *, path: str, method: str, request_id: str | None, handler: Any = None
) -> CanglianError:
    """Any exception as one of our errors; an unexpected one is logged, and reported without detail.

    ``handler`` is the route's, whose parameters are called as a client writes them.
    """
    if isinstance(error, ClientGone):
        log.info("client went away", path=path, method=method, request_id=request_id)
    if isinstance(error, CanglianError):
        return error
    if isinstance(error, msgspec.ValidationError | msgspec.DecodeError):
        return from_validation(error)
    if isinstance(error, UnicodeDecodeError):
        return Malformed("request.malformed", problem="a body is written in UTF-8", field="")
    if isinstance(error, ValidationException):
        return _from_parameters(error, handler)
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _from_http(error, path, method)
    log.error("request failed", path=path, method=method, request_id=request_id, exc_info=error)
    return CanglianError("server.failed", request_id=request_id or "")


def _from_parameters(error: ValidationException, handler: Any) -> Malformed:
    extra: Any = error.extra
    names, kinds = _names(handler), _kinds(handler)
    found = [each for each in extra if isinstance(each, dict)] if isinstance(extra, list) else []
    if not found:
        return Malformed("request.malformed", problem=in_words(error.detail, "", "en"), field="")
    reports = [(str(each.get("key", "")), str(each.get("message", error.detail))) for each in found]
    faults = [_of_parameter(key, with_choices(message, kinds.get(key)), names) for key, message in reports]
    made = _unreadable(*faults)
    made.in_query = True
    return made


def _of_parameter(key: str, message: str, names: dict[str, str]) -> RawFault:
    """A fault of a parameter, by the name that a client writes, which may have a dot in it."""
    called = names.get(key, key)
    return RawFault((called,) if called else (), message)


def _names(handler: Any) -> dict[str, str]:
    """The names that parameters have in a request, by those that they have in the code."""
    if not isinstance(handler, HTTPRouteHandler):
        return {}
    fields = _parameters(handler)
    named = {name: getattr(field.kwarg_definition, "name", None) for name, field in fields.items()}
    return {name: called for name, called in named.items() if called}


def _kinds(handler: Any) -> dict[str, Any]:
    """The types of parameters, by the names that they have in the code and in a request."""
    if not isinstance(handler, HTTPRouteHandler):
        return {}
    kinds = {name: field.annotation for name, field in _parameters(handler).items()}
    return kinds | {called: kinds[name] for name, called in _names(handler).items()}


def _parameters(handler: HTTPRouteHandler) -> dict[str, Any]:
    """The parameters of a handler and of what it is given."""
    signatures = [handler.parsed_fn_signature]
    signatures += [provider.parsed_fn_signature for provider in handler.resolve_dependencies().values()]
    return {name: field for signature in signatures for name, field in signature.parameters.items()}


def _from_http(error: HTTPException, path: str, method: str) -> CanglianError:
    if error.status_code == 404:
        return NotFound("request.not_found", path=path)
    if error.status_code == 405:
        refused = _MethodNotAllowed("request.method", path=path, method=method)
        refused.allow = (error.headers or {}).get("allow", "")
        return refused
    return Malformed("request.malformed", problem=error.detail, field="")


def too_large(most: int) -> Malformed:
    """The body is larger than what is taken."""
    return _TooLarge("request.too_large", most=most)
