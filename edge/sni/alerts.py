"""Fatal TLS alerts as bytes, for refusals made before OpenSSL has seen a byte (RFC 8446 section 6)."""

import enum

_ALERT = 21
_FATAL = 2


class Alert(enum.IntEnum):
    """Alert descriptions that we send."""

    UNEXPECTED_MESSAGE = 10
    RECORD_OVERFLOW = 22
    HANDSHAKE_FAILURE = 40
    ILLEGAL_PARAMETER = 47
    DECODE_ERROR = 50
    PROTOCOL_VERSION = 70
    INTERNAL_ERROR = 80
    UNRECOGNIZED_NAME = 112
    NO_APPLICATION_PROTOCOL = 120


def fatal(description: int) -> bytes:
    """The record: five bytes of header with the version every client reads, then level and description."""
    return bytes((_ALERT, 3, 3, 0, 2, _FATAL, description))
