"""Reading ahead: a decision that meets something that is not loaded says what else it will read, for one round of it.

A decision asks for one thing after the other, and each that is not loaded costs a round of the batch. Whoever decides
in ``foreseeing`` has all that is known by then loaded in the same round; where nothing is missing it costs nothing.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from canglian.kernel.book import Book, Missing


@contextmanager
def foreseeing(book: Book, require: Callable[[], None]) -> Generator[None]:
    """Decide something; where anything is missing, ``require`` what will be read beside it."""
    try:
        yield
    except Missing:
        require()
        raise
