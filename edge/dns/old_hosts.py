"""Old hosts: sites that new owners' names often still lead to, told by their addresses; as of 2026-11; pure.

From the help pages of each: what they ask their customers to enter as an A record, or park names at.
"""

import ipaddress

NETWORKS: dict[str, tuple[str, ...]] = {
    "Shopify": ("23.227.38.0/24", "2620:127:f00f::/48"),
    "Squarespace": ("198.185.159.144/31", "198.49.23.144/31"),
    "Wix": ("185.230.63.0/24", "34.149.87.45/32"),
    "GitHub Pages": ("185.199.108.0/22", "2606:50c0:8000::/46"),
    "Netlify": ("75.2.60.5/32",),
    "Vercel": ("76.76.21.0/24",),
    "WordPress.com": ("192.0.78.0/24",),
    "GoDaddy’s parking page": ("34.102.136.180/32", "3.33.130.190/32", "15.197.148.33/32"),
    "Sedo’s parking page": ("91.195.240.0/23",),
    "Namecheap’s parking page": ("192.64.119.0/24",),
}
_KNOWN = [(host, ipaddress.ip_network(net)) for host, nets in NETWORKS.items() for net in nets]


def old_host(address: str) -> str | None:
    """Whose site an address is, where it is one of those."""
    parsed = ipaddress.ip_address(address)
    return next((host for host, network in _KNOWN if parsed in network), None)
