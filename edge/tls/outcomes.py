"""Outcomes: how a connection's handshake ended, in the words of its log line and as one of a few results; pure."""

from enum import Enum


class Result(Enum):
    """What is counted."""

    COMPLETED = "completed"
    CHALLENGE = "challenge"
    """A validation of the CA was answered (tls-alpn-01)."""
    NO_NAME = "no_name"
    UNKNOWN_NAME = "unknown_name"
    NO_CERTIFICATE = "no_certificate"
    """The name is ours, and its certificate was not to be had."""
    TOO_LATE = "too_late"
    """The client, or the certificate that it waited for."""
    TOO_MANY = "too_many"
    """More wait for certificates than may, or more are connected."""
    UNSUPPORTED = "unsupported"
    """TLS 1.1 and below, or no protocol in common."""
    NOT_TLS = "not_tls"
    FAILED = "failed"
    """Client and server could not agree, or the client refused the certificate."""
    LEFT = "left"
    """The client closed before the end."""
    SILENT = "silent"
    """It closed without a byte, as health checks do."""
    BROKEN = "broken"
    """A fault of ours, or we are stopping."""


STRANGERS = frozenset((Result.NO_NAME, Result.UNKNOWN_NAME))
REFUSED = "refused: "
_SAID = {
    "served": Result.COMPLETED,
    "served, then idle": Result.COMPLETED,
    "challenge answered": Result.CHALLENGE,
    "no application protocol": Result.BROKEN,
    "left before its hello": Result.LEFT,
    "left while waiting": Result.LEFT,
    "left in the handshake": Result.LEFT,
    "hello too late": Result.TOO_LATE,
    f"{REFUSED}hello too late": Result.TOO_LATE,
    f"{REFUSED}handshake too late": Result.TOO_LATE,
    f"{REFUSED}certificate too late": Result.TOO_LATE,
    f"{REFUSED}no server name": Result.NO_NAME,
    f"{REFUSED}unknown name": Result.UNKNOWN_NAME,
    f"{REFUSED}no challenge for this name": Result.UNKNOWN_NAME,
    f"{REFUSED}too many handshakes wait": Result.TOO_MANY,
    f"{REFUSED}too many connections": Result.TOO_MANY,
    f"{REFUSED}TLS 1.2 not offered": Result.UNSUPPORTED,
    f"{REFUSED}no protocol in common": Result.UNSUPPORTED,
    f"{REFUSED}sent too much while it waited": Result.NOT_TLS,
    f"{REFUSED}policy failed": Result.BROKEN,
    f"{REFUSED}policy cancelled": Result.BROKEN,
    f"{REFUSED}stopping": Result.BROKEN,
}


def result_of(outcome: str, *, silent: bool = False) -> Result:
    """What an outcome counts as; what a refusal says beyond our own few is why there is no certificate."""
    if silent:
        return Result.SILENT
    if found := _SAID.get(outcome):
        return found
    if outcome.startswith(f"{REFUSED}policy failed: "):
        return Result.BROKEN
    if outcome.startswith(REFUSED):
        return Result.NO_CERTIFICATE
    return Result.FAILED if outcome.startswith("handshake failed: ") else Result.NOT_TLS
