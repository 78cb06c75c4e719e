"""Evidence and Diagnosis: what was seen in the DNS and what it means, as records that rooms hand around."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum

from store.dns_answers import Survey
from store.hostname import Hostname

UNCERTAIN = ("could_not_ask", "servers_fail")
"""Codes of looks that found nothing out about where the name leads."""


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
    which question failed and how, for people; `survey` is everything that a thorough look saw.
    """

    hostname: Hostname
    asked: Asked
    chain: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    ttl: int | None = None
    failure: str = ""
    survey: Survey | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """The CA that must be allowed: its names in CAA records, our account there, the ways we prove a name by."""

    identities: tuple[str, ...]
    account: str = ""
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """What the store knows about a name before anybody looks at the DNS."""

    held_elsewhere: bool = False
    serves: bool = False
    """Whether it is live, and by several looks still here."""
    moved_at: datetime | None = None
    """When several looks had agreed that it served, and leads here no more."""
    wrong_since: datetime | None = None
    not_after: datetime | None = None
    rate_limited_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What would be right: the target that the chain must reach, and our addresses as the world sees them."""

    cname_target: str | None
    addresses: frozenset[str]
    apex: bool
    authority: Authority | None = None
    """None: no CA is bound by CAA records."""
    history: History = History()
    support: str = ""
    """Where the operator is reached when we must act."""
    behind_proxy: bool = False
    """Whether its admin wants Cloudflare's proxy to stand before the name."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What we saw, what we expect, the one thing to do, and who does it.

    `next_check_at` is when a further look is worth while; until `cached_until` resolvers may go on saying what
    they say now; `support` is where we are reached when we must act; `dns_host` is who keeps the zone.
    """

    code: str
    routing: Routing
    seen: str
    expected: str
    action: str
    actor: Actor
    next_check_at: datetime | None = None
    cached_until: datetime | None = None
    support: str = ""
    dns_host: str = ""

    @property
    def certain(self) -> bool:
        """False when nobody told us where the name leads."""
        return self.code not in UNCERTAIN


def to_json(diagnosis: Diagnosis) -> str:
    """The stored form of a diagnosis."""
    return json.dumps(to_fields(diagnosis))


def to_fields(diagnosis: Diagnosis) -> dict[str, str | None]:
    """A diagnosis as JSON takes it."""
    return asdict(diagnosis) | {
        "routing": diagnosis.routing.value,
        "actor": diagnosis.actor.value,
        **{key: _iso(getattr(diagnosis, key)) for key in _INSTANTS},
    }


def from_json(text: str) -> Diagnosis:
    """The inverse of `to_json`; what an older version stored lacks the later fields."""
    fields = json.loads(text)
    instants = {key: datetime.fromisoformat(fields[key]) for key in _INSTANTS if fields.get(key)}
    return Diagnosis(
        **fields | {"routing": Routing(fields["routing"]), "actor": Actor(fields["actor"])} | instants
    )


_INSTANTS = ("next_check_at", "cached_until")


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
