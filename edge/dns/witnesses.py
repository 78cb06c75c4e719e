"""Witnesses: what a thorough look at a name that serves comes to, by how many servers agree; pure."""

from edge.dns.case import Case
from edge.dns.rules.standing import IN_DOUBT
from store.diagnosis import Diagnosis, Routing
from store.dns_answers import View
from store.watches import Seen

TROUBLES = (
    "proxied",
    "proxy_loop",
    "proxy_elsewhere",
    "servers_differ",
    "dnssec_broken",
    "mixed_addresses",
    "ipv6_elsewhere",
    "cname_and_other",
)
"""Findings by which a name still leads here for some, or by a way round."""


def seen(case: Case, found: Diagnosis) -> Seen:
    """Away is what the zone's own servers and resolvers agree on; who was not heard testifies to nothing."""
    if found.routing is Routing.OK:
        return Seen.WELL
    if not found.certain:
        return Seen.UNHEARD
    if found.code in TROUBLES or found.code in IN_DOUBT:
        return Seen.TROUBLED
    return Seen.AWAY if _agreed(case) else Seen.DOUBTFUL


def _agreed(case: Case) -> bool:
    own, others = case.heard(View.ZONE), case.heard(View.PUBLIC, View.OURS)
    return bool(own) and bool(others) and not any(map(case.leads_here, (*own, *others)))
