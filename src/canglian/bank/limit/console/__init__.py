"""The limits' pages: the rules by version, and the limits of one party, account or wallet."""

from canglian.bank.limit.console import holder, rules

HANDLERS = (*rules.handlers, *holder.handlers)
