"""The use cases of the limits."""

from canglian.bank.limit.commands.overrides import EndOverride, GrantOverride, ended_about, granted_about
from canglian.bank.limit.commands.versions import AddLimitRules, RuleAsked

__all__ = ["AddLimitRules", "EndOverride", "GrantOverride", "RuleAsked", "ended_about", "granted_about"]
