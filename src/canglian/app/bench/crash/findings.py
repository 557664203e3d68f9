"""What the rounds of a run came to, and the bars that it is held to."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from canglian.app.bench.crash.again import Answer
from canglian.app.bench.crash.judging import Verdict
from canglian.app.bench.crash.killing import Way
from canglian.app.bench.crash.requests import Acknowledgement, Asked
from canglian.kernel.auditing import Verified
from canglian.ledger.bench.report import Bar, median

SHOWN = 5
"""How many of the requests that something is wrong with are named."""


class Findings:
    """Everything that was found; a request counts once, however often it is found."""

    def __init__(self) -> None:
        self.rounds: Counter[Way] = Counter()
        self.recovery: defaultdict[Way, list[float]] = defaultdict(list)
        self.unrecovered = 0
        self.unacknowledged = 0
        self.landed = 0
        self.repeated = 0
        self.lost: set[str] = set()
        self.doubled: set[str] = set()
        self.altered: set[str] = set()
        self.unanswered: set[str] = set()
        self.unbalanced: set[str] = set()
        self.broken: set[str] = set()
        self.differing = 0

    def judged(self, verdict: Verdict) -> None:
        """Requests were held against the stored rows."""
        self.lost |= verdict.lost
        self.doubled |= verdict.doubled
        self.altered |= verdict.altered

    def sent_again(
        self, asked: Asked, answer: Answer | None, acknowledged: Acknowledgement | None, *, had_landed: bool
    ) -> None:
        """A request was sent again. What had been acknowledged (or done, unheard) must be answered as a repetition."""
        if acknowledged is None:
            self.unacknowledged += 1
            self.landed += answer is not None and answer.replayed
        else:
            self.repeated += 1
        if answer is None:
            self.unanswered.add(asked.key)
        elif (acknowledged not in (None, answer.acknowledgement)) or (
            (acknowledged is not None or had_landed) and not answer.replayed
        ):
            self.altered.add(asked.key)

    def verified(self, verified: Verified) -> None:
        """The chain was computed again."""
        if verified.broken is not None:
            self.broken.add(f"{verified.broken.kind} in batch {verified.broken.batch}")

    def figures(self, asked: int, statuses: Mapping[int, int]) -> dict[str, Any]:
        """What was done, how long it took, and the first of everything that must not be."""
        wrong = {name: sorted(getattr(self, name))[:SHOWN] for name in _WRONG}
        return {
            "rounds": self.rounds.total(),
            "rounds_by_kill": {str(way): count for way, count in sorted(self.rounds.items())},
            "requests": asked,
            "acknowledged": asked - self.unacknowledged,
            "acknowledged_sent_again": self.repeated,
            "unacknowledged": self.unacknowledged,
            "unacknowledged_that_had_landed": self.landed,
            "statuses": {str(status): count for status, count in sorted(statuses.items())},
            "recovery_seconds": {
                str(way): {"median": round(median(seconds), 2), "max": round(max(seconds), 2)}
                for way, seconds in sorted(self.recovery.items())
            },
            "wrong": {name: keys for name, keys in wrong.items() if keys},
        }

    def bars(self) -> list[Bar]:
        """What is promised."""
        return [
            Bar("lost", len(self.lost), 0, at_most=True),
            Bar("doubled", len(self.doubled), 0, at_most=True),
            Bar("stored or answered otherwise", len(self.altered), 0, at_most=True),
            Bar("unanswered when sent again", len(self.unanswered), 0, at_most=True),
            Bar("unbalanced", len(self.unbalanced), 0, at_most=True),
            Bar("rounds without recovery", self.unrecovered, 0, at_most=True),
            Bar("chain verified", int(not self.broken), 1),
            Bar("log leads to the stored state", int(self.differing == 0), 1),
        ]


_WRONG = ("lost", "doubled", "altered", "unanswered", "unbalanced", "broken")
