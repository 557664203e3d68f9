"""``canglian openapi``: the document of the HTTP API."""

import sys

import typer

from canglian.app.api_document import document
from canglian.app.cli.verb import verb
from canglian.app.server import application
from canglian.kernel.settings import Settings
from canglian.web.cli.output import as_text

app = typer.Typer(help="Print the OpenAPI document of the HTTP API.")


@app.command()
@verb
def main() -> None:
    """Print the OpenAPI 3.1 document as the server has it; it is JSON with and without --json."""
    sys.stdout.write(as_text(document(application(Settings().body_bytes_max))) + "\n")
