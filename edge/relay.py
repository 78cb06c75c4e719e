"""Relay: the mail server that takes our mail, as a URL says it; pure.

smtp://HOST[:25]                        STARTTLS where the server offers it, unverified; for a server near us
smtp+starttls://USER:PASSWORD@HOST[:587]   STARTTLS required, its certificate verified
smtps://USER:PASSWORD@HOST[:465]        TLS from the first byte, its certificate verified
"""

import ipaddress
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import SplitResult, unquote, urlsplit


class Security(Enum):
    """When TLS begins."""

    WHERE_OFFERED = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


_HOW = (
    "must be smtp://HOST, smtp+starttls://USER:PASSWORD@HOST or smtps://USER:PASSWORD@HOST, and end there;"
    " in a password write / as %2F, ? as %3F, # as %23 and @ as %40"
)
PORTS = {Security.WHERE_OFFERED: 25, Security.STARTTLS: 587, Security.TLS: 465}


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail is handed over; the password is in no repr."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class NotARelay:
    """Why a text is none; the text itself, which may hold a password, is not repeated."""

    reason: str


def parse(text: str) -> Relay | NotARelay:
    """The mail server that a URL names."""
    try:
        parts = urlsplit(text)
        security = Security(parts.scheme)
        port = parts.port
    except ValueError:
        return NotARelay(_HOW)
    if not parts.hostname or port == 0:
        return NotARelay(f"names no mail server: write {parts.scheme}://HOST or {parts.scheme}://HOST:PORT")
    if parts.path.strip("/") or parts.query or parts.fragment:
        return NotARelay(_HOW)
    return _with_login(parts, security, port or PORTS[security])


def _with_login(parts: SplitResult, security: Security, port: int) -> Relay | NotARelay:
    host, user, password = parts.hostname or "", unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        return NotARelay("needs a user and a password, or neither")
    if password and security is Security.WHERE_OFFERED and not _is_loopback(host):
        return NotARelay("would send the password in clear: use smtp+starttls:// or smtps://")
    return Relay(host, port, security, user, password)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
