"""Press: makes PDFs one at a time in a process of its own, so that nobody's request waits for the work.

A letter is 50 ms of it and one of 2,000 lines half a second; in a thread that held up the event loop by 60 ms. The
process starts with the first letter, ends with its parent, and by itself when there has been nothing to do.
"""

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from portal.invoices.made import Pdf
from portal.invoices.paper import Paper

IDLE_SECONDS = 60.0
SECONDS = 60.0
"""A letter that is not made after so long never will be."""
_PROGRAM = (sys.executable, "-m", "portal.invoices.typesetter")


class NotPrinted(Exception):
    """A letter could not be made; the text says why."""


class Press:
    """One process; `close` ends it. Whoever comes while a letter is made waits for their turn."""

    def __init__(self, idle_seconds: float = IDLE_SECONDS, program: tuple[str, ...] = _PROGRAM) -> None:
        self._idle_seconds = idle_seconds
        self._program = program
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._idle: asyncio.TimerHandle | None = None

    async def printed(self, paper: Paper) -> Pdf:
        """The PDF of an invoice or credit note; `NotPrinted`."""
        async with self._turn:
            if self._idle:
                self._idle.cancel()
            try:
                async with asyncio.timeout(SECONDS):
                    answer = await self._answer(pickle.dumps(paper))
            except (asyncio.IncompleteReadError, ConnectionError):
                await self._end()
                raise NotPrinted("the process that makes PDFs has ended") from None
            except TimeoutError:
                await self._end()
                raise NotPrinted(f"it was not made within {SECONDS:.0f} seconds") from None
            except BaseException:  # it was asked and not heard: the next answer would be to this question
                await self._end()
                raise
            self._idle = asyncio.get_running_loop().call_later(self._idle_seconds, self._rest)
        if isinstance(answer, str):
            raise NotPrinted(answer)
        return answer

    async def close(self) -> None:
        """End the process."""
        if self._idle:
            self._idle.cancel()
        await self._end()

    async def _answer(self, question: bytes) -> Pdf | str:
        process = self._process or await self._start()
        assert process.stdin and process.stdout
        process.stdin.write(len(question).to_bytes(4) + question)
        await process.stdin.drain()
        size = int.from_bytes(await process.stdout.readexactly(4))
        answer = pickle.loads(await process.stdout.readexactly(size))
        assert isinstance(answer, Pdf | str)
        return answer

    async def _start(self) -> Process:
        self._process = await asyncio.create_subprocess_exec(
            *self._program, stdin=PIPE, stdout=PIPE, env=_environment()
        )
        return self._process

    def _rest(self) -> None:
        """Nothing came for a while: the process ends when its input does, and a new one starts when needed."""
        process, self._process = self._process, None
        if process and process.stdin:
            process.stdin.close()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _environment() -> dict[str, str]:
    """Nothing of ours, which may hold secrets, but where our packages are."""
    passed_on = {name: os.environ[name] for name in ("PATH", "TZDIR") if name in os.environ}
    return passed_on | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}


PRESS = web.AppKey("press", Press)


def install(app: web.Application) -> None:
    """Give an application a press that ends with it."""
    app[PRESS] = Press()
    app.on_cleanup.append(_close)


async def _close(app: web.Application) -> None:
    await app[PRESS].close()
