"""Rules about the asking itself: refused by all, broken signatures, no such domain, no answer, servers that differ."""

from datetime import timedelta

from edge.dns.case import Case
from edge.dns.sights import Sight
from store.diagnosis import Actor, Asked, Diagnosis, Routing
from store.dns_answers import Answer, Outcome, View
from store.hostname import registered_domain
from store.reserved_names import is_under

SPREADING = timedelta(minutes=10)
"""How long a zone's servers commonly take to agree after a change."""


def held_elsewhere(case: Case) -> Diagnosis | None:
    """Row 4: another organisation holds the name; who it is, is not said."""
    if not case.expectation.history.held_elsewhere:
        return None
    seen = f"{case.name} is in use elsewhere."
    action = "Prove that the name is yours, or choose another; if it ought to be yours, write to us."
    return case.finding("held_elsewhere", Routing.PENDING, seen, action, Actor.YOU)


def signatures_broken(case: Case) -> Diagnosis | None:
    """Row 21: a validating resolver fails, and answers once it is told not to check."""
    told = _answers(case, View.PUBLIC, View.OURS)
    broken = [answer for answer in told if _is_bogus(answer, told)]
    if not broken or any(answer.authenticated and not answer.unchecked for answer in told):
        return None
    said = f" ({broken[0].detail})" if broken[0].detail else ""
    seen = (
        f"{broken[0].server} answers SERVFAIL for {case.name}{said}, but answers when it is told not to check"
        f" signatures: the DNSSEC signatures of {case.zone} do not hold"
    )
    action = (
        f"At the registrar of {case.zone}, remove the DS record, or replace it by the one that"
        f" {case.dns_host_words} gives. https://dnsviz.net/d/{case.name}/ shows where the chain breaks."
    )
    return case.finding("dnssec_broken", Routing.WRONG, seen, action)


def servers_fail(case: Case) -> Diagnosis | None:
    """Row 22: every server of the zone declined to answer, and nobody else knows; a time-out is not counted."""
    own = [answer for answer in _answers(case, View.ZONE) if answer.kind in ("A", "AAAA")]
    asked = [a for a in own if a.outcome not in (Outcome.NOT_ASKED, Outcome.UNREACHABLE)]
    if not asked or not all(answer.outcome.declined for answer in asked):
        return None
    if case.heard(View.ZONE, View.PUBLIC, View.OURS):
        return None
    said = dict.fromkeys(f"{answer.server}: {answer.outcome.value}" for answer in asked)
    seen = f"No name server of {case.zone} answers for it. {'; '.join(said)}"
    action = (
        f"Ask {case.dns_host_words} to serve {case.zone} again, or have the registrar name the right servers."
    )
    return case.finding("servers_fail", Routing.PENDING, seen, action, Actor.DNS_HOST)


def unregistered(case: Case) -> Diagnosis | None:
    """Row 5: the servers above the registered domain know nothing of it."""
    domain = registered_domain(case.evidence.hostname)
    if case.survey is None or case.evidence.asked is not Asked.NXDOMAIN or not domain:
        return None
    if not case.heard(View.ZONE) or is_under(case.survey.zone, domain):
        return None
    seen = f"The domain {domain} is not registered: the servers above it know nothing of it"
    action = f"Check the spelling of {domain}, and that its registration has not run out."
    return case.finding("domain_unregistered", Routing.PENDING, seen, action)


def could_not_ask(case: Case) -> Diagnosis | None:
    """Row 25."""
    if case.evidence.asked is not Asked.FAILED:
        return None
    if case.evidence.chain:
        return case.unasked(f"{case.chain_words}, then no answer: {case.evidence.failure}")
    return case.unasked(f"No answer: {case.evidence.failure}")


def servers_differ(case: Case) -> Diagnosis | None:
    """Row 23: some of the zone's servers lead here and others do not."""
    own = case.heard(View.ZONE)
    right = [sight for sight in own if case.leads_here(sight)]
    if not right or len(right) == len(own):
        return None
    minutes = int(SPREADING.total_seconds() // 60)
    in_order = sorted(own, key=lambda sight: sight.server)  # who answers first changes from look to look
    seen = "The name servers differ. " + "; ".join(f"{s.server}: {said(s)}" for s in in_order)
    action = (
        f"Wait {minutes} minutes. If they still differ then, ask {case.dns_host_words} why its name servers"
        f" give different answers for {case.name}."
    )
    return case.finding("servers_differ", Routing.PENDING, seen, action, Actor.DNS_HOST)


def said(sight: Sight) -> str:
    """A server's word in a table."""
    if sight.asked is Asked.FAILED:
        return sight.failure.rpartition(": ")[2]
    if sight.chain:
        return f"CNAME {' → '.join(sight.chain)}"
    if sight.addresses:
        return ", ".join(sight.addresses)
    return "no such name" if sight.asked is Asked.NXDOMAIN else "no CNAME, A or AAAA"


def _answers(case: Case, *views: View) -> list[Answer]:
    """What was said about the name itself."""
    answers = case.survey.answers if case.survey else ()
    return [answer for answer in answers if answer.view in views and answer.name == case.name]


def _is_bogus(answer: Answer, told: list[Answer]) -> bool:
    if answer.outcome is not Outcome.SERVFAIL or answer.unchecked:
        return False
    return any(
        other.unchecked
        and other.outcome.answered
        and (other.server, other.kind) == (answer.server, answer.kind)
        for other in told
    )
