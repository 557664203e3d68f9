"""Why something cannot be done to a version now, as its page says before anybody tries."""

from canglian.bank.decision.model import RuleState, RuleVersion

_WAITING = (RuleState.APPROVED, RuleState.SHADOW)


def testing(version: RuleVersion) -> str | None:
    """Its cases are run."""
    return None if version.state is RuleState.DRAFT else "Its cases have passed already."


def approving(version: RuleVersion) -> str | None:
    """Its approval is asked for."""
    if version.state is RuleState.DRAFT:
        return "Its cases have to pass first."
    return None if version.state is RuleState.TESTED else "It was approved already."


def shadowing(version: RuleVersion) -> str | None:
    """It decides in the shadow."""
    if version.state in (RuleState.DRAFT, RuleState.TESTED):
        return "It has to be approved first."
    return None if version.state is RuleState.APPROVED else "It decides already."


def promoting(version: RuleVersion) -> str | None:
    """It becomes the champion."""
    if version.state in (RuleState.DRAFT, RuleState.TESTED):
        return "It has to be approved first."
    return None if version.state in _WAITING else "It is the champion already."


def is_in_use(version: RuleVersion) -> bool:
    """Whether anything can still be done to it."""
    return version.state is not RuleState.RETIRED
