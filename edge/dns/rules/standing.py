"""Rules beyond the records: a wildcard's answer, caches behind the zone, the CA's limits, a live name that left."""

from dataclasses import replace
from datetime import datetime

from edge.dns.case import Case
from store.diagnosis import Actor, Diagnosis, Routing
from store.dns_answers import View

ONE_LOOK = "This name is live: we look again by ourselves, and take it for moved once several looks agree"
IN_DOUBT = ("held_elsewhere", "servers_differ", "proxied", "proxy_loop", "could_not_ask", "servers_fail")
"""Findings by which a live name has not left, or of which it is not known."""


def by_wildcard(case: Case) -> Diagnosis | None:
    """Row 20: a random name beside ours and one below it answer too, so no record is ours (RFC 4592 2.2.1)."""
    survey = case.survey
    if survey is None or not survey.sibling or not survey.child:
        return None
    if not (_answers_alike(case, survey.sibling) and _answers_alike(case, survey.child)):
        return None
    seen = f"{case.name} has no record of its own: a wildcard answers for any name in {case.zone}"
    return case.finding("wildcard", Routing.OK, seen, f"{case.add} Then no other name leads here by chance.")


def caches_behind(case: Case) -> Diagnosis | None:
    """Row 24: the zone is right, and some resolvers still say what was there before."""
    if not case.heard(View.ZONE):
        return None
    old = [s for s in case.heard(View.PUBLIC, View.OURS) if not case.leads_here(s)]
    if not old or case.survey is None:
        return None
    left = case.cached_until
    minutes = max(1, round((left - case.survey.at).total_seconds() / 60)) if left else None
    span = f", for about {minutes} minute{'s' if minutes > 1 else ''} more" if minutes else ""
    seen = (
        f"The zone is right. {', '.join(sight.server for sight in old)} still remembers the old state{span}"
    )
    action = "Nothing to do: caches forget by themselves."
    return case.finding("cached", Routing.OK, seen, action, Actor.NOBODY)


def rate_limited(case: Case) -> Diagnosis | None:
    """Row 33: the CA told us to wait, or we know that it would."""
    until = case.expectation.history.rate_limited_until
    if until is None or (case.survey is not None and until <= case.survey.at):
        return None
    seen = f"The certificate authority issues no more certificates for {case.zone} until {_instant(until)}"
    action = f"Nothing to do: we will not ask sooner, and do so by ourselves at {_instant(until)}."
    found = case.finding(
        "ca_rate_limited", Routing.OK, seen, action, Actor.CA, expected="A free place at the CA"
    )
    return replace(found, next_check_at=until)


def left(case: Case, found: Diagnosis) -> Diagnosis:
    """Row 37: what served and by several looks leads elsewhere, or nowhere; other findings stay what they are."""
    history = case.expectation.history
    if found.routing is Routing.OK or found.code in IN_DOUBT:
        return found
    if history.serves:
        return replace(found, seen=f"{found.seen}. {ONE_LOOK}")
    if history.moved_at is None:
        return found
    since = f"Since {_instant(history.wrong_since)} this" if history.wrong_since else "This"
    lasts = ""
    if history.not_after is not None:
        lasts = f" Its certificate lasts until {_instant(history.not_after)}."
    return replace(
        found,
        code="moved",
        routing=Routing.MOVED,
        seen=f"{since} live name no longer leads to us. {found.seen}.{lasts}",
        action=f"Restore the record. {found.action}",
    )


def _answers_alike(case: Case, name: str) -> bool:
    """Whether a name that nobody entered leads where ours does."""
    assert case.survey
    evidence = case.evidence
    wanted = {evidence.chain[0]} if evidence.chain else set(evidence.addresses)
    found = {
        record.value
        for answer in case.survey.answers
        if answer.name == name and answer.outcome.answered
        for record in answer.records
        if record.name == name and record.kind == ("CNAME" if evidence.chain else "A")
    }
    return bool(found) and found <= wanted


def _instant(instant: datetime) -> str:
    return instant.strftime("%-d %B %Y, %H:%M UTC")
