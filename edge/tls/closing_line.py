"""The one log line of a connection, written when its socket is gone."""

import logging
import ssl

from store.hostname import canonical

log = logging.getLogger(__name__)

_ORDINARY = frozenset(("served", "refused: unknown name", "refused: no server name"))
"""What happens all day; names that nobody has registered are counted where the console shows them."""


def log_closed(
    *,
    peer: str,
    server_name: str | None,
    outcome: str,
    tls: ssl.SSLObject | None,
    seconds: float,
    silent: bool,
) -> None:
    """Info; debug for what is ordinary, and for a connection that sent nothing: a health check that connects and
    closes is no event."""
    level = logging.DEBUG if silent or outcome in _ORDINARY else logging.INFO
    if not log.isEnabledFor(level):
        return
    cipher = None if tls is None else tls.cipher()
    facts = {
        "peer": peer,
        "sni": server_name and _shown(server_name),
        "outcome": outcome,
        "version": None if tls is None else tls.version(),
        "cipher": cipher and cipher[0],
        "milliseconds": round(seconds * 1000),
    }
    log.log(level, "TLS connection closed", extra=facts)


def _shown(server_name: str) -> str:
    """A text from outside may hold line ends and more."""
    return canonical(server_name) or ascii(server_name[:255])
