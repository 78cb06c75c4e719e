"""Words: the state of a live portal's record and certificate, each as a word, a tone and a sentence; pure."""

from dataclasses import dataclass

from store.diagnosis import Routing
from store.issuance import CertificateState, Standing


@dataclass(frozen=True, slots=True)
class State:
    """A state for people; `tone` names its colour."""

    word: str
    tone: str
    sentence: str


def routing_state(routing: Routing) -> State:
    """Where the record leads."""
    return _ROUTING[routing]


def certificate_state(standing: Standing, valid: bool) -> State:
    """How the certificate stands; `valid`: one is there that has not run out."""
    match standing.state:
        case CertificateState.ISSUED if valid:
            return State("Valid", "good", "It renews by itself.")
        case CertificateState.RENEWING if valid:
            return State("Renewing", "good", "A new one is being issued; the present one serves until then.")
        case CertificateState.FAILED if valid:
            return State("Renewal failed", "warn", "The present one serves on. We keep trying.")
        case CertificateState.ORDERED | CertificateState.RENEWING:
            return State("Being issued", "busy", "This takes about ten seconds.")
        case CertificateState.FAILED:
            return State("Missing", "bad", "It could not be issued. We keep trying.")
        case _:
            return State("Missing", "bad", "It is issued when somebody next opens the portal.")


_ROUTING = {
    Routing.OK: State("Leads here", "good", "The record is as it should be."),
    Routing.PENDING: State("Not seen", "bad", "We do not see the record any more."),
    Routing.PROXIED: State("Behind a proxy", "bad", "A proxy stands in front of your record."),
    Routing.WRONG: State("Leads elsewhere", "bad", "The record does not lead here."),
    Routing.MOVED: State("Moved away", "bad", "The record led here once and now leads elsewhere."),
}
