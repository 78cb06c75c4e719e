"""Picture: routing and certificate, two state machines, shown as one line that ends in "live"; pure.

Routing is pending, ok, proxied, wrong or moved; the certificate is none, ordered, issued, renewing or failed.
What one cannot know without the other is said so: a certificate waits for its record, the portal for both.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from admin.wizard.steps import NOT_SERVED, Facts, Phase, Position, blocked, forbids, position
from store.diagnosis import Actor, Diagnosis, Routing
from store.domains import Domain
from store.issuance import CertificateState


class Mark(Enum):
    """How one part stands; the value is its class on the page."""

    DONE = "done"
    BUSY = "busy"
    STOPPED = "stopped"
    UNSURE = "unsure"
    """We could not ask: nobody is blamed."""
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the picture: what it is, its state in two or three words."""

    name: str
    word: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Picture:
    """The three parts in order, the position that they lead to, and what was found if somebody must know it."""

    parts: tuple[Part, Part, Part]
    position: Position
    found: Diagnosis | None
    token: str
    """Changes when anything does that is shown or told to scripts, times apart."""


def picture(facts: Facts, domain: Domain, now: datetime) -> Picture:
    """How a name stands with its record, its certificate and its page."""
    reached = position(facts, now)
    certificate = _certificate(facts, domain, reached)
    parts = (_record(domain), certificate, _portal(domain, certificate, reached))
    found = domain.diagnosis if _must_be_known(domain) else None
    return Picture(parts, reached, found, _token(facts, domain, reached, parts))


def _record(domain: Domain) -> Part:
    found = domain.diagnosis
    if found is None:
        return Part("Record", "Not looked yet", Mark.AHEAD)
    if not found.certain:
        return Part("Record", "Could not ask", Mark.UNSURE)
    return Part("Record", *_ROUTING[domain.routing])


def _certificate(facts: Facts, domain: Domain, reached: Position) -> Part:
    found = domain.diagnosis
    held_up = blocked(domain) is not None
    match facts.standing.state:
        case CertificateState.ISSUED:
            return Part("Certificate", "Issued", Mark.DONE)
        case CertificateState.RENEWING:
            return Part("Certificate", "Being renewed", Mark.DONE)
        case _ if domain.live_at:
            return Part("Certificate", "In place", Mark.DONE)
        case _ if found and forbids(found):
            return Part("Certificate", "Not permitted", Mark.STOPPED)
        case _ if held_up:
            return Part("Certificate", "Follows by itself", Mark.AHEAD)
        case CertificateState.FAILED if reached.phase is not Phase.OURS:
            return Part("Certificate", "Not issued yet", Mark.STOPPED)
        case _ if reached.phase is Phase.OURS:
            return Part("Certificate", "Being issued", Mark.BUSY)
        case _:
            return Part("Certificate", "None yet", Mark.AHEAD)


def _portal(domain: Domain, certificate: Part, reached: Position) -> Part:
    found = domain.diagnosis
    if domain.live_at and domain.routing is Routing.OK:
        return Part("Portal", "Live", Mark.DONE)
    if domain.live_at:
        return Part("Portal", "Was live", Mark.STOPPED)
    if found and found.code == NOT_SERVED:
        return Part("Portal", "Not reached", Mark.STOPPED)
    if certificate.mark is Mark.DONE and reached.phase is Phase.OURS:
        return Part("Portal", "Being opened", Mark.BUSY)
    return Part("Portal", "Not open yet", Mark.AHEAD)


def _must_be_known(domain: Domain) -> bool:
    """A record that is in order and asks nobody for anything needs no verdict."""
    found = domain.diagnosis
    if found is None:
        return False
    in_order = found.routing is Routing.OK and found.actor is Actor.NOBODY and found.certain
    return not in_order or found.code == "cached"


def _token(facts: Facts, domain: Domain, reached: Position, parts: tuple[Part, ...]) -> str:
    found, standing = domain.diagnosis, facts.standing
    told = (found.code, found.seen, found.expected, found.action, found.dns_host) if found else ()
    shown = (reached, parts, told, domain.live_at, standing.state.value, standing.cause, standing.retry_at)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


_ROUTING = {
    Routing.PENDING: ("Not seen yet", Mark.AHEAD),
    Routing.OK: ("Leads here", Mark.DONE),
    Routing.PROXIED: ("Behind a proxy", Mark.STOPPED),
    Routing.WRONG: ("Leads elsewhere", Mark.STOPPED),
    Routing.MOVED: ("Moved away", Mark.STOPPED),
}
