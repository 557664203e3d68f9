"""What sign-in and the pages of the house read."""

from typing import Any, TypeVar

from canglian.kernel.entity import Entity
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.shape import shape
from canglian.kernel.values import HOUSE
from canglian.web.house.model import ApiKey, BookProfile, LoginSession, User

E = TypeVar("E", bound=Entity)

LISTED_MAX = 500


async def _some(reader: Reader, entity: type[E], where: str, *arguments: Any) -> list[E]:
    form = shape(entity)
    sql = f'SELECT {", ".join(form.names)} FROM "{form.table}" WHERE book = $1 AND {where}'
    return [form.make(row) for row in await reader.rows(sql, HOUSE, *arguments)]


async def books(reader: Reader) -> list[BookProfile]:
    """All books, by number."""
    return await _some(reader, BookProfile, f"true ORDER BY id LIMIT {LISTED_MAX}")


async def book(reader: Reader, named: str) -> BookProfile | None:
    """The book with a code, or with a number written in digits."""
    if named.isdecimal() and len(named) < 10:
        found = await _some(reader, BookProfile, "id = $2", int(named))
    else:
        found = await _some(reader, BookProfile, "code = $2", named)
    return found[0] if found else None


async def users(reader: Reader) -> list[User]:
    """All users, by login."""
    return await _some(reader, User, f"true ORDER BY login LIMIT {LISTED_MAX}")


async def user(reader: Reader, number: int) -> User | None:
    """A user by number."""
    found = await _some(reader, User, "id = $2", number)
    return found[0] if found else None


async def user_by_login(reader: Reader, login: str) -> User | None:
    """A user by login."""
    found = await _some(reader, User, "login = $2", login)
    return found[0] if found else None


async def keys(reader: Reader, of_book: int) -> list[ApiKey]:
    """The API keys of a book, newest first."""
    return await _some(reader, ApiKey, f"of_book = $2 ORDER BY created_at DESC LIMIT {LISTED_MAX}", of_book)


async def key(reader: Reader, prefix: str) -> ApiKey | None:
    """A key by its prefix."""
    found = await _some(reader, ApiKey, "id = $2", prefix)
    return found[0] if found else None


async def session(reader: Reader, identity: str) -> tuple[LoginSession, User] | None:
    """A session and its user."""
    found = await _some(reader, LoginSession, "id = $2", identity)
    if not found:
        return None
    owner = await user(reader, found[0].login_user)
    return None if owner is None else (found[0], owner)


async def sessions(reader: Reader, number: int) -> list[LoginSession]:
    """The sessions of a user that go on, newest first."""
    where = "login_user = $2 AND ended_at IS NULL AND expires_at > now() ORDER BY created_at DESC LIMIT 50"
    return await _some(reader, LoginSession, where, number)
