"""Preflight: what asking like the CA, before an order is spent, found out about a name."""

from dataclasses import dataclass
from enum import Enum


class Reach(Enum):
    """Whether our own answer came back over plain HTTP."""

    OURS = "ours"
    OTHER = "other"
    """Something else answers there: the CA would see the same."""
    UNKNOWN = "unknown"
    """Nothing answered us, which says nothing about who asks from elsewhere; or it was not asked."""


@dataclass(frozen=True, slots=True)
class Preflight:
    """What the CA would find, as far as can be seen from here."""

    reach: Reach = Reach.UNKNOWN
    seen: str = ""
    """What was seen, address by address, where that is not our answer."""
    forbidden: str = ""
    """A code where CAA records do not let the CA issue; empty: nothing says so."""
    record: str = ""
    """The records that forbid it."""
