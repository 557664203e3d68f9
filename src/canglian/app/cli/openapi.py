"""``canglian openapi``: the document of the HTTP API, kept in the user's cache until a file of the product changes."""

import hashlib
import os
import sys
import tempfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import typer

import canglian
from canglian.app.cli.verb import verb
from canglian.app.rooms import configs
from canglian.web.cli.output import write_json

app = typer.Typer(help="Print the OpenAPI document of the HTTP API.")


@app.command()
@verb
def main() -> None:
    """Print the OpenAPI 3.1 document as the server has it; it is JSON with and without --json."""
    write_json(_document())


def _document() -> str:
    """The document, made anew where none was kept by this very product."""
    if any(not config.package.startswith("canglian.") for config in configs()):
        return _made()  # with the routes of somebody else's rooms, whose files are not looked at
    kept = _cache() / f"openapi-{stamp(Path(canglian.__file__).parent)}.json"
    with suppress(OSError, UnicodeDecodeError):
        return kept.read_text(encoding="utf-8")
    text = _made()
    with suppress(OSError):  # a cache that cannot be written makes the next time slow, and nothing else
        _keep(kept, text)
    return text


def _made() -> str:
    """The document by the server's own routes, whose import takes seconds."""
    server, documents = import_module("canglian.app.server"), import_module("canglian.app.api_document")
    output, settings = import_module("canglian.web.cli.output"), import_module("canglian.kernel.settings")
    return output.as_text(documents.document(server.application(settings.Settings().body_bytes_max)))


def stamp(package: Path) -> str:
    """What changes with any file of a package, with Python and with where it is installed."""
    read = hashlib.sha256(f"{sys.version} {package}".encode())
    for folder, folders, files in os.walk(package):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            about = Path(folder, name).stat()
            read.update(f"{folder}/{name} {about.st_size} {about.st_mtime_ns}\n".encode())
    return read.hexdigest()[:32]


def _cache() -> Path:
    """Where programs keep what they can make again."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (given if given.is_absolute() else Path.home() / ".cache") / "canglian"


def _keep(kept: Path, text: str) -> None:
    """Write a document whole or not at all, and let go of those of earlier versions."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=kept.parent, delete=False) as file:
        file.write(text)
    Path(file.name).replace(kept)
    for other in kept.parent.glob("openapi-*.json"):
        if other != kept:
            other.unlink(missing_ok=True)
