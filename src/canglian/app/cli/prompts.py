"""Asking before what cannot be undone: on the terminal, once, with what will happen in figures."""

import sys

import typer

import canglian.app.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.kernel.errors import Malformed


def confirm(question: str, *, yes: bool) -> None:
    """Go on only with a yes; ``--yes`` gives it beforehand.

    Raises Malformed ``cli.question_unanswered`` where there is no terminal to ask on, and Abort on a no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise Malformed("cli.question_unanswered", question=question)
    typer.confirm(question, abort=True, err=True)
