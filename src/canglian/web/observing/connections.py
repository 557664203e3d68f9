"""The services outside in the console: what is connected, what is not, and what waits for each."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from canglian.kernel.outbox import ReceiverState, queries
from canglian.kernel.outbox.model import ADAPTER
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.web.console import Pages
from canglian.web.observing.outbox_pages import trouble
from canglian.web.outside import SERVICES, is_connected
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/connections"


class Line(msgspec.Struct, frozen=True):
    """A line of a room to a service: the receiver that it is, and how it does."""

    receiver: str
    name: str
    state: ReceiverState
    dead: int
    tries: int
    problem: str | None


class Service(msgspec.Struct, frozen=True):
    """A service outside."""

    name: str
    url: str | None
    lines: list[Line]


async def services_outside(services: Services, book: int) -> list[Service]:
    """Every external service, connected or not, with its adapters in a book."""
    page = await queries.receivers(services.reader, book, Order(limit=LIMIT_MAX))
    lines = [
        Line(receiver.id, receiver.name, receiver.state, receiver.dead, receiver.tries, receiver.problem)
        for receiver in page.items
        if receiver.url.startswith(ADAPTER)
    ]
    return [
        Service(
            name,
            getattr(services.settings, f"{name}_url") if is_connected(services.settings, name) else None,
            [line for line in lines if line.name.rpartition(".")[2] == name],
        )
        for name in SERVICES
    ]


@get("/connections", guards=[needs(Permission.READ)])
async def connections_page(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """All external services."""
    outside = await services_outside(services, principal.book)
    troubles = {line.receiver: trouble(line.problem, pages) for service in outside for line in service.lines}
    return await pages.render("observing/connections.html", services=outside, troubles=troubles)


HANDLERS = (connections_page,)
