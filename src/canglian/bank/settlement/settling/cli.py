"""``canglian settlement run``."""

import msgspec

from canglian.bank.settlement.settling.running import settle_day
from canglian.kernel.queries.observing import book_figures
from canglian.web.cli import BookContext
from canglian.web.cli.output import Answer, facts


async def run(context: BookContext) -> Answer:
    """Settle the merchants that are due on the business date. Twice changes nothing."""
    services = context.services
    today = (await book_figures(services.reader, context.book)).today
    done = await settle_day(services.engine, services.reader, context.book, today)
    pairs = [("date", str(today)), ("settled", f"{done.settled:,}"), ("left", f"{len(done.left):,}")]
    pairs += [(f"paid out, {asset}", f"{amount:,}") for asset, amount in sorted(done.paid.items())]
    return Answer({"date": str(today), **msgspec.to_builtins(done)}, facts(pairs))
