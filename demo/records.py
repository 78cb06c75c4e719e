"""Record: one line of a zone as a DNS host's panel keeps it, and how what a person typed becomes one."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

import dns.exception
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import idna

from store.hostname import Hostname

TYPES = ("A", "AAAA", "CNAME", "ALIAS", "MX", "TXT", "CAA")
"""What the panel offers; ALIAS is answered as the addresses of its target, for the apex."""
POINTERS = frozenset({"A", "AAAA", "CNAME", "ALIAS"})
"""The types that say where a name's visitors go."""
DEFAULT_TTL = 5
MAX_TTL = 86_400
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\Z")
_TXT_PART = 255


@dataclass(frozen=True, slots=True, order=True)
class Record:
    """`name` is lower-case, absolute, without the final dot; names within `value` carry it (RFC 1035 5.1)."""

    name: str
    type: str
    value: str
    ttl: int = DEFAULT_TTL


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a form makes no record, in words for the person who filled it in."""

    field: str
    reason: str


def parse(domain: Hostname, kind: str, name: str, value: str, ttl: str) -> Record | Refused:
    """The record that a panel makes of its form: names are relative to the domain, `@` is the domain."""
    if kind not in TYPES:
        return Refused("type", "choose one of the types offered")
    owner = absolute_name(domain, name)
    if isinstance(owner, Refused):
        return owner
    if not (ttl.isascii() and ttl.isdigit() and 1 <= int(ttl) <= MAX_TTL):
        return Refused("ttl", f"a number of seconds from 1 to {MAX_TTL}")
    content = _content(domain, kind, value.strip())
    if isinstance(content, Refused):
        return content
    return Record(owner, kind, content, int(ttl))


def absolute_name(domain: Hostname, name: str) -> str | Refused:
    """The full name of what was typed in a Name field; a name that already ends with the domain is kept."""
    typed = _ascii(name.strip().lower().removesuffix("."))
    if typed in ("", "@", domain):
        return domain
    full = typed if typed.endswith("." + domain) else f"{typed}.{domain}"
    labels = full.split(".")
    plain = labels[1:] if labels[0] == "*" else labels
    if len(full) > 253 or not all(_LABEL.match(label) for label in plain):
        return Refused("name", "letters, digits, hyphens and dots only, such as billing")
    return full


def relative_name(domain: Hostname, name: str) -> str:
    """How a panel shows a full name: without its domain, or `@`."""
    return "@" if name == domain else name.removesuffix("." + domain)


def _content(domain: Hostname, kind: str, value: str) -> str | Refused:
    match kind:
        case "A":
            return _address(IPv4Address, value, "an IPv4 address such as 203.0.113.7")
        case "AAAA":
            return _address(IPv6Address, value, "an IPv6 address such as 2001:db8::7")
        case "CNAME" | "ALIAS":
            return _target(domain, value)
        case "MX":
            return _mail_exchange(domain, value)
        case "TXT":
            return _text(value)
        case _:
            return _presentation(kind, value, 'such as 0 issue "letsencrypt.org"')


def _address(form: type[IPv4Address] | type[IPv6Address], value: str, wanted: str) -> str | Refused:
    try:
        return str(form(value))
    except AddressValueError:
        return Refused("value", wanted)


def _target(domain: Hostname, value: str) -> str | Refused:
    """A name with a dot inside is taken as a full name; a single label is relative to the domain."""
    target = _ascii(value.lower().removesuffix("."))
    if target == "@":
        target = domain
    labels = target.split(".")
    if len(labels) == 1 and not value.endswith("."):
        labels = [target, domain]
    full = ".".join(labels)
    if len(full) > 253 or not all(_LABEL.match(label) for label in full.split(".")):
        return Refused("value", "the name of another host, such as customers.provider.example")
    return full + "."


def _mail_exchange(domain: Hostname, value: str) -> str | Refused:
    preference, _, host = value.partition(" ")
    target = _target(domain, host.strip())
    if isinstance(target, Refused) or not (preference.isascii() and preference.isdigit()):
        return Refused("value", "a number and a host, such as 10 mail.provider.example")
    return _presentation("MX", f"{preference} {target}", "a number up to 65535 and a host")


def _text(value: str) -> str | Refused:
    text = value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
    raw = text.encode()
    if not raw or len(raw) > 2000:
        return Refused("value", "some text, 2,000 bytes at most")
    parts = [raw[start : start + _TXT_PART] for start in range(0, len(raw), _TXT_PART)]
    return " ".join(f'"{_escaped(part)}"' for part in parts)


def _escaped(part: bytes) -> str:
    return "".join(
        f"\\{byte:03d}" if byte < 0x20 or byte > 0x7E else ("\\" if byte in b'"\\' else "") + chr(byte)
        for byte in part
    )


def _presentation(kind: str, value: str, wanted: str) -> str | Refused:
    try:
        return dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(kind), value).to_text()
    except (dns.exception.DNSException, ValueError):
        return Refused("value", wanted)


def _ascii(name: str) -> str:
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True).decode()
    except idna.IDNAError:
        return name
