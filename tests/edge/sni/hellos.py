"""Hellos for tests: made by hand, by Python's OpenSSL, and one recorded from Chromium."""

import ssl
from pathlib import Path

CHROMIUM = bytes.fromhex((Path(__file__).parent / "chromium_156_hello.hex").read_text())


def python_hello(
    name: str | None = "billing.customer.example", alpn: tuple[str, ...] = (), *, tls_1_2: bool = False
) -> bytes:
    """What a client of Python's `ssl` sends first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if tls_1_2:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    if alpn:
        context.set_alpn_protocols(list(alpn))
    outgoing = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def vector(width: int, *parts: bytes) -> bytes:
    """The parts with their length before them."""
    whole = b"".join(parts)
    return len(whole).to_bytes(width, "big") + whole


def extension(kind: int, *parts: bytes) -> bytes:
    return kind.to_bytes(2, "big") + vector(2, *parts)


def server_name(*names: bytes, kind: int = 0) -> bytes:
    return extension(0, vector(2, *(bytes([kind]) + vector(2, name) for name in names)))


def alpn(*protocols: bytes) -> bytes:
    return extension(16, vector(2, *(vector(1, protocol) for protocol in protocols)))


def versions(*offered: int) -> bytes:
    return extension(43, vector(1, *(version.to_bytes(2, "big") for version in offered)))


def body(
    *extensions: bytes, suites: bytes = b"\x13\x01", compressions: bytes = b"\x00", legacy: int = 0x0303
) -> bytes:
    """A ClientHello without its headers; no extension block at all when there are none."""
    fixed = legacy.to_bytes(2, "big") + bytes(32) + vector(1) + vector(2, suites) + vector(1, compressions)
    return fixed + (vector(2, *extensions) if extensions else b"")


def message(content: bytes) -> bytes:
    return b"\x01" + vector(3, content)


def records(handshake: bytes, size: int = 16_384) -> bytes:
    """The handshake message in records of `size` bytes."""
    pieces = (handshake[at : at + size] for at in range(0, len(handshake), size))
    return b"".join(b"\x16\x03\x01" + vector(2, piece) for piece in pieces)


def hello(*extensions: bytes) -> bytes:
    """One record with a hello of these extensions."""
    return records(message(body(*extensions)))
