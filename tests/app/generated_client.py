"""A Python client as ``openapi-python-client`` makes it of the server's document, and what was called with it."""

import inspect
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import httpx
import msgspec

PACKAGE = "generated_canglian"


class GeneratedClient:
    """Calls operations by their ids through the generated functions; every answer is read into its generated type."""

    def __init__(self, app: Any, key: str) -> None:
        self.called: set[str] = set()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client: Any = import_module(f"{PACKAGE}.client")
        self._client = client.AuthenticatedClient("http://canglian.test", key, httpx_args={"transport": transport})
        self._problem = import_module(f"{PACKAGE}.models.problem").Problem
        self._functions = dict(_functions(Path(client.__file__).parent / "api"))

    async def __call__(self, operation: str, *path: Any, body: Any = None, **query: Any) -> Any:
        """The answer of an operation that is done."""
        answer = await self._ask(operation, path, body, query)
        assert answer.status_code in (200, 201), (operation, answer.content.decode())
        assert answer.parsed is not None, operation
        assert not isinstance(answer.parsed, self._problem), operation
        return answer.parsed

    async def refused(self, operation: str, *path: Any, body: Any = None, **query: Any) -> Any:
        """The problem of an operation that is refused."""
        answer = await self._ask(operation, path, body, query)
        assert isinstance(answer.parsed, self._problem), (operation, answer.content.decode())
        return answer.parsed

    async def _ask(self, operation: str, path: Any, body: Any, query: dict[str, Any]) -> Any:
        self.called.add(operation)
        function = self._functions[_snake(operation)]
        if body is not None:
            query["body"] = _typed(function, body)
        return await function(*path, client=self._client, **query)


def generate(document: dict[str, Any], folder: Path) -> Path:
    """Generate the client below a folder; a warning is a failure."""
    (folder / "openapi.json").write_bytes(msgspec.json.encode(document))
    (folder / "configuration.yml").write_text("post_hooks: []\n")
    program = Path(sys.executable).with_name("openapi-python-client")
    words = ["generate", "--path", "openapi.json", "--config", "configuration.yml", "--meta", "none"]
    done = subprocess.run(
        [program, *words, "--output-path", PACKAGE, "--fail-on-warning"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    assert "WARNING" not in done.stdout, done.stdout
    return folder / PACKAGE


def _functions(folder: Path) -> Any:
    for module in folder.glob("*/*.py"):
        if module.stem != "__init__":
            yield module.stem, _Lazily(f"{PACKAGE}.api.{module.parent.name}.{module.stem}")


class _Lazily:
    """The function of an operation, imported when it is called for."""

    def __init__(self, module: str) -> None:
        self._module = module

    @property
    def function(self) -> Any:
        return import_module(self._module).asyncio_detailed

    async def __call__(self, *path: Any, **more: Any) -> Any:
        return await self.function(*path, **more)


def _typed(function: _Lazily, body: dict[str, Any]) -> Any:
    annotation = get_type_hints(function.function)["body"]
    kind: Any = next(each for each in (annotation, *get_args(annotation)) if inspect.isclass(each))
    return kind.from_dict(body)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
