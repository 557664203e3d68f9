"""Payments for operators: pages that translate forms into commands and compute no rule."""

from canglian.bank.payment.console import channel, claims, lists, merchant, notifications, order, payment

HANDLERS = (
    *claims.handlers,
    *lists.handlers,
    *merchant.handlers,
    *order.handlers,
    *payment.handlers,
    *channel.handlers,
    *notifications.handlers,
)
"""The pages of merchants, orders, payments and refunds."""
