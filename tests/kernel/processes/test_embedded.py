"""The embedded server ends with its last user, and then nothing of it writes any more."""

import fcntl
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from canglian.kernel.postgres.embedded import EmbeddedPostgres, watchdog

ROOT = Path(__file__).parents[3]
_USER = """
import sys, time
from pathlib import Path
from canglian.kernel.postgres.embedded import EmbeddedPostgres
EmbeddedPostgres(Path(sys.argv[1])).start()
print("started", flush=True)
time.sleep(100)
"""


def test_a_server_stops_though_its_watchdog_looks_at_the_same_moment(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    server.start()
    running = int((server.places.data / "postmaster.pid").read_text().splitlines()[0])
    ours = os.open(server.places.users, os.O_RDONLY)

    def look() -> None:
        fcntl.flock(ours, fcntl.LOCK_EX)  # as the watchdog does, once nobody uses the server
        time.sleep(0.3)
        os.close(ours)

    looking = threading.Thread(target=look)
    looking.start()
    server.stop()
    looking.join()
    assert not server.is_running()
    assert not (server.places.data / "postmaster.pid").exists(), running


@pytest.mark.parametrize("missing", ["watchdog.lock", "users.lock", "starting.lock"])
def test_a_watchdog_that_comes_late_makes_no_file_in_a_folder_that_is_being_deleted(
    folder: Path, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "GRACE_SECONDS", 0)
    for name in ("watchdog.lock", "users.lock", "starting.lock"):
        (folder / name).touch()
    (folder / missing).unlink()
    left = sorted(folder.iterdir())
    watchdog.main(str(folder), str(folder), "")
    assert sorted(folder.iterdir()) == left


def test_a_server_that_takes_its_file_away_while_it_is_looked_at_is_no_running_one(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    server.places.data.mkdir(parents=True)
    with subprocess.Popen(["sleep", "100"], cwd=server.places.data) as stopping:
        file = server.places.data / "postmaster.pid"
        file.write_text(f"{stopping.pid}\n\n\n\n\n\n\nstopping\n")
        threading.Timer(0.2, file.unlink).start()
        assert not server.is_running()
        assert not file.exists()
        stopping.kill()


def test_a_server_that_dies_while_it_is_looked_at_is_no_running_one(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    server.places.data.mkdir(parents=True)
    starting = subprocess.Popen(["sleep", "100"], cwd=server.places.data)
    file = server.places.data / "postmaster.pid"
    file.write_text(f"{starting.pid}\n\n\n\n\n\n\nstarting\n")
    threading.Timer(0.2, starting.kill).start()
    begun = starting.poll()
    assert not server.is_running()
    assert begun is None
    assert starting.wait(10) < 0


def test_removing_stops_a_server_that_another_process_still_uses(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _USER, folder], cwd=ROOT, stdout=subprocess.PIPE) as user:
        try:
            assert user.stdout is not None
            assert user.stdout.readline() == b"started\n"
            server = EmbeddedPostgres(folder)
            assert server.is_running()
            running = int((server.places.data / "postmaster.pid").read_text().splitlines()[0])
            server.remove()
            assert list(folder.iterdir()) == []
            assert not Path(f"/proc/{running}/stat").exists() or _is_zombie(running)
        finally:
            user.kill()


def _is_zombie(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
