"""What API handlers share: the context of a request, and the documented responses of every operation.

Handlers translate and decide nothing: they make a command or call a query, and hand the result on.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter

from canglian.kernel.command import Command, Outcome
from canglian.kernel.errors import STAFF_ONLY, TELLING
from canglian.kernel.fields import identifier
from canglian.web.key_lookups import Questions
from canglian.web.principal import Principal
from canglian.web.problem import Problem
from canglian.web.services import Services
from canglian.web.words import LANGUAGE, preferred

T = TypeVar("T")


Body = JSONBody
"""The body of a request: ``data: Body[OpenAccount]``."""


def id_path(prefix: str, description: str) -> Any:
    """What a path names by its prefixed id: ``WalletPath = Annotated[str, id_path("wal", "The wallet's id.")]``."""
    form = identifier(prefix, description)
    return PathParameter(pattern=form.pattern, description=form.description)


encode = msgspec.json.Encoder().encode
JSON = "application/json"


class RequestContext(msgspec.Struct, frozen=True):
    """The sender of a request and how it is submitted: with which idempotency key, for real or as a dry run.

    ``target`` are the command's fields that the address names, where an action resolves others. ``channel`` is where it
    was asked for: through the API, or at the counter by a form of the console. ``language`` is that of its sentences.
    """

    services: Services
    principal: Principal
    key: str | None
    dry_run: bool
    request_id: str | None
    target: Mapping[str, Any] = {}
    channel: str = "api"
    language: str = LANGUAGE

    async def submit(self, command: Command[T], *, book: int | None = None) -> Outcome[T]:
        """Submit a command to the principal's book. What a refusal says of others is for people at the bank.

        A refusal that tells a program whether a number is somebody's is counted as a question of its key.
        """
        outcome = await self.services.engine.submit(
            self.principal.book if book is None else book,
            command,
            actor=self.principal.actor,
            key=self.key,
            scope=self.principal.scope,
            dry_run=self.dry_run,
            request_id=self.request_id,
            role=self.principal.role.value,
        )
        if outcome.error is not None and outcome.error.code in TELLING:
            self.questions.count()
        return outcome if self.principal.is_staff else _for_programs(outcome)

    @property
    def questions(self) -> Questions:
        """The questions about people that the sender has asked."""
        return Questions(self.services, self.principal)

    def names_somebody(self) -> None:
        """A request that names somebody by a number: a question where it is a dry run. Busy ``lookup.key_often``."""
        self.questions.refuse_spent()
        if self.dry_run:
            self.questions.count()

    async def respond(
        self,
        command: Command[T],
        view: Callable[[T], Any] | None = None,
        *,
        read: "Read[T] | None" = None,
        status: int = 201,
    ) -> Response[bytes]:
        """Submit a command and respond with its result; 200 for a dry run, and a header for a repeated one.

        ``view`` makes the answer of the result, or ``read`` where that takes a query.
        """
        outcome = await self.submit(command)
        result = outcome.unwrap()
        headers = {"idempotent-replayed": "true"} if outcome.replayed else {}
        shown = await read(self, result) if read is not None else result if view is None else view(result)
        body = encode(shown)
        return Response(body, status_code=200 if self.dry_run else status, media_type=JSON, headers=headers)


def _for_programs(outcome: Outcome[T]) -> Outcome[T]:
    """What became of a command, without what an error says of others to people at the bank."""
    error = outcome.error
    if error is None or not (hidden := STAFF_ONLY.get(error.code)):
        return outcome
    fields = {name: value for name, value in error.fields.items() if name not in hidden}
    return msgspec.structs.replace(outcome, error=type(error)(error.code, **fields))


Read = Callable[[RequestContext, T], Awaitable[Any]]
"""Makes an answer of a command's result, with a query."""


async def provide_context(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    idempotency_key: Annotated[
        str | None,
        HeaderParameter(name="Idempotency-Key", description="The same key and body are done once, however often sent."),
    ] = None,
    dry_run: Annotated[bool, QueryParameter(description="Decide, show the outcome, change nothing.")] = False,
) -> RequestContext:
    """The dependency ``context``."""
    request_id = request.scope["state"].get("request_id")
    return RequestContext(services, principal, idempotency_key, dry_run, request_id, language=language_of(request))


def language_of(request: Request[Any, Any, Any]) -> str:
    """The language in which a program reads sentences: English, unless it says otherwise."""
    return preferred(request.headers.get("accept-language"), LANGUAGE)


def as_json(thing: Any, status: int = 200) -> Response[bytes]:
    """Anything as JSON."""
    return Response(encode(thing), status_code=status, media_type=JSON)


def answer(kind: Any, description: str, **more: Any) -> ResponseSpec:
    """One documented answer. Examples are written, not made up: the document is the same every time."""
    return ResponseSpec(kind, description=description, generate_examples=False, **more)


def _documented(*statuses: int) -> dict[int, ResponseSpec]:
    texts = {
        400: "The request cannot be read.",
        401: "No key, or one that is not valid.",
        403: "The key's role may not do this.",
        404: "No such thing in this book.",
        409: "The idempotency key was used with another request.",
        413: "The body is too large.",
        415: "The body is not JSON.",
        422: "A rule refused; nothing was changed.",
        425: "It came too early; see Retry-After, and send it again under the same key.",
        429: "Too many requests; see Retry-After.",
        500: "A fault of ours.",
        503: "The database is away; see Retry-After.",
    }
    return {status: answer(Problem, texts[status], media_type="application/problem+json") for status in statuses}


READ = _documented(400, 401, 403, 404, 429, 503)
WRITE = _documented(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)


FILES = "files"
"""The option of a route that names the content types of files that it answers beside JSON."""


def responses(kind: Any, status: int = 200, *, write: bool = False, also: Iterable[int] = ()) -> Any:
    """The documented responses of an operation that returns one ``kind``, and may be refused with ``also`` as well."""
    documented = {status: answer(kind, "Done." if write else "Found."), **(WRITE if write else READ)}
    documented |= _documented(*also)
    if write and status == 201:
        documented[200] = answer(kind, "What a dry run would have done.")
    return documented
