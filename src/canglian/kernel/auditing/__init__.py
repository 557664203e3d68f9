"""Auditing a book: its chain of hashes computed again, and its command log decided again.

``verify`` proves that no row of the log, the events and the other audited records was changed since it was committed.
``replay`` proves that the stored state is what the log leads to. Both read only, stream, and work on a live book.
"""

from canglian.kernel.auditing.replay import Difference, Replayed, replay
from canglian.kernel.auditing.verify import Broken, Verified, verify

__all__ = ["Broken", "Difference", "Replayed", "Verified", "replay", "verify"]
