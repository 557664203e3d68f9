"""Periodic work: on every book, whatever becomes of one; what is away is said, not shouted."""

import pytest
from structlog.testing import capture_logs

from canglian.app.opening import Opened
from canglian.app.server import run_once
from canglian.kernel import Unavailable
from canglian.web.room import Job
from canglian.web.services import Services


@pytest.mark.parametrize("problem", [Unavailable("database.away"), ValueError("a bug")])
async def test_what_fails_in_one_book_does_not_keep_a_job_from_the_others(
    installation: Opened, problem: Exception
) -> None:
    await installation.open_book("second", "分行", actor="test")
    served: list[int] = []

    async def work(_: Services, book: int) -> None:
        if book == 1:
            raise problem
        served.append(book)

    with capture_logs() as logged:
        code = await run_once(Job("test", 1, work), installation.services)
    assert served == [2]
    if isinstance(problem, Unavailable):
        assert (code, logged) == ("database.away", [])
    else:
        assert code is None
        assert [(line["event"], line["job"], line["book"]) for line in logged] == [("job failed", "test", 1)]
