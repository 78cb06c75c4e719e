"""Phases: what an issuance spent its time on, one after the other, as text in the store."""

import json
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase, or one moment (0 milliseconds): when it began after the start, and how long it took."""

    name: str
    at: float
    milliseconds: float


def dumped(phases: Iterable[Phase]) -> str:
    """JSON: [name, at, milliseconds] for each."""
    return json.dumps([[phase.name, phase.at, phase.milliseconds] for phase in phases])


def loaded(text: str) -> tuple[Phase, ...]:
    """What `dumped` wrote, and what was written before: milliseconds by name, in their order."""
    found = json.loads(text)
    if isinstance(found, list):
        return tuple(Phase(name, at, milliseconds) for name, at, milliseconds in found)
    phases, at = [], 0.0
    for name, milliseconds in found.items():
        phases.append(Phase(name, round(at, 2), milliseconds))
        at += milliseconds
    return tuple(phases)


def by_name(phases: Iterable[Phase]) -> dict[str, float]:
    """Milliseconds of each; a phase that came twice is summed."""
    found: dict[str, float] = {}
    for phase in phases:
        found[phase.name] = round(found.get(phase.name, 0.0) + phase.milliseconds, 2)
    return found
