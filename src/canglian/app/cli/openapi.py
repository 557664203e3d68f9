"""``canglian openapi``: the document of the HTTP API."""

import typer

from canglian.app.api_document import document
from canglian.app.cli.verb import verb
from canglian.app.server import application
from canglian.kernel.settings import Settings
from canglian.web.cli.output import Answer, as_text

app = typer.Typer(help="Print the OpenAPI document of the HTTP API.")


@app.command()
@verb
def main() -> Answer:
    """Print the OpenAPI 3.1 document; it is JSON with and without --json."""
    made = document(application(Settings().body_bytes_max))
    return Answer(made, as_text(made))
