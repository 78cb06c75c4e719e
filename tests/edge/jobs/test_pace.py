import asyncio

import pytest

from edge.jobs.pace import Pace
from tests.fakes.stepped_time import SteppedTime


async def test_whoever_comes_waits_for_their_turn() -> None:
    time, begun = SteppedTime(), []
    pace = Pace(10.0, time.monotonic, time.sleep)
    for _ in range(30):
        await pace.turn(1)
        begun.append(time.now)
    assert begun == pytest.approx([number / 10 for number in range(30)])


async def test_crowd_is_let_through_one_by_one() -> None:
    time, slept = SteppedTime(), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    pace = Pace(4.0, time.monotonic, sleep)
    await asyncio.gather(*(pace.turn(1) for _ in range(5)))
    assert slept == [0.25, 0.5, 0.75, 1.0]


async def test_turn_takes_as_long_as_it_asks_questions() -> None:
    time = SteppedTime()
    pace = Pace(10.0, time.monotonic, time.sleep)
    await pace.turn(40)
    assert time.now == 0
    await pace.turn(1)
    assert time.now == pytest.approx(4.0)


@pytest.mark.parametrize(("expected", "asked", "waits"), [(40, 10, 1.0), (1, 30, 3.0), (40, 0, 0.0)])
async def test_what_was_asked_counts_in_the_end(expected: int, asked: int, waits: float) -> None:
    time = SteppedTime()
    pace = Pace(10.0, time.monotonic, time.sleep)
    await pace.turn(expected)
    pace.settle(expected, asked)
    await pace.turn(1)
    assert time.now == pytest.approx(waits)


async def test_long_rest_saves_nothing_up() -> None:
    time = SteppedTime()
    pace = Pace(10.0, time.monotonic, time.sleep)
    await pace.turn(1)
    time.now = 86_400.0
    await pace.turn(1)
    await pace.turn(1)
    assert time.now == pytest.approx(86_400.1)
