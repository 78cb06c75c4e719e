"""A small simulation: what is to be reached is reached, leaps change nothing, and a broken decider is caught."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from edge.tls import gate
from simulation import chart, table
from simulation.ca import CA, Certificate
from simulation.issuing import Rules
from simulation.judge import Judge
from simulation.lifetimes import shortlived
from simulation.lives import START, YEAR, Fault, Life, Way, lives
from simulation.run import Result, run
from simulation.sights import State

ROOT = Path(__file__).resolve().parent.parent.parent
DAY = timedelta(days=1)


@lru_cache
def small() -> Result:
    return run(3, 250, 1, collapsed=True)


def outcome(result: Result) -> list[object]:
    """All that a run came to, name by name, but for the events that it took."""
    return [
        {**result.line, "events": 0, "seconds": 0},
        result.judge.weeks,
        [
            (one.hostname, one.certificate, one.standing.cause, one.standing.failures)
            for one in result.records
        ],
    ]


def test_a_year_goes_by_with_nobody_watching() -> None:
    line = small().line
    assert (line["rate_limited"], line["expired_served"]) == (0, 0)
    assert line["needed"] > 5 * 250
    assert line["orders"] <= 1.05 * line["needed"]


def test_leaping_over_what_changes_nothing_changes_nothing() -> None:
    leaps, steps = run(5, 60, 1, collapsed=True), run(5, 60, 1, collapsed=False)
    assert outcome(leaps) == outcome(steps)
    assert steps.events > 5 * leaps.events


def test_the_same_seed_comes_to_the_same() -> None:
    assert outcome(run(3, 40, 0.5)) == outcome(run(3, 40, 0.5))
    assert outcome(run(3, 40, 0.5)) != outcome(run(4, 40, 0.5))


def test_certificates_of_a_week_outlive_an_outage_of_three_days() -> None:
    line = run(3, 40, 0.5, collapsed=True, lifetime=shortlived).line
    assert (line["rate_limited"], line["expired_served"]) == (0, 0)


def test_a_decider_that_asks_no_ledger_is_caught() -> None:
    assert run(3, 700, 0.2, rules=Rules(asks_ledger=False)).ca.rate_limited > 0


def test_a_decider_that_renews_late_is_caught() -> None:
    def late(not_before: datetime, not_after: datetime, jitter: float) -> datetime:
        return not_after - timedelta(minutes=1) + timedelta(hours=jitter)

    result = run(3, 60, 0.6, collapsed=True, rules=Rules(renew_at=late, asks_windows=False))
    assert result.judge.expired_served > 0


def test_a_decider_that_renews_early_is_caught() -> None:
    def early(not_before: datetime, not_after: datetime, jitter: float) -> datetime:
        return not_before + (not_after - not_before) / 3

    line = run(3, 40, 0.6, collapsed=True, rules=Rules(renew_at=early, asks_windows=False)).line
    assert line["orders"] > 1.5 * line["needed"]


def test_a_ladder_that_goes_on_day_by_day_to_the_end_is_caught() -> None:
    """What the first run found: a name that is mended in the last day of its certificate must not lose it."""

    def by_days(failures: int, now: datetime, jitter: float, *rest: object, **more: object) -> datetime:
        return gate.retry_at(failures, now, jitter)

    assert _mended_late(Rules(retry_at=by_days)).expired_served > 0
    assert _mended_late(Rules()).expired_served == 0


def _mended_late(rules: Rules) -> Judge:
    """Names whose renewals are turned away until some hours before their certificates end."""
    import simulation.run as module

    def ends(number: int) -> datetime:
        return START + 90 * DAY - timedelta(hours=4 + number % 16)

    made = [
        Life(
            f"billing.company{number}.com",
            f"company{number}.com",
            number + 1,
            START,
            Way.IMPORT,
            0.5,
            (Fault(START + 50 * DAY, ends(number), State.BLOCKED),),
        )
        for number in range(40)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "lives", lambda *asked: iter(made))
        patch.setattr(module, "troubles", lambda *asked: ((), ()))
        return run(1, len(made), 0.4, rules=rules).judge


def test_needed_is_what_the_ca_and_the_names_say() -> None:
    ca = CA(START, lambda at: 90 * DAY)
    judge = Judge(ca, ())
    life = Life(
        "a.example",
        "a.example",
        1,
        START,
        Way.IMPORT,
        0.5,
        (Fault(START + DAY, START + 2 * DAY, State.AWAY),),
    )
    got = ca.order("a.example", "a.example", None, True, START)
    assert isinstance(got, Certificate)
    expected: list[tuple[Certificate | None, timedelta, int]] = [
        (None, timedelta(), 1),
        (None, timedelta(days=1.5), 0),
        (got, timedelta(days=30), 0),
        (got, timedelta(days=61), 1),
        (got, timedelta(days=100), 1),
    ]
    for before, after, more in expected:
        was = judge.needed
        judge.issued(life, before, got, START + after)
        assert judge.needed - was == more


def test_three_in_a_hundred_are_broken_at_any_time() -> None:
    everybody = [life for life in lives(1, 4000, 1) if life.way is not Way.WIZARD]
    at = START + YEAR * 0.97
    there = [life for life in everybody if life.comes_at < at]
    broken = sum(life.right_since(at) is None for life in there)
    assert 0.02 < broken / len(there) < 0.04


@pytest.mark.parametrize("weeks", [small, lambda: run(1, 3, 0.1)])
def test_chart_is_drawn_whatever_there_was(weeks: Callable[[], Result]) -> None:
    drawn = ElementTree.fromstring(chart.svg(weeks().judge.weeks, [(START + DAY, START + 4 * DAY)]))
    assert len(drawn.findall(".//{*}polyline")) == 2


def test_table_says_what_is_to_be_reached() -> None:
    shown = table.shown(small())
    assert re.search(r"^refused for a rate +0  none$", shown, re.M)
    assert re.search(r"^orders by needed +1\.0\d\d  at most 1\.05$", shown, re.M)


def test_the_last_line_is_the_result(tmp_path: Path) -> None:
    asked = [sys.executable, "-m", "simulation", "--seed", "2", "--domains", "12", "--years", "0.3"]
    done = subprocess.run(
        asked, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    line = json.loads(done.stdout.splitlines()[-1])
    assert list(line) == ["orders", "needed", "rate_limited", "expired_served", "events", "seconds"]
    assert (tmp_path / "build/simulation/12x0.3.svg").read_text().startswith("<svg")
