"""The order in which tests begin, and what each folder costs.

Those marked ``slow`` begin first, so that no worker is left alone with one. At the end stands the time of each folder:
its share of the clock, which is what its tests took divided by the number of workers.
"""

from collections import defaultdict
from typing import Any

import pytest

DEEPER = ("bank", "scenario")
"""Folders whose rooms are told one by one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; all else stays in its order."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def room_of(nodeid: str) -> str:
    """The folder that a test belongs to."""
    parts = nodeid.partition("::")[0].split("/")[1:]
    depth = 2 if parts[0] in DEEPER else 1
    return "/".join(parts[: min(depth, len(parts) - 1)]) or "the tree"


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say the time of each folder."""
    workers = config.getoption("numprocesses", None) or 1
    seconds: dict[str, float] = defaultdict(float)
    tests: dict[str, int] = defaultdict(int)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[room_of(report.nodeid)] += report.duration / workers
                tests[room_of(report.nodeid)] += report.when == "call"
    if len(seconds) < 2:
        return
    terminalreporter.section("seconds by folder")
    for room in sorted(seconds, key=lambda room: -seconds[room]):
        terminalreporter.write_line(f"{seconds[room]:8.1f}  {tests[room]:5d} tests  {room}")
