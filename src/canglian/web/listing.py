"""Lists over HTTP, said once: the query, the struct of its filters, and what they are called outside.

    list_route(Payment, payments.payments, PaymentFilter, "listPayments", "payments", "List payments, newest first.")

Each field of the filter is a parameter of the query, described by its type.
"""

from collections.abc import Awaitable, Callable, Mapping
from inspect import Parameter, Signature
from typing import Annotated, Any

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from canglian.kernel.fields import description_of, fields_of
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order, Page
from canglian.web.operations import as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

ReadPage = Callable[[Reader, int, Any, Order], Awaitable[Page[Any]]]
ReadOne = Callable[[Reader, int, str], Awaitable[Any]]

OUTSIDE = {"first_date": "date.gte", "last_date": "date.lte"}
"""What filters are called in a query, where a field cannot be called so."""

_ASKED = "by_"
"""Before the name of a parameter, some of which a handler is given otherwise: its ``state``, its ``request``."""

_GUARDS = [needs(Permission.READ)]


def list_route(
    kind: type[Any],
    read: ReadPage,
    filters: type[msgspec.Struct],
    operation_id: str,
    file: str,
    summary: str,
    *,
    names: Mapping[str, str] | None = None,
) -> HTTPRouteHandler:
    """The route of a list of ``kind`` by pages; as CSV it is a file of the name ``file``.

    ``names`` are what fields of the filter are called in a query, where it is something else.
    """
    outside = {**OUTSIDE, **(names or {})}

    async def rows(
        request: Request[Any, Any, Any],
        services: NamedDependency[Services],
        principal: NamedDependency[Principal],
        order: NamedDependency[Order],
        **given: Any,
    ) -> Response[bytes]:
        asked = filters(**{name.removeprefix(_ASKED): value for name, value in given.items()})
        return await listed(request, order, lambda page: read(services.reader, principal.book, asked, page), file)

    parameters = {
        f"{_ASKED}{name}": (Annotated[annotation, _parameter(outside.get(name, name), annotation)], default)
        for name, annotation, default in fields_of(filters)
    }
    _sign(rows, parameters, summary, operation_id)
    return HTTPRouteHandler(
        "", http_method="GET", operation_id=operation_id, guards=_GUARDS, responses=listing_of(kind)
    )(rows)


def get_route(
    parameter: str, annotation: Any, response: type[Any], read: ReadOne, operation_id: str, summary: str
) -> HTTPRouteHandler:
    """The route of one thing by its id, which the path names as ``parameter``."""

    async def row(
        services: NamedDependency[Services], principal: NamedDependency[Principal], **given: str
    ) -> Response[bytes]:
        return as_json(await read(services.reader, principal.book, given[parameter]))

    _sign(row, {parameter: (annotation, Parameter.empty)}, summary, operation_id)
    return HTTPRouteHandler(
        f"/{{{parameter}:str}}",
        http_method="GET",
        operation_id=operation_id,
        guards=_GUARDS,
        responses=responses(response),
    )(row)


def _parameter(name: str, annotation: Any) -> Any:
    return QueryParameter(name=name, description=description_of(annotation))


def _sign(function: Any, parameters: Mapping[str, tuple[Any, Any]], summary: str, name: str) -> None:
    """Give a handler the parameters that it takes by name, its words and a name of its own."""
    own = {found: kind for found, kind in function.__annotations__.items() if found not in ("given", "return")}
    annotations = {**own, **{found: kind for found, (kind, _) in parameters.items()}}
    defaults = {found: default for found, (_, default) in parameters.items()}
    function.__signature__ = Signature(
        [
            Parameter(found, Parameter.KEYWORD_ONLY, annotation=kind, default=defaults.get(found, Parameter.empty))
            for found, kind in annotations.items()
        ],
        return_annotation=Response[bytes],
    )
    function.__annotations__ = {**annotations, "return": Response[bytes]}
    function.__doc__ = summary
    function.__name__ = function.__qualname__ = name
