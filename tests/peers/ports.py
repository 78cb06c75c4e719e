"""Free loopback ports for servers that cannot be told to take port 0 and say which one they got."""

import random
import socket

# Below Linux's ephemeral range (32768 and up): no outgoing connection takes one between our look and the use.
_RANGE = range(15000, 32000)


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
