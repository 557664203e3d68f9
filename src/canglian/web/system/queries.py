"""What sign-in and the pages about users, keys, sessions and books read."""

from datetime import datetime
from typing import Any, TypeVar

import msgspec

from canglian.kernel.entity import Entity
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Listing, Order, Page, Where, by_instant, by_number, by_text, escaped
from canglian.kernel.shape import shape
from canglian.kernel.values import SYSTEM_BOOK
from canglian.web.system.model import ApiKey, BookProfile, ColumnChoice, LoginSession, SavedView, User

E = TypeVar("E", bound=Entity)

LISTED_MAX = 500


async def _some(reader: Reader, entity: type[E], where: str, *arguments: Any) -> list[E]:
    form = shape(entity)
    sql = f'SELECT {", ".join(form.names)} FROM "{form.table}" WHERE book = $1 AND {where}'
    return [form.make(row) for row in await reader.rows(sql, SYSTEM_BOOK, *arguments)]


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


class UserRow(msgspec.Struct, frozen=True):
    """A user of a book in its list, without what only sign-in needs."""

    id: int
    login: str
    name: str
    role: str
    state: str
    second_factor: bool
    created_at: datetime
    logged_in_at: datetime | None


class UserFilter(msgspec.Struct, frozen=True):
    """Which users; None means any. ``text`` is in the login or the name."""

    role: str | None = None
    state: str | None = None
    text: str | None = None


class KeyRow(msgspec.Struct, frozen=True):
    """An API key of a book in its list, by what may be shown of it."""

    id: str
    name: str
    role: str
    client: str
    state: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None


class KeyFilter(msgspec.Struct, frozen=True):
    """Which keys; None means any. ``text`` is in the name or the client."""

    role: str | None = None
    state: str | None = None
    text: str | None = None


_NEVER = "timestamptz '1970-01-01 00:00:00+00'"
_USER_STATE = "CASE WHEN disabled THEN 'disabled' WHEN locked_until > now() THEN 'locked' ELSE 'active' END"
_KEY_STATE = "CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'active' END"


async def users_of(reader: Reader, of_book: int, asked: UserFilter, order: Order) -> Page[UserRow]:
    """A page of the users with a role in a book, by login."""
    where = Where("book = $1")
    role = f"roles ->> {where.parameter(str(of_book))}::text"
    where.conditions.append(f"{role} IS NOT NULL")
    where.add(f"{role} = ?", asked.role)
    where.add(f"{_USER_STATE} = ?", asked.state)
    where.add("(login ILIKE ? OR name ILIKE ?)", None if asked.text is None else f"%{escaped(asked.text)}%")
    columns = f"id, login, name, {role}, {_USER_STATE}, totp IS NOT NULL, created_at, logged_in_at"
    sorts = {
        "login": by_text("login"),
        "name": by_text("name"),
        "created_at": by_instant("created_at"),
        "logged_in_at": by_instant(f"coalesce(logged_in_at, {_NEVER})"),
    }
    listing = Listing(f"{columns} FROM house_user", by_number("id"), sorts, lambda row: UserRow(*row), "login")
    return await listing.page(reader, SYSTEM_BOOK, where, order)


_KEYS = Listing(
    f"id, name, role, client, {_KEY_STATE}, created_at, created_by, expires_at FROM api_key",
    by_text("id"),
    {
        "created_at": by_instant("created_at"),
        "name": by_text("name"),
        "expires_at": by_instant("coalesce(expires_at, timestamptz '9999-12-31 00:00:00+00')"),
    },
    lambda row: KeyRow(*row),
    "-created_at",
)


async def keys_of(reader: Reader, of_book: int, asked: KeyFilter, order: Order) -> Page[KeyRow]:
    """A page of the API keys of a book, newest first."""
    where = Where("book = $1")
    where.add("of_book = ?", of_book)
    where.add("role = ?", asked.role)
    where.add(f"{_KEY_STATE} = ?", asked.state)
    where.add("(name ILIKE ? OR client ILIKE ?)", None if asked.text is None else f"%{escaped(asked.text)}%")
    return await _KEYS.page(reader, SYSTEM_BOOK, where, order)


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


async def views(reader: Reader, of_book: int, of_list: str, owner: str) -> list[SavedView]:
    """The views of a list that a user sees: their own, then what others share."""
    where = "of_book = $2 AND of_list = $3 AND removed_at IS NULL AND (owner = $4 OR shared)"
    return await _some(
        reader, SavedView, f"{where} ORDER BY owner <> $4, name, id LIMIT {LISTED_MAX}", of_book, of_list, owner
    )


async def view(reader: Reader, number: int) -> SavedView | None:
    """A view that is not removed."""
    found = await _some(reader, SavedView, "id = $2 AND removed_at IS NULL", number)
    return found[0] if found else None


async def columns(reader: Reader, of_list: str, owner: str) -> list[str]:
    """The columns of a list that a user chose, none before that."""
    found = await _some(reader, ColumnChoice, "id = $2", f"{owner}:{of_list}")
    return found[0].columns if found else []
