"""What each narrow end of the meters comes to."""

import asyncio
import time
from datetime import timedelta

import pytest

from edge.metrics.lag import EVERY_SECONDS
from edge.metrics.meters import Meters
from edge.metrics.requests import DESTINATIONS
from edge.metrics.standing import Process, Stored
from edge.tls.outcomes import Result
from store.destination import Room
from store.figures import Figures, Tokens
from store.hostname import Hostname
from store.operations import Flight, Round
from tests import factories


@pytest.fixture
def meters() -> Meters:
    return Meters()


def value(meters: Meters, name: str, **labels: str) -> float | None:
    return meters.registry.get_sample_value(f"brassplate_{name}", labels)


def test_every_result_is_there_before_it_happens(meters: Meters) -> None:
    meters.ears.handshake(Result.UNKNOWN_NAME)
    found = {result: value(meters, "handshakes_total", result=result.value) for result in Result}
    assert found == {result: float(result is Result.UNKNOWN_NAME) for result in Result}


def test_first_answers_are_told_apart_by_whether_they_waited(meters: Meters) -> None:
    meters.ears.first_answer(0.02, False)
    meters.ears.first_answer(1.5, True)
    sums = [value(meters, "first_request_seconds_sum", certificate=each) for each in ("ready", "awaited")]
    assert sums == [0.02, 1.5]


@pytest.mark.parametrize(
    ("status", "told"), [(101, "1xx"), (200, "2xx"), (308, "3xx"), (499, "4xx"), (504, "5xx"), (999, "5xx")]
)
def test_status_counts_in_its_class(meters: Meters, status: int, told: str) -> None:
    meters.answered("upstream", status)
    assert value(meters, "requests_total", destination="upstream", status=told) == 1


def test_every_room_is_a_destination() -> None:
    assert {room.value for room in Room} < set(DESTINATIONS)


def test_questions_are_told_by_asker_and_whether_they_were_answered(meters: Meters) -> None:
    took = meters.questions("look")
    took(True, 0.2)
    took(False, 1.2)
    assert value(meters, "dns_seconds_sum", asker="look", result="answered") == 0.2
    assert value(meters, "dns_seconds_sum", asker="look", result="failed") == 1.2


def test_round_that_fails_leaves_the_last_success_where_it_was(meters: Meters) -> None:
    began, later = factories.NOW, factories.NOW + timedelta(seconds=3)
    meters.round(Round("clean-up", began, later, ""))
    meters.round(Round("clean-up", later, later + timedelta(seconds=9), "database or disk is full"))
    of_job = {"job": "clean-up"}
    assert value(meters, "job_last_success_timestamp_seconds", **of_job) == later.timestamp()
    assert value(meters, "job_last_round_seconds", **of_job) == 9
    assert value(meters, "job_rounds_total", **of_job, result="ok") == 1
    assert value(meters, "job_rounds_total", **of_job, result="failed") == 1


async def test_loop_that_is_held_up_is_seen(meters: Meters) -> None:
    lag = asyncio.get_running_loop().create_task(meters.lag.run())
    await asyncio.sleep(EVERY_SECONDS + 0.2)
    assert meters.lag.seconds() < 0.3
    time.sleep(EVERY_SECONDS + 0.1)
    assert meters.lag.seconds() > 0.1
    await asyncio.sleep(0.05)
    lag.cancel()
    assert (value(meters, "loop_lag_seconds_sum") or 0) > 0.1


def test_flights_are_counted_by_reason(meters: Meters) -> None:
    flights = [Flight(Hostname(f"n{n}.example"), reason, factories.NOW) for n, reason in enumerate("ab")]
    flights += [Flight(Hostname("shop.example"), "renewal", factories.NOW)]
    meters.registry.register(
        Process(
            flights=lambda: flights,
            connections=lambda: 7,
            waiting=lambda: 2,
            tasks=lambda: 30,
            ready=lambda: False,
            held=lambda: True,
        )
    )
    reasons = ("handshake", "renewal", "wizard", "other")
    assert [value(meters, "flights", reason=reason) for reason in reasons] == [0, 1, 0, 2]
    told = [
        value(meters, name) for name in ("connections", "waiting_handshakes", "tasks", "ready", "store_held")
    ]
    assert told == [7, 2, 30, 0, 1]


def test_stored_figures_are_told_as_they_were_read_last(meters: Meters) -> None:
    stored = Stored("https://ca.example/dir")
    meters.registry.register(stored)
    assert value(meters, "names") is None
    stored.figures = Figures(5, (0, 1, 1, 1, 1, 2, 2, 3), 200.0, 4, 6, (Tokens("orders", 300, 12, 1),))
    assert (value(meters, "names"), value(meters, "mails_waiting")) == (5, 6)
    days = [value(meters, "certificate_days_left_bucket", le=le) for le in ("0", "1", "30", "90", "+Inf")]
    assert days == [0, 1, 2, 3, 4]
    assert value(meters, "certificate_days_left_sum") == 200.0
    limit = {"ca": "ca.example", "limit": "orders"}
    names = ("ca_tokens_left", "ca_tokens_capacity", "ca_limits_held")
    assert [value(meters, name, **limit) for name in names] == [12, 300, 1]
