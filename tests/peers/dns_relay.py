"""DnsRelay: stands before a real name server and passes questions on late, or by TCP only."""

import select
import socket
import threading
from typing import Self

_PATIENCE = 5.0


class DnsRelay:
    """At an address of its own, on its server's port; datagrams wait `delay` seconds, or get lost (None)."""

    def __init__(self, address: str, server: str, port: int, *, delay: float | None = None) -> None:
        self._address = address
        self._server = server
        self._port = port
        self._delay = delay
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind((self._address, self._port))
        self._tcp = socket.create_server((self._address, self._port))
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._ended.set()
        self._thread.join()
        self._udp.close()
        self._tcp.close()

    def _run(self) -> None:
        while not self._ended.is_set():
            ready, _, _ = select.select([self._udp, self._tcp], [], [], 0.05)
            if self._udp in ready:
                wire, client = self._udp.recvfrom(4096)
                if self._delay is not None:
                    self._pass_on(wire, client, self._delay)
            if self._tcp in ready:
                self._converse()

    def _pass_on(self, wire: bytes, client: tuple[str, int], delay: float) -> None:
        self._ended.wait(delay)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as onward:
            onward.settimeout(_PATIENCE)
            onward.sendto(wire, (self._server, self._port))
            self._udp.sendto(onward.recv(4096), client)

    def _converse(self) -> None:
        """One question on one connection, as our side asks; the end closes both."""
        client, _ = self._tcp.accept()
        with client, socket.create_connection((self._server, self._port), _PATIENCE) as onward:
            client.settimeout(_PATIENCE)
            onward.sendall(client.recv(4096))
            while part := _whole(onward):
                client.sendall(part)
                break


def _whole(stream: socket.socket) -> bytes:
    """One message with its length before it (RFC 1035 4.2.2)."""
    found = b""
    while len(found) < 2 or len(found) < 2 + int.from_bytes(found[:2], "big"):
        part = stream.recv(4096)
        if not part:
            break
        found += part
    return found
