"""PROXY protocol, versions 1 and 2: who a connection is from, as a load balancer says before its first byte."""

import ipaddress
import re
import struct
from dataclasses import dataclass

MAX_HEADER = 4096
"""Of version 2, with all that a balancer may add; version 1 has 107 bytes at most."""
_MAX_LINE = 107
_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
_FIRST = b"PROXY "
_LINE = re.compile(
    rb"PROXY (TCP4|TCP6) ([0-9A-Fa-f.:]{2,39}) ([0-9A-Fa-f.:]{2,39}) ([0-9]{1,5}) ([0-9]{1,5})"
)
_FIXED = struct.Struct("!BBH")
_LOCAL, _PROXY = 0x20, 0x21
_INET, _INET6 = 0x1, 0x2
_STREAM = 0x1


@dataclass(frozen=True, slots=True)
class Introduced:
    """A whole header of so many bytes; no address: the balancer speaks for itself, as in its health checks."""

    address: str | None
    port: int
    size: int


@dataclass(frozen=True, slots=True)
class NeedMore:
    """What came so far may become a header."""


@dataclass(frozen=True, slots=True)
class NotIntroduced:
    """It cannot."""

    why: str


def parse(data: bytes) -> Introduced | NeedMore | NotIntroduced:
    """Read the header that `data` begins with."""
    if data.startswith(_SIGNATURE[: len(data)]):
        return _binary(data) if len(data) >= len(_SIGNATURE) + _FIXED.size else NeedMore()
    if data.startswith(_FIRST[: len(data)]):
        return _line(data)
    return NotIntroduced("no PROXY header")


def _line(data: bytes) -> Introduced | NeedMore | NotIntroduced:
    end = data.find(b"\r\n", 0, _MAX_LINE)
    if end < 0:
        return NotIntroduced("PROXY line without end") if len(data) >= _MAX_LINE else NeedMore()
    line = data[:end]
    if line == b"PROXY UNKNOWN" or line.startswith(b"PROXY UNKNOWN "):
        return Introduced(None, 0, end + 2)
    parts = _LINE.fullmatch(line)
    if not parts:
        return NotIntroduced("malformed PROXY line")
    try:
        source = ipaddress.ip_address(parts[2].decode())
        ipaddress.ip_address(parts[3].decode())
    except ValueError:
        return NotIntroduced("no address in the PROXY line")
    if source.version != int(parts[1][-1:]) or int(parts[4]) > 65535:
        return NotIntroduced("another address than the PROXY line says")
    return Introduced(str(source), int(parts[4]), end + 2)


def _binary(data: bytes) -> Introduced | NeedMore | NotIntroduced:
    command, family, length = _FIXED.unpack_from(data, len(_SIGNATURE))
    begin = len(_SIGNATURE) + _FIXED.size
    if command not in (_LOCAL, _PROXY) or begin + length > MAX_HEADER:
        return NotIntroduced("PROXY header of another version or length")
    if len(data) < begin + length:
        return NeedMore()
    size = begin + length
    if command == _LOCAL or family & 0xF != _STREAM or family >> 4 not in (_INET, _INET6):
        return Introduced(None, 0, size)
    width = 4 if family >> 4 == _INET else 16
    if length < 2 * width + 4:
        return NotIntroduced("PROXY header shorter than its addresses")
    address = ipaddress.ip_address(data[begin : begin + width])
    (port,) = struct.unpack_from("!H", data, begin + 2 * width)
    return Introduced(str(address), port, size)
