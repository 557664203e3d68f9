"""Figures by version as a bank sets them, said once for each kind: its API and its page come from here.

A room's ``versions.py`` has its kinds::

    POLICIES = Versions(
        path="/wallet-policies",
        tag="wallets",
        title="Wallet parameters",
        purpose="Parameters for numbers, codes, PINs and devices.",
        read=figures.policies,
        listing=VersionList(operation_id="listWalletPolicies", response=WalletPolicies, help="All versions."),
        add=Action(command=AddWalletPolicy, name="add", …, route=Route(…)),
    )

The routes are ``POLICIES.router()``, the page is ``version_pages(POLICIES)`` of ``canglian.web.console.versions``. The
figures are the fields of the command that adds a version; their types say what they are called and count.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency

from canglian.kernel.postgres.reader import Reader
from canglian.web.actions import Action, Resource
from canglian.web.operations import as_json, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

Read = Callable[[Reader, int], Awaitable[Sequence[Any]]]
"""Reads all versions of a book: by code where there are several things, the newest first."""


@dataclass(frozen=True, kw_only=True)
class VersionList:
    """The operation that lists all versions. ``response`` is a struct whose ``data`` they are."""

    operation_id: str
    response: type[msgspec.Struct]
    help: str


@dataclass(frozen=True, kw_only=True)
class Versions:
    """One kind of figures by version. ``path`` is below ``/v1`` and ``/console``; ``title`` and ``purpose`` are ids.

    ``code`` says that there are several things, each with versions of its own under a code; ``new_codes`` that a new
    version may bring a new one. ``words`` has the family of an enum's members where it is not the enum's own name:
    ``state`` for ``state.remote``. ``handlers`` are further routes of the API.
    """

    path: str
    tag: str
    title: str
    purpose: str
    read: Read
    add: Action
    listing: VersionList | None = None
    code: bool = False
    new_codes: bool = False
    words: tuple[tuple[str, str], ...] = ()
    handlers: Sequence[Any] = ()

    def router(self) -> Router:
        """The API: all versions, and adding one."""
        return self.resource().router()

    def resource(self) -> Resource:
        """The same as a resource, whose verb adds a version on the command line."""
        listed = [] if self.listing is None else [_list(self.read, self.listing)]
        name = self.path.strip("/")
        return Resource(
            name=name, path=self.path, tag=self.tag, actions=(self.add,), handlers=(*listed, *self.handlers)
        )


def _list(read: Read, listing: VersionList) -> Any:
    """The route that lists all versions."""

    async def list_versions(
        services: NamedDependency[Services], principal: NamedDependency[Principal]
    ) -> Response[bytes]:
        return as_json(listing.response(await read(services.reader, principal.book)))

    list_versions.__doc__ = listing.help
    return get(
        "",
        operation_id=listing.operation_id,
        guards=[needs(Permission.READ)],
        responses=responses(listing.response),
    )(list_versions)
