"""`brassplate serve` as a process of its own, with its log line by line as it is written."""

import contextlib
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

READY_SECONDS = 30.0
_LINE = re.compile(r"\S+Z [a-z]+ +(?P<message>.*?)(?:  (?P<fields>.*))?$")


class Serve:
    """The process; it is ready when the constructor returns."""

    def __init__(self, config: Path, log: Path, folder: Path | None = None) -> None:
        """`folder` has the code; None: this one."""
        self.log = log
        self._heard = threading.Condition()
        self._messages: list[tuple[str, str]] = []
        self._kill_after = ""
        self._child = subprocess.Popen(
            [sys.executable, "-m", "edge", "serve", "--config", str(config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
        )
        assert self._child.stdout and self._child.stderr
        self._listener = threading.Thread(target=self._listen, args=(self._child.stderr,))
        self._listener.start()
        said = self._child.stdout.readline()
        if not said.startswith("ready "):
            self.kill()
            raise RuntimeError(f"serve said {said!r}:\n{log.read_text()[-2000:]}")
        self.addresses = said.split()[1:]

    @property
    def pid(self) -> int:
        return self._child.pid

    def messages(self, hostname: str = "") -> list[str]:
        """What was logged so far, of one name or of all."""
        with self._heard:
            return [
                message
                for message, fields in self._messages
                if f"hostname={hostname} " in f"{fields} " or not hostname
            ]

    def fields(self, message: str) -> list[str]:
        """The fields of each line with this message."""
        with self._heard:
            return [fields for logged, fields in self._messages if logged == message]

    def wait_for(self, message: str, *, within_seconds: float = READY_SECONDS) -> None:
        """Return once this was logged."""
        until = time.monotonic() + within_seconds
        with self._heard:
            while not any(logged == message for logged, _ in self._messages):
                if not self._heard.wait(until - time.monotonic()):
                    raise TimeoutError(f"{message!r} was not logged:\n{self.log.read_text()[-2000:]}")

    def kill_after(self, message: str) -> None:
        """SIGKILL in the moment in which this is logged next."""
        self._kill_after = message

    def wait_killed(self, *, within_seconds: float = READY_SECONDS) -> None:
        """Return once it is gone and its last line was read."""
        self._child.wait(within_seconds)
        self._end()

    def kill(self) -> None:
        """SIGKILL."""
        self._child.kill()
        self.wait_killed()

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        self._child.terminate()
        self._child.wait(READY_SECONDS)
        self._end()
        return self._child.returncode

    def _end(self) -> None:
        self._listener.join()
        for pipe in (self._child.stdout, self._child.stderr):
            if pipe:
                pipe.close()

    def _listen(self, lines: IO[str]) -> None:
        with self.log.open("a") as log:
            for line in lines:
                found = _LINE.match(line)
                if found and found["message"] == self._kill_after:
                    self._child.kill()
                log.write(line)
                log.flush()
                if found:
                    with self._heard:
                        self._messages.append((found["message"], found["fields"] or ""))
                        self._heard.notify_all()


@contextlib.contextmanager
def serving(config: Path) -> Iterator[Serve]:
    """Serve for the block; it must stop in order."""
    process = Serve(config, config.with_name("serve.log"))
    try:
        yield process
    except BaseException:
        process.kill()
        raise
    assert process.stop() == 0
