"""Sink: an HTTP server that reads what it is sent by Content-Length, and says 200. python -m bench._sink PORT"""

import re
import socket
import sys
import threading

_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)


def serve(port: int) -> None:
    """Until it is ended."""
    with socket.create_server(("127.0.0.1", port), backlog=128) as listening:
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=answer, args=(connection,), daemon=True).start()


def answer(connection: socket.socket) -> None:
    """One request after the other."""
    buffer = bytearray(1 << 20)
    with connection:
        head = b""
        while data := connection.recv(65_536):
            head += data
            if b"\r\n\r\n" not in head:
                continue
            first, _, rest = head.partition(b"\r\n\r\n")
            found = _LENGTH.search(first)
            left = (int(found[1]) if found else 0) - len(rest)
            while left > 0 and (size := connection.recv_into(buffer)):
                left -= size
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            head = b""


if __name__ == "__main__":
    serve(int(sys.argv[1]))
