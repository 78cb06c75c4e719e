"""Request line: method, target and version, and the forms of a target (RFC 9112 sections 3 and 3.2)."""

import re
from collections.abc import Callable

from edge.http1.refusal import Refusal

split: Callable[[bytes], re.Match[bytes] | None] = re.compile(
    rb"([A-Z][A-Z-]{0,31}) ([!-\"$-~]+) HTTP/1\.([01])"
).fullmatch
"""The groups are method, target and the minor version; one space between them, no fragment, nothing but ASCII."""
_ABSOLUTE = re.compile(rb"https?://([^/?#]*)(.*)", re.IGNORECASE)
_VERSION = re.compile(rb"[^ ]+ [^ ]+ HTTP/[0-9]\.[0-9]")


def refusal(line: bytes) -> Refusal:
    """Why `split` found nothing."""
    if _VERSION.fullmatch(line) and line[-3:-2] != b"1":
        return Refusal(505, "version")
    return Refusal(400, "request line")


def origin_form(method: bytes, target: bytes, host: bytes) -> bytes | Refusal:
    """The target as a path (or `*`), whatever its form; an authority in it must be the Host's."""
    if target.startswith(b"/"):
        return target
    if target == b"*":
        return target if method == b"OPTIONS" else Refusal(400, "target")
    if method == b"CONNECT":
        return Refusal(501, "CONNECT")
    parts = _ABSOLUTE.fullmatch(target)
    if not parts or parts[1].lower() != host.lower():
        return Refusal(400, "target is not of the Host")
    path = parts[2]
    return path if path.startswith(b"/") else b"/" + path
