"""The one log line of a connection, written when its socket is gone."""

import logging
import ssl
from dataclasses import dataclass

from edge.tls.allowance import Allowance
from edge.tls.outcomes import Result
from edge.tls.tally import Tally
from store.hostname import canonical

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Closed:
    """What a connection came to."""

    peer: str
    server_name: str | None
    room: str
    outcome: str
    result: Result
    tls: ssl.SSLObject | None
    tally: Tally | None
    received: int
    """Encrypted, as it came."""
    sent: int
    """As the application wrote it."""
    seconds: float


def log_closed(closed: Closed, allowance: Allowance, now: float) -> None:
    """Info; debug for a connection that sent nothing: a health check that connects and closes is no event.

    Of what was refused or failed so many lines a second are written: anybody can make any number of those.
    """
    level = logging.DEBUG if closed.result is Result.SILENT else logging.INFO
    if not log.isEnabledFor(level):
        return
    left_out = 0 if closed.result is Result.COMPLETED else allowance.take(closed.result, now)
    if left_out is None:
        return
    facts = {
        "peer": closed.peer,
        "sni": closed.server_name and _shown(closed.server_name),
        "room": closed.room or None,
        "result": closed.result.value,
        "outcome": closed.outcome,
        "milliseconds": round(closed.seconds * 1000),
        **_of_tls(closed),
    }
    log.log(level, "TLS connection closed", extra=facts | ({"left_out": left_out} if left_out else {}))


def _of_tls(closed: Closed) -> dict[str, object]:
    if closed.tally is not None:
        return {
            "version": closed.tally.version,
            "cipher": closed.tally.cipher,
            "alpn": closed.tally.alpn,
            "resumed": closed.tally.resumed,
            "requests": closed.tally.requests,
            "received": closed.received,
            "sent": closed.sent,
        }
    cipher = None if closed.tls is None else closed.tls.cipher()
    return {"version": closed.tls and closed.tls.version(), "cipher": cipher and cipher[0]}


def _shown(server_name: str) -> str:
    """A text from outside may hold line ends and more."""
    return canonical(server_name) or ascii(server_name[:255])
