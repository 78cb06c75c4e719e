"""Mixed load: what a day's visitors do, all at once: kept requests, handshakes, WebSockets, uploads, strangers, and
connections that end without a word."""

import random
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable

from bench import _visitors
from bench._peers import NAME, client

PORTAL = "portal.harbour.example"
AT_ONCE = 10
_MASK = b"\1\2\3\4"
_RESET = struct.pack("ii", 1, 0)


class MixedLoad:
    """Threads that each do one thing after the other; `done` counts what went well, `failed` what did not."""

    def __init__(self, https_port: int, http_port: int, *, threads: int = 6, pause: float = 0.02) -> None:
        self.done: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self._ports = https_port, http_port
        self._pause = pause
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(seed,)) for seed in range(threads)]

    def start(self) -> None:
        """Begin to visit."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is under way."""
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _work(self, seed: int) -> None:
        chance = random.Random(seed)
        while not self._ending.wait(self._pause):
            name = chance.choice(tuple(KINDS))
            try:
                KINDS[name](self._ports, chance)
            except (OSError, AssertionError) as error:
                self.failed[f"{name}: {type(error).__name__} {error}"[:120]] += 1
            else:
                self.done[name] += 1


Ports = tuple[int, int]


def _kept(ports: Ports, chance: random.Random) -> None:
    _requests(ports[0], NAME, "/", chance.randrange(1, 100))


def _embedded(ports: Ports, chance: random.Random) -> None:
    _requests(ports[0], PORTAL, "/sign-in", chance.randrange(1, 10))


def _requests(port: int, name: str, path: str, count: int) -> None:
    with _connected(port, name) as secure:
        for _ in range(count):
            secure.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}\r\nAccept: text/html\r\n\r\n".encode())
            assert _answer(secure) == 200
            time.sleep(0.002)


def _full(ports: Ports, _: random.Random) -> None:
    _visitors.handshakes(ports[0], AT_ONCE, resumed=False)


def _resumed(ports: Ports, _: random.Random) -> None:
    _visitors.handshakes(ports[0], AT_ONCE, resumed=True)


def _strangers(ports: Ports, chance: random.Random) -> None:
    _visitors.strangers(ports[0], AT_ONCE, first=chance.randrange(1_000_000))


def _upload(ports: Ports, chance: random.Random) -> None:
    size = chance.randrange(1, 1 << 20)
    with _connected(ports[0], NAME) as secure:
        secure.sendall(f"POST /upload HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {size}\r\n\r\n".encode())
        secure.sendall(bytes(size))
        assert _answer(secure) == 200


def _socket(ports: Ports, chance: random.Random) -> None:
    """A WebSocket, which is left with a close frame or without one."""
    with _connected(ports[0], NAME) as secure:
        secure.sendall(
            f"GET /chat HTTP/1.1\r\nHost: {NAME}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += secure.recv(1)
        assert head.startswith(b"HTTP/1.1 101"), head
        for _ in range(chance.randrange(1, 40)):
            secure.sendall(_frame(1, b"hello"))
            assert secure.recv(7) == b"\x81\x05hello"
            time.sleep(0.005)
        if chance.random() < 0.5:
            secure.sendall(_frame(8, b"\x03\xe8"))
            assert secure.recv(64)[:1] == b"\x88"


def _abrupt(ports: Ports, chance: random.Random) -> None:
    """A reset in some phase: before the hello, in it, after the handshake, in a head, in an answer."""
    phase = chance.randrange(5)
    with socket.create_connection(("127.0.0.1", ports[0]), timeout=20) as plain:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        if phase == 1:
            plain.sendall(b"\x16\x03\x01\x02\x00\x01\x00")
        if phase < 2:
            return
        with client().wrap_socket(plain, server_hostname=NAME) as secure:
            if phase == 3:
                secure.sendall(b"GET / HTTP/1.1\r\nHost:")
            if phase == 4:
                secure.sendall(f"GET / HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())


def _plain(ports: Ports, _: random.Random) -> None:
    with socket.create_connection(("127.0.0.1", ports[1]), timeout=20) as plain:
        plain.sendall(f"GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        assert plain.recv(4096).startswith(b"HTTP/1.1 308")


KINDS: dict[str, Callable[[Ports, random.Random], None]] = {
    "requests to the upstream": _kept,
    "requests to a portal": _embedded,
    "full handshakes": _full,
    "resumed handshakes": _resumed,
    "unknown names": _strangers,
    "uploads": _upload,
    "WebSockets": _socket,
    "resets": _abrupt,
    "plain http": _plain,
}


def _connected(port: int, name: str) -> ssl.SSLSocket:
    plain = socket.create_connection(("127.0.0.1", port), timeout=20)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client().wrap_socket(plain, server_hostname=name)


def _answer(secure: ssl.SSLSocket) -> int:
    """Reads one answer by its Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = secure.recv(65_536)
        assert more, "ended in a head"
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
    left = int(fields[b"content-length"]) - len(body)
    while left > 0:
        more = secure.recv(left)
        assert more, "ended in a body"
        left -= len(more)
    return int(head.split()[1])


def _frame(opcode: int, payload: bytes) -> bytes:
    masked = bytes(byte ^ _MASK[at % 4] for at, byte in enumerate(payload))
    return bytes((0x80 | opcode, 0x80 | len(payload))) + _MASK + masked
