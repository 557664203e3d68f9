"""How a function becomes a command: ``--json``, the open ledger, printing the answer, telling the error.

    @app.command("show")
    @verb
    async def show(context: CliContext, account: AccountArgument) -> Answer:
        '''Show one account.'''

A verb whose first parameter is a ``CliContext`` (in a room, a ``BookContext``) gets the ledger opened on the book that
``--book`` names; one with an ``Opened`` gets the installation without a book; one with ``Settings`` only those. The
others are Typer's. What opens a ledger is imported when it is opened.
"""

import asyncio
import functools
import inspect
import logging
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Annotated, Any

import structlog
import typer

from canglian.app.cli import failing
from canglian.kernel import settings as configuration
from canglian.kernel.errors import CanglianError
from canglian.kernel.settings import Settings
from canglian.web.cli.output import Answer, give

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document; errors as JSON on stderr.")]
Book = Annotated[
    str | None,
    typer.Option("--book", help="The book, by number or code; by default the only one.", envvar="CANGLIAN_BOOK"),
]

BOOK, INSTALLATION, SETTINGS = "book", "installation", "settings"
"""What a verb is given: ``opens`` of the type of its first parameter, or settings."""


def verb(function: Callable[..., Any]) -> Callable[..., None]:
    """Make a command of a function, plain or async, that returns an ``Answer``; or None if it printed."""
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())
    first = parameters[0].annotation if parameters else None
    opening = SETTINGS if first is Settings else getattr(first, "opens", None)
    if opening is not None:
        parameters = parameters[1:]
    extra = [inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Json)]
    if opening == BOOK:
        extra.insert(0, inspect.Parameter("book", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Book))

    @functools.wraps(function)
    def command(**given: Any) -> None:
        as_json, book = given.pop("as_json"), given.pop("book", None)
        _quiet()
        try:
            answer = _run(function, opening, book, given)
        except CanglianError as error:
            raise typer.Exit(failing.report_error(error, as_json=as_json)) from None
        if answer is not None:
            give(answer, as_json=as_json)
            raise typer.Exit(answer.code)

    as_keywords = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    command.__signature__ = signature.replace(  # pyright: ignore[reportAttributeAccessIssue]
        parameters=[*as_keywords, *extra], return_annotation=None
    )
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in (*as_keywords, *extra)}
    return command


def _run(function: Callable[..., Any], opening: Any, book: str | None, given: dict[str, Any]) -> Answer | None:
    if opening == SETTINGS:
        given = {next(iter(inspect.signature(function).parameters)): configuration.load().settings, **given}
    if opening in (BOOK, INSTALLATION):
        return asyncio.run(_with_ledger(function, opening, book, given))
    result = function(**given)
    return asyncio.run(result) if inspect.iscoroutine(result) else result


async def _with_ledger(function: Callable[..., Any], opening: Any, book: str | None, given: dict[str, Any]) -> Any:
    settings = configuration.load().settings
    ledger = import_module("canglian.app.opening")
    if opening == BOOK:
        async with ledger.context(settings, book) as at:
            return await function(at, **given)
    async with ledger.opened(settings) as installation:
        return await function(installation, **given)


def _quiet() -> None:
    """Log lines of the floors below go to stderr, and only those that somebody must see."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
