"""The reference pages that are made from the source: command line, settings and the HTTP API.

``python -m canglian.app.reference_pages`` writes them into ``docs/reference``, and the outlines that helps are made of
beside the command line; tests hold them to the source.
"""

import sys
from pathlib import Path
from typing import Any

from canglian.app.api_document import document
from canglian.app.cli import outline
from canglian.app.cli.nouns import NOUNS, load
from canglian.app.reference import markdown
from canglian.app.server import application
from canglian.kernel.settings import Loaded, Settings

_EXIT_CODES = """| exit code | means |
| --- | --- |
| 0 | done |
| 1 | refused by a rule, or a check or bar that does not hold |
| 2 | the command itself is wrong |
| 3 | something that it needs is away; trying again may help |
| 70 | a fault of ours |
| 130 | interrupted |
"""


def command_line() -> str:
    """Every noun, verb, argument and option."""
    parts = [
        "# Command line\n",
        "`canglian <noun> <verb>`. Every verb takes `--json` and then prints one JSON document on stdout; errors are",
        "JSON on stderr. Progress goes to stderr. `canglian --install-completion` sets completion up for bash, zsh and",
        "fish.\n",
        _EXIT_CODES,
    ]
    for name, noun in NOUNS.items():
        parts.append(f"## {name}\n\n{noun.summary}\n")
        command: Any = load(name)
        verbs = getattr(command, "commands", None)
        for verb in [command] if verbs is None else verbs.values():
            called = f"canglian {name}" if verbs is None else f"canglian {name} {verb.name}"
            parts.append(_verb(called, verb))
    return "\n".join(parts).rstrip() + "\n"


def _verb(called: str, verb: Any) -> str:
    arguments = [param for param in verb.params if param.param_type_name == "argument"]
    options = [param for param in verb.params if param.param_type_name == "option" and not param.hidden]
    usage = " ".join([called, *(_bare(argument) for argument in arguments)])
    lines = [f"### `{usage}`\n", (verb.help or "").strip() + "\n"]
    if arguments or options:
        lines.append("| | |\n| --- | --- |")
    lines += [f"| `{_bare(argument)}` | {_help(argument)} |" for argument in arguments]
    lines += [f"| `{', '.join(option.opts)}` | {_help(option)} |" for option in options]
    return "\n".join(lines) + "\n"


def _bare(argument: Any) -> str:
    name = (argument.metavar or argument.name).upper().strip("[]")
    return name if argument.required else f"[{name}]"


def _help(param: Any) -> str:
    return (param.help or "").replace("|", r"\|").replace("\n", " ").strip()


def settings() -> str:
    """Every setting."""
    lines = [
        "# Settings\n",
        "From the file `canglian.toml` in the working directory (or what `CANGLIAN_CONFIG` names), then from the",
        "environment, which goes before. Unknown names are refused. `canglian config` shows what is in force.\n",
        "| setting | variable | default | what |",
        "| --- | --- | --- | --- |",
    ]
    for setting in Loaded(Settings(), {}).describe():
        default = setting.value or ("made up once" if setting.name in ("encryption_keys", "index_key") else "none")
        lines.append(f"| `{setting.name}` | `CANGLIAN_{setting.name.upper()}` | {default} | {setting.help} |")
    return "\n".join(lines) + "\n"


PAGES = {"cli.md": command_line, "settings.md": settings}
HTTP_API = "http-api"
"""The folder with a page for each resource of the HTTP API."""


def http_api() -> dict[str, str]:
    """The files of that folder, by their names."""
    return markdown.files_of(document(application(Settings().body_bytes_max)))


def main(folder: Path) -> None:
    """Write the pages; those of resources that are gone are removed."""
    for name, make in PAGES.items():
        (folder / name).write_text(make(), encoding="utf-8")
    beside = folder / HTTP_API
    beside.mkdir(exist_ok=True)
    for page in beside.glob("*.md"):
        page.unlink()
    for name, text in http_api().items():
        (beside / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    outline.write({name: load(name) for name in NOUNS})
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference"))
