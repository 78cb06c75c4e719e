"""Request: one request of a visitor, judged, and how its body goes up."""

from dataclasses import dataclass

from edge.http1.chunked import ChunkedBody, chunk, last_chunk
from edge.http1.length import LengthBody
from edge.http1.request_block import RequestBlock
from edge.proxy import hop_by_hop
from edge.proxy.forwarded import Onward

IDEMPOTENT = frozenset(b"GET HEAD OPTIONS TRACE PUT DELETE".split())
"""RFC 9110 section 9.2.2."""


@dataclass(slots=True, eq=False)
class Request:
    """What the head says; not frozen, which costs as much time as all the rest of making one."""

    method: bytes
    target: bytes
    minor: bytes
    block: RequestBlock
    onward: Onward

    @property
    def repeatable(self) -> bool:
        """Whether it may be sent a second time by us, where a kept connection turned out to be dead."""
        return self.method in IDEMPOTENT and not self.block.has_body and not self.onward.upgrade

    def head(self, prefix: bytes) -> bytes:
        """The bytes for the upstream; `*` is the upstream's as a whole."""
        path = self.target if self.target == b"*" else prefix + self.target
        return b"%b %b HTTP/1.1%b" % (self.method, path, self.onward.block)


class RequestBody:
    """Takes the body as it comes and frames it anew; `size` is what of it has gone by."""

    __slots__ = ("_chunked", "_reader", "size")

    def __init__(self, block: RequestBlock) -> None:
        self._chunked = block.chunked
        self._reader = ChunkedBody() if block.chunked else LengthBody(block.length)
        self.size = 0

    @property
    def done(self) -> bool:
        """Whether its last byte has come."""
        return self._reader.done

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """The bytes for the upstream, and those of the next request; Malformed."""
        payload, rest = self._reader.feed(data)
        self.size += len(payload)
        if not isinstance(self._reader, ChunkedBody):
            return payload, rest
        framed = chunk(payload)
        if self._reader.done:
            framed += last_chunk(hop_by_hop.trailers(self._reader.trailers))
        return framed, rest
