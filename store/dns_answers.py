"""DNS answers: everything that was seen at one look at a name: who was asked what, what came back, how and when."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum
from typing import Any


class View(Enum):
    """From where the DNS was looked at."""

    DELEGATION = "delegation"
    """On the way down from the root to the zone."""
    ZONE = "zone"
    """The zone's own name servers: no cache between."""
    PUBLIC = "public"
    OURS = "ours"
    """The resolvers that this installation goes by."""


class Outcome(Enum):
    """How a question to one server ended; the value is what people read."""

    RECORDS = "records"
    EMPTY = "no such record"
    NXDOMAIN = "no such name"
    REFERRAL = "names the servers of a zone below"
    SERVFAIL = "SERVFAIL"
    REFUSED = "REFUSED"
    LAME = "not responsible for the zone"
    MALFORMED = "no proper reply"
    TIMEOUT = "no answer in time"
    UNREACHABLE = "not reachable from here"
    NOT_ASKED = "not asked"

    @property
    def answered(self) -> bool:
        """Whether the server said what is there, or that nothing is."""
        return self in (Outcome.RECORDS, Outcome.EMPTY, Outcome.NXDOMAIN)

    @property
    def declined(self) -> bool:
        """Whether the server replied that it cannot or will not say: no loss on the way."""
        return self in (Outcome.SERVFAIL, Outcome.REFUSED, Outcome.LAME)


@dataclass(frozen=True, slots=True)
class Record:
    """One record of an answer; names in lower case without a final dot."""

    name: str
    kind: str
    value: str
    ttl: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One question put to one server and what became of it."""

    view: View
    server: str
    name: str
    kind: str
    outcome: Outcome
    at: datetime
    records: tuple[Record, ...] = ()
    negative_ttl: int | None = None
    """How long caches keep that there is nothing (RFC 2308)."""
    transport: str = "udp"
    milliseconds: float = 0.0
    authenticated: bool = False
    """The resolver validated the answer (AD)."""
    unchecked: bool = False
    """Asked with checking disabled (CD)."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """One request for our own path over HTTPS at a proxy's address."""

    address: str
    path: str
    status: int | None
    location: str = ""
    server: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """One thorough look at one name.

    `doubled`, `sibling` and `child` are names that were asked about besides: what a panel makes of a full name
    entered where a relative one belongs, a random name beside ours and one below it.
    """

    at: datetime
    zone: str = ""
    nameservers: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    doubled: str = ""
    sibling: str = ""
    child: str = ""
    probes: tuple[Probe, ...] = ()


def to_fields(survey: Survey) -> dict[str, Any]:
    """A survey as JSON takes it."""
    return asdict(survey) | {
        "at": survey.at.isoformat(),
        "answers": [answer_fields(answer) for answer in survey.answers],
    }


def answer_fields(answer: Answer) -> dict[str, Any]:
    """One answer as JSON takes it."""
    return asdict(answer) | {
        "view": answer.view.value,
        "outcome": answer.outcome.value,
        "at": answer.at.isoformat(),
    }


def from_fields(fields: dict[str, Any]) -> Survey:
    """The inverse of `to_fields`."""
    return Survey(
        at=datetime.fromisoformat(fields["at"]),
        zone=fields["zone"],
        nameservers=tuple(fields["nameservers"]),
        answers=tuple(_answer(answer) for answer in fields["answers"]),
        doubled=fields["doubled"],
        sibling=fields["sibling"],
        child=fields["child"],
        probes=tuple(Probe(**probe) for probe in fields["probes"]),
    )


def _answer(fields: dict[str, Any]) -> Answer:
    given = {
        "view": View(fields["view"]),
        "outcome": Outcome(fields["outcome"]),
        "at": datetime.fromisoformat(fields["at"]),
        "records": tuple(Record(**record) for record in fields["records"]),
    }
    return Answer(**fields | given)
