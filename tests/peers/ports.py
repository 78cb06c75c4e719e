"""Free loopback ports for servers that cannot be told to take port 0 and say which one they got."""

import fcntl
import os
import random
import socket
import tempfile
from collections import deque
from pathlib import Path

# Below Linux's ephemeral range (32768 and up): no outgoing connection takes one between our look and the use. Each of
# the processes that run tests beside each other (pytest-xdist) has its own; runs beside each other have locks.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_RANGE = range(15000 + _WORKER, 32000, _WORKERS)
_LOCKS = Path(tempfile.gettempdir()) / f"brassplate-ports-{os.getuid()}"
_LAST = 200
"""So many ports are kept for this process: those of the tests that run now are among them."""
_ours: deque[int] = deque()
"""Descriptors of the locks that are held, the oldest first."""


def free_port() -> int:
    """A port that nobody listens on, neither TCP nor UDP, on 127.0.0.1, and that no other run of tests is given."""
    _LOCKS.mkdir(exist_ok=True)
    for port in random.sample(_RANGE, 200):
        if _is_free(port, socket.SOCK_STREAM) and _is_free(port, socket.SOCK_DGRAM) and _is_locked(port):
            return port
    raise RuntimeError("no free port on 127.0.0.1")


def _is_locked(port: int) -> bool:
    """Whether the port could be kept for this process."""
    descriptor = os.open(_LOCKS / str(port), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    _ours.append(descriptor)
    while len(_ours) > _LAST:
        os.close(_ours.popleft())
    return True


def _is_free(port: int, kind: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
