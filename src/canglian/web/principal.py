"""Who is asking: the principal behind a request, its role, and what the role may do."""

import enum
from collections.abc import Callable
from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from canglian.kernel.errors import Forbidden, Unauthenticated, declare

declare(
    {
        "auth.required": "Log in, or send an API key as a bearer token; apps of partners sign their requests.",
        "auth.app_elsewhere": "Apps of partners call what stands below /v1/open, and nothing else.",
        "auth.forbidden": "The role {role} may not do this; it needs the permission {permission}.",
    }
)


class Permission(enum.StrEnum):
    """What a route requires. Everybody may visit: such a route shows what is bound to who asks, and nothing else.
    Apps of partners embed, and nobody else: their routes ask for scopes besides.
    """

    READ = "read"
    POST = "post"
    APPROVE = "approve"
    AUDIT = "audit"
    ADMINISTER = "administer"
    VISIT = "visit"
    EMBED = "embed"


class Role(enum.StrEnum):
    """What a user or an API key is in a book. A visitor belongs to another house and sees what is bound to it alone."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMIN = "admin"
    VISITOR = "visitor"

    def may(self, permission: Permission) -> bool:
        """Whether this role has a permission."""
        return permission in _GRANTS[self]


_READ, _POST, _APPROVE, _AUDIT = Permission.READ, Permission.POST, Permission.APPROVE, Permission.AUDIT
_VISIT = Permission.VISIT
_GRANTS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({_VISIT, _READ}),
    Role.OPERATOR: frozenset({_VISIT, _READ, _POST}),
    Role.APPROVER: frozenset({_VISIT, _READ, _APPROVE}),
    Role.AUDITOR: frozenset({_VISIT, _READ, _AUDIT}),
    Role.ADMIN: frozenset(Permission) - {Permission.EMBED},
    Role.VISITOR: frozenset({_VISIT}),
}


APP = "app"
"""The kind of principal that an app of a partner is."""


class Principal(msgspec.Struct, frozen=True):
    """A user, a program, or an app of a partner, in one book.

    ``actor`` goes into the command log (``user:ann``, ``key:shop-till``); ``scope`` keeps the idempotency keys of
    one sender apart from those of another. ``scopes`` are what an app may do, beside which its role counts for nothing.
    """

    kind: str
    id: str
    name: str
    book: int
    role: Role
    actor: str
    scope: str
    session: str | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def is_staff(self) -> bool:
        """Whether it is a person at the bank, or a program that may do all that an administrator may."""
        return self.kind != APP and (self.kind != "key" or self.role is Role.ADMIN)

    def may(self, permission: Permission) -> bool:
        """Whether it has a permission in its book."""
        return permission is Permission.EMBED if self.kind == APP else self.role.may(permission)

    def require(self, permission: Permission) -> None:
        """Forbidden ``auth.forbidden`` unless it has the permission."""
        if self.may(permission):
            return
        if self.kind == APP:
            raise Forbidden("auth.app_elsewhere")
        raise Forbidden("auth.forbidden", role=self.role.value, permission=permission.value)


def needs(permission: Permission) -> Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], None]:
    """A Litestar guard: every route has one. Unauthenticated ``auth.required``, Forbidden ``auth.forbidden``."""

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        principal = connection.scope.get("user")
        if not isinstance(principal, Principal):
            raise Unauthenticated("auth.required")
        principal.require(permission)

    guard.permission = permission  # pyright: ignore[reportFunctionMemberAccess] - a test walks all routes by it
    return guard
