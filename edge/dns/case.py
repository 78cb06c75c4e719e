"""Case: one name's evidence beside what is expected of it, and the words that all findings share; pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from edge.dns.dns_hosts import dns_host
from edge.dns.sights import Sight, sights
from store.diagnosis import Actor, Asked, Diagnosis, Evidence, Expectation, Routing
from store.dns_answers import Survey, View
from store.hostname import registered_domain

AGAIN = timedelta(minutes=1)
"""When a fault is worth a further look: the zone's own servers show a change at once."""
AGAIN_IN_ORDER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule decides on; `sights` is empty for a quick look."""

    evidence: Evidence
    expectation: Expectation
    sights: tuple[Sight, ...]

    @property
    def name(self) -> str:
        return str(self.evidence.hostname)

    @property
    def survey(self) -> Survey | None:
        return self.evidence.survey

    @property
    def by_cname(self) -> bool:
        """Whether a CNAME is what we ask for."""
        return bool(self.expectation.cname_target) and not self.expectation.apex

    @property
    def cname_at_apex(self) -> bool:
        """Whether a CNAME would be asked for, but for the name being a whole domain."""
        return self.expectation.apex and self.expectation.cname_target is not None

    @property
    def reaches_target(self) -> bool:
        return self.expectation.cname_target in self.evidence.chain

    @property
    def ours(self) -> list[str]:
        """Those of the addresses seen that are ours."""
        return [a for a in self.evidence.addresses if a in self.expectation.addresses]

    @property
    def zone(self) -> str:
        """The zone that the name lies in, as far as is known."""
        seen = self.survey.zone if self.survey else ""
        return seen or registered_domain(self.evidence.hostname) or self.name.partition(".")[2]

    @property
    def owner(self) -> Actor:
        """Who keeps the zone: a name that is confirmed by address alone is the provider's own."""
        return Actor.YOU if self.expectation.cname_target else Actor.US

    @property
    def dns_host(self) -> str:
        return dns_host(self.survey.nameservers, self.survey.zone) if self.survey else ""

    @property
    def dns_host_words(self) -> str:
        """The DNS host in the middle of a sentence."""
        return f"your DNS host ({self.dns_host})" if self.dns_host else "your DNS host"

    @property
    def our_addresses(self) -> str:
        return ", ".join(sorted(self.expectation.addresses)) or "our addresses"

    @property
    def expected(self) -> str:
        if not self.expectation.cname_target:
            return f"{self.name} A/AAAA {self.our_addresses}"
        cname = f"{self.name} CNAME {self.expectation.cname_target}"
        return f"{cname}, or A/AAAA {self.our_addresses} alone" if self.expectation.apex else cname

    @property
    def add(self) -> str:
        if self.by_cname:
            return f"Add a CNAME record for {self.name} with the target {self.expectation.cname_target}."
        return f"Add A and AAAA records for {self.name} with {self.our_addresses}."

    @property
    def replace_cname(self) -> str:
        if self.by_cname:
            return f"Change the target of the CNAME record of {self.name} to {self.expectation.cname_target}."
        return f"Replace the CNAME record of {self.name} by A and AAAA records with {self.our_addresses}."

    @property
    def chain_words(self) -> str:
        return f"CNAME {' → '.join(self.evidence.chain)}"

    @property
    def address_words(self) -> str:
        plural = "es" if len(self.evidence.addresses) > 1 else ""
        return f"The address{plural} {', '.join(self.evidence.addresses)}"

    def leads_here(self, sight: Sight) -> bool:
        """Whether a server's word leads to us."""
        if self.expectation.cname_target and self.expectation.cname_target in sight.chain:
            return True
        if sight.chain and self.expectation.cname_target:
            return False
        return bool(sight.addresses) and set(sight.addresses) <= self.expectation.addresses

    def heard(self, *views: View) -> list[Sight]:
        """What those servers said that answered."""
        return [s for s in self.sights if s.view in views and s.asked is not Asked.FAILED]

    def finding(
        self,
        code: str,
        routing: Routing,
        seen: str,
        action: str,
        actor: Actor | None = None,
        *,
        expected: str = "",
    ) -> Diagnosis:
        """A diagnosis; unless told otherwise, whoever keeps the zone acts."""
        actor = actor or self.owner
        return Diagnosis(
            code=code,
            routing=routing,
            seen=seen,
            expected=expected or self.expected,
            action=action,
            actor=actor,
            support=self.expectation.support if actor is Actor.US else "",
            dns_host=self.dns_host,
        )

    def wrong(self, code: str, seen: str, action: str) -> Diagnosis:
        return self.finding(code, Routing.WRONG, seen, action)

    def unasked(self, seen: str) -> Diagnosis:
        """Nobody is to blame: we do not know."""
        action = "Nothing to do: we could not ask just now and will ask again."
        return self.finding("could_not_ask", Routing.PENDING, seen, action, Actor.NOBODY)

    def in_order(self, seen: str) -> Diagnosis:
        return self.finding("ok", Routing.OK, seen, "Nothing to do.", Actor.NOBODY)

    def timed(self, found: Diagnosis) -> Diagnosis:
        """With when to look again, and until when resolvers may go on saying what is not so any more."""
        if self.survey is None:
            return found
        at = self.survey.at
        cached_until = None if found.code == "ok" else self.cached_until
        if found.next_check_at is not None:
            again = found.next_check_at
        elif found.code == "ok":
            again = at + AGAIN_IN_ORDER
        elif found.code == "cached" and cached_until:
            again = max(cached_until, at + timedelta(seconds=10))
        else:
            again = at + AGAIN
        return replace(found, next_check_at=again, cached_until=cached_until)

    @property
    def cached_until(self) -> datetime | None:
        """When the last resolver that does not lead here yet forgets what it knows."""
        old = [sight for sight in self.heard(View.PUBLIC, View.OURS) if not self.leads_here(sight)]
        ends = [sight.at + timedelta(seconds=sight.ttl) for sight in old if sight.at and sight.ttl]
        return max(ends, default=None)


def case_of(evidence: Evidence, expectation: Expectation) -> Case:
    """The case, with what each server said made out once."""
    survey = evidence.survey
    seen = sights(survey, evidence.hostname, expectation.cname_target) if survey else ()
    return Case(evidence, expectation, seen)
