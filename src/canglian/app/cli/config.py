"""``canglian config``: every setting, its value and where it came from."""

import msgspec
import typer

from canglian.app.cli.verb import verb
from canglian.kernel.settings import load
from canglian.web.cli.output import Answer, table

app = typer.Typer(help="Show every setting, its value and where it came from.")


@app.command()
@verb
def main() -> Answer:
    """Show the configuration; secrets are masked."""
    settings = load().describe()
    rows = [(setting.name, setting.value, setting.source, setting.help) for setting in settings]
    return Answer(
        [msgspec.to_builtins(setting) for setting in settings], table(["setting", "value", "from", "what"], rows)
    )
