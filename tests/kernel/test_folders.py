"""Folders of ours: nobody else reads them; one process at a time works where only one may."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from canglian.app.cli.doctor import data_folder
from canglian.kernel.errors import Conflict
from canglian.kernel.folders import only_one_in, private_folder
from canglian.kernel.settings import Settings, load
from canglian.web.sandbox import keys
from canglian.web.sandbox.journal import Journal

OTHERS = 0o007
CLOSED = 0o710 if os.geteuid() == 0 else 0o700
"""Made by root, the group of PostgreSQL's user may pass through; nobody else reads, neither that group."""


def mode(folder: Path) -> int:
    return stat.S_IMODE(folder.stat().st_mode)


def test_every_folder_that_is_made_is_closed_to_others(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        private_folder(tmp_path / "a" / "data")
        load({"CANGLIAN_DATA_DIR": str(tmp_path / "b")}, tmp_path)
        keys.pair(tmp_path / "c" / "sandbox", "rail")
        Journal(tmp_path / "d" / "sandbox" / "rail.jsonl").close()
    finally:
        os.umask(before)
    made = [tmp_path / "a" / "data", tmp_path / "b", tmp_path / "c" / "sandbox", tmp_path / "d" / "sandbox"]
    assert [mode(folder) for folder in made] == [CLOSED] * 4
    for file in (path for folder in made for path in folder.rglob("*") if path.is_file()):
        assert mode(file) & 0o077 == 0, file


async def test_a_folder_that_was_there_stays_as_it_is_and_the_doctor_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o755)
    private_folder(folder)
    assert mode(folder) == 0o755
    found = await data_folder(Settings(data_dir=str(folder)))
    assert (found.well, found.remedy) == (False, f"chmod o= {folder}")
    folder.chmod(0o750)
    assert (await data_folder(Settings(data_dir=str(folder)))).well


def test_a_second_process_in_the_same_folder_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    program = "\n".join(
        [
            "from pathlib import Path",
            "from canglian.kernel.folders import only_one_in",
            f"with only_one_in(Path({str(tmp_path)!r}), 'rail'):",
            "    print('in', flush=True)",
            "    input()",
        ]
    )
    first = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert first.stdout.readline() == "in\n"
    with pytest.raises(Conflict, match=r"folder\.in_use"), only_one_in(tmp_path, "rail"):
        pass
    with only_one_in(tmp_path, "sms"):
        pass
    first.kill()
    first.communicate()
    with only_one_in(tmp_path, "rail"):
        pass
