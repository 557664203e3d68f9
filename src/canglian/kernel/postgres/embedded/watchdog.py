"""The watchdog of the embedded server: waits until no process uses it any more, then stops it.

It waits for the exclusive lock on the users' file; the system gives every lock of a dead process back, however it
died. So a server that is killed takes its PostgreSQL with it within seconds, and loses nothing.
"""

import fcntl
import sys
import time
from contextlib import suppress
from pathlib import Path

from canglian.kernel.errors import Unavailable
from canglian.kernel.postgres.embedded.places import Places
from canglian.kernel.postgres.embedded.server import stop_if_unused

GRACE_SECONDS = 1.0
"""How long the server stays for the next user: a restart finds it running."""


def main(home: str, binaries: str, user: str) -> None:
    """Watch over the server in ``home``; one watchdog is enough, so a second one leaves at once."""
    with suppress(FileNotFoundError, BlockingIOError):  # the whole folder was removed; there is another one
        _watch(Places(Path(home), Path(binaries), user or None))


def _watch(where: Places) -> None:
    """No lock file is made here: one in a folder that is being removed would keep it from going."""
    with where.watching.open("rb") as only:
        fcntl.flock(only, fcntl.LOCK_EX | fcntl.LOCK_NB)
        while True:
            with where.users.open("rb") as users:
                fcntl.flock(users, fcntl.LOCK_EX)
            time.sleep(GRACE_SECONDS)
            with where.starting.open("rb") as starting:
                fcntl.flock(starting, fcntl.LOCK_EX)
                with suppress(Unavailable):
                    if stop_if_unused(where):
                        return


if __name__ == "__main__":
    main(*sys.argv[1:4])
