"""Who runs which test: as ``--dist loadgroup``, and to the end also where a test takes its interpreter down.

pytest-xdist 3.8 puts all that such a worker had ever run back into the queue, and its successor waits for a second test
before it begins its first: the run never ends. Here what is left of its work is run, and the test that ended it is not.

A test that drives a browser and fails is run once more, and the summary names it: on a busy machine a press is lost now
and then where a page moves under it. No other test has a second try; what fails by chance in them is a fault.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling
from xdist.workermanage import WorkerController


class GroupScheduling(LoadGroupScheduling):
    """Groups stay together on a worker."""

    def remove_node(self, node: WorkerController) -> str | None:
        """A worker is gone: the test that it was running, if any; the rest of its work waits for others."""
        workload: dict[str, dict[str, bool]] = self.assigned_work.pop(node)
        crashed = next((test for unit in workload.values() for test, done in unit.items() if not done), None)
        if crashed is None:
            return None
        for scope, unit in workload.items():
            left = {test: False for test, done in unit.items() if not done and test != crashed}
            if left:
                self.workqueue[scope] = left
        self._reschedule_all(list(self.assigned_work))
        return crashed

    def schedule(self) -> None:
        """Give out work; a worker that came later gets two units, for it begins a test when it knows the next one."""
        came_later = self.collection is not None
        super().schedule()
        if came_later:
            self._reschedule_all(self.nodes)

    def _reschedule_all(self, nodes: Sequence[WorkerController]) -> None:
        for node in nodes:
            self._reschedule(node)

    def _reschedule(self, node: WorkerController) -> None:
        """More work for a worker; one that still collects waits: its work would be noted and never sent."""
        if node in self.registered_collections:
            super()._reschedule(node)

    def _assign_work_unit(self, node: WorkerController) -> None:
        """Send the next unit to a worker; where it is gone already, and nobody knows yet, the unit waits for others."""
        try:
            super()._assign_work_unit(node)
        except OSError:
            scope, unit = self.assigned_work[node].popitem()
            self.workqueue[scope] = unit
            self.workqueue.move_to_end(scope, last=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A second try for tests in a browser."""
    for item in items:
        if item.get_closest_marker("browser") is not None:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling | None:
    """Take this scheduler where tests of a group are to stay together."""
    return GroupScheduling(config, log) if config.getoption("dist") == "loadgroup" else None
