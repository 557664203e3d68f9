"""What is done to the addresses of a merchant, by an operator or by its owner: one form, and one act a button."""

from typing import Any, Final

from canglian.bank.payment import notifying
from canglian.bank.payment.queries import notifications
from canglian.kernel.command import Command
from canglian.kernel.errors import Malformed
from canglian.kernel.outbox import AddReceiver, ChangeReceiver, ReceiverState, SendTestEvent
from canglian.kernel.postgres.reader import Reader
from canglian.web.console.forms import error_at, read

STATES: Final = {"pause": ReceiverState.PAUSED, "resume": ReceiverState.ACTIVE, "remove": ReceiverState.REMOVED}
"""What a button makes of an address."""


def added(name: str, merchant: str, url: str, sealed: str) -> AddReceiver:
    """A new address of a merchant, which hears of all that merchants hear of."""
    fields = {"name": name, "url": url, "secret": sealed, "kinds": list(notifying.KINDS)}
    with error_at("url"):
        return read({**fields, "ladder": list(notifying.LADDER), "about": notifying.about(merchant)}, AddReceiver)


async def changed(reader: Reader, book: int, merchant: str, action: str, receiver: str) -> Command[Any]:
    """What a button asks for: an address is tried, paused, let go on or removed. NotFound for another merchant's."""
    await notifications.require_address(reader, book, merchant, receiver)
    if action == "test":
        return SendTestEvent(receiver=receiver)
    if action not in STATES:
        raise Malformed("request.malformed", problem=action[:20], field="action")
    return ChangeReceiver(receiver=receiver, state=STATES[action])
