"""Errors as they leave: RFC 9457 problem details with a stable code, in the reader's language."""

import re
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
import structlog
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import HTTPRouteHandler

from canglian.kernel.errors import (
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
from canglian.web.error_text import format_error
from canglian.web.explaining import in_words
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
_PATH_AT = re.compile(r" - at `\$\.?([^`]*)`")

log = structlog.get_logger()
encode = msgspec.json.Encoder(enc_hook=str).encode


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Problem details. ``code`` is stable; ``detail`` is for people; ``fields`` are the figures in it."""

    type: Annotated[str, doc("`urn:canglian:error:` and the code.")]
    title: Annotated[str, doc("The HTTP status in words.")]
    status: Annotated[int, doc("The HTTP status.")]
    detail: Annotated[str, doc("For people, in the language of `Accept-Language`.")]
    code: Annotated[str, doc("Stable: what programs decide by.")]
    fields: Annotated[dict[str, Any], doc("The figures of the text.")]
    request_id: Annotated[str | None, doc("The number of the request, as in the header `Request-Id`.")] = None


def status_of(error: CanglianError, path: str = "") -> int:
    """The HTTP status of an error. What the path names and is not there is 404, what the body names 422."""
    if error.code == "command.failed":
        return 500
    if isinstance(error, Rejection) and error.code.endswith(".not_found"):
        named = {str(value) for value in error.fields.values()}
        return 404 if named & set(path.split("/")) else 422
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def problem_of(error: CanglianError, *, path: str, language: str, request_id: str | None) -> Problem:
    """The problem details of an error."""
    status = status_of(error, path)
    values = error.fields
    if error.code == "request.malformed":
        values = {**values, "problem": in_words(str(values["problem"]), str(values.get("field", "")), language)}
    return Problem(
        type=f"urn:canglian:error:{error.code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=format_error(error.code, values, partial(translated, language=language)),
        code=error.code,
        fields=error.fields,
        request_id=request_id,
    )


def headers_of(error: CanglianError) -> dict[str, str]:
    """The headers that go with an error."""
    if isinstance(error, Busy):
        return {"retry-after": str(error.retry_after)}
    if isinstance(error, Unavailable):
        return {"retry-after": str(UNAVAILABLE_RETRY_SECONDS)}
    if isinstance(error, Unauthenticated):
        return {"www-authenticate": "Bearer"}
    if isinstance(error, _MethodNotAllowed):
        return {"allow": error.allow}
    return {}


def from_validation(error: msgspec.ValidationError | msgspec.DecodeError) -> Malformed:
    """A body that cannot be read: ``field`` is where, ``problem`` what."""
    message = str(error)
    found = _PATH_AT.search(message)
    where = found[1] if found else ""
    return Malformed("request.malformed", problem=_PATH_AT.sub(f" ({where})" if where else "", message), field=where)


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
    first = extra[0] if isinstance(extra, list) and extra else {}
    field = str(first.get("key", "")) if isinstance(first, dict) else ""
    message = str(first.get("message", error.detail)) if isinstance(first, dict) else error.detail
    field = _names(handler).get(field, field)
    return Malformed("request.malformed", problem=f"{message} ({field})" if field else message, field=field)


def _names(handler: Any) -> dict[str, str]:
    """The names that parameters have in a request, by those that they have in the code."""
    if not isinstance(handler, HTTPRouteHandler):
        return {}
    signatures = [handler.parsed_fn_signature]
    signatures += [provider.parsed_fn_signature for provider in handler.resolve_dependencies().values()]
    fields = {name: field for signature in signatures for name, field in signature.parameters.items()}
    named = {name: getattr(field.kwarg_definition, "name", None) for name, field in fields.items()}
    return {name: called for name, called in named.items() if called}


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
