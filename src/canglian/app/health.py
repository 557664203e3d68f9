"""``/livez``, ``/readyz`` and ``/metrics``."""

import asyncio
import ipaddress
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from prometheus_client import generate_latest

from canglian.app.rooms import packages
from canglian.kernel.crypto import same_secret
from canglian.kernel.errors import CanglianError, Forbidden, declare
from canglian.kernel.postgres import distribute, migrate
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.values import SYSTEM_BOOK
from canglian.web.forwarding import FORWARDED
from canglian.web.services import Services

declare({"metrics.forbidden": "The metrics are read from this machine, or with the configured token."})

ANSWER_SECONDS = 5
"""How long the database may take to be called ready."""

_looks: set[asyncio.Task[None]] = set()
"""Those that are under way; a loop alone does not keep its tasks."""


@get("/livez", include_in_schema=False, media_type="application/json")
async def livez() -> dict[str, str]:
    """Whether the process is alive."""
    return {"status": "alive"}


@get("/readyz", include_in_schema=False, media_type="application/json")
async def readyz(services: NamedDependency[Services]) -> Response[dict[str, Any]]:
    """Whether it can serve: the database answers, has every migration, and every table is distributed if any is.

    While a node is away the books on it are, and no other server would serve them: it is ``degraded`` with 200.
    """
    checks: dict[str, str] = {}
    away: list[str] = []
    looking = asyncio.create_task(_look(services, checks, away))
    _looks.add(looking)
    looking.add_done_callback(_looks.discard)
    # One that is cancelled may wait for a server that answers nothing any more: whoever asks does not wait with it.
    done, _ = await asyncio.wait({looking}, timeout=ANSWER_SECONDS)
    if not done:
        looking.cancel()
        checks = {**checks, "database": "database.away"}
    else:
        await looking
    ready = all(state == "ok" for state in checks.values())
    if ready and away:
        checks["nodes"] = f"away: {', '.join(away)}"
        return Response({"status": "degraded", "checks": checks})
    return Response({"status": "ready" if ready else "not ready", "checks": checks}, status_code=200 if ready else 503)


async def _look(services: Services, checks: dict[str, str], away: list[str]) -> None:
    """Fill in what is found, and the addresses of nodes that do not answer."""
    try:
        await book_figures(services.reader, SYSTEM_BOOK)
        checks["database"] = "ok"
        checks["migrations"] = "pending" if await migrate.pending_async(services.database_url, packages()) else "ok"
        spread = await distribute.inspect(services.database_url)
        if spread is not None and spread.distributed:
            checks["distribution"] = "pending" if spread.missing else "ok"
            away += [node.address for node in spread.nodes if not node.answers]
    except CanglianError as error:
        checks["database"] = error.code


@get("/metrics", include_in_schema=False)
async def metrics(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Response[bytes]:
    """What Prometheus reads: from this machine, or with the configured token."""
    token = services.settings.metrics_token
    sent = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token is not None:
        if not same_secret(sent, token):
            raise Forbidden("metrics.forbidden")
    elif not _from_this_machine(request):
        raise Forbidden("metrics.forbidden")
    return Response(generate_latest(), media_type="text/plain; version=0.0.4")


def _from_this_machine(request: Request[Any, Any, Any]) -> bool:
    """Whether it is this machine that asks, and not somebody through a proxy on it."""
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


handlers = (livez, readyz, metrics)
