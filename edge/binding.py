"""Binding: listening sockets of addresses as settings write them, `host:port` or `[::]:port`."""

import errno
import socket
from collections.abc import Iterable

BACKLOG = 1024
"""Connections that wait to be accepted."""


def bind(address: str) -> list[socket.socket]:
    """Listening sockets of one address; a name may stand for several. OSError in words, and nothing is left open."""
    host, port = _split(address)
    found = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICSERV
    )
    bound: list[socket.socket] = []
    try:
        for family, kind, protocol, _, where in found:
            bound.append(socket.socket(family, kind, protocol))
            bound[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                bound[-1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            bound[-1].bind(where)
            bound[-1].listen(BACKLOG)  # who comes while a process starts waits in the queue
    except OSError as error:
        close_all(bound)
        raise OSError(error.errno, f"cannot listen on {address}: {error.strerror}") from None
    return bound


def shown(bound: socket.socket) -> str:
    """Where a socket listens, as settings write it."""
    host, port = bound.getsockname()[:2]
    return f"[{host}]:{port}" if bound.family == socket.AF_INET6 else f"{host}:{port}"


def close_all(sockets: Iterable[socket.socket]) -> None:
    """Close each."""
    for one in sockets:
        one.close()


def _split(address: str) -> tuple[str, str]:
    host, colon, port = address.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not colon or not port.isdecimal() or (":" in host and not bracketed):
        raise OSError(errno.EINVAL, f"not an address of the form host:port: {address!r}")
    return (host[1:-1] if bracketed else host), port
