"""Sights: what everybody sees of a name in each of its states: our looks, and the CA."""

from dataclasses import dataclass
from enum import Enum

from edge.tls import gate
from store.diagnosis import Actor, Asked, Diagnosis, Evidence, Routing
from store.hostname import Hostname
from store.watches import Seen

TARGET = Hostname("customers.provider.example")


class State(Enum):
    """What is the matter with a name."""

    RIGHT = "right"
    AWAY = "away"
    """Its CNAME leads elsewhere."""
    GONE = "gone"
    """Its record was deleted."""
    SILENT = "silent"
    """Its zone's servers fail."""
    FORBIDDEN = "forbidden"
    """It leads here, and its CAA record forbids our CA."""
    BLOCKED = "blocked"
    """It leads here by every look of ours, and the CA is turned away."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One state as it is seen."""

    evidence: Evidence
    diagnosis: Diagnosis
    fingerprint: str
    seen: Seen
    reached: bool = True
    """Whether visitors come to us."""
    forbidden: bool = False
    """What our look before an order finds."""
    proven: bool = False
    """What the CA finds."""

    @property
    def certain(self) -> bool:
        """Whether anybody answered."""
        return self.diagnosis.certain

    @property
    def well(self) -> bool:
        """Whether it leads here."""
        return self.diagnosis.routing is Routing.OK


def _sight(
    evidence: Evidence,
    code: str,
    routing: Routing,
    seen: Seen,
    *,
    reached: bool = True,
    forbidden: bool = False,
    proven: bool = False,
) -> Sight:
    found = Diagnosis(code, routing, "", "", "", Actor.YOU)
    return Sight(
        evidence, found, gate.fingerprint(evidence), seen, reached=reached, forbidden=forbidden, proven=proven
    )


_NAME = Hostname("name.example")
_HERE = Evidence(_NAME, Asked.ANSWERED, (TARGET,))
_ELSEWHERE = Evidence(_NAME, Asked.ANSWERED, ("elsewhere.example",))

SIGHTS = {
    State.RIGHT: _sight(_HERE, "ok", Routing.OK, Seen.WELL, proven=True),
    State.AWAY: _sight(_ELSEWHERE, "cname_elsewhere", Routing.WRONG, Seen.AWAY, reached=False),
    State.GONE: _sight(Evidence(_NAME, Asked.NXDOMAIN), "no_record", Routing.WRONG, Seen.AWAY, reached=False),
    State.SILENT: _sight(
        Evidence(_NAME, Asked.FAILED), "could_not_ask", Routing.PENDING, Seen.UNHEARD, reached=False
    ),
    State.FORBIDDEN: _sight(_HERE, "caa_forbids", Routing.OK, Seen.WELL, forbidden=True),
    State.BLOCKED: _sight(_HERE, "ok", Routing.OK, Seen.WELL),
}
"""The meaning of a look is `edge.dns`'s, which has tests of its own: here it is given."""
