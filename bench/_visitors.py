"""Load from the other core: requests on kept connections, handshakes, bodies, strangers, idle connections."""

import re
import socket
import ssl
import subprocess
import time
from pathlib import Path

from bench._peers import NAME, client

BROWSER = (
    f"Host: {NAME}",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language: en-GB,en;q=0.9",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark",
    f"Referer: https://{NAME}/",
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: same-origin",
    "Upgrade-Insecure-Requests: 1",
    "Cache-Control: max-age=0",
)
"""Twelve headers, as a browser sends them."""
_LUA = """
local look = wrk.lookup
wrk.lookup = function(host, service) return look("127.0.0.1", service) end
"""


def kept(port: int, seconds: float, folder: Path, path: str = "/", connections: int = 16) -> int:
    """Requests answered on kept connections by wrk; all of them must be 2xx."""
    script = folder / "wrk.lua"
    script.write_text(_LUA)
    headers = [word for line in BROWSER[1:] for word in ("-H", line)]
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), *headers]
    done = subprocess.run(
        [*command, f"https://{NAME}:{port}{path}"], capture_output=True, text=True, check=True
    )
    found = re.search(r"(\d+) requests in", done.stdout)
    assert found and "Non-2xx" not in done.stdout and "Socket errors" not in done.stdout, done.stdout
    return int(found[1])


def handshakes(port: int, count: int, *, resumed: bool) -> int:
    """One request on each new connection; with a ticket of the one before, where it is to be resumed."""
    context, session = client(), None
    request = "\r\n".join(("GET / HTTP/1.1", *BROWSER, "Connection: close", "", "")).encode()
    for number in range(count):
        with socket.create_connection(("127.0.0.1", port)) as plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with context.wrap_socket(plain, server_hostname=NAME, session=session) as secure:
                secure.sendall(request)
                answer = secure.recv(12)
                while data := secure.recv(65_536):
                    answer += data
                assert answer.startswith(b"HTTP/1.1 200"), answer[:100]
                assert secure.session_reused == (resumed and number > 0), "resumption"
                session = secure.session if resumed else None
    return count


def download(port: int) -> float:
    """Seconds for a gigabyte down."""
    started = time.perf_counter()
    with connected(port) as secure:
        secure.sendall(f"GET /gigabyte HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        size, buffer = 0, bytearray(1 << 18)
        while read := secure.recv_into(buffer):
            size += read
    assert size > 1 << 30, size
    return time.perf_counter() - started


def upload(port: int) -> float:
    """Seconds for a gigabyte up, to an upstream that reads it all."""
    started = time.perf_counter()
    piece = bytes(1 << 18)
    with connected(port) as secure:
        head = (
            f"POST /sink HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {1 << 30}\r\nConnection: close\r\n\r\n"
        )
        secure.sendall(head.encode())
        for _ in range((1 << 30) // len(piece)):
            secure.sendall(piece)
        assert secure.recv(12) == b"HTTP/1.1 200"
    return time.perf_counter() - started


def strangers(port: int, count: int, first: int = 0) -> int:
    """Handshakes for names that nobody has registered; all must fail."""
    context = client()
    for number in range(first, first + count):
        with socket.create_connection(("127.0.0.1", port)) as plain:
            try:
                context.wrap_socket(plain, server_hostname=f"name-{number}.stranger.example").close()
            except (ssl.SSLError, ConnectionError):
                continue
        raise AssertionError("a stranger was served")
    return count


def idle(port: int, count: int) -> list[ssl.SSLSocket]:
    """Connections that were used once and are kept."""
    found = []
    request = "\r\n".join(("GET / HTTP/1.1", *BROWSER, "", "")).encode()
    for _ in range(count):
        secure = connected(port)
        secure.sendall(request)
        assert secure.recv(65_536).startswith(b"HTTP/1.1 200")
        found.append(secure)
    return found


def connected(port: int) -> ssl.SSLSocket:
    """A new TLS connection."""
    plain = socket.create_connection(("127.0.0.1", port))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client().wrap_socket(plain, server_hostname=NAME)
