import asyncio
import logging

import pytest

from store.tasks import OwnedTasks


async def break_down() -> None:
    raise RuntimeError("broken pipe")


async def seven() -> int:
    return 7


async def forever(ended: list[str] | None = None) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        if ended is not None:
            ended.append("ended")


async def until_empty(tasks: OwnedTasks) -> None:
    while len(tasks):
        await asyncio.sleep(0)


async def test_failure_is_logged_with_the_name_and_the_rest_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    tasks = OwnedTasks()
    tasks.start(forever(), "other")
    tasks.start(break_down(), "deliver 7")
    while len(tasks) > 1:
        await asyncio.sleep(0)
    assert [record.__dict__["task"] for record in caplog.records] == ["deliver 7"]
    assert "broken pipe" in caplog.text
    await tasks.close()


async def test_finished_task_is_forgotten_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    tasks = OwnedTasks()
    tasks.start(seven(), "seven")
    assert len(tasks) == 1
    await until_empty(tasks)
    assert caplog.records == []


async def test_close_cancels_what_runs_and_waits_for_its_end(caplog: pytest.LogCaptureFixture) -> None:
    tasks, ended = OwnedTasks(), list[str]()
    for number in range(3):
        tasks.start(forever(ended), f"wait {number}")
    await asyncio.sleep(0)
    await tasks.close()
    assert ended == ["ended"] * 3 and len(tasks) == 0
    assert caplog.records == []


async def test_close_logs_who_fails_on_the_way_out(caplog: pytest.LogCaptureFixture) -> None:
    async def fail_at_the_end() -> None:
        try:
            await forever()
        finally:
            await break_down()

    tasks = OwnedTasks()
    tasks.start(fail_at_the_end(), "clumsy")
    await asyncio.sleep(0)
    await tasks.close()
    assert "broken pipe" in caplog.text


async def test_close_also_ends_what_a_task_starts_on_its_way_out() -> None:
    tasks, ended = OwnedTasks(), list[str]()

    async def hand_over() -> None:
        try:
            await forever()
        finally:
            tasks.start(forever(ended), "heir")

    tasks.start(hand_over(), "first")
    await asyncio.sleep(0)
    await tasks.close()
    assert len(tasks) == 0


async def test_close_of_nothing_returns_at_once() -> None:
    await OwnedTasks().close()


async def test_result_is_there_for_whoever_waits() -> None:
    assert await OwnedTasks().begin(seven(), "seven") == 7


async def test_work_goes_on_when_its_visitor_stops_waiting() -> None:
    tasks, go_on = OwnedTasks(), asyncio.Event()
    work = tasks.begin(go_on.wait(), "work")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(work), 0.001)
    go_on.set()
    assert await work is True
