import asyncio
from collections.abc import Iterator
from itertools import chain, repeat

import pytest

from edge.tls.acme.errors import AcmeProblem, AcmeTimeout, AcmeUnreachable
from edge.tls.acme.polling import Pace, poll
from edge.tls.acme.problem import Problem
from tests.fakes.stepped_time import SteppedTime

Look = tuple[str, float | None] | Exception


async def polled(looks: Iterator[Look], time: SteppedTime, within_seconds: float = 60) -> str:
    async def look() -> tuple[str, float | None]:
        seen = next(looks)
        if isinstance(seen, Exception):
            raise seen
        return seen

    pace = Pace(sleep=time.sleep, monotonic=time.monotonic)
    return await poll(look, lambda seen: seen == "valid", pace, within_seconds)


def refusal(status: int, retry_after: float | None = None) -> AcmeProblem:
    return AcmeProblem(Problem("about:blank", "busy"), status, retry_after)


async def test_first_look_comes_after_ten_milliseconds() -> None:
    time = SteppedTime()
    assert await polled(iter([("valid", None)]), time) == "valid"
    assert time.slept == [0.010]


async def test_waits_grow_up_to_the_longest() -> None:
    time = SteppedTime()
    await polled(chain(repeat(("pending", None), 30), [("valid", None)]), time, within_seconds=600)
    assert time.slept[:3] == [0.010, 0.016, pytest.approx(0.0256)]
    assert time.slept[-1] == 5.0


async def test_long_retry_after_waits_until_the_first_second_is_over() -> None:
    time = SteppedTime()
    await polled(chain(repeat(("pending", 7.0), 10), [("valid", None)]), time)
    assert len([wait for wait in time.slept if wait < 1]) == 9
    assert time.slept[-1] == 7.0


async def test_zero_retry_after_keeps_the_growing_wait() -> None:
    time = SteppedTime()
    await polled(chain(repeat(("pending", 0.0), 20), [("valid", None)]), time, within_seconds=600)
    assert time.slept[-1] == 5.0


async def test_last_look_is_at_the_deadline_whatever_retry_after_says() -> None:
    time = SteppedTime()
    with pytest.raises(AcmeTimeout, match="within 20 s"):
        await polled(repeat(("pending", 3600.0)), time, within_seconds=20)
    assert time.now == pytest.approx(20)


async def test_busy_ca_is_obeyed_at_once() -> None:
    time = SteppedTime()
    await polled(iter([refusal(503, 4.0), refusal(429, 2.5), ("valid", None)]), time)
    assert time.slept == [0.010, 4.0, 2.5]


async def test_unreachable_ca_is_asked_again() -> None:
    time = SteppedTime()
    assert await polled(iter([AcmeUnreachable("reset"), ("valid", None)]), time) == "valid"


async def test_time_out_names_the_last_trouble() -> None:
    with pytest.raises(AcmeTimeout) as caught:
        await polled(repeat(AcmeUnreachable("refused")), SteppedTime(), within_seconds=1)
    assert isinstance(caught.value.__cause__, AcmeUnreachable)


async def test_refusal_ends_the_polling() -> None:
    with pytest.raises(AcmeProblem):
        await polled(iter([refusal(404)]), SteppedTime())


async def test_look_that_hangs_is_given_up() -> None:
    async def hang() -> tuple[str, float | None]:
        await asyncio.get_running_loop().create_future()
        raise AssertionError("unreachable")

    with pytest.raises(AcmeTimeout):
        await poll(hang, bool, Pace(last_look=0.01), within_seconds=0.01)
