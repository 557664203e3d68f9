"""``canglian openapi``: the document of the HTTP API."""

import typer

from canglian.app.api_document import document
from canglian.app.cli.verb import verb
from canglian.app.server import application
from canglian.kernel.settings import Settings
from canglian.web.cli.output import as_text, write_json

app = typer.Typer(help="Print the OpenAPI document of the HTTP API.")


@app.command()
@verb
def main() -> None:
    """Print the OpenAPI 3.1 document as the server has it; it is JSON with and without --json."""
    write_json(as_text(document(application(Settings().body_bytes_max))))
