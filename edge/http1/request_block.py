"""Request block: what the header lines of a request say, judged as strictly as RFC 9112 allows.

Two servers that read one request differently are how requests are smuggled; so whatever could be read in two ways
is refused here, before anything acts on it.
"""

import re
from dataclasses import dataclass

from edge.http1 import fields
from edge.http1.fields import Field
from edge.http1.refusal import Refusal

MAX_HEAD = 32 * 1024
MAX_FIELDS = 128
_LONE = re.compile(rb"\r[^\n]|[^\r]\n|\A\n")
_HOST = re.compile(rb"[A-Za-z0-9._~!$&'()*+;=:%\[\]-]+")
_DIGITS = re.compile(rb"[0-9]{1,15}")
_FORMS_OF_UNDERSCORE = (b"x-forwarded-", b"cf-")
_JUDGED = frozenset(
    b"connection content-length expect forwarded host keep-alive proxy-connection te trailer transfer-encoding"
    b" upgrade via x-real-ip".split()
)


@dataclass(frozen=True, slots=True)
class RequestBlock:
    """The fields, and what they say of framing and of the connection."""

    fields: tuple[Field, ...]
    host: bytes
    length: int
    chunked: bool
    connection: frozenset[bytes]
    expects: bool
    """Whether it waits for 100 before it sends its body."""

    @property
    def has_body(self) -> bool:
        """Whether anything follows the head."""
        return self.chunked or self.length > 0

    @property
    def closes(self) -> bool:
        """Whether this is the connection's last request."""
        return b"close" in self.connection

    def values(self, name: bytes) -> list[bytes]:
        """All values of a field, by its name in lower case."""
        return [value for found, _, value in self.fields if found == name]


def judge(block: bytes) -> RequestBlock | Refusal:
    """Read the lines between the request line and the body: CRLF, the fields, CRLF CRLF."""
    found = fields.read(block)
    if found is None:
        return Refusal(400, "malformed header")
    if len(found) > MAX_FIELDS:
        return Refusal(431, "too many headers")
    names = [name for name, _, _ in found]
    hosts = [value for name, _, value in found if name == b"host"]
    if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
        return Refusal(400, "no Host, several, or none that is one")
    if any(_collides(name, names) for name in names if b"_" in name):
        return Refusal(400, "underscore in a name that others read as another")
    framing = _framing(found)
    if isinstance(framing, Refusal):
        return framing
    expected = {value.lower() for name, _, value in found if name == b"expect"}
    if expected - {b"100-continue"}:
        return Refusal(417, "expectation")
    length, chunked = framing
    return RequestBlock(
        found,
        hosts[0],
        length,
        chunked,
        fields.tokens(found, b"connection"),
        expects=bool(expected) and (chunked or length > 0),
    )


def lone_end(unfinished: bytes) -> Refusal | None:
    """CR or LF alone in a head whose end has not come: who ends lines so would be waited for in vain."""
    return Refusal(400, "CR or LF alone") if _LONE.search(unfinished) else None


def of_version(block: RequestBlock, minor: bytes) -> Refusal | None:
    """HTTP/1.0 knows no Transfer-Encoding: who sends it there is read in two ways (RFC 9112 section 6.1)."""
    return Refusal(400, "Transfer-Encoding in HTTP/1.0") if minor == b"0" and block.chunked else None


def _framing(found: tuple[Field, ...]) -> tuple[int, bool] | Refusal:
    lengths = [value for name, _, value in found if name == b"content-length"]
    codings = [value for name, _, value in found if name == b"transfer-encoding"]
    if len(lengths) > 1 or len(codings) > 1 or (lengths and codings):
        return Refusal(400, "framing said twice")
    if codings and codings[0].lower() != b"chunked":
        return Refusal(400, "Transfer-Encoding other than chunked")
    if lengths and not _DIGITS.fullmatch(lengths[0]):
        return Refusal(400, "malformed Content-Length")
    return int(lengths[0]) if lengths else 0, bool(codings)


def _collides(name: bytes, names: list[bytes]) -> bool:
    """CGI and WSGI take an underscore for a hyphen."""
    read = name.replace(b"_", b"-")
    return read in _JUDGED or read.startswith(_FORMS_OF_UNDERSCORE) or read in names
