"""``POST /outside/{service}/{book}``: notifications from an external service, accepted only with its signature."""

import time
from collections.abc import Iterable
from typing import Any

from litestar import Request, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from canglian.kernel.errors import NotFound, declare
from canglian.web.outside.adapter import Adapter, Take
from canglian.web.outside.connections import connection
from canglian.web.reading import read_json
from canglian.web.services import services_of
from canglian.web.signing import Asked, Nonces, verified_request

declare({"outside.unknown": "No module receives notifications from the service {service}."})


def callbacks(adapters: Iterable[Adapter]) -> HTTPRouteHandler:
    """The route, for the services that are connected and that an adapter listens to."""
    takes: dict[str, Take] = {adapter.service: adapter.take for adapter in adapters if adapter.take is not None}

    @post("/outside/{service:str}/{book:int}", include_in_schema=False, status_code=204)
    async def callback(request: Request[Any, Any, Any], service: FromPath[str], book: FromPath[int]) -> None:
        """Accept a notification. A signature that does not match, is old or was used before is refused."""
        services = services_of(request)
        connected = connection(services.settings, service) if service in takes else None
        if connected is None:
            raise NotFound("outside.unknown", service=service)
        body = await request.body()
        raw: Any = request.scope.get("raw_path") or b""
        asked = Asked(
            request.method,
            request.headers.get("host", ""),
            raw.decode("latin-1").partition("?")[0],
            request.scope["query_string"].decode("latin-1"),
            {name.lower(): value for name, value in request.headers.items()},
            body,
        )
        nonces = services.memory.setdefault(f"nonces:{service}", Nonces())
        verified_request({connected.peer.id: connected.peer}, asked, time.time(), nonces)
        await takes[service](services, book, read_json(body))

    return callback
