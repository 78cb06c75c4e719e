"""The operator hears that open files run out, and not all the time."""

import asyncio
import logging
import os
import resource
from collections.abc import Iterator

import pytest

from edge import open_files


@pytest.fixture
def few() -> Iterator[int]:
    """A process that may open three files more; they are the only numbers that are free below the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(map(int, os.listdir("/proc/self/fd")))
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 4, hard))
    yield highest + 4
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def watched(seconds: float) -> None:
    watching = asyncio.create_task(open_files.watch(every=0.02, said_again=0.2))
    await asyncio.sleep(seconds)
    watching.cancel()


def told(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [each for each in caplog.records if each.getMessage() == "open files run out"]


async def test_nothing_is_said_while_there_are_enough(caplog: pytest.LogCaptureFixture) -> None:
    await watched(0.1)
    assert told(caplog) == []


async def test_one_line_is_written_in_each_span_while_there_is_none(
    few: int, caplog: pytest.LogCaptureFixture
) -> None:
    taken = []
    try:
        while True:
            try:
                taken.append(os.open("/dev/null", os.O_RDONLY))
            except OSError:
                break
        await watched(0.5)
    finally:
        for each in taken:
            os.close(each)
    lines = told(caplog)
    assert 2 <= len(lines) <= 3
    assert {line.__dict__["left"] for line in lines} == {0}
