"""Supervisor: starts the process that serves, its successors on the same sockets, and another when it dies.

                 SIGHUP, SIGUSR2                       ready
    current ────────────────────> current, candidate ────────> candidate is current, the old one drains
       │ dies: another one after a pause      │ ends before: nothing has changed
       └ SIGTERM, SIGINT: all are told, and waited for

No loop, no threads, no SQLite: what must outlive every fault of what it watches is kept small.
"""

import logging
import os
import selectors
import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType

from edge.supervisor import systemd
from edge.supervisor.doors import CannotOpen, Doors, Wanted
from edge.supervisor.inheritance import Inherited, written
from edge.supervisor.workers import Worker, Workers, start

log = logging.getLogger(__name__)

STOP, RELOAD = (signal.SIGTERM, signal.SIGINT), (signal.SIGHUP, signal.SIGUSR2)
REPLACED = signal.SIGUSR1
"""Tells a process that another one serves in its place."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
STEADY_SECONDS = 60.0
"""Who served for so long and then died is replaced at once; pauses grow for one that dies again and again."""


class Supervisor:
    """`wanted` reads the settings anew: addresses by purpose, or what is wrong with them in words."""

    def __init__(
        self,
        command: Sequence[str],
        doors: Doors,
        wanted: Callable[[], Wanted | str],
        announce: Callable[[str], None],
    ) -> None:
        self._command = command
        self._doors = doors
        self._read = wanted
        self._announce = announce
        self._workers = Workers()
        self._selector = selectors.DefaultSelector()
        self._stopping = False
        self._served = False
        self._again = False
        self._exit_code = 0
        self._pause = FIRST_PAUSE_SECONDS
        self._start_at: float | None = None
        self._began_at = 0.0
        self._wanted: Wanted = {}

    def run(self) -> int:
        """Until told to stop, or until the first process could not start; the exit code. `CannotOpen`."""
        self._listen_to_signals()
        first = self._read()
        if isinstance(first, str):
            raise CannotOpen(first)
        self._begin(first)
        while self._workers or self._start_at is not None:
            self._wait()
        return self._exit_code

    # What happens

    def _wait(self) -> None:
        now = time.monotonic()
        if self._start_at is not None and now >= self._start_at:
            self._start_at = None
            self._restart()
        timeout = None if self._start_at is None else max(0.0, self._start_at - time.monotonic())
        for key, _ in self._selector.select(timeout):
            if key.data is None:
                self._hear_signals()
            else:
                self._hear(key.data)

    def _hear_signals(self) -> None:
        for number in os.read(self._woken, 512):
            if number in STOP:
                self._stop()
            elif number in RELOAD:
                self._reload()
            elif number == signal.SIGCHLD:
                self._bury()

    def _hear(self, worker: Worker) -> None:
        line = worker.hear()
        if line is None:
            return
        self._selector.unregister(worker.ready)
        os.close(worker.ready)
        if line and worker is self._workers.candidate:
            self._count_on(worker, line)

    def _count_on(self, worker: Worker, line: str) -> None:
        """The one that was on its way is the one that counts now."""
        before = self._workers.current
        self._workers.current, self._workers.candidate = worker, None
        self._began_at = time.monotonic()
        self._doors.keep(self._wanted)
        if before:
            before.tell(REPLACED)
            self._workers.leaving.append(before)
        log.info("process serves", extra={"pid": worker.pid, "replaces": before.pid if before else None})
        if not self._served:
            self._served = True
            self._announce(line)
        systemd.ready()
        if self._again:
            self._again = False
            self._reload()

    # What is done

    def _reload(self) -> None:
        if self._stopping:
            return
        if self._workers.candidate:
            self._again = True  # what it read may be outdated
            return
        wanted = self._read()
        if isinstance(wanted, str):
            log.error("not reloaded, all goes on as before", extra={"reason": wanted})
            return
        systemd.reloading()
        try:
            self._begin(wanted)
        except CannotOpen as error:
            log.error("not reloaded, all goes on as before", extra={"reason": str(error)})
            systemd.ready()

    def _restart(self) -> None:
        """After a death: with the settings as they are now, or where they are faulty with the sockets as they were."""
        wanted = self._read()
        try:
            self._begin(self._wanted if isinstance(wanted, str) else wanted)
        except CannotOpen as error:
            log.error("cannot restart", extra={"reason": str(error)})
            self._start_later()

    def _begin(self, wanted: Wanted) -> None:
        sockets = self._doors.open(wanted)
        self._wanted = wanted
        heard, said = os.pipe()
        inherited = Inherited(sockets, said, os.getpid(), beside=self._workers.current is not None)
        given = [said, *(descriptor for each in sockets.values() for descriptor in each)]
        worker = start(self._command, os.environ | written(inherited), given, heard)
        os.close(said)
        self._workers.candidate = worker
        self._selector.register(heard, selectors.EVENT_READ, worker)

    def _stop(self) -> None:
        self._stopping, self._start_at = True, None
        systemd.stopping()
        for worker in self._workers:
            worker.tell(signal.SIGTERM)

    def _bury(self) -> None:
        """Who has ended is no more; what that means depends on who it was."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._buried(pid, os.waitstatus_to_exitcode(status))

    def _buried(self, pid: int, code: int) -> None:
        workers = self._workers
        if workers.candidate and workers.candidate.pid == pid:
            workers.candidate = None
            self._failed(code)
        elif workers.current and workers.current.pid == pid:
            workers.current = None
            self._died(pid, code)
        else:
            workers.leaving = [one for one in workers.leaving if one.pid != pid]

    def _failed(self, code: int) -> None:
        """One ended before it served."""
        if self._workers.current:
            log.error(
                "not reloaded, all goes on as before", extra={"reason": f"the new process ended ({code})"}
            )
            systemd.ready()
        elif self._served and not self._stopping:
            self._start_later()
        else:
            self._exit_code = max(code, 0) if self._stopping else code

    def _died(self, pid: int, code: int) -> None:
        """The one that counted ended, as it was told to, or by itself."""
        if self._stopping:
            self._exit_code = max(code, 0)
            return
        log.error("process died", extra={"pid": pid, "code": code})
        if time.monotonic() - self._began_at >= STEADY_SECONDS:
            self._pause = FIRST_PAUSE_SECONDS
        if self._workers.candidate is None:
            self._start_later()

    def _start_later(self) -> None:
        self._start_at = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)

    def _listen_to_signals(self) -> None:
        self._woken, wakes = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(wakes, False)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        for number in (*STOP, *RELOAD, signal.SIGCHLD):
            signal.signal(number, _noticed)
        self._selector.register(self._woken, selectors.EVENT_READ, None)


def _noticed(_number: int, _frame: FrameType | None) -> None:
    """What is to be done is done in the loop, where nothing is half done."""
