"""ImportChild: `brassplate import` as a process of its own, so that reading a file takes nothing from handshakes.

It gets the store and the words of its task, no configuration and none of our environment, and limits of its own.
What comes of it is in its attempt; here is only whether it lives.
"""

import asyncio
import os
import resource
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from store import leases

NICENESS = 10
"""Serving goes before."""
MEMORY_BYTES = 2 * 2**30
"""Address space; an import needs a fraction, however long its file is."""
POLL_SECONDS = 0.5
_PACKAGES = Path(__file__).resolve().parents[2]
_PASSED_ON = ("PATH", "TMPDIR", "SQLITE_TMPDIR", "TZDIR", "PYTHONTZPATH")


class ImportChild:
    """A child of ours, or the child that a server before us left behind."""

    def __init__(self, owner: str, process: asyncio.subprocess.Process | None = None):
        self.owner = owner
        self._process = process

    @property
    def exit_code(self) -> int | None:
        """How it ended, negative for a signal; None: not yet, or nobody of ours can know."""
        return self._process.returncode if self._process else None

    async def ended(self, seconds: float) -> bool:
        """Wait so long at most; whether it is over."""
        try:
            async with asyncio.timeout(seconds):
                if self._process:
                    await self._process.wait()
                while not self._process and leases.lives(self.owner):
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            return False
        return True

    async def stop(self, number: signal.Signals, grace: float) -> None:
        """End it by a signal, and by force when it is not over in time."""
        self._send(number)
        if not await self.ended(grace):
            self._send(signal.SIGKILL)
            await self.ended(grace)

    def _send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            if self._process:
                self._process.send_signal(number)
            elif leases.lives(self.owner):
                os.kill(int(self.owner.split()[1]), number)


async def start(store: Path, words: Sequence[str], memory: int = MEMORY_BYTES) -> ImportChild:
    """Begin `brassplate import` on a store; `OSError` when the system has no process for it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "edge",
        "import",
        *words,
        "--store",
        str(store.resolve()),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        cwd=store.resolve().parent,
        env=_environment(),
        start_new_session=True,  # what a terminal sends to us is not meant for it
    )
    with suppress(ProcessLookupError):
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        resource.prlimit(process.pid, resource.RLIMIT_AS, (memory, memory))
        resource.prlimit(process.pid, resource.RLIMIT_CORE, (0, 0))
    return ImportChild(leases.process(process.pid), process)


def _environment() -> dict[str, str]:
    """What an interpreter needs to find itself, us, and room for sorting; no setting, and no secret."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return passed | {"PYTHONPATH": str(_PACKAGES), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
