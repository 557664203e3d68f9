"""The entities of book 0: users, keys, sessions, books."""

from datetime import datetime
from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc
from canglian.web.system.secrets import TOTP_ABOUT

VIEW_ABOUT = "saved_view.query"
"""What the query of a view is sealed for: numbers of people may stand in it."""


class BookProfile(Entity, frozen=True, table="book_profile", indexes={"code": ("code",)}):
    """A book of the installation: ``id`` is its number, ``code`` what people type."""

    id: Annotated[int, doc("Its number or id.")]
    code: Annotated[str, doc("The short stable name.")]
    name: Annotated[str, doc("What people read.")]
    opened_at: Annotated[datetime, doc("When it was opened.")]


class User(
    Entity,
    frozen=True,
    table="house_user",
    indexes={"login": ("login",), "administrator": ("administrator",)},
    sealed={"totp": TOTP_ABOUT},
):
    """Somebody who logs in.

    ``roles`` has the role by the book's number as text; an administrator in book 0 administers the installation
    (``administrator``, unless disabled). ``password`` is an argon2id hash, ``totp`` the sealed secret of the second
    factor and ``totp_step`` the step of the last code used.
    """

    id: int
    login: str
    name: str
    password: str
    roles: dict[str, str]
    language: str | None
    totp: str | None
    totp_step: int
    failures: int
    locked_until: datetime | None
    disabled: bool
    administrator: bool
    must_change: bool
    created_at: datetime
    logged_in_at: datetime | None


class ApiKey(Entity, frozen=True, table="api_key", indexes={"of_book": ("of_book",)}):
    """A program's key: ``id`` is the prefix that may be shown, ``digest`` the SHA-256 of the whole.

    ``client`` is the scope of its idempotency keys: keys of one client share it, so a key can be changed in the
    middle of a retry. ``version`` is the date of the API that it was made for.
    """

    id: str
    digest: str
    name: str
    client: str
    of_book: int
    role: str
    version: str
    rate_per_second: int | None
    rate_burst: int | None
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None


class LoginSession(Entity, frozen=True, table="login_session", indexes={"login_user": ("login_user",)}):
    """A session: ``id`` is the SHA-256 of its token. Until ``confirmed`` the second factor is still asked for."""

    id: str
    login_user: int
    of_book: int
    confirmed: bool
    address: str | None
    agent: str | None
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None


class SavedView(Entity, frozen=True, table="saved_view", indexes={"owner": ("owner",)}, sealed={"query": VIEW_ABOUT}):
    """A list of a book with its filters, order and columns, under a name.

    ``query`` is sealed, and goes with the view when it is removed. A shared one is seen by all who may see the list.
    """

    id: int
    owner: str
    of_book: int
    of_list: str
    name: str
    query: str | None
    shared: bool
    saved_at: datetime
    removed_at: datetime | None


class ColumnChoice(Entity, frozen=True, table="column_choice"):
    """The columns of a list that a user chose to see: ``id`` is the user and the list."""

    id: str
    columns: list[str]
