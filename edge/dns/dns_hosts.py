"""DNS hosts: who keeps a zone, told by its name servers' names; as of 2026-11; pure."""

from collections.abc import Sequence

from store.hostname import Hostname, registered_domain
from store.reserved_names import is_under

ENDINGS: dict[str, str] = {
    "ns.cloudflare.com": "Cloudflare",
    "domaincontrol.com": "GoDaddy",
    "ui-dns.com": "IONOS",
    "ui-dns.org": "IONOS",
    "ui-dns.de": "IONOS",
    "ui-dns.biz": "IONOS",
    "123-reg.co.uk": "123 Reg",
    "livedns.co.uk": "Fasthosts",
    "registrar-servers.com": "Namecheap",
    "azure-dns.com": "Azure DNS",
    "azure-dns.net": "Azure DNS",
    "azure-dns.org": "Azure DNS",
    "azure-dns.info": "Azure DNS",
    "googledomains.com": "Google Cloud DNS",
    "digitalocean.com": "DigitalOcean",
    "gandi.net": "Gandi",
    "ovh.net": "OVHcloud",
    "dns-parking.com": "Hostinger",
    "hetzner.com": "Hetzner",
    "wixdns.net": "Wix",
    "squarespacedns.com": "Squarespace",
    "nsone.net": "NS1",
    "dnsimple.com": "DNSimple",
    "hover.com": "Hover",
    "porkbun.com": "Porkbun",
    "vercel-dns.com": "Vercel",
    "name.com": "Name.com",
    "dreamhost.com": "DreamHost",
    "bluehost.com": "Bluehost",
    "siteground.net": "SiteGround",
    "names.co.uk": "Namesco",
    "tsohost.co.uk": "TSOHost",
    "krystal.uk": "Krystal",
    "linode.com": "Akamai Linode",
    "dynect.net": "Oracle Dyn",
    "ultradns.net": "UltraDNS",
}
_ROUTE_53 = "awsdns-"


def dns_host(nameservers: Sequence[str], zone: str) -> str:
    """The company's name, or the domain that its servers are named in; empty where they are the zone's own."""
    for name in nameservers:
        if _ROUTE_53 in name:
            return "Amazon Route 53"
        for ending, host in ENDINGS.items():
            if is_under(name, ending):
                return host
    foreign = (registered_domain(Hostname(name)) or name for name in nameservers if not is_under(name, zone))
    return next(foreign, "")
