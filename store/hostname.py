"""Hostname: the one spelling of a DNS name that all rooms compare and store (RFC 1123, RFC 5891)."""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NewType

import idna
from publicsuffixlist import PublicSuffixList  # type: ignore[import-untyped, unused-ignore]

Hostname = NewType("Hostname", str)
"""Lower-case A-labels, no trailing dot; made by `canonical` and `parse` only."""

MAX_LENGTH = 253
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
_NUMBER = re.compile(r"\.([0-9]+|0x[0-9a-f]*)\Z")
"""A last part by which browsers read the whole as an IPv4 address (WHATWG URL, "ends in a number")."""
_DOTS = re.compile("[\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH FULL STOP}\N{HALFWIDTH IDEOGRAPHIC FULL STOP}]")
"""What UTS 46 reads as a dot."""
_AN_ADDRESS = "it is an IP address, not a name"


@dataclass(frozen=True, slots=True)
class NotAHostname:
    """Why a text is not a host name, in words for the person who typed it."""

    text: str
    reason: str


def canonical(text: str) -> Hostname | None:
    """The canonical spelling of a name that came over the wire (SNI, Host without port), or None."""
    if not text.isascii():
        return None
    name = text.removesuffix(".").lower()
    return Hostname(name) if _is_hostname(name) else None


def parse(text: str) -> Hostname | NotAHostname:
    """A name that a person typed; IDNs become A-labels, and a refusal says what is wrong with it."""
    name = _DOTS.sub(".", text.strip()).removesuffix(".").lower()
    if reason := _refusal(name):
        return NotAHostname(text, reason)
    try:
        ascii_name = name if name.isascii() else idna.encode(name, uts46=True).decode()
    except idna.IDNAError as error:
        return NotAHostname(text, f"it is not a valid international name ({error})")
    if reason := _refusal_of_labels(ascii_name):
        return NotAHostname(text, reason)
    return Hostname(ascii_name)


def shown(hostname: Hostname) -> str:
    """The name as people write it: U-labels where the name is international."""
    if "xn--" not in hostname:
        return hostname
    try:
        return idna.decode(hostname)
    except idna.IDNAError:
        return hostname


def registered_domain(hostname: Hostname) -> Hostname | None:
    """The registrable domain by the public suffix list; None for a public suffix itself."""
    domain = _suffixes().privatesuffix(hostname)
    return Hostname(domain) if domain else None


def is_apex(hostname: Hostname) -> bool:
    """Whether the name is itself a registrable domain, where no CNAME can stand (RFC 1034 3.6.2)."""
    return registered_domain(hostname) == hostname


_UNWANTED = {
    "://": "leave out the scheme; the name alone, such as billing.mycompany.com",
    "/": "leave out the path; the name alone, such as billing.mycompany.com",
    "@": "it looks like an e-mail address",
    ":": "leave out the port; the name alone",
    " ": "a host name has no spaces",
    "_": "a host name has no underscores",
    "*": "a wildcard is not a name that customers can open",
}


def _refusal(name: str) -> str | None:
    if _is_address(name):
        return _AN_ADDRESS
    for unwanted, reason in _UNWANTED.items():
        if unwanted in name:
            return reason
    if not name:
        return "it is empty"
    return None if "." in name else "it needs at least two parts, such as billing.mycompany.com"


def _refusal_of_labels(name: str) -> str | None:
    if len(name) > MAX_LENGTH:
        return f"it is longer than {MAX_LENGTH} characters"
    if not _is_hostname(name):
        return "each part may hold letters, digits and inner hyphens, 63 at most"
    return _AN_ADDRESS if _NUMBER.search(name) else None


def _is_hostname(name: str) -> bool:
    return len(name) <= MAX_LENGTH and all(_LABEL.match(label) for label in name.split("."))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
