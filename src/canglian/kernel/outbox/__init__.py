"""The outbox: events on their way to receivers, as signed webhooks or by adapters of the server process.

Owns the tables receiver, delivery and dead_letter. Promises: every event of a kind that a receiver asked for is sent
to it at least once and in order; the same event always carries the same id; a receiver that stays away is tried with
growing pauses, then its event becomes a dead letter that an operator sends again or skips. A receiver with a ladder of
pauses does not wait: an event that fails is tried again by itself, and the next ones pass it. Every change, also what
came of a call, is a command on the book.
"""

from canglian.kernel.outbox.adapters import Adapters, ConnectAdapter, Deliver
from canglian.kernel.outbox.commands import (
    AddReceiver,
    Attempt,
    ChangeReceiver,
    LeaseReceiver,
    RecordDeliveries,
    ResendDeadLetter,
    SendTestEvent,
    SkipDeadLetter,
)
from canglian.kernel.outbox.dispatcher import Dispatcher
from canglian.kernel.outbox.model import DeadLetter, DeadLetterState, Delivery, Receiver, ReceiverState
from canglian.kernel.outbox.secrets import add_receiver, rotate_secret, rotation, sealed_secret, secret_for
from canglian.kernel.outbox.sending import Policy
from canglian.kernel.outbox.signing import new_secret

__all__ = [
    "Adapters",
    "AddReceiver",
    "Attempt",
    "ChangeReceiver",
    "ConnectAdapter",
    "DeadLetter",
    "DeadLetterState",
    "Deliver",
    "Delivery",
    "Dispatcher",
    "LeaseReceiver",
    "Policy",
    "Receiver",
    "ReceiverState",
    "RecordDeliveries",
    "ResendDeadLetter",
    "SendTestEvent",
    "SkipDeadLetter",
    "add_receiver",
    "new_secret",
    "rotate_secret",
    "rotation",
    "sealed_secret",
    "secret_for",
]
