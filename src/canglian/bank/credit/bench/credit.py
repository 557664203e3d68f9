"""``canglian bench credit``: exact plans of twelve instalments a second (``quoting.py``)."""

from pathlib import Path

import msgspec

from canglian.bank.credit.bench.quoting import Quoting, measure
from canglian.ledger.bench.ground import bars
from canglian.ledger.bench.report import Report


class Size(msgspec.Struct, frozen=True):
    """How much of each part is measured."""

    quoting: Quoting


FULL = Size(Quoting(loans=5_000, rounds=5, exact=5_000))
QUICK = Size(Quoting(loans=2_000, rounds=3, exact=1_000))
TINY = Size(Quoting(loans=50, rounds=1, exact=40))


def run(folder: Path, size: Size) -> Report:
    """Measure; nothing is kept, so the folder stays empty."""
    del folder
    with bars() as progress:
        task = progress.add_task("quoting", total=size.quoting.rounds + 1)
        quoted = measure(size.quoting, lambda: progress.advance(task))
    return Report("credit", {"quotes": quoted.figures}, quoted.bars)
