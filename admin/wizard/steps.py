"""Steps: where a portal stands on its way to live, and the sentence for it; pure.

Nothing here is remembered: the position follows from facts, so a restart and a step back cost nothing.

    enable -> choose -> record -> complete -> live
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from store.destination import Confirmation
from store.diagnosis import Routing
from store.domains import Domain
from store.hostname import shown
from store.issuance import CertificateState, Standing

PATIENCE = timedelta(minutes=3)
"""How long after the admin asked for completion we say that it is under way."""
SLOW = timedelta(seconds=40)
"""After this long the page offers to start it again."""
LOOKING = timedelta(seconds=20)
"""The look at the DNS is over by then, whether or not it wrote anything new."""
FRESH_LOOK = timedelta(seconds=60)
"""A look that found all in order stands this long; no new one is made."""
SETTLING = timedelta(seconds=3)
"""A failure that stood before may be seen for a moment before the new order is."""

NOT_SERVED = "not_served"


class Step(Enum):
    """The steps in order; the value is the name on the progress line."""

    ENABLE = "Switch on"
    CHOOSE = "Choose domain"
    RECORD = "Add record"
    COMPLETE = "Complete"
    LIVE = "Live"


STAGES = ("Your record leads here", "Your certificate is issued", "Your portal opens over HTTPS")
"""What completing consists of, in order."""


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
    """What the position follows from; `asked_at` is when completion was last asked for."""

    enabled: bool
    domain: Domain | None
    standing: Standing
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where it stands, in one sentence; `done`: how many of `STAGES`; `slow`: longer than it should take."""

    step: Step
    phase: Phase
    sentence: str
    done: int = 0
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
    if facts.asked_at and now - facts.asked_at < PATIENCE:
        return _under_way(facts, domain, facts.asked_at, now)
    return _at_rest(facts, domain)


def at_label(domain: Domain) -> bool:
    """Whether a name is one under the provider's domain: no record to add, nothing to complete."""
    return domain.destination.confirmation is Confirmation.ADDRESS


def _at_label(facts: Facts, domain: Domain, now: datetime) -> Position:
    name = shown(domain.hostname)
    if facts.asked_at is None or now - facts.asked_at > PATIENCE:
        unopened = f"Your portal is at {name}. We have not opened it there yet."
        return Position(Step.COMPLETE, Phase.STOPPED, unopened, 1)
    looked = domain.checked_at is not None and domain.checked_at >= facts.asked_at
    if looked and (domain.routing is not Routing.OK or _is_not_served(domain)):
        unreached = f"Your portal is at {name}, but does not open there yet."
        return Position(Step.COMPLETE, Phase.STOPPED, unreached, 1)
    opening = f"Your portal is at {name}. We are opening it the way your customers will."
    return Position(Step.COMPLETE, Phase.OURS, opening, 1)


def _is_not_served(domain: Domain) -> bool:
    return domain.diagnosis is not None and domain.diagnosis.code == NOT_SERVED


def _switched_off(domain: Domain | None) -> str:
    if domain and domain.live_at:
        return f"Your portal is switched off. Its address, {shown(domain.hostname)}, is kept for you."
    return "Your customer portal is switched off."


def _live(domain: Domain) -> Position:
    name = shown(domain.hostname)
    if domain.routing is Routing.OK:
        return Position(Step.LIVE, Phase.DONE, f"Your portal is live at {name}.", len(STAGES))
    return Position(Step.LIVE, Phase.STOPPED, f"Your portal went live, but {name} no longer leads here.")


def _under_way(facts: Facts, domain: Domain, asked_at: datetime, now: datetime) -> Position:
    slow = now - asked_at > SLOW
    if not _looked(domain, asked_at, now):
        return Position(Step.COMPLETE, Phase.OURS, "We are looking for your record.", 0, slow)
    if blocked := _blocked(domain):
        return blocked
    match facts.standing.state:
        case CertificateState.FAILED if now - asked_at > SETTLING:
            return _NOT_ISSUED
        case CertificateState.ISSUED | CertificateState.RENEWING:
            proving = "Your certificate is issued. We are opening your portal the way your customers will."
            return Position(Step.COMPLETE, Phase.OURS, proving, 2, slow)
        case _:
            takes = "this takes longer than usual" if slow else "this takes about ten seconds"
            issuing = f"We see your record. Your certificate is being issued; {takes}."
            return Position(Step.COMPLETE, Phase.OURS, issuing, 1, slow)


def _at_rest(facts: Facts, domain: Domain) -> Position:
    if blocked := _blocked(domain):
        return blocked
    if facts.standing.state is CertificateState.FAILED:
        return _NOT_ISSUED
    issued = facts.standing.state in (CertificateState.ISSUED, CertificateState.RENEWING)
    done = 2 if issued else 1
    if facts.asked_at:
        stalled = "We see your record, but the set-up did not finish. Nothing is lost: start it again."
        return Position(Step.COMPLETE, Phase.STOPPED, stalled, done)
    return Position(Step.COMPLETE, Phase.YOURS, "We see your record. Everything is ready to complete.", done)


def _looked(domain: Domain, asked_at: datetime, now: datetime) -> bool:
    if domain.checked_at is None or domain.diagnosis is None:
        return False
    if domain.checked_at >= asked_at or now - asked_at > LOOKING:
        return True
    in_order = domain.routing is Routing.OK and domain.diagnosis.code != NOT_SERVED
    return in_order and domain.checked_at >= asked_at - FRESH_LOOK


def _blocked(domain: Domain) -> Position | None:
    found = domain.diagnosis
    if found is None:
        return Position(Step.RECORD, Phase.YOURS, "Add this record where the DNS of your domain is kept.")
    if found.code == NOT_SERVED:
        unreached = "Your certificate is issued, but we could not open your portal by its name."
        return Position(Step.COMPLETE, Phase.STOPPED, unreached, 2)
    if not found.certain:
        unasked = "We could not ask the DNS just now. That says nothing about your record."
        step = Step.COMPLETE if domain.routing is Routing.OK else Step.RECORD
        return Position(step, Phase.STOPPED, unasked)
    if domain.routing is not Routing.OK:
        return Position(Step.RECORD, Phase.STOPPED, _not_here(domain.routing))
    return None


def _not_here(routing: Routing) -> str:
    match routing:
        case Routing.PROXIED:
            return "Your record is there, but a proxy stands in front of it."
        case Routing.PENDING:
            return "We do not see your record yet. A new record usually shows within minutes."
        case _:
            return "We see a record, but it does not lead here."


_NOT_ISSUED = Position(
    Step.COMPLETE, Phase.STOPPED, "We see your record, but could not get a certificate yet.", 1
)
