"""Free loopback ports for servers that cannot be told to take port 0 and say which one they got."""

import os
import random
import socket

# Below Linux's ephemeral range (32768 and up): no outgoing connection takes one between our look and the use. Each of
# the processes that run tests beside each other (pytest-xdist) has its own.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_RANGE = range(15000 + _WORKER, 32000, _WORKERS)


def free_port() -> int:
    """A port that nobody listens on, neither TCP nor UDP, on 127.0.0.1."""
    for port in random.sample(_RANGE, 200):
        if _is_free(port, socket.SOCK_STREAM) and _is_free(port, socket.SOCK_DGRAM):
            return port
    raise RuntimeError("no free port on 127.0.0.1")


def _is_free(port: int, kind: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
