"""The watchdog of the embedded server: waits until no process uses it any more, then stops it.

It waits for the exclusive lock on the users' file; the system gives every lock of a dead process back, however it
died. So a server that is killed takes its PostgreSQL with it within seconds, and loses nothing.
"""

import fcntl
import sys
import time
from pathlib import Path

from canglian.kernel.errors import Unavailable
from canglian.kernel.postgres.embedded.places import Places
from canglian.kernel.postgres.embedded.server import stop_if_unused

GRACE_SECONDS = 1.0
"""How long the server stays for the next user: a restart finds it running."""


def main(home: str, binaries: str, user: str) -> None:
    """Watch over the server in ``home``; one watchdog is enough, so a second one leaves at once."""
    where = Places(Path(home), Path(binaries), user or None)
    with (where.home / "watchdog.lock").open("ab") as only:
        try:
            fcntl.flock(only, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        while where.home.exists():
            with where.users.open("ab") as users:
                fcntl.flock(users, fcntl.LOCK_EX)
            time.sleep(GRACE_SECONDS)
            with where.starting.open("ab") as starting:
                fcntl.flock(starting, fcntl.LOCK_EX)
                try:
                    if stop_if_unused(where):
                        return
                except Unavailable:
                    continue


if __name__ == "__main__":
    main(*sys.argv[1:4])
