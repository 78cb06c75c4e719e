"""Proxies: the networks and the names of those that stand in front of other people's sites; pure.

Looked up on 2026-11-22. Cloudflare: https://www.cloudflare.com/ips/ (whole). Fastly:
https://api.fastly.com/public-ip-list (whole). CloudFront: https://d7uri8nf7uskq.cloudfront.net/tools/list-cloudfront-ips
(the blocks of /20 and larger). Akamai publishes no list; these are the networks registered to it, and its names
tell it apart more surely.
"""

import ipaddress
from collections.abc import Sequence

CHECKED_ON = "2026-11-22"
CLOUDFLARE = "Cloudflare"
NETWORKS: dict[str, tuple[str, ...]] = {
    CLOUDFLARE: (
        "173.245.48.0/20", "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "141.101.64.0/18",
        "108.162.192.0/18", "190.93.240.0/20", "188.114.96.0/20", "197.234.240.0/22", "198.41.128.0/17",
        "162.158.0.0/15", "104.16.0.0/13", "104.24.0.0/14", "172.64.0.0/13", "131.0.72.0/22",
        "2400:cb00::/32", "2606:4700::/32", "2803:f800::/32", "2405:b500::/32", "2405:8100::/32",
        "2a06:98c0::/29", "2c0f:f248::/32",
    ),
    "Fastly": (
        "23.235.32.0/20", "43.249.72.0/22", "103.244.50.0/24", "103.245.222.0/23", "103.245.224.0/24",
        "104.156.80.0/20", "140.248.64.0/18", "140.248.128.0/17", "146.75.0.0/17", "151.101.0.0/16",
        "157.52.64.0/18", "167.82.0.0/17", "167.82.128.0/20", "167.82.160.0/20", "167.82.224.0/20",
        "172.111.64.0/18", "185.31.16.0/22", "199.27.72.0/21", "199.232.0.0/16",
        "2a04:4e40::/32", "2a04:4e42::/32",
    ),
    "CloudFront": (
        "13.32.0.0/15", "13.35.0.0/16", "13.224.0.0/14", "13.249.0.0/16", "18.64.0.0/14", "18.154.0.0/15",
        "18.160.0.0/15", "18.164.0.0/15", "18.172.0.0/15", "18.238.0.0/15", "18.244.0.0/15",
        "52.84.0.0/15", "52.222.128.0/17", "54.182.0.0/16", "54.192.0.0/16", "54.230.0.0/16",
        "54.239.128.0/18", "54.239.192.0/19", "54.240.128.0/18", "64.252.64.0/18", "64.252.128.0/18",
        "65.8.0.0/16", "65.9.0.0/17", "65.9.128.0/18", "70.132.0.0/18", "71.152.0.0/17", "99.84.0.0/16",
        "99.86.0.0/16", "108.138.0.0/15", "108.156.0.0/14", "143.204.0.0/16", "204.246.176.0/20",
        "205.251.208.0/20", "216.137.32.0/19", "2600:9000::/28",
    ),
    "Akamai": (
        "2.16.0.0/13", "23.32.0.0/11", "23.192.0.0/11", "69.192.0.0/16", "72.246.0.0/15", "88.221.0.0/16",
        "92.122.0.0/15", "95.100.0.0/15", "96.6.0.0/15", "96.16.0.0/15", "104.64.0.0/10", "118.214.0.0/16",
        "173.222.0.0/15", "184.24.0.0/13", "184.50.0.0/15", "184.84.0.0/14",
        "2600:1400::/24", "2a02:26f0::/29",
    ),
}  # fmt: skip
NAMES: dict[str, tuple[str, ...]] = {
    CLOUDFLARE: (".cdn.cloudflare.net",),
    "Fastly": (".fastly.net", ".fastlylb.net"),
    "CloudFront": (".cloudfront.net",),
    "Akamai": (".edgekey.net", ".edgesuite.net", ".akamaiedge.net", ".akamai.net", ".akamaized.net"),
}
"""What a CNAME to a proxy ends in."""

Networks = Sequence[tuple[str, ipaddress.IPv4Network | ipaddress.IPv6Network]]
_KNOWN: Networks = [
    (proxy, ipaddress.ip_network(network)) for proxy, networks in NETWORKS.items() for network in networks
]


def proxy_of(address: str, known: Networks = _KNOWN) -> str | None:
    """Whose proxy an address belongs to."""
    parsed = ipaddress.ip_address(address)
    return next((proxy for proxy, network in known if parsed in network), None)


def is_cloudflare(address: str) -> bool:
    """Whether an address is of the one proxy that a name may stand behind on purpose."""
    return proxy_of(address) == CLOUDFLARE


def named_by(target: str) -> str | None:
    """Whose proxy a CNAME leads to."""
    return next((proxy for proxy, endings in NAMES.items() if target.endswith(endings)), None)
