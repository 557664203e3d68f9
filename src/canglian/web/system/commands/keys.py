"""API keys. The key itself is made and digested before; what comes here is its prefix and digest."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.values import BookNumber, Name
from canglian.web.principal import Role
from canglian.web.system.commands.sessions import Digest
from canglian.web.system.model import ApiKey

Prefix = Annotated[str, Meta(pattern=r"^[0-9a-z]{8}\Z")]
Client = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,40}\Z")]
Rate = Annotated[int, Meta(ge=1, le=1_000_000)]

API_VERSION = "2026-11-01"
"""The version of the HTTP API that a new key is pinned to."""


class CreateApiKey(Command[ApiKey], kind="house.create_key"):
    """Let a program in. Rejects ``api_key.exists`` and ``api_key.expiry_past``."""

    id: Prefix
    digest: Digest
    name: Name
    of_book: BookNumber
    role: Role
    client: Client | None = None
    rate_per_second: Rate | None = None
    rate_burst: Rate | None = None
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None

    def decide(self, book: Book) -> ApiKey:
        if self.expires_at is not None and self.expires_at <= book.now:
            book.reject("api_key.expiry_past", expires_at=self.expires_at.isoformat(), now=book.now.isoformat())
        key = ApiKey(
            self.id,
            self.digest,
            self.name,
            self.client or self.id,
            self.of_book,
            self.role.value,
            API_VERSION,
            self.rate_per_second,
            self.rate_burst,
            book.now,
            book.actor,
            self.expires_at,
            None,
        )
        book.emit("key.created", f"key:{self.id}", key=self.id, of_book=self.of_book, role=self.role.value)
        return book.add(key)


class RevokeApiKey(Command[ApiKey], kind="house.revoke_key"):
    """Shut a program out. Rejects ``api_key.not_found`` and ``api_key.revoked_already``.

    ``of_book`` is the principal's book: a key of another one is not found.
    """

    key: str
    of_book: BookNumber | None = None

    def decide(self, book: Book) -> ApiKey:
        key = book.get(ApiKey, self.key)
        if self.of_book is not None and key.of_book != self.of_book:
            book.reject("api_key.not_found", api_key=self.key)
        if key.revoked_at is not None:
            book.reject("api_key.revoked_already")
        book.emit("key.revoked", f"key:{key.id}", key=key.id)
        return book.put(key.replace(revoked_at=book.now))
