"""The docs tell the truth: every session that they show is typed into a real shell; generated pages are up to date."""

import base64
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from canglian.app import reference_pages
from canglian.kernel.postgres.embedded import EmbeddedPostgres
from tests import screenshots
from tests.docs_console import Shell, Step, steps
from tests.folders import open_folder

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SESSIONS = [
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    DOCS / "tutorial.md",
    DOCS / "guides" / "post-by-api.md",
    DOCS / "guides" / "register-people.md",
    DOCS / "guides" / "open-deposit-accounts.md",
    DOCS / "guides" / "pay-from-a-wallet.md",
    DOCS / "guides" / "take-a-payment.md",
    DOCS / "guides" / "run-a-campaign.md",
    DOCS / "guides" / "join-as-a-merchant.md",
    DOCS / "guides" / "prove-a-draw.md",
    DOCS / "guides" / "earn-and-exchange-points.md",
    DOCS / "guides" / "settle-merchants.md",
    DOCS / "guides" / "reconcile-a-day.md",
    DOCS / "guides" / "close-the-day.md",
    DOCS / "guides" / "sell-prepaid-cards.md",
    DOCS / "guides" / "approve-by-two.md",
    DOCS / "guides" / "embed-the-bank.md",
    DOCS / "guides" / "limit-spending.md",
    DOCS / "guides" / "quote-a-loan.md",
    DOCS / "guides" / "try-the-outside.md",
    DOCS / "operating" / "README.md",
]
PAGES = [page for page in (*ROOT.glob("*.md"), *DOCS.rglob("*.md")) if ".venv" not in page.parts]


def shell_in(folder: Path) -> Shell:
    """A shell whose installation is in a folder of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    key = base64.b64encode(b"k" * 32).decode()
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PORT": str(port),
        "CANGLIAN_PORT": str(port),
        "DOCS": str(DOCS),
        "CANGLIAN_DATA_DIR": str(folder / "data"),
        "CANGLIAN_ENCRYPTION_KEYS": f"1:{key}",
        "CANGLIAN_INDEX_KEY": key,
    }
    return Shell(folder, environment, port)


@pytest.fixture(scope="module")
def filled() -> Iterator[Path]:
    """The data of a demo that was started once and has ended."""
    with open_folder() as folder:
        running = shell_in(folder)
        running.run(Step(0, "canglian demo --no-sandboxes", ["Canglian demo: …"], runs_on=True))
        running.close()
        postgres = EmbeddedPostgres(folder / "data")
        assert not postgres.is_running()
        yield folder / "data"
        postgres.remove()


@pytest.fixture
def shell(folder: Path) -> Iterator[Shell]:
    running = shell_in(folder)
    yield running
    running.close()
    EmbeddedPostgres(folder / "data").remove()


@pytest.mark.parametrize("page", SESSIONS, ids=lambda page: page.name)
def test_every_session_prints_what_the_page_says(
    page: Path, shell: Shell, folder: Path, request: pytest.FixtureRequest
) -> None:
    """The READMEs begin with nothing; the guides' demo is one that was filled before, which saves its filling."""
    shown = list(steps(page))
    assert shown
    if page.parent.name == "guides" and "canglian demo" in shown[0].command:
        subprocess.run(["cp", "-a", request.getfixturevalue("filled"), folder], check=True)
    for step in shown:
        shell.run(step)


def test_the_tutorial_works_after_the_demo_in_the_same_folder(shell: Shell, folder: Path, filled: Path) -> None:
    """Only the first answer differs: there is an administrator already, who keeps the password."""
    subprocess.run(["cp", "-a", filled, folder], check=True)
    setting_up, *others = steps(DOCS / "tutorial.md")
    ready = ["Ready. Start it with: canglian serve", "…", "administrator  admin, who was there before …", "…"]
    shell.run(setting_up._replace(printed=ready))
    for step in others:
        shell.run(step)


@pytest.mark.parametrize("name", reference_pages.PAGES)
def test_a_generated_page_is_what_the_source_makes(name: str) -> None:
    text = (DOCS / "reference" / name).read_text(encoding="utf-8")
    assert text == reference_pages.PAGES[name](), "run python -m canglian.app.reference_pages"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_every_picture_is_taken_by_the_script_and_small() -> None:
    kept = {picture.stem: picture.stat().st_size for picture in screenshots.FOLDER.iterdir()}
    assert set(kept) == {shot.name for shot in screenshots.SHOTS}, "run make screenshots"
    assert max(kept.values()) < screenshots.BYTES_MAX
    shown = {
        name
        for page in PAGES
        for name in re.findall(
            r"!\[[^\]]+\]\((?:\.\./)?screenshots/([a-z-]+)\.webp\)", page.read_text(encoding="utf-8")
        )
    }
    assert shown == set(kept)
