"""Operations: what a running process knows of itself, as records that its console shows."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from store.hostname import Hostname
from store.phases import Phase


@dataclass(frozen=True, slots=True)
class Flight:
    """An issuance under way in this process: for whom, why, since when, and how far it is."""

    hostname: Hostname
    reason: str
    since: datetime
    phases: tuple[Phase, ...] = ()


@dataclass(frozen=True, slots=True)
class Stranger:
    """A name that is not ours and was asked for: how often, and when last."""

    hostname: Hostname
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Strangers:
    """Refused handshakes since the process started; of the names only some hundred are kept."""

    since: datetime
    refused: int
    nameless: int
    """Without a server name, or with one that is no hostname."""
    names: tuple[Stranger, ...]
    """The last ones, the most asked for first."""


@dataclass(frozen=True, slots=True)
class Round:
    """How a job's last round went; `error` is empty when it went well."""

    job: str
    began_at: datetime
    ended_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class OwnName:
    """One of the provider's own names, what it is for, and where the DNS says that it leads."""

    hostname: Hostname
    purpose: str
    addresses: tuple[str, ...]
    ours: bool


class Verdict(Enum):
    """How a record stands that our own zone must hold."""

    RIGHT = "right"
    MISSING = "missing"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """Nobody answered."""


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """What the zone that clients' records lead to must hold at a name, and what the DNS says of it."""

    name: str
    kind: str
    wanted: tuple[str, ...]
    seen: tuple[str, ...] | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying the CA or the mail server just now."""

    worked: bool
    words: str
