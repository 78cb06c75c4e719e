"""Rehearsal: what became of trying a certificate on a visitor's side before it is served."""

from dataclasses import dataclass
from enum import Enum


class Reason(Enum):
    """Why a visitor's side refuses a certificate."""

    SELF_SIGNED = "self_signed"
    CHAIN_SHORT = "chain_short"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Trusted:
    """The handshake came to its end."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It did not; `words` are the TLS library's own."""

    reason: Reason
    words: str


Rehearsed = Trusted | Refused
