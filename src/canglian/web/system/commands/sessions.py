"""Logging in and out. A token and a password are looked at before; what comes here is a digest or a verdict."""

from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.values import BookNumber
from canglian.web.system.commands.users import end_sessions
from canglian.web.system.model import LoginSession, User

Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Minutes = Annotated[int, Meta(ge=1, le=60 * 24 * 7)]
Brief = Annotated[str, Meta(max_length=200)]


class BeginSession(Command[LoginSession], kind="house.begin_session"):
    """Begin a session after a right password. With a second factor it is begun unconfirmed, for a few minutes, and
    begun again with the ``step`` of the code. On a ``known_device`` a locked login is let in.

    Rejects ``login.locked``, ``login.code_wrong`` and ``login.refused``.
    """

    session: Digest
    user: int
    of_book: BookNumber
    minutes: Minutes
    confirmed: bool = True
    step: int | None = None
    address: Brief | None = None
    agent: Brief | None = None
    known_device: bool = False

    def decide(self, book: Book) -> LoginSession:
        user = book.get(User, self.user)
        if user.disabled:
            book.reject("login.refused")
        if user.locked_until is not None and user.locked_until > book.now and not self.known_device:
            book.reject("login.locked", until=user.locked_until.isoformat())
        if self.step is not None:
            if self.step <= user.totp_step:
                book.reject("login.code_wrong")
            user = user.replace(totp_step=self.step)
        if self.confirmed:
            user = user.replace(failures=0, locked_until=None, logged_in_at=book.now)
        book.put(user)
        return book.add(
            LoginSession(
                self.session,
                user.id,
                self.of_book,
                self.confirmed,
                self.address,
                self.agent,
                book.now,
                book.now,
                book.now + timedelta(minutes=self.minutes),
                None,
            )
        )


class RecordFailure(Command[User], kind="house.record_failure"):
    """Count a wrong password or code; the ``most``-th one locks the login for unknown devices for some minutes."""

    user: int
    most: Annotated[int, Meta(ge=1)]
    minutes: Minutes

    def decide(self, book: Book) -> User:
        user = book.get(User, self.user)
        failures = user.failures + 1
        if failures < self.most:
            return book.put(user.replace(failures=failures))
        book.emit("user.locked", f"user:{user.id}", user=user.id)
        return book.put(user.replace(failures=0, locked_until=book.now + timedelta(minutes=self.minutes)))


class SeeSession(Command[None], kind="house.see_session"):
    """Note that a session is in use, or that it looks at another book now."""

    session: Digest
    of_book: BookNumber | None = None

    def decide(self, book: Book) -> None:
        session = book.get(LoginSession, self.session)
        of_book = session.of_book if self.of_book is None else self.of_book
        book.put(session.replace(seen_at=book.now, of_book=of_book))


class EndSession(Command[None], kind="house.end_session"):
    """Log out; does nothing to a session that has ended."""

    session: Digest

    def decide(self, book: Book) -> None:
        session = book.get(LoginSession, self.session)
        if session.ended_at is None:
            book.put(session.replace(ended_at=book.now))


class EndSessions(Command[int], kind="house.end_sessions"):
    """End all sessions of a user but one; how many ended."""

    user: int
    keep: Digest | None = None

    def decide(self, book: Book) -> int:
        return end_sessions(book, self.user, keep=self.keep)
