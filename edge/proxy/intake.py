"""Intake: the bytes of one visitor's connection as its requests, one after the other."""

from edge.http1 import request_block, request_line
from edge.http1.refusal import Refusal
from edge.http1.request_block import MAX_HEAD, RequestBlock
from edge.proxy import forwarded
from edge.proxy.forwarded import Onward
from edge.proxy.request import Request
from edge.proxy.terms import Terms
from store.destination import Destination
from store.hostname import Hostname


class Intake:
    """Keeps what is not used up; remembers what it made of the last header block: browsers repeat themselves."""

    __slots__ = (
        "_block",
        "_destination",
        "_hostname",
        "_judged",
        "_minor",
        "_onward",
        "_peer",
        "_terms",
        "kept",
    )

    def __init__(self, terms: Terms, hostname: Hostname | None, peer: str) -> None:
        self._terms = terms
        self._hostname = hostname
        self._peer = peer
        self._block = self._minor = b""
        self._destination: Destination | None = None
        self._judged: RequestBlock | None = None
        self._onward: Onward | None = None
        self.kept = b""

    def next(self, destination: Destination | None) -> Request | Refusal | None:
        """The next request in what is kept; None: more must come."""
        data = self.kept
        if data.startswith(b"\r\n"):  # RFC 9112 section 2.2: one empty line before a request is nothing
            self.kept = data = data[2:]
        end = data.find(b"\r\n\r\n") + 4
        if end < 4:
            return self._unfinished(data)
        if end > MAX_HEAD:
            return Refusal(431, "head too large")
        self.kept = data[end:]
        line_end = data.find(b"\r\n")
        line = request_line.split(data[:line_end])
        if line is None:
            return request_line.refusal(data[:line_end])
        method, target, minor = line.groups()
        block = data[line_end:end]
        if block != self._block or destination is not self._destination or minor != self._minor:
            refused = self._judge(block, minor, destination)
            if refused is not None:
                return refused
        assert self._judged is not None and self._onward is not None
        if not target.startswith(b"/"):
            target = request_line.origin_form(method, target, self._judged.host)
            if isinstance(target, Refusal):
                return target
        return Request(method, target, minor, self._judged, self._onward)

    def _unfinished(self, data: bytes) -> Refusal | None:
        if len(data) > MAX_HEAD:
            return Refusal(431, "head too large")
        return request_block.lone_end(data)

    def _judge(self, block: bytes, minor: bytes, destination: Destination | None) -> Refusal | None:
        self._block = b""
        judged = request_block.judge(block)
        if isinstance(judged, Refusal):
            return judged
        refused = request_block.of_version(judged, minor)
        if refused is not None:
            return refused
        hostname = self._hostname
        if hostname is None or self._terms.named(judged.host.decode("latin-1")) != hostname:
            return Refusal(421, "Host is not the connection's")
        named = [value.decode("latin-1") for value in judged.values(b"cf-connecting-ip")]
        client = self._terms.client_of(destination, self._peer, named)
        self._judged = judged
        self._onward = forwarded.onward(judged, minor, self._peer, client, hostname)
        self._block, self._minor, self._destination = block, minor, destination
        return None
