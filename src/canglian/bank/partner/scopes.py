"""Scopes: what an app of a partner may do. A route asks for one by its guard."""

import enum
from collections.abc import Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from canglian.kernel.errors import Forbidden
from canglian.web.principal import Permission, Principal, needs


class Scope(enum.StrEnum):
    """What an app may do: of which resource, and how."""

    PRODUCTS_READ = "products:read"


Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], None]


def embeds(scope: Scope | None = None) -> Guard:
    """A guard for routes of apps: Unauthenticated ``auth.required``, Forbidden ``auth.forbidden`` for everybody else,
    Forbidden ``partner_app.scope`` for an app without the scope."""
    needs_app = needs(Permission.EMBED)

    def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        needs_app(connection, handler)
        principal: Principal = connection.scope["user"]
        if scope is not None and scope not in principal.scopes:
            raise Forbidden("partner_app.scope", scope=scope.value)

    guard.permission = Permission.EMBED  # pyright: ignore[reportFunctionMemberAccess] - a test walks all routes by it
    return guard
