"""``canglian config``: every setting, its value and where it came from."""

import msgspec
import typer

from canglian.app.cli.output import Answer, table
from canglian.app.cli.verb import verb
from canglian.kernel.settings import load

app = typer.Typer(help="Show every setting, its value and where it came from.")


@app.command()
@verb
def main() -> Answer:
    """Show the configuration; secrets are masked."""
    settings = load().describe()
    rows = [(one.name, one.value, one.source, one.help) for one in settings]
    return Answer([msgspec.to_builtins(one) for one in settings], table(["setting", "value", "from", "what"], rows))
