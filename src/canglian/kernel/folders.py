"""Folders of ours: private from the moment that they are made. What was there before is left as it is."""

import fcntl
import os
import pwd
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from canglian.kernel.errors import Conflict, declare

declare({"folder.in_use": "Another process runs {name} in {folder} already."})

DATABASE_USERS = ("canglian", "postgres", "nobody")
"""Who runs PostgreSQL where everything else is run by root: the first of them that there is."""


def private_folder(folder: Path) -> None:
    """Make a folder that nobody else reads. Made by root, the user of the database may pass through it as well."""
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    user = database_user() if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, -1, user.pw_gid)
        folder.chmod(0o710)


def database_user() -> pwd.struct_passwd | None:
    """The unprivileged user that runs the database for root."""
    for name in DATABASE_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


@contextmanager
def only_one_in(folder: Path, name: str) -> Generator[None]:
    """Do the work of a name in a folder while no other process does. Raises Conflict ``folder.in_use``."""
    private_folder(folder)
    with (folder / f"{name}.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("folder.in_use", name=name, folder=str(folder)) from None
        yield
