"""A branch beside a channel sandbox, as the tests of payments have it."""

from tests.bank.payment.channel.world import bank, worlds

__all__ = ["bank", "worlds"]
