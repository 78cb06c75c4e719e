"""Reserved labels: what may stand as an organisation's name under the provider's domain, and what may not; pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass

MAX_LENGTH = 63
RESERVED = frozenset(
    """
    www www1 www2 web api apis app apps admin administrator root console operator provider brassplate edge
    portal portals customers customer clients account accounts my login signin sign-in sso auth oauth id
    mail email e-mail webmail mail1 mail2 smtp imap pop pop3 mx mx1 mx2 mta mta-sts autodiscover autoconfig
    ns ns0 ns1 ns2 ns3 ns4 dns dns1 dns2 ftp sftp ssh vpn proxy gateway cdn static assets media files
    localhost localdomain local wpad isatap test staging dev status support help helpdesk docs security secure
    abuse postmaster hostmaster webmaster noreply no-reply billing invoices payments pay legal privacy
    """.split()
)
"""Names that people or programs read as the provider's own."""

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")


@dataclass(frozen=True, slots=True)
class NotALabel:
    """Why a text cannot be the label, in words for who typed it."""

    text: str
    reason: str


def parse(text: str, own: Collection[str] = ()) -> str | NotALabel:
    """The label that somebody typed, unless DNS does not allow it or it is the provider's (`own`: so too)."""
    label = text.strip().lower()
    if not _LABEL.match(label):
        return NotALabel(text, "use 1 to 63 letters, digits and inner hyphens")
    if label[2:4] == "--":
        return NotALabel(text, "international names are not possible here; use the letters a to z")
    if label in RESERVED or label in own:
        return NotALabel(text, f"“{label}” is reserved for the provider; choose another")
    return label


def own_labels(provider_domain: str, hosts: Collection[str]) -> frozenset[str]:
    """The labels that the provider's own hosts bear: their first, and the one right below its domain."""
    first = {host.partition(".")[0] for host in hosts}
    inside = [
        host.removesuffix(f".{provider_domain}") for host in hosts if host.endswith(f".{provider_domain}")
    ]
    return frozenset(first | {name.rpartition(".")[2] for name in inside})
