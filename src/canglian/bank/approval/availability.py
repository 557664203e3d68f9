"""Why something cannot be done to a proposal or a delegation now, as its page says before anybody tries.

A proposal's page tries each action (``console.trying``), so that it computes no rule of its own.
"""

from datetime import datetime

import msgspec

from canglian.bank.approval.model import Delegation


class ProposalShown(msgspec.Struct, frozen=True):
    """A proposal as somebody sees it: in whose place they may vote, and whether it can be confirmed anew."""

    people: list[str]
    actor: str
    may_be_confirmed: bool

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


def may_confirm(shown: ProposalShown) -> bool:
    """A proposal is confirmed after what it is about has changed."""
    return shown.may_be_confirmed


def votes_for_others(shown: ProposalShown) -> bool:
    """It has to be said in whose place a vote is given."""
    return shown.votes_for_others


def for_others(shown: DelegationShown) -> bool:
    """Only an administrator says who delegates; others delegate themselves."""
    return shown.for_others


def is_going_on(shown: DelegationShown) -> bool:
    """A delegation that has not ended may be revoked."""
    delegation = shown.delegation
    return delegation is not None and delegation.revoked_at is None and delegation.until > shown.now
