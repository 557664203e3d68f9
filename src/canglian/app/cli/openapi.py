"""``canglian openapi``: the document of the HTTP API."""

import typer
from litestar import Litestar, Router
from litestar.di import Provide

from canglian.app.api_document import document, openapi
from canglian.app.cli.output import Answer, as_text
from canglian.app.cli.verb import verb
from canglian.app.server import DEPENDENCIES, rooms

app = typer.Typer(help="Print the OpenAPI document of the HTTP API.")


@app.command()
@verb
def main() -> Answer:
    """Print the OpenAPI 3.1 document; it is JSON with and without --json."""
    api = Router("/v1", route_handlers=[handler for room in rooms() for handler in room.api])
    given = {**DEPENDENCIES, "services": Provide(lambda: None, sync_to_thread=False)}
    made = document(Litestar([api], openapi_config=openapi(), dependencies=given))
    return Answer(made, as_text(made))
