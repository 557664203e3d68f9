"""Requests and acknowledgements, compared with what is stored: every request is judged by its rows."""

from collections.abc import Iterable, Mapping

import msgspec

from canglian.app.bench.crash.requests import Acknowledgement, Asked, Kind


class Row(msgspec.Struct, frozen=True):
    """A stored transfer, or a stored hold."""

    table: str
    id: int
    debit: int
    credit: int
    amount: int
    group: int | None = None
    hold: int | None = None


Stored = Mapping[str, list[Row]]
"""Rows in the order of their numbers, by the key of the request that they refer to."""


class Verdict(msgspec.Struct, frozen=True):
    """The keys of the requests that something is wrong with, and of the unacknowledged ones that had landed.

    ``lost``: acknowledged, but not there, or not whole. ``doubled``: there more than once. ``altered``: not as it was
    requested or acknowledged, there in part without having been acknowledged, or requested by nobody.
    """

    lost: set[str]
    doubled: set[str]
    altered: set[str]
    landed: set[str]


def judge(asked: Iterable[Asked], acknowledged: Mapping[str, Acknowledgement], stored: Stored) -> Verdict:
    """Judge every request, and find the rows that no request asked for."""
    verdict = Verdict(set(), set(), set(), set())
    left = set(stored)
    for request in asked:
        left.discard(request.key)
        rows, answer = stored.get(request.key, []), acknowledged.get(request.key)
        if answer is None and rows:
            verdict.landed.add(request.key)
        if len(rows) > len(request.moves):
            verdict.doubled.add(request.key)
        elif len(rows) < len(request.moves) and answer is not None:
            verdict.lost.add(request.key)
        elif (rows and rows != _expected(request, rows)) or (
            answer is not None and not _as_acknowledged(request, answer, rows)
        ):
            verdict.altered.add(request.key)
    verdict.altered.update(left)
    return verdict


def _expected(asked: Asked, rows: list[Row]) -> list[Row]:
    """What the rows must be, with the numbers that they have."""
    table = "hold" if asked.kind is Kind.HOLD else "transfer"
    group = rows[0].id if asked.kind is Kind.GROUP else None
    numbers = [row.id for row in rows] + [0] * len(asked.moves)
    return [
        Row(table, number, move.debit, move.credit, move.amount, group, asked.hold)
        for number, move in zip(numbers, asked.moves, strict=False)
    ]


def _as_acknowledged(asked: Asked, acknowledgement: Acknowledgement, rows: list[Row]) -> bool:
    return acknowledgement.suits(asked) and acknowledgement.numbers == tuple(row.id for row in rows)
