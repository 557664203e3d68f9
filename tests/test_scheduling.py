"""A run of tests ends, and says which one did it, where a test takes its interpreter down."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import PATIENCE

ROOT = Path(__file__).parents[1]
TESTS = """
import os
import pytest

@pytest.mark.parametrize("number", range({count}))
def test_it(number):
    if number in {crashes}:
        os._exit(1)
"""


@pytest.mark.parametrize(("count", "crashes"), [(2, (1,)), (9, (3, 4, 8))], ids=lambda given: str(given))
def test_a_test_that_ends_its_worker_fails_and_all_others_run(tmp_path: Path, count: int, crashes: tuple[int]) -> None:
    (tmp_path / "test_crashing.py").write_text(TESTS.format(count=count, crashes=crashes))
    options = ("-q", "-n", "2", "--dist", "loadgroup", "-p", "tests.scheduling", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    passed = f", {count - len(crashes)} passed" if count > len(crashes) else ""
    assert f"{len(crashes)} failed{passed} in" in done.stdout, done.stdout
