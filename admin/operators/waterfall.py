"""Waterfall: the phases of an issuance as bars, one below the other, on one scale; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.phases import Phase

LEAST_WIDTH = 0.6
"""Percent: what is shorter would not be seen."""
WORDS = {
    "hello": "Hello read",
    "dns": "DNS asked",
    "gate": "Gate decided",
    "lease": "Lease taken",
    "preflight": "Looked as the CA will",
    "order": "Ordered",
    "validation": "Validated",
    "finalise": "Finalised",
    "sign": "Signed",
    "commit": "Stored",
    "load": "Loaded",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One phase, or one moment; places in percent of the whole, times in milliseconds."""

    words: str
    at: float
    milliseconds: float
    x: float
    width: float
    is_moment: bool


@dataclass(frozen=True, slots=True)
class Waterfall:
    """What the table draws."""

    rows: tuple[Row, ...]
    milliseconds: float


def waterfall(phases: Sequence[Phase]) -> Waterfall:
    """In the order of their beginnings; a moment within a phase stands below it."""
    whole = max((phase.at + phase.milliseconds for phase in phases), default=0.0)
    ordered = sorted(phases, key=lambda phase: (phase.at, -phase.milliseconds))
    return Waterfall(tuple(_row(phase, whole or 1.0) for phase in ordered), round(whole, 1))


def _row(phase: Phase, whole: float) -> Row:
    is_moment = phase.milliseconds == 0 and phase.name not in WORDS
    width = max(phase.milliseconds / whole * 100, LEAST_WIDTH)
    x = min(phase.at / whole * 100, 100 - width)
    words = WORDS.get(phase.name, phase.name)
    return Row(words, phase.at, phase.milliseconds, round(x, 2), round(width, 2), is_moment)
