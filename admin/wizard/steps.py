"""Steps: where a portal stands on its way to live, and the sentence for it; pure.

Nothing here is remembered: the position follows from facts, so a restart and a step back cost nothing.

    enable -> choose -> record -> complete -> live
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from store.destination import Confirmation
from store.diagnosis import Diagnosis, Routing
from store.domains import Domain
from store.hostname import shown
from store.issuance import CertificateState, Standing

PATIENCE = timedelta(minutes=3)
"""How long after a look that found all in order, or a button, we say that we are at work."""
SLOW = timedelta(seconds=40)
"""After this long the page owns up that it takes longer."""
LOOKING = timedelta(seconds=20)
"""A look at the DNS is over by then, whether or not it wrote anything new."""
SETTLING = timedelta(seconds=3)
"""A failure that stood before may be seen for a moment before the new order is."""

NOT_SERVED = "not_served"
_CAA = "caa_"
"""What the codes begin with of records that keep the CA from issuing."""


class Step(Enum):
    """The steps in order; the value is what the step is called."""

    ENABLE = "Switch on"
    CHOOSE = "Address"
    RECORD = "Record"
    COMPLETE = "Certificate"
    LIVE = "Live"


class Phase(Enum):
    """Who is at work within a step."""

    YOURS = "yours"
    """The admin."""
    OURS = "ours"
    """We are; look again in a moment."""
    STOPPED = "stopped"
    """Something is in the way; the verdict says who must act."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the position follows from; `asked_at` is when somebody last pressed the button that starts it again."""

    enabled: bool
    domain: Domain | None
    standing: Standing
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where it stands, in one sentence; `slow`: longer than it should take."""

    step: Step
    phase: Phase
    sentence: str
    slow: bool = False


def position(facts: Facts, now: datetime) -> Position:
    """The step that the facts lead to."""
    domain = facts.domain
    if not facts.enabled:
        return Position(Step.ENABLE, Phase.YOURS, _switched_off(domain))
    if domain is None:
        return Position(Step.CHOOSE, Phase.YOURS, "Choose the address where your customers will open it.")
    if domain.live_at:
        return _live(domain)
    if at_label(domain):
        return _at_label(facts, domain, now)
    if facts.asked_at and _is_looking(domain, facts.asked_at, now):
        return Position(Step.COMPLETE, Phase.OURS, "We are looking for your record.")
    return blocked(domain) or _under_way(facts, domain, now)


def at_label(domain: Domain) -> bool:
    """Whether a name is one under the provider's domain: no record to add, nothing to complete."""
    return domain.destination.confirmation is Confirmation.ADDRESS


def blocked(domain: Domain) -> Position | None:
    """What stands before the certificate, or after it; None: we can go on."""
    found = domain.diagnosis
    if found is None:
        return Position(Step.RECORD, Phase.YOURS, "Add this record where the DNS of your domain is kept.")
    if found.code == NOT_SERVED:
        unreached = "Your certificate is issued, but we could not open your portal by its name."
        return Position(Step.COMPLETE, Phase.STOPPED, unreached)
    if not found.certain:
        unasked = "We could not ask the DNS just now. That says nothing about your record."
        step = Step.COMPLETE if domain.routing is Routing.OK else Step.RECORD
        return Position(step, Phase.STOPPED, unasked)
    if domain.routing is not Routing.OK:
        return Position(Step.RECORD, Phase.STOPPED, _not_here(domain.routing))
    if forbids(found):
        refused = "Your record leads here, but another one keeps us from getting a certificate."
        return Position(Step.COMPLETE, Phase.STOPPED, refused)
    return None


def forbids(found: Diagnosis) -> bool:
    """Whether CAA records keep the CA from issuing: no order is made."""
    return found.code.startswith(_CAA)


def _at_label(facts: Facts, domain: Domain, now: datetime) -> Position:
    name = shown(domain.hostname)
    if facts.asked_at is None or now - facts.asked_at > PATIENCE:
        unopened = f"Your portal is at {name}. We have not opened it there yet."
        return Position(Step.COMPLETE, Phase.STOPPED, unopened)
    looked = domain.checked_at is not None and domain.checked_at >= facts.asked_at
    if looked and (domain.routing is not Routing.OK or _is_not_served(domain)):
        unreached = f"Your portal is at {name}, but does not open there yet."
        return Position(Step.COMPLETE, Phase.STOPPED, unreached)
    opening = f"Your portal is at {name}. We are opening it the way your customers will."
    return Position(Step.COMPLETE, Phase.OURS, opening)


def _is_not_served(domain: Domain) -> bool:
    return domain.diagnosis is not None and domain.diagnosis.code == NOT_SERVED


def _switched_off(domain: Domain | None) -> str:
    if domain and domain.live_at:
        return f"Your portal is switched off. Its address, {shown(domain.hostname)}, is kept for you."
    return "Your customer portal is switched off."


def _live(domain: Domain) -> Position:
    name = shown(domain.hostname)
    if domain.routing is Routing.OK:
        return Position(Step.LIVE, Phase.DONE, f"Your portal is live at {name}.")
    return Position(Step.LIVE, Phase.STOPPED, f"Your portal went live, but {name} no longer leads here.")


def _is_looking(domain: Domain, asked_at: datetime, now: datetime) -> bool:
    looked = domain.checked_at is not None and domain.checked_at >= asked_at
    return not looked and now - asked_at < LOOKING


def _under_way(facts: Facts, domain: Domain, now: datetime) -> Position:
    """The record is right: every look that finds it so goes on to the certificate and to our own page."""
    assert domain.checked_at
    since = max(domain.checked_at, facts.asked_at or domain.checked_at)
    slow = now - since > SLOW
    failed = facts.standing.state is CertificateState.FAILED
    if failed and (now - since > SETTLING or _waits(facts.standing, now)):
        unissued = "We see your record, but could not get a certificate yet."
        return Position(Step.COMPLETE, Phase.STOPPED, unissued)
    if now - since > PATIENCE:
        stalled = "We see your record, but the set-up did not finish. Nothing is lost: check again to go on."
        return Position(Step.COMPLETE, Phase.STOPPED, stalled)
    if facts.standing.state in (CertificateState.ISSUED, CertificateState.RENEWING):
        proving = "Your certificate is issued. We are opening your portal the way your customers will."
        return Position(Step.COMPLETE, Phase.OURS, proving, slow)
    takes = "this takes longer than usual" if slow else "this takes about ten seconds"
    issuing = f"We see your record. Your certificate is being issued; {takes}."
    return Position(Step.COMPLETE, Phase.OURS, issuing, slow)


def _waits(standing: Standing, now: datetime) -> bool:
    return standing.retry_at is not None and standing.retry_at > now


def _not_here(routing: Routing) -> str:
    match routing:
        case Routing.PROXIED:
            return "Your record is there, but a proxy stands in front of it."
        case Routing.PENDING:
            return "We do not see your record yet. A new record usually shows within minutes."
        case _:
            return "We see a record, but it does not lead here."
