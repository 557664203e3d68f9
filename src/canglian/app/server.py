"""The server: composes the rooms into one application, and serves it in one process.

The loop of the server is the engine's too, so a graceful stop is simple: take no more connections, finish the
requests under way, then the batches in hand.
"""

import asyncio
import contextlib
import functools
import gc
import signal
import socket
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from litestar import Litestar, Request, Response, Router
from litestar.config.response_cache import ResponseCacheConfig
from litestar.di import Provide
from litestar.types import ASGIApp, Message, Scope

from canglian.app.api_document import openapi, with_document
from canglian.app.health import handlers as health
from canglian.app.opening import Opened, opened
from canglian.app.reviving import kept_up
from canglian.app.rooms import rooms
from canglian.app.running import RunningServer, announced
from canglian.kernel import logs
from canglian.kernel.errors import CanglianError, Conflict
from canglian.kernel.outbox import Dispatcher, Policy
from canglian.kernel.settings import Settings
from canglian.web import problem
from canglian.web.authentication import Authenticator
from canglian.web.console.routes import console_routes
from canglian.web.edge import Edge
from canglian.web.mobile.routes import mobile_routes
from canglian.web.operations import provide_context
from canglian.web.outside import Wiring, callbacks, connections
from canglian.web.paging import provide_order
from canglian.web.principal import Principal
from canglian.web.protocol import Protocol
from canglian.web.reading import ApiRequest, known_parameters
from canglian.web.room import Job, Room
from canglian.web.services import Services, services_of
from canglian.web.slow import Limits
from canglian.web.system import queries
from canglian.web.words import LANGUAGE, preferred

log = structlog.get_logger()

ROOMS = rooms()
"""All rooms: whoever imports the server has their routes, words and codes."""


def _principal(request: Request[Any, Any, Any]) -> Principal:
    return request.scope["user"]


def _services(request: Request[Any, Any, Any]) -> Services:
    return services_of(request)


DEPENDENCIES = {
    "services": Provide(_services, sync_to_thread=False),
    "principal": Provide(_principal, sync_to_thread=False),
    "context": Provide(provide_context),
    "order": Provide(provide_order),
}


def create_app(installation: Opened) -> ASGIApp:
    """The whole application on an open installation."""
    services = installation.services
    authenticator = Authenticator(services)
    services.forgetting.append(authenticator.forget_key)
    fast = {route: answer for room in ROOMS for route, answer in room.fast.items()}
    signed = next((room.signed(services) for room in ROOMS if room.signed is not None), None)
    return Edge(application(services.settings.body_bytes_max), services, authenticator, fast, signed)


@functools.cache
def application(body_bytes_max: int) -> Litestar:
    """All routes of all rooms, made once in a process: what a request works with, the edge says."""
    composed = ROOMS
    adapters = [adapter for room in composed for adapter in room.outside]
    api = Router(
        "/v1",
        route_handlers=[handler for room in composed for handler in room.api],
        request_class=ApiRequest,
        guards=[known_parameters],
    )
    pages = [*console_routes(composed), *mobile_routes(composed)]
    app = Litestar(
        route_handlers=[
            api,
            *pages,
            *health,
            callbacks(adapters),
        ],
        dependencies=DEPENDENCIES,
        exception_handlers={Exception: _as_around(pages)},
        before_send=[_allow],
        openapi_config=openapi(),
        logging_config=None,
        request_max_body_size=body_bytes_max,
        response_cache_config=ResponseCacheConfig(),
        signature_types=[Services, Principal],
    )
    with_document(app)
    return app


def _as_around(pages: list[Any]) -> Callable[[Request[Any, Any, Any], Exception], Response[Any]]:
    """How an error looks where no route takes the path: as those of the pages around it, else as problem details."""
    faults: dict[str, Any] = {
        router.path: router.exception_handlers[Exception]
        for router in pages
        if isinstance(router, Router) and Exception in router.exception_handlers
    }

    def fault(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        root = "/" + request.scope["path"].split("/")[1]
        return faults.get(root, _as_problem)(request, error)

    return fault


async def _allow(message: Message, scope: Scope) -> None:
    """Say all methods of a path in the answer to OPTIONS; the framework knows those of its first handler only."""
    if scope["type"] == "http" and scope["method"] == "OPTIONS" and message["type"] == "http.response.start":
        known = scope["litestar_app"].state.parameters
        template = scope.get("path_template")  # there is none for a path that is nothing
        methods = sorted(method for path, method in known if path == template)
        if not methods:
            return
        headers = [pair for pair in message["headers"] if pair[0] != b"allow"]
        message["headers"] = [*headers, (b"allow", ", ".join([*methods, "OPTIONS"]).encode())]


def _as_problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Any exception as problem details."""
    scope: Any = request.scope
    request_id = scope["state"].get("request_id")
    known = problem.from_anything(
        error,
        path=scope["path"],
        method=scope["method"],
        request_id=request_id,
        handler=scope.get("route_handler"),
    )
    language = preferred(request.headers.get("accept-language"), LANGUAGE)
    sent = scope["state"].get("body", b"")
    body = problem.problem_of(known, path=scope["path"], language=language, request_id=request_id, body=sent)
    return Response(
        problem.encode(body), status_code=body.status, media_type=problem.JSON, headers=problem.headers_of(known)
    )


async def serve(
    settings: Settings, ready: Callable[[Opened, str], None] | None = None, *, migrate: bool = False
) -> None:
    """Open the installation and serve it until SIGINT or SIGTERM comes.

    ``ready`` is called with the address once it listens. Raises Conflict ``cli.port_taken``, and as ``opened``.
    """
    logs.configure(settings.log_level, settings.log_format)
    _settle_memory()
    with _bound(settings.host, settings.port) as listener:
        async with (
            opened(settings, migrate=migrate) as installation,
            kept_up(installation.embedded),
            _outbox(installation),
            _jobs(installation),
        ):
            address = _address(listener)
            limits = Limits(settings)
            config = uvicorn.Config(
                create_app(installation),
                http=functools.partial(Protocol, limits=limits),  # pyright: ignore[reportArgumentType] - made like the class
                ws="none",
                lifespan="off",
                proxy_headers=False,  # the edge reads them
                access_log=False,
                log_config=None,
                server_header=False,
                date_header=False,
                backlog=4096,
                timeout_graceful_shutdown=settings.shutdown_seconds,
            )
            server = _Server(config, limits, ready and (lambda: ready(installation, address)))
            services = {each.service: each.url for each in connections(settings).values()}
            with announced(Path(settings.data_dir), RunningServer(address, services)):
                await server.serve([listener])
    log.info("stopped")


def _settle_memory() -> None:
    """Look for unreachable cycles seldom: requests and entities make none, and each look stops everything."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@contextlib.contextmanager
def _bound(host: str, port: int) -> Generator[socket.socket]:
    """A socket on the address, taken before anything else is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            raise Conflict("cli.port_taken", host=host, port=port) from None
        yield listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """uvicorn, whose end is not the end of the process: the engine still has to finish its batches."""

    def __init__(self, config: uvicorn.Config, limits: Limits, ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._limits = limits
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._ready is not None:
            self._ready()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second; once a second slow connections are looked for."""
        if counter % 10 == 0:
            self._limits.sweep(self.server_state.connections, asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """A signal starts a graceful stop, a second SIGINT a quick one; neither is raised again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)


@contextlib.asynccontextmanager
async def _jobs(installation: Opened) -> AsyncGenerator[None]:
    """Run the rooms' periodic work beside the server; stopped between two pieces of work."""
    tasks = [asyncio.create_task(_repeat(job, installation)) for job in _all_jobs(ROOMS)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def _outbox(installation: Opened) -> AsyncGenerator[None]:
    """Send events to their receivers beside the server; what is being sent at the end is still recorded."""
    services = installation.services
    policy = Policy(allow_private=services.settings.outbox_allow_private)
    wiring = Wiring(services, [adapter for room in ROOMS for adapter in room.outside])
    dispatcher = Dispatcher(services.engine, services.reader, services.keyring, policy, adapters=wiring.adapters)

    async def turn(_: Services, book: int) -> None:
        await wiring.introduce(book)
        await dispatcher.turn(book)

    jobs = [Job("outbox", services.settings.outbox_poll_ms / 1000, turn)]
    jobs += [Job(errand.name, errand.every_seconds, _errand(run)) for errand, run in wiring.errands]
    tasks = [asyncio.create_task(_repeat(job, installation)) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await dispatcher.close()
        await wiring.close()


def _errand(run: Callable[[int], Awaitable[None]]) -> Callable[[Services, int], Awaitable[None]]:
    async def go(_: Services, book: int) -> None:
        await run(book)

    return go


def _all_jobs(composed: Iterable[Room]) -> list[Job]:
    return [job for room in composed for job in room.jobs]


async def _repeat(job: Job, installation: Opened) -> None:
    services = installation.services
    reported: str | None = None
    while True:
        await asyncio.sleep(job.every_seconds)
        code = await run_once(job, services)
        if code is not None and code != reported:  # once for each time that something is away, not at every turn
            log.warning("job postponed", job=job.name, code=code)
        reported = code


async def run_once(job: Job, services: Services) -> str | None:
    """Run a job on every book; what fails in one does not keep it from the others. The code of what was away."""
    try:
        books = await queries.books(services.reader)
    except CanglianError as error:
        return error.code
    code: str | None = None
    for book in books:
        try:
            await job.run(services, book.id)
        except CanglianError as error:
            code = error.code
        except Exception:
            log.exception("job failed", job=job.name, book=book.id)
    return code
