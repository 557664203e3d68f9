"""The wheel is whole: installed into a clean environment, it serves a page with its assets."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from canglian.kernel.postgres.embedded import EmbeddedPostgres
from tests.serving import PATIENCE

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**_environment(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _environment() -> dict[str, str]:
    left_out = ("CANGLIAN_", "VIRTUAL_ENV", "PYTHONPATH", "UV_PROJECT")
    return {name: value for name, value in os.environ.items() if not name.startswith(left_out)}


@pytest.mark.slow
def test_an_installed_wheel_serves_a_page_with_its_assets(tmp_path: Path) -> None:
    uv = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
    run(uv, "build", "--wheel", "--quiet", "--out-dir", tmp_path / "dist", ROOT, folder=tmp_path)
    wheel = next((tmp_path / "dist").glob("*.whl"))
    run(uv, "venv", "--quiet", "--python", sys.executable, tmp_path / "env", folder=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    run(uv, "pip", "install", "--quiet", "--python", python, wheel, folder=tmp_path)
    canglian = tmp_path / "env" / "bin" / "canglian"
    data = {"CANGLIAN_DATA_DIR": str(tmp_path / "data")}
    assert "Ready." in run(canglian, "init", folder=tmp_path, **data)
    run(python, "-c", "from canglian.web.paper import typefaces; typefaces()", folder=tmp_path)
    with subprocess.Popen(
        [str(canglian), "serve", "--port", "0"],
        cwd=tmp_path,
        env={**_environment(), **data},
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stderr is not None
            address = next(found[0] for line in server.stderr if (found := re.search(r"http://\S+", line)))
            page = httpx.get(f"{address}/console/login", trust_env=False, timeout=PATIENCE)
            assert page.status_code == 200
            assets = re.findall(r'"(/static/[^"]+)"', page.text)
            assert len(assets) >= 2
            for asset in assets:
                assert httpx.get(address + asset, trust_env=False, timeout=PATIENCE).status_code == 200, asset
            assert "登录" in page.text
        finally:
            server.terminate()
            server.wait(30)
            EmbeddedPostgres(tmp_path / "data").remove()
