"""Reads a ClientHello from the first bytes of a connection; whatever the bytes, the answer is a value.

    bytes -> records (5-byte header each) -> one handshake message -> ClientHello body -> extensions

RFC 8446 sections 4.1.2 and 5.1; RFC 6066 section 3 (server name); RFC 7301 (ALPN).
"""

from dataclasses import dataclass

from edge.sni.alerts import Alert

MAX_HELLO = 16 * 1024
MAX_RECORDS = 64  # one-byte records would make each further byte cost a walk over all before it
PLAIN_HTTP = "plain HTTP"
NOT_TLS = "not TLS"


@dataclass(frozen=True, slots=True)
class ClientHello:
    """What a client asks for, before anything is agreed."""

    server_name: str | None
    """The text as sent; `store.hostname.canonical` judges it."""
    alpn: tuple[bytes, ...]
    versions: tuple[int, ...]
    """As offered, first the preferred, without GREASE; the legacy version alone where the list is missing."""
    size: int
    """Of the handshake message, without record headers."""
    records: int


@dataclass(frozen=True, slots=True)
class NeedMore:
    """Well-formed so far; the answer stays the same while fewer than `at_least` bytes are there in all."""

    at_least: int


@dataclass(frozen=True, slots=True)
class NotTls:
    """No hello that we could answer; `alert` is None where the peer would not understand one."""

    reason: str
    alert: Alert | None = None


def parse(data: bytes) -> ClientHello | NeedMore | NotTls:
    """The hello at the start of `data`, which holds everything received so far."""
    try:
        message = _message(data)
        if isinstance(message, _Message):
            return _hello(message)
        return message
    except _Malformed as error:
        return NotTls(error.reason, error.alert)


_HANDSHAKE = 22
_OTHER_RECORDS = (20, 21, 23)
_CLIENT_HELLO = 1
_RECORD_HEADER = 5
_MESSAGE_HEADER = 4
_MAX_RECORD = 1 << 14
_SERVER_NAME = 0
_ALPN = 16
_SUPPORTED_VERSIONS = 43
_METHODS = (
    b"GET ",
    b"HEAD ",
    b"POST ",
    b"PUT ",
    b"DELETE ",
    b"OPTIONS ",
    b"PATCH ",
    b"CONNECT ",
    b"TRACE ",
    b"PRI ",
)


class _Malformed(Exception):
    def __init__(self, reason: str, alert: Alert | None = Alert.DECODE_ERROR) -> None:
        self.reason = reason
        self.alert = alert


@dataclass(frozen=True, slots=True)
class _Message:
    body: bytes
    records: int


def _message(data: bytes) -> _Message | NeedMore:
    """The handshake message put together from its records."""
    have, at, records = len(data), 0, 0
    message = b""
    total = _MESSAGE_HEADER
    while len(message) < total:
        _check_record_start(data, at)
        if have < at + _RECORD_HEADER:
            return NeedMore(at + _RECORD_HEADER)
        length = data[at + 3] << 8 | data[at + 4]
        _check_record_length(length)
        records += 1
        if records > MAX_RECORDS:
            raise _Malformed("hello in too many records", Alert.ILLEGAL_PARAMETER)
        at += _RECORD_HEADER
        message += data[at : at + length]
        at += length
        total = _check_message_start(message)
        if have < at and len(message) < total:
            return NeedMore(_next_useful(at, have, total - len(message)))
    return _Message(message[_MESSAGE_HEADER:total], records)


def _next_useful(record_end: int, have: int, missing: int) -> int:
    """Bytes in all before the answer can change: the end of this record or of the message in it."""
    return min(record_end, have + missing)


def _check_record_start(data: bytes, at: int) -> None:
    start = data[at : at + 2]
    if not start:
        return
    if start[0] != _HANDSHAKE:
        if at == 0:
            raise _foreign(data)
        raise _Malformed("another record inside the hello", Alert.UNEXPECTED_MESSAGE)
    if len(start) == 2 and start[1] != 3:
        raise _Malformed("unknown record version", Alert.PROTOCOL_VERSION)


def _foreign(data: bytes) -> _Malformed:
    if any(data.startswith(method) or method.startswith(data) for method in _METHODS):
        return _Malformed(PLAIN_HTTP, None)
    if data[0] in _OTHER_RECORDS and data[1:2] in (b"", b"\x03"):
        return _Malformed("a TLS record, but no handshake", Alert.UNEXPECTED_MESSAGE)
    return _Malformed(NOT_TLS, None)


def _check_record_length(length: int) -> None:
    if length == 0:
        raise _Malformed("empty handshake record", Alert.UNEXPECTED_MESSAGE)
    if length > _MAX_RECORD:
        raise _Malformed("record longer than 16 KiB", Alert.RECORD_OVERFLOW)


def _check_message_start(message: bytes) -> int:
    """The length of the message with its header, as far as it is known."""
    if message and message[0] != _CLIENT_HELLO:
        raise _Malformed("a handshake message other than a hello", Alert.UNEXPECTED_MESSAGE)
    if len(message) < _MESSAGE_HEADER:
        return _MESSAGE_HEADER
    total = _MESSAGE_HEADER + int.from_bytes(message[1:4], "big")
    if total > MAX_HELLO:
        raise _Malformed("hello longer than 16 KiB", Alert.ILLEGAL_PARAMETER)
    return total


def _hello(message: _Message) -> ClientHello:
    body = message.body
    if len(body) < 34:
        raise _Malformed("hello cut short")
    _, at = _vector(body, 34, 1)  # session id, after the legacy version and 32 random bytes
    suites, at = _vector(body, at, 2)
    compressions, at = _vector(body, at, 1)
    if len(suites) % 2 or not suites or not compressions:
        raise _Malformed("bad cipher suites or compression methods")
    found = _extensions(body, at)
    name, alpn, versions = found.get(_SERVER_NAME), found.get(_ALPN), found.get(_SUPPORTED_VERSIONS)
    return ClientHello(
        server_name=None if name is None else _server_name(name),
        alpn=() if alpn is None else _protocols(alpn),
        versions=(body[0] << 8 | body[1],) if versions is None else _versions(versions),
        size=len(body) + _MESSAGE_HEADER,
        records=message.records,
    )


def _vector(body: bytes, at: int, width: int) -> tuple[bytes, int]:
    """A vector with a length of `width` bytes before it, and where it ends."""
    start = at + width
    end = start + int.from_bytes(body[at:start], "big")
    if end > len(body) or start > len(body):
        raise _Malformed("a length runs past the end of the hello")
    return body[start:end], end


def _extensions(body: bytes, at: int) -> dict[int, bytes]:
    """The extensions we read, by type; a hello without any ends before them (RFC 8446 section 4.1.2)."""
    end = len(body)
    if at == end:
        return {}
    if at + 2 > end or at + 2 + (body[at] << 8 | body[at + 1]) != end:
        raise _Malformed("extensions do not fill the hello")
    at += 2
    found: dict[int, bytes] = {}
    while at < end:
        if at + 4 > end:
            raise _Malformed("extension cut short")
        kind = body[at] << 8 | body[at + 1]
        start = at + 4
        at = start + (body[at + 2] << 8 | body[at + 3])
        if at > end:
            raise _Malformed("extension runs past the end of the hello")
        if kind in (_SERVER_NAME, _ALPN, _SUPPORTED_VERSIONS):
            if kind in found:
                raise _Malformed("an extension twice")
            found[kind] = body[start:at]
    return found


def _server_name(extension: bytes) -> str:
    names, end = _vector(extension, 0, 2)
    if end != len(extension) or names[:1] != b"\x00":
        raise _Malformed("bad server name")
    name, end = _vector(names, 1, 2)
    if end != len(names):
        raise _Malformed("several server names")
    if not name:
        raise _Malformed("empty server name")
    if not name.isascii():
        raise _Malformed("server name not ASCII", Alert.ILLEGAL_PARAMETER)
    return name.decode("ascii")


def _protocols(extension: bytes) -> tuple[bytes, ...]:
    listed, end = _vector(extension, 0, 2)
    if end != len(extension) or not listed:
        raise _Malformed("bad ALPN list")
    protocols: list[bytes] = []
    at = 0
    while at < len(listed):
        protocol, at = _vector(listed, at, 1)
        if not protocol:
            raise _Malformed("empty ALPN protocol")
        protocols.append(protocol)
    return tuple(protocols)


def _versions(extension: bytes) -> tuple[int, ...]:
    listed, end = _vector(extension, 0, 1)
    if end != len(extension) or not listed or len(listed) % 2:
        raise _Malformed("bad list of versions")
    offered = (listed[at] << 8 | listed[at + 1] for at in range(0, len(listed), 2))
    return tuple(version for version in offered if not _is_grease(version))


def _is_grease(value: int) -> bool:
    """Reserved values that clients mix in so that servers learn to ignore the unknown (RFC 8701)."""
    return value & 0x0F0F == 0x0A0A and value >> 8 == value & 0xFF
