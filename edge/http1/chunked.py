"""Chunked: a body in chunks, taken apart to the byte where it ends (RFC 9112 section 7.1)."""

import re

from edge.http1 import fields
from edge.http1.fields import Field

MAX_LINE = 4 * 1024
MAX_TRAILERS = 16 * 1024
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})(?:;[\t -~\x80-\xff]*)?")


class Malformed(Exception):
    """What came is no chunk: nothing after it can be understood."""


class ChunkedBody:
    """Takes the bytes however they are split; extensions are dropped, trailers kept until the end."""

    __slots__ = ("_ends_chunk", "_in_trailers", "_kept", "_left", "done", "trailers")

    def __init__(self) -> None:
        self._kept = b""
        self._left = 0
        self._ends_chunk = False
        self._in_trailers = False
        self.done = False
        self.trailers: tuple[Field, ...] = ()

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """The payload in it, and what follows the body; Malformed."""
        if self._kept:
            data, self._kept = self._kept + data, b""
        payload: list[bytes] = []
        at = 0
        while not self.done:
            if self._left:
                piece = data[at : at + self._left]
                payload.append(piece)
                at += len(piece)
                self._left -= len(piece)
                if self._left:
                    return b"".join(payload), b""
            step = self._step(data, at)
            if step == at:
                self._kept = data[at:]
                return b"".join(payload), b""
            at = step
        return b"".join(payload), data[at:]

    def _step(self, data: bytes, at: int) -> int:
        """Past the next line, or where it was: more must come."""
        if self._in_trailers:
            return self._end(data, at)
        if self._ends_chunk:
            end = data[at : at + 2]
            if end != b"\r\n"[: len(end)]:
                raise Malformed("chunk longer than its size")
            if len(end) < 2:
                return at
            self._ends_chunk = False
            return at + 2
        end_of_line = data.find(b"\r\n", at, at + MAX_LINE)
        if end_of_line < 0:
            if len(data) - at >= MAX_LINE or b"\n" in data[at:]:
                raise Malformed("size of a chunk")
            return at
        size = _SIZE.fullmatch(data, at, end_of_line)
        if not size:
            raise Malformed("size of a chunk")
        self._left = int(size[1], 16)
        self._ends_chunk = self._left > 0
        self._in_trailers = not self._ends_chunk
        return end_of_line + 2

    def _end(self, data: bytes, at: int) -> int:
        if data.startswith(b"\r\n", at):
            self.done = True
            return at + 2
        end = data.find(b"\r\n\r\n", at, at + MAX_TRAILERS)
        if end < 0:
            if len(data) - at >= MAX_TRAILERS or b"\n" in data[at:].replace(b"\r\n", b""):
                raise Malformed("trailers")
            return at
        found = fields.read(b"\r\n" + data[at : end + 4])
        if found is None:
            raise Malformed("trailers")
        self.trailers = found
        self.done = True
        return end + 4


def chunk(payload: bytes) -> bytes:
    """One chunk; nothing for nothing, which would end the body."""
    return b"%x\r\n%b\r\n" % (len(payload), payload) if payload else b""


def last_chunk(trailers: tuple[Field, ...] = ()) -> bytes:
    """The end of a body in chunks."""
    return b"0\r\n%b\r\n" % b"".join(b"%b: %b\r\n" % (name, value) for _, name, value in trailers)
