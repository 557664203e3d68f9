"""What was sent to an address of a merchant, and failed."""

from canglian.app.opening import Opened
from canglian.kernel.outbox import RecordDeliveries, queries
from canglian.kernel.outbox.commands import Attempt, LeaseReceiver
from canglian.kernel.outbox.queries import DeadLetterFilter
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import utc_now

URL = "https://shop.example/canglian"


async def told_badly(installation: Opened, receiver: str) -> None:
    """The last thing that was to be sent to an address has failed."""
    engine, reader = installation.services.engine, installation.services.reader
    await engine.execute(1, LeaseReceiver(receiver=receiver, holder="h", milliseconds=1000), actor="test")
    letters = await queries.dead_letters(reader, 1, DeadLetterFilter(receiver=receiver), Order())
    letter = letters.items[0]
    attempt = Attempt(
        event=letter.event, at=utc_now(), duration_ms=7, status=503, problem="HTTP status 503", dead_letter=letter.id
    )
    record = RecordDeliveries(receiver=receiver, holder="h", through=0, attempts=[attempt], release=True)
    await engine.execute(1, record, actor="test")
