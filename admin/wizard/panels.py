"""Panels: how the best known DNS hosts call what must be entered, and where; as of 2026-11; pure.

The keys are the names that a look at the name servers gives. A panel that takes a relative name adds the domain
by itself; one that wants a final dot would add the domain to a target without it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Panel:
    """A DNS host's panel: the way to its form, what the form calls name and target, how it wants them."""

    way: str
    name: str
    target: str
    relative: bool = True
    final_dot: bool = False
    note: str = ""


def panel_of(dns_host: str) -> Panel | None:
    """The panel of a DNS host that we know."""
    return PANELS.get(dns_host)


PANELS: dict[str, Panel] = {
    "Cloudflare": Panel(
        "Websites, your domain, DNS, Records, Add record",
        "Name",
        "Target",
        note="Set “Proxy status” to “DNS only”: the cloud must be grey.",
    ),
    "GoDaddy": Panel("Domain Portfolio, your domain, DNS, Add New Record", "Name", "Value"),
    "IONOS": Panel(
        "Domains & SSL, your domain, DNS, Add record",
        "Host name",
        "Points to",
        note="If the sub-domain has a record of type A already, remove that one: the two cannot stand together.",
    ),
    "123 Reg": Panel("Domains, Manage, Manage DNS, Advanced DNS", "Hostname", "Destination/Target IP"),
    "Fasthosts": Panel("Domains, your domain, Advanced DNS, Add record", "Host name", "Points to"),
    "Namecheap": Panel(
        "Domain List, Manage, Advanced DNS, Add new record",
        "Host",
        "Value",
        note="Remove the “URL Redirect” or parking record of the same host, if one is there.",
    ),
    "Amazon Route 53": Panel(
        "Hosted zones, your domain, Create record",
        "Record name",
        "Value",
        note="Leave “Alias” switched off.",
    ),
    "Azure DNS": Panel("DNS zones, your domain, Recordsets, Add", "Name", "Alias"),
    "Google Cloud DNS": Panel(
        "Cloud DNS, your zone, Add standard", "DNS name", "Canonical name", final_dot=True
    ),
    "DigitalOcean": Panel(
        "Networking, Domains, your domain, Create new record",
        "Hostname",
        "Is an alias of",
        final_dot=True,
    ),
    "Gandi": Panel("Domain, your domain, DNS Records, Add", "Name", "Hostname", final_dot=True),
    "OVHcloud": Panel(
        "Web Cloud, Domain names, your domain, DNS zone, Add an entry",
        "Sub-domain",
        "Target",
        final_dot=True,
    ),
    "Hostinger": Panel("Domains, your domain, DNS / Nameservers, Manage DNS records", "Name", "Target"),
    "Hetzner": Panel("DNS, your domain, Records, Add record", "Name", "Value", final_dot=True),
    "Wix": Panel("Domains, Domain Actions, Manage DNS Records, Add Record", "Host Name", "Value"),
    "Squarespace": Panel("Domains, your domain, DNS Settings, Add record", "Host", "Data"),
    "DNSimple": Panel("Your domain, DNS, Manage, Add record", "Name", "Content"),
    "Hover": Panel("Your domain, DNS, Add a record", "Hostname", "Target name"),
    "Porkbun": Panel("Domain Management, your domain, DNS", "Host", "Answer"),
    "Vercel": Panel("Domains, your domain, DNS Records", "Name", "Value"),
    "Name.com": Panel("My Domains, your domain, Manage DNS Records", "Host", "Answer"),
    "DreamHost": Panel("Websites, Manage Websites, DNS, Add record", "Host", "Points to"),
    "Bluehost": Panel("Domains, your domain, DNS, Add record", "Host record", "Points to"),
    "SiteGround": Panel("Site Tools, Domain, DNS Zone Editor", "Name", "Resolves to"),
    "Krystal": Panel("cPanel, Zone Editor, Manage, Add record", "Name", "Record", relative=False),
    "TSOHost": Panel("cPanel, Zone Editor, Manage, Add record", "Name", "Record", relative=False),
    "Akamai Linode": Panel("Domains, your domain, Add a record", "Hostname", "Alias to"),
}
