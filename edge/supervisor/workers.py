"""Workers: the processes that serve: one that counts, one that is on its way, and those that drain."""

import ctypes
import os
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_PR_SET_PDEATHSIG = 1


@dataclass(slots=True, eq=False)
class Worker:
    """One process; `ready` is where it says that it serves."""

    pid: int
    ready: int
    said: bytes = b""

    def hear(self) -> str | None:
        """Read on: its line once it is whole, empty when the process closed without one; None: not yet."""
        piece = os.read(self.ready, 4096)
        self.said += piece
        return self.said.decode().rpartition("\n")[0] if b"\n" in self.said or not piece else None

    def tell(self, number: signal.Signals) -> None:
        """Send a signal; one that is gone hears nothing."""
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return


@dataclass(slots=True)
class Workers:
    """Who is who; a process is in one place only."""

    current: Worker | None = None
    candidate: Worker | None = None
    leaving: list[Worker] = field(default_factory=list)

    def __iter__(self) -> Iterator[Worker]:
        return iter([one for one in (self.current, self.candidate, *self.leaving) if one])

    def __bool__(self) -> bool:
        return any(True for _ in self)


def start(command: Sequence[str], environ: Mapping[str, str], given: Iterable[int], ready: int) -> Worker:
    """Start a process of this program with exactly these files besides the standard ones; `ready` is read by us."""
    for descriptor in given:
        os.set_inheritable(descriptor, True)
    try:
        pid = os.posix_spawn(sys.executable, [sys.executable, *command], dict(environ))
    finally:
        for descriptor in given:
            os.set_inheritable(descriptor, False)
    return Worker(pid, ready)


def die_with(parent: int) -> None:
    """End this process when the supervisor ends in whatever way, so that nobody serves unsupervised (Linux)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
