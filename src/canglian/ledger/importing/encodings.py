"""What a file is written in: as the mapping says, held against the mark at its beginning, or found out."""

import codecs
from pathlib import Path

from canglian.kernel.errors import Malformed

AUTO = "auto"
KEPT = "canglian-kept"
"""How what is no character of an encoding is read: as surrogates, whole bytes where they can be, so that its line is
known to be broken and the others are read."""

MARK = "\ufeff"

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding_of(path: Path, asked: str) -> str:
    """The encoding to read a file with. ``auto`` is the one of its mark, else UTF-8 or GB18030, whichever more of the
    lines that are not plain ASCII are written in. Raises Malformed ``import.encoding_differs`` where the mark says
    another one than was asked for."""
    with path.open("rb") as file:
        start = file.read(4)
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    if asked == AUTO:
        return marked or _likely(path)
    if marked is not None and not codecs.lookup(asked).name.startswith(marked):
        raise Malformed("import.encoding_differs", file=str(path), marked=marked, encoding=asked)
    return asked


def _likely(path: Path) -> str:
    counts = {"utf-8": 0, "gb18030": 0}
    with path.open("rb") as file:
        for line in file:
            if not line.isascii():
                for name in counts:
                    counts[name] += _reads(line, name)
    return "gb18030" if counts["gb18030"] > 2 * counts["utf-8"] else "utf-8"


def _reads(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def writing_errors(encoding: str) -> str:
    """How broken characters are written again: as the bytes that they were, where an encoding has them one by one."""
    return "surrogateescape" if "aa".encode(encoding).endswith(b"aa") else "replace"


def _keep(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    try:
        kept: tuple[str, int] = codecs.lookup_error("surrogateescape")(problem)  # pyright: ignore[reportAssignmentType]
    except UnicodeDecodeError:
        return "\udcff", problem.end
    return kept


codecs.register_error(KEPT, _keep)
