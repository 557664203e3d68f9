"""Structured logs without personal data: JSON lines for machines, short lines for a terminal.

A value is masked by its name (password, token, mobile, …) and by its looks (an API key, a mobile, an identity or
card number inside any text). Tracebacks carry no local variables.
"""

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, TextIO

import structlog

_NAMES = re.compile(
    r"password|passwd|secret|token|authorization|cookie|api_?key|identity|id_number|mobile|phone|card|totp|pin$", re.I
)
_LOOKS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"ck_([0-9a-z]{8})_[0-9A-Za-z]+"), lambda found: f"ck_{found[1]}_…"),
    (
        re.compile(r"(?<!\d)([1-9]\d{5})[ -]?(?:18|19|20)\d\d[ -]?\d{4}[ -]?\d{3}([0-9Xx])(?!\d)"),
        lambda found: f"{found[1]}…{found[2]}",
    ),
    (re.compile(r"(?<!\d)(?:62|4\d|5[1-5])\d{13,17}(\d{4})(?!\d)"), lambda found: f"…{found[1]}"),
    (
        re.compile(r"(?<!\d)(?:62|4\d|5[1-5])\d\d([ -])(?:\d{4}\1){2}(\d{4})(?:\1\d{1,3})?(?!\d)"),
        lambda found: f"…{found[2]}",
    ),
    (
        re.compile(r"(?<!\d)(?:86[ -]?)?(1[3-9]\d)(?:[ -]?\d{4}[ -]?|\d[ -]?\d{3})(\d{4}|\d[ -]\d{3})(?!\d)"),
        lambda found: f"{found[1]}****{found[2]}",
    ),
)
"""Numbers of people, also with spaces or dashes where people put them."""


def masked(text: str) -> str:
    """A text with everything that looks personal or secret masked."""
    for pattern, mask in _LOOKS:
        text = pattern.sub(mask, text)
    return text


def _mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if _NAMES.search(name) and value is not None:
            event[name] = "•••"
        elif isinstance(value, str):
            event[name] = masked(value)
    return event


def configure(level: str = "info", form: str = "json", stream: TextIO | None = None) -> None:
    """Set up logging for this process: at least ``level``, as ``json`` or for a ``console``, on stderr."""
    out = sys.stderr if stream is None else stream
    render: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if form == "console":
        render = structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    tail = [_mask, render] if form == "console" else [structlog.processors.format_exc_info, _mask, render]
    structlog.configure(
        processors=[*shared, *tail],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = _Handler()
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


class _Handler(logging.Handler):
    """What libraries log goes the same way."""

    def emit(self, record: logging.LogRecord) -> None:
        logger = structlog.get_logger(record.name)
        error = record.exc_info if record.exc_info and record.exc_info[0] else None
        logger.log(record.levelno, record.getMessage(), exc_info=error)
