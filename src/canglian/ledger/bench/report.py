"""What a benchmark reports: figures, and the bars that they are held to."""

import statistics
from collections.abc import Iterable
from typing import Any

import msgspec


class Bar(msgspec.Struct, frozen=True):
    """One promise: ``value`` must be at least (or, with ``at_most``, at most) ``bar``."""

    name: str
    value: float
    bar: float
    at_most: bool = False

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.value <= self.bar if self.at_most else self.value >= self.bar


class Report(msgspec.Struct, frozen=True):
    """The result of one benchmark."""

    bench: str
    figures: dict[str, Any]
    bars: list[Bar]

    @property
    def holds(self) -> bool:
        """Whether every bar holds."""
        return all(bar.holds for bar in self.bars)

    def line(self) -> str:
        """The last line of output: one JSON object."""
        bars = [
            {
                "name": bar.name,
                "value": round(bar.value, 4),
                "bar": bar.bar,
                "kind": "at most" if bar.at_most else "at least",
                "holds": bar.holds,
            }
            for bar in self.bars
        ]
        return msgspec.json.encode({"bench": self.bench, "figures": self.figures, "bars": bars}).decode()


def median(values: Iterable[float]) -> float:
    """The median of some measurements."""
    return statistics.median(values)


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of the measurements lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values: list[float]) -> float:
    """The range of some measurements as a share of their median."""
    middle = median(values)
    return round((max(values) - min(values)) / middle, 3) if middle else 0.0
