"""Pages compressed on their way to browsers that take it.

A page carries the token of its forms beside what somebody typed: who could watch how long pages become might guess at
the token (the BREACH attack). So each begins with a file name of random length, which a gzip header may have and
nobody reads.
"""

import gzip
import io
import secrets
from collections.abc import Mapping

SMALL = 1_400
"""What is shorter fits into one packet as it is."""

LEVEL = 5
_NAME_MAX = 100


def takes_gzip(accepted: str | None) -> bool:
    """Whether an ``Accept-Encoding`` allows gzip."""
    for part in (accepted or "").lower().split(","):
        coding, _, more = part.strip().partition(";")
        if coding in ("gzip", "*"):
            return more.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def compressed(body: bytes, accepted: str | None) -> tuple[bytes, Mapping[str, str]]:
    """A body as it is sent, and the headers that say so."""
    vary = {"vary": "accept-encoding"}
    if len(body) < SMALL or not takes_gzip(accepted):
        return body, vary
    out = io.BytesIO()
    name = "a" * secrets.randbelow(_NAME_MAX)
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=LEVEL, fileobj=out, mtime=0) as file:
        file.write(body)
    return out.getvalue(), {**vary, "content-encoding": "gzip"}
