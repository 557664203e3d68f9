"""``canglian bench credit``: plans, a day over many loans, and drawdowns.

Each is a module of its own: ``quoting.py``, ``accruing.py``, ``drawing.py``.
"""

from pathlib import Path

import msgspec
import uvloop

from canglian.bank.credit.bench import accruing, drawing, quoting
from canglian.bank.credit.bench.accruing import Accruing
from canglian.bank.credit.bench.drawing import Drawings
from canglian.bank.credit.bench.quoting import Quoting
from canglian.bank.payment.bench.street import Street
from canglian.ledger.bench.ground import bars, flush_microseconds, fresh_postgres
from canglian.ledger.bench.product import Product
from canglian.ledger.bench.report import Report
from canglian.web.services import Services


class Size(msgspec.Struct, frozen=True):
    """How much of each part is measured."""

    quoting: Quoting
    accruing: Accruing
    drawing: Drawings


FULL = Size(Quoting(loans=5_000, rounds=5, exact=5_000), Accruing(loans=1_000_000, lives=5_000), Drawings(5, 4, 5_000))
QUICK = Size(Quoting(loans=2_000, rounds=3, exact=1_000), Accruing(loans=100_000, lives=1_000), Drawings(3, 2, 1_000))
TINY = Size(Quoting(loans=50, rounds=1, exact=40), Accruing(loans=600, lives=200, chunk=64), Drawings(1, 0.3, 20))


def run(folder: Path, size: Size, product: Product) -> Report:
    """Measure in a database of its own below ``folder``."""
    with fresh_postgres(folder, product.packages) as postgres, bars() as progress:
        task = progress.add_task("quoting", total=size.quoting.rounds + 1)
        quoted = quoting.measure(size.quoting, lambda: progress.advance(task))
        street = uvloop.run(_install(postgres.url, folder, size, product))
        task = progress.add_task("accruing", total=3 * size.accruing.loans)
        accrued, held_to = accruing.measure(postgres.url, size.accruing, lambda count: progress.advance(task, count))
        task = progress.add_task("drawing", total=len(drawing.SIDES) * size.drawing.rounds)
        drawn, times = uvloop.run(
            drawing.measure(postgres.url, street, size.drawing, lambda count: progress.advance(task, count))
        )
        flush = flush_microseconds(folder)
    figures = {"quotes": quoted.figures, "accrual": accrued, "drawdowns": drawn, "flush_microseconds": flush}
    return Report("credit", figures, [*quoted.bars, *held_to, *times])


async def _install(url: str, folder: Path, size: Size, product: Product) -> Street:
    streets: list[Street] = []

    async def fill(services: Services) -> None:
        """People with wallets; the loans come by COPY."""
        streets.append(await drawing.people(services, url, size.drawing))

    await product.install(url, folder, fill)
    return streets[0]
