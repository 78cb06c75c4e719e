"""Ownership: who may have a name; pure.

Whoever controls a name's DNS is its owner: they point it at the target of one organisation, and no other's row is
confirmed by that. So an unclaimed name is anybody's to ask for, and asking opens nothing. A name that another
organisation holds, or held a month ago, moves by a TXT record alone that only its owner can add.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from store.hostname import Hostname

UNVERIFIED_KEPT = timedelta(days=7)
"""So long a name is kept for who asked for it and never pointed it here; so long a claim stays open."""
QUARANTINE = timedelta(days=30)
"""So long a name that led here is kept from others after it was let go."""
PROOF_LABEL = "_brassplate"
PROOF_PREFIX = "brassplate-claim="


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody has the name now; None: the provider itself."""

    organisation_id: int | None


@dataclass(frozen=True, slots=True)
class Released:
    """Nobody has it, and it led here for this organisation until then."""

    organisation_id: int
    at: datetime


Title = Held | Released | None
"""What the store knows of a name's holder; None: nobody has or had it."""


class Verdict(Enum):
    """Whether an organisation may have a name."""

    FREE = "free"
    YOURS = "yours"
    """It has it already."""
    PROOF_NEEDED = "proof needed"
    MOVES = "moves"
    """The proof is there: whoever has it loses it."""
    NEVER = "never"
    """One of the provider's own."""


def decide(claimant: int, title: Title, *, proved: bool, now: datetime) -> Verdict:
    """Whether `claimant` may have the name; `proved`: its own TXT value was seen in the name's DNS just now."""
    match title:
        case Held(None):
            return Verdict.NEVER
        case Held(holder):
            if holder == claimant:
                return Verdict.YOURS
            return Verdict.MOVES if proved else Verdict.PROOF_NEEDED
        case Released(former, at) if former != claimant and now < at + QUARANTINE:
            return Verdict.FREE if proved else Verdict.PROOF_NEEDED
        case _:
            return Verdict.FREE


class Proof(Enum):
    """What the DNS says where the proof must stand."""

    SEEN = "seen"
    MISSING = "missing"
    OTHER = "other"
    """There is a value like ours, but another one."""
    QUOTED = "quoted"
    """Ours, with quotation marks within it: the panel added its own."""
    UNASKED = "unasked"
    """Nobody answered."""


def proof_name(hostname: Hostname) -> str:
    """Where the TXT record stands: beside what the name itself has, which may be a CNAME."""
    return f"{PROOF_LABEL}.{hostname}"


def new_proof() -> str:
    """A value that nobody can guess, for one organisation and one name."""
    return PROOF_PREFIX + secrets.token_hex(16)


def judge(found: tuple[str, ...] | None, proof: str) -> Proof:
    """What the TXT records at `proof_name` say of a proof; None: nobody answered."""
    if found is None:
        return Proof.UNASKED
    if proof in found:
        return Proof.SEEN
    bare = [
        text.strip().strip("\"'\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}")
        for text in found
    ]
    if proof in bare:
        return Proof.QUOTED
    return Proof.OTHER if any(text.startswith(PROOF_PREFIX) for text in bare) else Proof.MISSING
