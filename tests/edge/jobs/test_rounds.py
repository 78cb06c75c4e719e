import sqlite3

import pytest

from edge.jobs import rounds


class Enough(Exception):
    """So many rounds are enough."""


@pytest.mark.parametrize(
    "failure", [sqlite3.OperationalError("database or disk is full"), OSError(28, "full")]
)
async def test_round_that_the_disk_fails_is_logged_and_the_next_one_comes(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    begun: list[str] = []

    async def work() -> None:
        begun.append("round")
        if len(begun) == 1:
            raise failure

    async def sleep(seconds: float) -> None:
        assert seconds == 5
        if len(begun) == 2:
            raise Enough

    with pytest.raises(Enough):
        await rounds.repeat("clean-up", work, 5, sleep)
    (record,) = caplog.records
    assert record.__dict__["job"] == "clean-up" and "full" in record.__dict__["reason"]


async def test_mistake_of_ours_ends_the_job() -> None:
    async def work() -> None:
        raise sqlite3.ProgrammingError("no such column")

    with pytest.raises(sqlite3.ProgrammingError):
        await rounds.repeat("clean-up", work, 5)
