"""Why something cannot be done to a proposal or a delegation now, as its page says before anybody tries.

A proposal's page decides each action and throws it away, so that it computes no rule of its own. The reasons are
messages; None where it can be done.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from canglian.bank.approval.model import Delegation


class ProposalShown(msgspec.Struct, frozen=True):
    """A proposal as somebody sees it: why each action is refused, by its name, and in whose place they may vote."""

    refusals: Mapping[str, str | None]
    people: list[str]
    actor: str
    has_changed: bool

    @property
    def votes_for_others(self) -> bool:
        """Whether it has to be said in whose place a vote is given."""
        return bool(self.people) and self.people != [self.actor]


class DelegationShown(msgspec.Struct, frozen=True):
    """A delegation, or the form of a new one, as somebody sees it. An administrator may delegate for others."""

    actor: str
    for_others: bool
    now: datetime
    delegation: Delegation | None = None


def refused(name: str) -> Callable[[ProposalShown], str | None]:
    """Why an action is refused."""
    return lambda shown: shown.refusals[name]


def may_reject(shown: ProposalShown) -> bool:
    """Who may vote may reject."""
    return shown.refusals["reject"] is None


def may_confirm(shown: ProposalShown) -> bool:
    """A proposal is confirmed after what it is about has changed."""
    return shown.has_changed or shown.refusals["confirm"] is None


def votes_for_others(shown: ProposalShown) -> bool:
    """It has to be said in whose place a vote is given."""
    return shown.votes_for_others


def for_others(shown: DelegationShown) -> bool:
    """Only an administrator says who delegates; others delegate themselves."""
    return shown.for_others


def may_end(shown: DelegationShown) -> bool:
    """A delegation that has not ended is revoked by its delegator, or by an administrator."""
    delegation = shown.delegation
    if delegation is None or delegation.revoked_at is not None or delegation.until <= shown.now:
        return False
    return shown.for_others or delegation.delegator == shown.actor
