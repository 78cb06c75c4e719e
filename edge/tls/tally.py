"""Tally: what is told of one connection: to whoever logs a request of it, and to the line at its end."""

import ssl
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Tally:
    """The facts of its TLS, and how many requests it carried; who answers one counts it here."""

    version: str | None
    cipher: str
    resumed: bool
    alpn: str | None
    requests: int = 0


def tally(tls: ssl.SSLObject) -> Tally:
    """Of a handshake that is done."""
    cipher = tls.cipher()
    resumed = bool(tls.session_reused)
    return Tally(tls.version(), cipher[0] if cipher else "", resumed, tls.selected_alpn_protocol())
