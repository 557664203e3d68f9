"""A branch beside a channel sandbox."""

from tests.bank.payment.channel.world import bank, worlds

__all__ = ["bank", "worlds"]
