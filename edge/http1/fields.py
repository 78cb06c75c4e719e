"""Fields: the header lines of one head, read by llhttp in its strict form."""

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

Field = tuple[bytes, bytes, bytes]
"""Name in lower case, name and value as they were sent, without the space around the value."""
_LINE = b"GET / HTTP/1.1"


def read(block: bytes) -> tuple[Field, ...] | None:
    """The fields of a block that begins and ends with a line's end; None: it breaks RFC 9112 section 5.

    llhttp refuses obs-fold, CR or LF alone, space before the colon, control characters, and Content-Length that is
    no number, repeated or beside Transfer-Encoding.
    """
    lines = _Lines()
    try:
        HttpRequestParser(lines).feed_data(_LINE + block)
    except HttpParserUpgrade:
        pass  # which is how it says that the head is over
    except HttpParserError:
        return None
    return tuple(lines.found) if lines.complete else None


def tokens(fields: tuple[Field, ...], name: bytes) -> frozenset[bytes]:
    """The members of a comma-separated list, in lower case."""
    return frozenset(
        token.strip(b" \t").lower()
        for found, _, value in fields
        if found == name
        for token in value.split(b",")
        if token.strip(b" \t")
    )


class _Lines:
    """Hears what llhttp reads."""

    __slots__ = ("complete", "found")

    def __init__(self) -> None:
        self.found: list[Field] = []
        self.complete = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.found.append((name.lower(), name, value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        self.complete = True
