"""Evidence and Diagnosis: what was seen in the DNS and what it means, as records that rooms hand around."""

import json
from dataclasses import asdict, dataclass
from enum import Enum

from store.hostname import Hostname


class Actor(Enum):
    """Who must act."""

    NOBODY = "nobody"
    YOU = "you"
    DNS_HOST = "your DNS host"
    US = "us"
    CA = "the CA"


class Routing(Enum):
    """Where a name stands on its way to us."""

    PENDING = "pending"
    OK = "ok"
    PROXIED = "proxied"
    WRONG = "wrong"
    MOVED = "moved"


class Asked(Enum):
    """How a question ended."""

    ANSWERED = "answered"
    NXDOMAIN = "nxdomain"
    FAILED = "failed"
    """SERVFAIL, REFUSED, no server left, or a time-out: we do not know."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the DNS said about one name.

    `chain` are the CNAME targets in order; `addresses` the A and AAAA at the end of the chain; `failure` says
    which question failed and how, for people.
    """

    hostname: Hostname
    asked: Asked
    chain: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    ttl: int | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What would be right: the target that the chain must reach, and our addresses as the world sees them."""

    cname_target: str | None
    addresses: frozenset[str]
    apex: bool


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What we saw, what we expect, the one thing to do, and who does it."""

    code: str
    routing: Routing
    seen: str
    expected: str
    action: str
    actor: Actor

    @property
    def certain(self) -> bool:
        """False when we could not ask, so nobody is to blame."""
        return self.code != "could_not_ask"


def to_json(diagnosis: Diagnosis) -> str:
    """The stored form of a diagnosis."""
    return json.dumps(
        asdict(diagnosis) | {"routing": diagnosis.routing.value, "actor": diagnosis.actor.value}
    )


def from_json(text: str) -> Diagnosis:
    """The inverse of `to_json`."""
    fields = json.loads(text)
    return Diagnosis(**fields | {"routing": Routing(fields["routing"]), "actor": Actor(fields["actor"])})
