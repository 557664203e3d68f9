"""The ledger's figures of the day: money in and money out."""

from collections.abc import Mapping
from datetime import date

from canglian.kernel.postgres.reader import Reader
from canglian.ledger.queries.flows import flows
from canglian.ledger.queries.transfers import Flow
from canglian.web.additions import DayFigure, Sum

_LIST = "/console/transfers?asset=CNY&first={first}&last={last}&flow="


async def _in(reader: Reader, book: int, first: date, last: date) -> Mapping[date, Sum]:
    found = await flows(reader, book, Flow.IN, first, last)
    return {day: Sum(count, amount) for day, (count, amount) in found.items()}


async def _out(reader: Reader, book: int, first: date, last: date) -> Mapping[date, Sum]:
    found = await flows(reader, book, Flow.OUT, first, last)
    return {day: Sum(count, amount) for day, (count, amount) in found.items()}


FIGURES = (
    DayFigure(
        "Money in",
        "Transfers in yuan from accounts of cash, the central bank, other banks and clearing to all others.",
        _LIST + Flow.IN.value,
        _in,
        is_money=True,
        is_drawn=True,
    ),
    DayFigure(
        "Money out",
        "Transfers in yuan to accounts of cash, the central bank, other banks and clearing from all others.",
        _LIST + Flow.OUT.value,
        _out,
        is_money=True,
        is_drawn=True,
    ),
)
