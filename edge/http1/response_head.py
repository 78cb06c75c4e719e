"""Response head: status line and fields of an upstream's answer, and where its body ends (RFC 9112 section 6.3)."""

import re
from dataclasses import dataclass

from edge.http1 import fields
from edge.http1.chunked import ChunkedBody
from edge.http1.fields import Field
from edge.http1.length import LengthBody, OpenBody

Body = LengthBody | ChunkedBody | OpenBody
_LINE = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: ([\t -~\x80-\xff]*))?")
_DIGITS = re.compile(rb"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """What a response is told by its head."""

    status: int
    reason: bytes
    fields: tuple[Field, ...]
    length: int | None
    chunked: bool
    closes: bool
    connection: frozenset[bytes]

    def body(self, *, to_head: bool) -> Body | None:
        """A reader of its body; None: it has none, whatever its fields say."""
        if to_head or self.status < 200 or self.status in (204, 304) or self.length == 0:
            return None
        if self.chunked:
            return ChunkedBody()
        return OpenBody() if self.length is None else LengthBody(self.length)


def read(head: bytes) -> ResponseHead | None:
    """None: it is none, or can be read in two ways."""
    line, _, _ = head.partition(b"\r\n")
    parts = _LINE.fullmatch(line)
    found = fields.read(head[len(line) :])
    if parts is None or found is None:
        return None
    lengths = [value for name, _, value in found if name == b"content-length"]
    codings = [value for name, _, value in found if name == b"transfer-encoding"]
    if len(lengths) > 1 or len(codings) > 1 or (lengths and codings):
        return None
    if codings and (codings[0].lower() != b"chunked" or parts[1] == b"0"):
        return None
    if lengths and not _DIGITS.fullmatch(lengths[0]):
        return None
    connection = fields.tokens(found, b"connection")
    return ResponseHead(
        status=int(parts[2]),
        reason=parts[3] or b"",
        fields=found,
        length=int(lengths[0]) if lengths else None,
        chunked=bool(codings),
        closes=b"close" in connection or (parts[1] == b"0" and b"keep-alive" not in connection),
        connection=connection,
    )
