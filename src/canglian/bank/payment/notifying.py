"""Notifications of merchants: what happens to their orders and payments, sent to addresses of their own.

A merchant's address is a receiver of the outbox: messages are signed as Standard Webhooks has them, carry the same id
each time, and each that fails is tried again by itself on ``LADDER``, about a day in all; then it is a dead letter,
which an operator sends again. A message never waits for another.
"""

from typing import Final

LADDER: Final = (
    *(15, 15, 30, 180, 600, 1_200),
    *(1_800, 1_800, 1_800, 3_600),
    *(10_800, 10_800, 10_800, 21_600, 21_600),
)
"""The pauses after each failed attempt, in seconds: 15 s, 15 s, 30 s, 3 m, 10 m, 20 m, 30 m three times, 60 m, 3 h
three times, 6 h twice."""

KINDS: Final = (
    "payment.paid",
    "payment.captured",
    "payment.authorised",
    "payment.released",
    "payment.refunded",
    "payment.split",
    "payment.split_done",
    "payment.split_failed",
    "payment.split_returned",
    "payment_order.closed",
    "payment_order.expired",
    "channel.refused",
    "channel.succeeded",
)
"""What a merchant hears of where it does not say what it wants."""


def about(merchant: str) -> dict[str, str]:
    """What the events of a merchant carry."""
    return {"merchant": merchant}
