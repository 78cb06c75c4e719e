"""Diagnosis of what was seen: what is wrong, who must act and what to do; pure. The order of the rules decides."""

from edge.dns.case import Case, case_of
from edge.dns.rules import absence, addresses, asking, caa, chain, proxy, standing
from store.diagnosis import Diagnosis, Evidence, Expectation, Routing

_WHERE_IT_LEADS = (
    asking.held_elsewhere,
    asking.signatures_broken,
    asking.servers_fail,
    asking.could_not_ask,
    asking.unregistered,
    chain.loop,
    asking.servers_differ,
    chain.at_an_apex,
    chain.reaches_target,
    absence.no_record,
    proxy.in_circles,
    proxy.on_purpose,
    proxy.proxied,
    addresses.ours_unknown,
    addresses.with_ours,
    chain.leads_elsewhere,
)
_IN_THE_WAY_OF_A_CERTIFICATE = (caa.permission, standing.rate_limited)
_WORTH_KNOWING = (chain.beside_others, standing.by_wildcard, standing.caches_behind)
"""What may change for a name that is in order."""


def diagnose(evidence: Evidence, expectation: Expectation) -> Diagnosis:
    """Where a name leads, what stands in the way, and who clears it; a failed question blames nobody."""
    case = case_of(evidence, expectation)
    return case.timed(standing.left(case, _diagnosed(case)))


def _diagnosed(case: Case) -> Diagnosis:
    found = next((found for rule in _WHERE_IT_LEADS if (found := rule(case))), None)
    if found is None:
        return addresses.elsewhere(case)
    if found.routing is not Routing.OK:
        return found
    further = _IN_THE_WAY_OF_A_CERTIFICATE + (_WORTH_KNOWING if found.code == "ok" else ())
    return next((more for rule in further if (more := rule(case))), found)
