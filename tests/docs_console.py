"""The sessions shown in the docs, read from Markdown and typed into a real shell.

A block of ``console`` holds commands behind ``$ `` (continued behind ``> ``) and what they print. ``…``
inside a line stands for any text, a line of ``…`` for any lines. The blocks of a page run in order, in one
shell. A comment before a block changes that:

    <!-- not run: why -->            shown only
    <!-- runs on -->                 started and left running for the rest of the page
    <!-- runs on as: command -->     the same, but the test types this command instead
    <!-- runs as: command -->        the test types this command instead
"""

import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

PORT = "8000"
"""The port in the docs; a test serves on a free one."""

SECONDS_MAX = 90


class Step(NamedTuple):
    """One command of a page with what it is said to print."""

    line: int
    command: str
    printed: list[str]
    runs_on: bool


class MismatchError(AssertionError):
    """A page says something else than the program does."""


def steps(page: Path) -> Iterator[Step]:
    """The commands of a page, in order."""
    comment, inside, step = "", False, None
    for number, text in enumerate(page.read_text().splitlines(), 1):
        if inside and text.startswith("```"):
            inside = False
            if step is not None:
                yield step
            step, comment = None, ""
        elif not inside and text.startswith("```console"):
            inside = not comment.startswith("not run:")
        elif not inside and (found := re.fullmatch(r"<!-- (.*) -->", text.strip())):
            comment = found[1]
        elif not inside and text.strip() and not text.startswith("```"):
            comment = ""
        elif inside and text.startswith("$ "):
            if step is not None:
                yield step
            said = re.fullmatch(r"runs (?:on )?as: (.*)", comment)
            instead = text[2:] if said is None else said[1]
            step = Step(number, instead, [], comment.startswith("runs on"))
        elif inside and step is not None and text.startswith("> ") and not step.printed:
            step = step._replace(command=f"{step.command}\n{text[2:]}")
        elif inside and step is not None:
            step.printed.append(text)


class Shell:
    """A shell in an empty folder, with the program on its path and an installation of its own."""

    def __init__(self, folder: Path, environment: dict[str, str], port: int) -> None:
        self._port = str(port)
        self._folder = folder
        self._environment = environment
        self._behind: list[subprocess.Popen[bytes]] = []
        self._shell = self._start(["bash", "--noprofile", "--norc"], stdin=subprocess.PIPE)

    def run(self, step: Step) -> None:
        """Type a command and compare what it prints."""
        command = step.command.replace(f":{PORT}", f":{self._port}")
        printed = self._behind_us(command, len(step.printed)) if step.runs_on else self._typed(command)
        printed = printed.replace(f":{self._port}", f":{PORT}")
        if not matches(step.printed, printed.splitlines()):
            shown = "\n".join(step.printed)
            raise MismatchError(
                f"line {step.line}: $ {step.command}\n--- the page says\n{shown}\n--- it prints\n{printed}"
            )

    def close(self) -> None:
        """End everything that the page started."""
        for process in (*self._behind, self._shell):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in (*self._behind, self._shell):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()

    def _start(self, words: list[str], stdin: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            words,
            cwd=self._folder,
            env=self._environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _typed(self, command: str) -> str:
        mark = f"--{time.monotonic_ns()}--"
        assert self._shell.stdin is not None
        self._shell.stdin.write(f"{command}\nprintf '\\n%s\\n' {mark}\n".encode())
        self._shell.stdin.flush()
        text = _read(self._shell, lambda text: mark in text)
        return text.partition(f"\n{mark}")[0]

    def _behind_us(self, command: str, lines: int) -> str:
        """What a program that goes on prints first; its progress and its log are in a file of the folder."""
        process = self._start(["bash", "-c", f"exec {command} 2>>behind.log"], stdin=subprocess.DEVNULL)
        self._behind.append(process)
        text = _read(process, lambda text: text.count("\n") >= lines)
        if process.poll() is not None:
            text += (self._folder / "behind.log").read_text()
        return "\n".join(text.splitlines()[:lines])


def _read(process: subprocess.Popen[bytes], enough: Callable[[str], bool]) -> str:
    """What a process prints until it is enough, or until it ends."""
    assert process.stdout is not None
    read, until = b"", time.monotonic() + SECONDS_MAX
    while not enough(read.decode(errors="replace")):
        left = until - time.monotonic()
        ready, _, _ = select.select([process.stdout], [], [], max(0, left))
        if not ready:
            raise MismatchError(f"no answer within {SECONDS_MAX} s; so far:\n{read.decode(errors='replace')}")
        more = os.read(process.stdout.fileno(), 65536)
        if not more:
            break
        read += more
    return read.decode(errors="replace")


def matches(shown: list[str], printed: list[str]) -> bool:
    """Whether a page's lines, with their wildcards, are what was printed."""
    parts = []
    for line in _trimmed(shown):
        if line.strip() == "…":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            parts.append(".*?".join(re.escape(piece) for piece in line.split("…")) + r"\n")
    text = "".join(f"{line}\n" for line in _trimmed(printed))
    return re.fullmatch("".join(parts), text) is not None


def _trimmed(lines: list[str]) -> list[str]:
    lines = [line.rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines
