"""Points for operators: pages that translate forms into commands and compute no rule."""

from canglian.bank.reward.points.console import exchange, lists, member, scheme

HANDLERS = (*lists.handlers, *scheme.handlers, *member.handlers, *exchange.handlers)
"""The pages of schemes, of people's points and of exchanges."""
