"""Starting and stopping the embedded server."""

import fcntl
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil

from canglian.kernel.errors import Unavailable
from canglian.kernel.postgres.embedded.places import MAJOR, Places, places

START_SECONDS = 60
DATABASE = "canglian"
USER = "canglian"
NOBODY = 2**22
"""A process number that no process can have."""
ANSWER_SECONDS = 5
ORPHAN_SECONDS = 1.0
"""How long a killed server's processes have to notice its end."""
_CHILD = "postgres: "
"""How PostgreSQL names the processes of a server, all but the first."""
_SSL_REQUEST = bytes.fromhex("00000008 04d2162f")
"""The shortest question of PostgreSQL's protocol: whether it takes TLS. It answers with one byte."""
_ASIDE = "import os, sys\nif not os.fork():\n    os.setsid()\n    os.execv(sys.argv[1], sys.argv[1:])"
"""Runs a program as nobody's child, so that it is neither waited for nor left behind as a zombie."""


class EmbeddedPostgres:
    """One embedded server, shared by all processes that name the same data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.places: Places = places(data_dir)
        self._using: IO[bytes] | None = None

    @property
    def url(self) -> str:
        """Where to connect."""
        return self._url(DATABASE)

    def start(self) -> str:
        """Make the data folder if needed, start the server unless it runs, and say where to connect."""
        self._make_home()
        with self._alone():
            if self._using is None:
                self._using = self.places.users.open("ab")
                fcntl.flock(self._using, fcntl.LOCK_SH)
            self._make_data()
            if not self.is_running():
                self._launch()
            self._make_database()
            self._watch()
        return self.url

    def revive(self) -> bool:
        """Start the server again if it has ended although it is used; whether it had. Data that is gone stays gone."""
        if self._using is None:
            return False
        with self._alone():
            if self.is_running() or not (self.places.data / "PG_VERSION").exists():
                return False
            self._launch()
            self._watch()
        return True

    def stop(self) -> None:
        """Let go of the server; the last one to go stops it."""
        if self._using is None:
            return
        self._using.close()
        self._using = None
        with self._alone():
            stop_if_unused(self.places)

    def remove(self) -> None:
        """Stop the server even if others use it, and delete its data."""
        self.stop()
        if self.places.home.exists():
            with self._alone():
                _stop(self.places)
        shutil.rmtree(self.places.home, ignore_errors=True)
        shutil.rmtree(self.places.sockets, ignore_errors=True)

    def is_running(self) -> bool:
        """Whether the server answers on its socket."""
        return _running_pid(self.places) is not None

    # -- inside ------------------------------------------------------------------------------------------------

    def _url(self, database: str, *, secret: bool = True) -> str:
        password = f":{self.places.password.read_text().strip()}" if secret else ""
        return f"postgresql://{USER}{password}@/{database}?host={quote(str(self.places.sockets), safe='')}"

    def _make_home(self) -> None:
        for folder in (self.places.home, self.places.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _give(folder, self.places.user)

    @contextmanager
    def _alone(self) -> Generator[None]:
        with self.places.starting.open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_data(self) -> None:
        version = self.places.data / "PG_VERSION"
        if version.exists():
            found = version.read_text().strip()
            if found != str(MAJOR):
                raise Unavailable(
                    "database.other_version", folder=str(self.places.data), found=found, wanted=str(MAJOR)
                )
            return
        self.places.password.touch(mode=0o600)
        self.places.password.write_text(secrets.token_urlsafe(24))
        _give(self.places.password, self.places.user)
        self._run(
            "initdb",
            f"--pgdata={self.places.data}",
            f"--username={USER}",
            f"--pwfile={self.places.password}",
            "--auth=scram-sha-256",
            "--data-checksums",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
        )
        with (self.places.data / "postgresql.conf").open("a") as configuration:
            configuration.write("\ninclude 'canglian.conf'\n")

    def _launch(self) -> None:
        _see_orphans_out(self.places)
        _forget_shadow(self.places)
        (self.places.data / "canglian.conf").write_text(_settings(self.places))
        self._run(
            "pg_ctl", "start", "--wait", f"--timeout={START_SECONDS}", f"--pgdata={self.places.data}",
            f"--log={self.places.log}", "--silent",
        )  # fmt: skip

    def _make_database(self) -> None:
        marker = self.places.data / "canglian.created"
        if marker.exists():
            return
        done = self._run(
            "psql", "-qAt", "--dbname", self._url("postgres", secret=False),
            "-c", f"SELECT count(*) FROM pg_database WHERE datname = '{DATABASE}'",
        )  # fmt: skip
        if done.strip() == "0":
            where = self._url("postgres", secret=False)
            self._run("psql", "-q", "--dbname", where, "-c", f"CREATE DATABASE {DATABASE}")
        marker.touch()

    def _watch(self) -> None:
        """Start the watchdog: a process of its own session that stops the server once nobody uses it.

        The file that it locks is made here: it may come to life when all of this is being deleted already.
        """
        self.places.watching.touch()
        subprocess.run(
            [sys.executable, "-S", "-c", _ASIDE, sys.executable, "-m", "canglian.kernel.postgres.embedded.watchdog",
             str(self.places.home), str(self.places.binaries), self.places.user or ""],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
        )  # fmt: skip

    def _run(self, program: str, *arguments: str) -> str:
        return run(self.places, program, *arguments)


def run(where: Places, program: str, *arguments: str) -> str:
    """Run one of PostgreSQL's programs as the server's user; Unavailable with its output when it fails."""
    done = subprocess.run(
        [str(where.binaries / program), *arguments],
        user=where.user, group=None if where.user is None else pwd.getpwnam(where.user).pw_gid,
        extra_groups=None if where.user is None else [],
        cwd="/", env=_environment(where),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        output = done.stdout.strip().splitlines()[-3:] + _last_log(where)
        raise Unavailable("database.cannot_start", problem=" | ".join(output) or program)
    return done.stdout


def _environment(where: Places) -> dict[str, str]:
    """The password goes by the environment: other users of the machine can read a command line."""
    password = where.password.read_text().strip() if where.password.exists() else ""
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "PGPASSWORD": password}


def stop_if_unused(where: Places) -> bool:
    """Stop the server if no process holds the users' lock; whether it is stopped now."""
    with where.users.open("rb") as users:
        while not _locks(users, fcntl.LOCK_EX):
            if _locks(users, fcntl.LOCK_SH):
                return False
            time.sleep(0.01)  # the watchdog has it for a moment: it has just seen that nobody uses the server
        _stop(where)
        return True


def _locks(file: IO[bytes], kind: int) -> bool:
    """Whether the lock could be had at once."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _stop(where: Places) -> None:
    if _running_pid(where) is not None:
        run(where, "pg_ctl", "stop", "--mode=fast", "--wait", f"--pgdata={where.data}", "--silent")


def _running_pid(where: Places) -> int | None:
    """The process of a server that is up and ready on this folder; one that starts or stops is waited for.

    A stale file of a killed one counts for nothing, and one that has stopped takes its file away.
    """
    try:
        lines = (where.data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
        process = psutil.Process(pid)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and _is_ours(process, where):
            lines = (where.data / "postmaster.pid").read_text().splitlines()
            if len(lines) > 7 and lines[7].strip() == "ready" and _answers(where):
                return pid
            time.sleep(0.05)
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        pass
    return None


def _answers(where: Places) -> bool:
    """Whether somebody is at work behind the socket: a server that was killed a moment ago still has one."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ANSWER_SECONDS)
        try:
            connection.connect(str(where.sockets / ".s.PGSQL.5432"))
            connection.sendall(_SSL_REQUEST)
            return bool(connection.recv(1))
        except OSError:
            return False


def _see_orphans_out(where: Places) -> None:
    """Wait for the processes that a killed server left behind, and end those that have not noticed.

    A busy one would work on in the old server's memory, and no new server starts as long as it does. To end it loses
    nothing that was acknowledged: it is what happened to its server.
    """
    begun = time.monotonic()
    while (orphans := _orphans(where)) and (waited := time.monotonic() - begun) < START_SECONDS:
        if waited > ORPHAN_SECONDS:
            for orphan in orphans:
                with suppress(psutil.NoSuchProcess):
                    orphan.kill()
        time.sleep(0.05)


def _orphans(where: Places) -> list[psutil.Process]:
    """Processes of this folder's server; it is dead itself when this is asked."""
    if not (where.data / "postmaster.pid").exists():
        return []
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            called = " ".join(process.cmdline())  # nothing, once it has let go of its memory
            if process.name() == "postgres" and called.startswith(_CHILD) and _is_ours(process, where):
                found.append(process)
    return found


def _forget_shadow(where: Places) -> None:
    """Let a killed server that nobody has waited for yet not count as running, as PostgreSQL itself would have it.

    Only its number is changed in the lock files: the shared memory that one of them names still guards the data
    against processes of the old server that have not ended.
    """
    for lock in (where.data / "postmaster.pid", where.sockets / ".s.PGSQL.5432.lock"):
        with suppress(OSError, ValueError, psutil.NoSuchProcess):
            number, rest = lock.read_text().split("\n", 1)
            if psutil.Process(int(number)).status() == psutil.STATUS_ZOMBIE:
                lock.write_text(f"{NOBODY}\n{rest}")


def _is_ours(process: psutil.Process, where: Places) -> bool:
    """Whether a process is this folder's server: not one that was killed a moment ago, nor one of another folder."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).samefile(where.data)
    except (psutil.AccessDenied, FileNotFoundError):  # another user's, or about to be gone
        return "postgres" in process.name()


def _last_log(where: Places) -> list[str]:
    try:
        return where.log.read_text().splitlines()[-3:]
    except OSError:
        return []


def _give(path: Path, user: str | None) -> None:
    """Hand one of our own paths to the server's user."""
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def _settings(where: Places) -> str:
    """Settings fit for a ledger: nothing acknowledged is ever lost, and the machine is used.

    They are written at every start, so that a folder may be moved, and to another machine.
    """
    buffers = min(2048, max(128, psutil.virtual_memory().total // 2**20 // 4))
    return "\n".join(
        (
            "# Written at every start: own settings belong into postgresql.conf, below the line that includes this.",
            "listen_addresses = ''",
            f"unix_socket_directories = '{where.sockets}'",
            "unix_socket_permissions = 0700",
            "fsync = on",
            "synchronous_commit = on",
            "full_page_writes = on",
            "wal_level = replica",
            f"shared_buffers = {buffers}MB",
            "wal_buffers = 64MB",
            "max_wal_size = 4GB",
            "min_wal_size = 256MB",
            "checkpoint_timeout = 15min",
            "wal_writer_delay = 10ms",
            "max_connections = 100",
            "jit = off",
            "timezone = 'UTC'",
            "log_timezone = 'UTC'",
            "log_statement = 'none'",
            "log_min_error_statement = panic",
            "log_parameter_max_length_on_error = 0",
            "",
        )
    )
