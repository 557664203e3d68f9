"""``canglian bench crash``: kill what can be killed, at any moment, and look for every single request.

In each round many connections post transfers, each request with its own idempotency key. At a random moment the
server or PostgreSQL, one or all of its processes, is killed with SIGKILL and started again; a server whose database
was killed has to recover by itself. Then the stored rows are held against every request: what was acknowledged is
there once, with the number and the amount that were acknowledged; what was not is there once or not at all, and
sending it again with its key leaves exactly one. Balances are added up again after every round, the audit chain is
computed and the log replayed.

What SIGKILL does not show: a power failure. That the disk keeps what was flushed is PostgreSQL's business,
with fsync on.
"""

from canglian.app.bench.crash.rounds import FULL, QUICK, TINY, Size, run

__all__ = ["FULL", "QUICK", "TINY", "Size", "run"]
