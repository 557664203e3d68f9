"""Where merchants hear of their orders and payments: addresses, what was sent there, and what has not arrived."""

import msgspec

from canglian.bank.payment.notifying import about
from canglian.kernel.errors import NotFound
from canglian.kernel.outbox import queries
from canglian.kernel.outbox.queries import DeliveryAttempt, ReceiverView, Undelivered
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import LIMIT_MAX, Order

SHOWN_MAX = 25


class Notifications(msgspec.Struct, frozen=True):
    """All that is known of what a merchant was told."""

    addresses: list[ReceiverView]
    sent: list[DeliveryAttempt]
    undelivered: list[Undelivered]

    def letters_of(self, receiver: str) -> int:
        """How much has not arrived at an address, among what is shown."""
        return sum(each.letter.receiver == receiver for each in self.undelivered)


async def notifications(reader: Reader, book: int, merchant: str) -> Notifications:
    """The addresses of a merchant, with the last attempts and what has not arrived."""
    page = await queries.receivers(reader, book, Order(limit=LIMIT_MAX), about(merchant))
    ids = [view.id for view in page.items]
    attempts = await queries.sent(reader, book, ids, SHOWN_MAX)
    return Notifications(page.items, attempts, await queries.undelivered(reader, book, ids, SHOWN_MAX))


async def require_address(reader: Reader, book: int, merchant: str, receiver: str) -> None:
    """An address of this very merchant. NotFound ``receiver.not_found`` for another's."""
    found = await queries.receiver(reader, book, receiver)
    if found.about != about(merchant):
        raise NotFound("receiver.not_found", receiver=receiver)


async def require_letter(reader: Reader, book: int, merchant: str, number: int) -> None:
    """What has not arrived at an address of this merchant. NotFound ``dead_letter.not_found`` for another's."""
    letter = await queries.dead_letter(reader, book, number)
    if (await queries.receiver(reader, book, letter.receiver)).about != about(merchant):
        raise NotFound("dead_letter.not_found", dead_letter=number)
