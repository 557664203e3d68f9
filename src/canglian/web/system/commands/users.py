"""People who log in: created, changed, unlocked, given a password or a second factor."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.values import SYSTEM_BOOK, Name
from canglian.web.principal import Role
from canglian.web.system.model import LoginSession, User

Login = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9._-]{1,31}\Z", description="2 to 32 small letters, digits, . _ -")]
PasswordHash = Annotated[str, Meta(pattern=r"^\$argon2id\$", max_length=300)]
Roles = Annotated[dict[str, Role], Meta(max_length=200)]
Language = Annotated[str, Meta(pattern=r"^(zh|en)\Z")]


class CreateUser(Command[User], kind="house.create_user"):
    """Let somebody log in. ``roles`` has the role by the book's number. Rejects ``house_user.exists``."""

    login: Login
    name: Name
    password: PasswordHash
    roles: Roles
    language: Language | None = None
    must_change: bool = False

    def decide(self, book: Book) -> User:
        if book.find(User, "login", self.login):
            book.reject("house_user.exists", login=self.login)
        number = book.next_number(User)
        roles = {of: role.value for of, role in self.roles.items()}
        user = User(
            number,
            self.login,
            self.name,
            self.password,
            roles,
            self.language,
            None,
            0,
            0,
            None,
            False,
            _administers(roles),
            self.must_change,
            book.now,
            None,
        )
        book.emit("user.created", f"user:{number}", user=number, login=self.login)
        return book.add(user)


class ChangeUser(Command[User], kind="house.change_user"):
    """Change a name, language or roles, or disable a user, which ends the user's sessions.

    Rejects ``house_user.not_found`` and ``house_user.last_admin``.
    """

    user: int
    name: Name | UnsetType = UNSET
    language: Language | UnsetType | None = UNSET
    roles: Roles | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET

    def decide(self, book: Book) -> User:
        old = book.get(User, self.user)
        new = old.replace(
            name=old.name if self.name is UNSET else self.name,
            language=old.language if self.language is UNSET else self.language,
            roles=old.roles if self.roles is UNSET else {of: role.value for of, role in self.roles.items()},
            disabled=old.disabled if self.disabled is UNSET else self.disabled,
        )
        new = new.replace(administrator=_administers(new.roles) and not new.disabled)
        if old.administrator and not new.administrator and len(book.find(User, "administrator", True)) == 1:
            book.reject("house_user.last_admin", login=old.login)
        if new.disabled or new.roles != old.roles:
            end_sessions(book, old.id)
        return book.put(new)


class SetPassword(Command[None], kind="house.set_password"):
    """A new password; every other session of the user ends. Rejects ``house_user.not_found``."""

    user: int
    password: PasswordHash
    keep: str | None = None
    must_change: bool = False

    def decide(self, book: Book) -> None:
        user = book.get(User, self.user)
        end_sessions(book, user.id, keep=self.keep)
        book.put(user.replace(password=self.password, must_change=self.must_change, failures=0, locked_until=None))
        book.emit("user.password_set", f"user:{user.id}", user=user.id)


class SetSecondFactor(Command[None], kind="house.set_second_factor"):
    """Switch the second factor on with a sealed secret and the step of its first code, or off with null."""

    user: int
    totp: Annotated[str, Meta(pattern=r"^sealed:")] | None
    step: int = 0

    def decide(self, book: Book) -> None:
        user = book.get(User, self.user)
        book.put(user.replace(totp=self.totp, totp_step=self.step))
        book.emit("user.second_factor_set", f"user:{user.id}", user=user.id, on=self.totp is not None)


class UnlockUser(Command[None], kind="house.unlock_user"):
    """Forget the wrong passwords of a user. Rejects ``house_user.not_found``."""

    user: int

    def decide(self, book: Book) -> None:
        user = book.get(User, self.user)
        book.put(user.replace(failures=0, locked_until=None))


def end_sessions(book: Book, user: int, keep: str | None = None) -> int:
    """End the sessions of a user, but for one; how many ended."""
    open_ones = [s for s in book.find(LoginSession, "login_user", user) if s.ended_at is None and s.id != keep]
    for session in open_ones:
        book.put(session.replace(ended_at=book.now))
    return len(open_ones)


def _administers(roles: dict[str, str]) -> bool:
    return roles.get(str(SYSTEM_BOOK)) == Role.ADMIN.value
