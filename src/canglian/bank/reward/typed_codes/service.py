"""What faces ask where somebody types a code."""

from canglian.bank.reward.typed_codes import queries
from canglian.bank.reward.typed_codes.commands import CountTypedCode, seconds_left
from canglian.kernel.errors import Busy, declare
from canglian.web.services import Services

declare({"typed_code.often": "Too many wrong codes were typed; try again in {retry_after} seconds."})


async def check(services: Services, book: int, of: str) -> None:
    """Busy ``typed_code.often``, before a code is looked at."""
    forgotten_at = await queries.forgotten_at(services.reader, book, of)
    if forgotten_at is not None:
        _refuse(seconds_left(forgotten_at, services.engine.clock()))


async def count(services: Services, book: int, of: str, actor: str, *, right: bool) -> None:
    """Count a code that was looked at, before anybody learns whether it was right. Busy ``typed_code.often``."""
    _refuse((await services.engine.submit(book, CountTypedCode(of=of, right=right), actor=actor)).unwrap())


def _refuse(wait: int) -> None:
    if wait:
        raise Busy("typed_code.often", retry_after=wait)
