"""Gate: before a server that reads requests itself: lets through what can be read in one way only."""

from edge.http1 import request_block, request_line
from edge.http1.chunked import ChunkedBody, Malformed
from edge.http1.length import LengthBody
from edge.http1.refusal import Refusal
from edge.http1.request_block import MAX_HEAD, RequestBlock

_TOO_LARGE = Refusal(431, "head too large")


class Gate:
    """Follows the requests of one connection, whole heads at a time; bodies pass as they come."""

    __slots__ = ("_block", "_body", "_judged", "_kept", "_minor", "refusal")

    def __init__(self) -> None:
        self._kept = b""
        self._block = self._minor = b""
        self._judged: RequestBlock | None = None
        self._body: LengthBody | ChunkedBody | None = None
        self.refusal: Refusal | None = None
        """Why nothing more passes."""

    @property
    def is_in_body(self) -> bool:
        """Whether a request's body is under way."""
        return self._body is not None

    def feed(self, data: bytes) -> bytes:
        """What of it may go on; look at `refusal` then."""
        passed: list[bytes] = []
        while data and self.refusal is None:
            data = self._pass_body(data, passed) if self._body is not None else self._pass_head(data, passed)
        return b"".join(passed)

    def _pass_body(self, data: bytes, passed: list[bytes]) -> bytes:
        assert self._body is not None
        try:
            _, rest = self._body.feed(data)
        except Malformed as error:
            self.refusal = Refusal(400, str(error))
            return b""
        passed.append(data[: len(data) - len(rest)])
        if self._body.done:
            self._body = None
        return rest

    def _pass_head(self, data: bytes, passed: list[bytes]) -> bytes:
        data, self._kept = self._kept + data, b""
        if data.startswith(b"\r\n"):
            data = data[2:]
        end = data.find(b"\r\n\r\n") + 4
        if end < 4 or end > MAX_HEAD:
            self._kept = data
            self.refusal = _TOO_LARGE if len(data) > MAX_HEAD else request_block.lone_end(data)
            return b""
        self.refusal = self._judge(data[:end])
        if self.refusal is None:
            passed.append(data[:end])
        return data[end:]

    def _judge(self, head: bytes) -> Refusal | None:
        line_end = head.find(b"\r\n")
        line = request_line.split(head[:line_end])
        if line is None:
            return request_line.refusal(head[:line_end])
        method, target, minor = line.groups()
        block = head[line_end:]
        if block != self._block or minor != self._minor:
            judged = request_block.judge(block)
            refused = judged if isinstance(judged, Refusal) else request_block.of_version(judged, minor)
            if isinstance(judged, Refusal) or refused is not None:
                return refused
            self._block, self._minor, self._judged = block, minor, judged
        assert self._judged is not None
        path = request_line.origin_form(method, target, self._judged.host)
        if isinstance(path, Refusal):
            return path
        if self._judged.has_body:
            self._body = ChunkedBody() if self._judged.chunked else LengthBody(self._judged.length)
        return None
