"""Sealing the lines of a file: in a thread of this process, or for large files in a process beside it.

Checking and sealing a line is half as much work as deciding about it. Python does one thing at a time, so for large
files a second process does it, and hands back what it sealed while this one decides and commits what came before. The
keys and the lines reach it through its standard input and are written nowhere; it ends when that is closed, also
because whoever started it was killed.
"""

import asyncio
import pickle
import queue
import signal
import sys
import threading
from collections import deque
from typing import Any, BinaryIO, Protocol, Self

from canglian.bank.wallet.onboarding.reading import People, Reader, Rows
from canglian.ledger.importing.reading import Line

ANSWERS_MAX = 4
"""So many answers may wait until they are fetched."""

_SIZE_BYTES = 4
_BUFFER_BYTES = 2**22
_SERVE = f"from {__name__} import serve; serve()"


class Sealing(Protocol):
    """Who turns lines into people. ``place`` is the place of the first line in the rows of numbers."""

    async def people(self, lines: list[Line], place: int, rows: Rows) -> People:
        """The people of some lines, and the lines that are none."""
        ...

    async def close(self) -> None:
        """Let go of what it needed."""
        ...


class ThreadSealing:
    """In a thread of this process."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def people(self, lines: list[Line], place: int, rows: Rows) -> People:
        return await asyncio.to_thread(self._reader.people, lines, place, rows)

    async def close(self) -> None:
        pass


class ProcessSealing:
    """In a process beside this one, which answers in the order in which it is asked."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._asked: deque[asyncio.Future[People]] = deque()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, reader: Reader) -> Self:
        """Start the process and hand it the reader."""
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-c", _SERVE)
        started = cls(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=_BUFFER_BYTES))
        started._send(reader)
        return started

    async def people(self, lines: list[Line], place: int, rows: Rows) -> People:
        answer: asyncio.Future[People] = asyncio.get_running_loop().create_future()
        if self._listening.done():
            raise RuntimeError("the process that seals has ended")
        self._asked.append(answer)
        self._send((lines, place, rows))
        return await answer

    async def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        await self._listening
        await self.process.wait()

    def _send(self, what: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(_framed(what))

    async def _listen(self) -> None:
        stdout = self.process.stdout
        assert stdout is not None
        try:
            while True:
                size = int.from_bytes(await stdout.readexactly(_SIZE_BYTES))
                found = pickle.loads(await stdout.readexactly(size))  # noqa: S301 - from our own process
                answer = self._asked.popleft()
                if not answer.done():
                    answer.set_result(found)
        except asyncio.IncompleteReadError:
            for answer in self._asked:
                if not answer.done():
                    answer.set_exception(RuntimeError("the process that seals has ended"))


def serve() -> None:
    """What the process does: seal what comes in on stdin, and answer on stdout, until stdin is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it decides when it ends
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    reader: Reader = _received(source)
    answers: queue.Queue[bytes | None] = queue.Queue(ANSWERS_MAX)
    writing = threading.Thread(target=_write, args=(answers, sink))
    writing.start()
    while (asked := _received(source)) is not None:
        answers.put(_framed(reader.people(*asked)))
    answers.put(None)
    writing.join()


def _write(answers: "queue.Queue[bytes | None]", sink: BinaryIO) -> None:
    """Write answers while the next one is made; where nobody reads them any more, let them go."""
    broken = False
    while (answer := answers.get()) is not None:
        if not broken:
            try:
                sink.write(answer)
                sink.flush()
            except BrokenPipeError:
                broken = True


def _framed(what: Any) -> bytes:
    data = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(_SIZE_BYTES) + data


def _received(source: BinaryIO) -> Any:
    """What was sent, or None when nothing comes any more."""
    size = source.read(_SIZE_BYTES)
    data = source.read(int.from_bytes(size))
    if len(size) < _SIZE_BYTES or len(data) < int.from_bytes(size):
        return None
    return pickle.loads(data)  # noqa: S301 - from the process that started this one
