"""Charts: what is shown, as data that a page carries and ECharts draws. One message each, and a table behind."""

from collections.abc import Sequence
from typing import Any

import msgspec


class Series(msgspec.Struct, frozen=True):
    """One line or one colour of bars; ``values`` are whole minor units or counts, and may end before the labels do."""

    name: str
    values: Sequence[int]


class Chart(msgspec.Struct, frozen=True):
    """A chart. ``title`` is its message; ``scale`` the decimals of its values; ``note`` when and how it was counted.

    ``kind`` is line or bar; ``lying`` turns the bars; ``step`` keeps a line level between its points.
    """

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    kind: str = "line"
    unit: str = ""
    currency: str = ""
    scale: int = 0
    step: bool = False
    lying: bool = False
    note: str = ""

    @property
    def data(self) -> str:
        """What the drawing is made from, as JSON."""
        return msgspec.json.encode(self).decode()


class FlowNode(msgspec.Struct, frozen=True):
    """A place that something flows through."""

    name: str
    label: str
    note: str
    root: bool = False


class FlowLink(msgspec.Struct, frozen=True):
    """So much from one node to another."""

    source: str
    target: str
    value: int
    note: str


class FlowChart(msgspec.Struct, frozen=True):
    """A drawing of what flows where; it never runs in a circle."""

    title: str
    nodes: Sequence[FlowNode]
    links: Sequence[FlowLink]
    kind: str = "flow"
    note: str = ""

    @property
    def data(self) -> str:
        """What the drawing is made from, as JSON."""
        return msgspec.json.encode(self).decode()


def is_empty(chart: Any) -> bool:
    """Whether there is nothing to draw."""
    if isinstance(chart, FlowChart):
        return not chart.links
    return not any(any(line.values) for line in chart.series)
