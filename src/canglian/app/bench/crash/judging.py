"""What was asked and told, held against what is stored: every request is judged by the rows that it left behind."""

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
    asked for or told, there in part without having been acknowledged, or asked for by nobody.
    """

    lost: set[str]
    doubled: set[str]
    altered: set[str]
    landed: set[str]


def judge(asked: Iterable[Asked], told: Mapping[str, Acknowledgement], stored: Stored) -> Verdict:
    """Judge every request, and find the rows that no request asked for."""
    verdict = Verdict(set(), set(), set(), set())
    left = set(stored)
    for one in asked:
        left.discard(one.key)
        rows, answer = stored.get(one.key, []), told.get(one.key)
        if answer is None and rows:
            verdict.landed.add(one.key)
        if len(rows) > len(one.moves):
            verdict.doubled.add(one.key)
        elif len(rows) < len(one.moves) and answer is not None:
            verdict.lost.add(one.key)
        elif (rows and rows != _expected(one, rows)) or (answer is not None and not _as_told(one, answer, rows)):
            verdict.altered.add(one.key)
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


def _as_told(asked: Asked, told: Acknowledgement, rows: list[Row]) -> bool:
    return told.suits(asked) and told.numbers == tuple(row.id for row in rows)
