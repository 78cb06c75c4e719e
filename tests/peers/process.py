"""Process: one program that a test started; its output goes to a file, and it alone is ended."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

STOP_SECONDS = 5.0
READY_SECONDS = 20.0


class Process:
    """A child with a log; a missing program is a failure, never a skipped test."""

    def __init__(self, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        program = shutil.which(command[0])
        if program is None:
            raise RuntimeError(f"{command[0]} is missing; on Debian: apt-get install pebble")
        self.log = log
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                [program, *command[1:]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
            )

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Return once `ready`; fail at once if the program ends instead."""
        until = time.monotonic() + READY_SECONDS
        while not ready():
            if self._child.poll() is not None:
                raise RuntimeError(f"{self._child.args!r} ended:\n{self.log.read_text()[-2000:]}")
            if time.monotonic() > until:
                raise TimeoutError(f"{self._child.args!r} is not ready:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.005)

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for one that does not listen."""
        self._child.terminate()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL: no clean-up, as in a crash."""
        self._child.kill()
        self._child.wait()
