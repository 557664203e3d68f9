"""Structured logs without personal data: JSON lines for machines, short lines for a terminal.

A value is masked by its name (password, token, mobile, …) and by its looks (an API key, a mobile, an identity or
card number inside any text). Tracebacks carry no local variables.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from canglian.kernel.personal import masked

_NAMES = re.compile(
    r"password|passwd|secret|token|authorization|cookie|api_?key|identity|id_number|mobile|phone|card|totp|pin$", re.I
)


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
