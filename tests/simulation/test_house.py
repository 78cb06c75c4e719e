"""The simulated house does what the real one does over a real store: the same certificates at the same times."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

import simulation.run
from simulation import arriving, house, issuing, polling
from simulation.ca import CA, Certificate, Outage, Revocation
from simulation.judge import Judge
from simulation.lifetimes import classic
from simulation.lives import START, YEAR, Fault, Life, Way
from simulation.sights import State
from tests.simulation import true_house

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DUE = START + 59.96 * DAY
"""About when what is issued at the start is renewed."""
UNTIL = START + 142 * DAY
TROUBLES = (
    (Outage(START + 103 * DAY, START + 106 * DAY),),
    (Revocation(START + 75 * DAY, START, 2),),
)


def fault(state: State, start_at: datetime, days: float) -> Fault:
    return Fault(start_at, start_at + days * DAY, state)


NAMES = {
    "right": (),
    "away": (fault(State.AWAY, DUE - DAY, 5.3),),
    "gone": (fault(State.GONE, DUE - 0.3 * HOUR, 0.2), fault(State.GONE, DUE + 9 * HOUR, 0.05)),
    "silent": (fault(State.SILENT, DUE - 2 * DAY, 4),),
    "forbidden": (fault(State.FORBIDDEN, DUE - DAY, 3),),
    "blocked": (fault(State.BLOCKED, DUE - DAY, 30.5),),
    "lost": (fault(State.AWAY, DUE - 3 * DAY, 40),),
}


def names() -> list[Life]:
    """One of each kind of trouble while its renewal is due; the others come when the CA is away."""
    return [
        Life(f"{name}.com", f"{name}.com", 1, START + number * HOUR, Way.VISIT, 0.5, faults)
        for number, (name, faults) in enumerate(NAMES.items())
    ]


async def test_the_same_certificates_come_at_the_same_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (arriving, house, issuing, polling):
        monkeypatch.setattr(module, "drawn", lambda one, what: 0.5)
    monkeypatch.setattr(arriving, "BETWEEN_VISITS", 1000 * DAY)
    monkeypatch.setattr(simulation.run, "lives", lambda *asked: iter(names()))
    monkeypatch.setattr(simulation.run, "troubles", lambda *asked: TROUBLES)
    times: dict[str, list[datetime]] = {}
    judged = Judge.issued

    def kept(self: Judge, life: Life, before: Certificate | None, got: Certificate, now: datetime) -> None:
        times.setdefault(life.name, []).append(now)
        judged(self, life, before, got, now)

    monkeypatch.setattr(Judge, "issued", kept)
    simulation.run.run(1, len(NAMES), (UNTIL - START) / YEAR, collapsed=True)
    true = await true_house.issued(tmp_path, CA(START, classic, *TROUBLES), names(), UNTIL)
    assert times.keys() == true.keys()
    for name, real in true.items():
        simulated = times[name]
        assert len(simulated) == len(real) >= 3, (name, simulated, real)
        apart = [abs(each - other) for each, other in zip(simulated, real, strict=True)]
        assert max(apart) < timedelta(minutes=1), (name, simulated, real)
