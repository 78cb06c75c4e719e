"""Answer: what a visitor is sent of an upstream's response head."""

from dataclasses import dataclass
from email.utils import format_datetime

from edge.http1 import response_head
from edge.http1.fields import Field
from edge.http1.response_head import ResponseHead
from edge.proxy.hop_by_hop import end_to_end
from store.instants import Clock

_CLOSE = b"Connection: close\r\n"
_CHUNKED = b"Transfer-Encoding: chunked\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """A head made ready, but for what is of the one connection."""

    head: ResponseHead
    lines: bytes
    """Status line and fields, each with its end."""
    whole: bytes
    """The same as a complete head, where neither length nor connection need a word."""
    dated: bool

    def to_visitor(self, clock: Clock, *, framing: bytes, closing: bool) -> bytes:
        """The bytes of the head."""
        if self.dated and not closing and not framing:
            return self.whole
        date = b"" if self.dated else b"Date: %b\r\n" % format_datetime(clock(), usegmt=True).encode()
        return b"".join((self.lines, date, framing, _CLOSE if closing else b"", b"\r\n"))


def read(head: bytes) -> Answer | None:
    """None: no response, or one that can be read in two ways."""
    found = response_head.read(head)
    if found is None:
        return None
    status = b"HTTP/1.1 %d %b\r\n" % (found.status, found.reason)
    passed = (field for field in end_to_end(found.fields, found.connection) if not _is_idle(found, field))
    lines = status + b"".join(b"%b: %b\r\n" % (name, value) for _, name, value in passed)
    dated = found.status < 200 or any(name == b"date" for name, _, _ in found.fields)
    return Answer(found, lines, lines + b"\r\n", dated)


def framing(head: ResponseHead, *, to_head: bool, minor: bytes, trailers: bool) -> bytes:
    """The field that says where the body ends, where its length does not; HTTP/1.0 knows the end of it all."""
    if minor == b"0" or head.length is not None or head.body(to_head=to_head) is None:
        return b""
    announced = (value for name, _, value in head.fields if name == b"trailer" and trailers)
    return _CHUNKED + b"".join(b"Trailer: %b\r\n" % value for value in announced)


def switching(head: ResponseHead) -> bytes:
    """The 101 that turns the connection into another protocol."""
    kept = (field for field in end_to_end(head.fields, head.connection) if field[0] != b"content-length")
    upgrade = b", ".join(value for name, _, value in head.fields if name == b"upgrade")
    lines = b"".join(b"%b: %b\r\n" % (name, value) for _, name, value in kept)
    return b"HTTP/1.1 101 %b\r\n%bConnection: Upgrade\r\nUpgrade: %b\r\n\r\n" % (head.reason, lines, upgrade)


def _is_idle(head: ResponseHead, field: Field) -> bool:
    """A length where there is no body ever (RFC 9110 section 8.6)."""
    return field[0] == b"content-length" and (head.status < 200 or head.status == 204)
