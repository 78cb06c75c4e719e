"""Networks: whether an address is of those that the operator named."""

import ipaddress

from edge.settings import Network


def is_within(address: str, networks: tuple[Network, ...]) -> bool:
    """An IPv4 address may be written as IPv6, as a listener on both sees it."""
    if not networks:
        return False
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return any((mapped or found) in network for network in networks)
