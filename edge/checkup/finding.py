"""Finding: one thing that a check-up found: how bad it is, where, what it is, and what to do."""

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """What becomes of it if nothing is done."""

    WARNING = "warning"
    """Nobody is refused today."""
    ERROR = "error"
    """Visitors are refused, or will be at the next start."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` stays the same whatever the words become."""

    severity: Severity
    code: str
    where: str
    words: str
    action: str


def error(code: str, where: object, words: str, action: str) -> Finding:
    """Visitors are refused, or will be."""
    return Finding(Severity.ERROR, code, str(where), words, action)


def warning(code: str, where: object, words: str, action: str) -> Finding:
    """Something that is to be mended before it matters."""
    return Finding(Severity.WARNING, code, str(where), words, action)
