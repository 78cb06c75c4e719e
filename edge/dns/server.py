"""Server: an address that is asked, and which addresses a delegation may send us to; pure."""

import ipaddress
from dataclasses import dataclass

PORT = 53


@dataclass(frozen=True, slots=True)
class Server:
    """One DNS server; `name` is what its zone calls it."""

    address: str
    port: int = PORT
    name: str = ""

    @property
    def label(self) -> str:
        """What people read."""
        where = f"[{self.address}]" if ":" in self.address else self.address
        where = self.address if self.port == PORT else f"{where}:{self.port}"
        return f"{self.name} ({where})" if self.name else where


def parsed(text: str) -> Server:
    """`127.0.0.1`, `127.0.0.1:5353`, `::1` or `[::1]:5353`, which the settings checked."""
    try:
        return Server(str(ipaddress.ip_address(text)))
    except ValueError:
        host, _, port = text.rpartition(":")
        return Server(host.removeprefix("[").removesuffix("]"), int(port))


def is_public(address: str) -> bool:
    """Whether anybody on the Internet may be told to ask there: no loopback, private or multicast address.

    A zone's owner chooses the addresses of its name servers; a mapped address is judged by what it maps.
    """
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or _translated(parsed)
        if inner is not None:
            return is_public(str(inner))
    return parsed.is_global and not parsed.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address behind NAT64's well-known prefix (RFC 6052)."""
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
