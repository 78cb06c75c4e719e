import sqlite3

import pytest

from edge.jobs.rounds import Rounds
from store.operations import Round
from tests import factories


class Enough(Exception):
    """So many rounds are enough."""


@pytest.mark.parametrize(
    "failure", [sqlite3.OperationalError("database or disk is full"), OSError(28, "full")]
)
async def test_round_that_the_disk_fails_is_logged_and_the_next_one_comes(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    begun: list[str] = []
    errors: list[str] = []

    async def work() -> None:
        begun.append("round")
        if len(begun) == 1:
            raise failure

    async def sleep(seconds: float) -> None:
        assert seconds == 5
        errors.append(rounds.last()[0].error)
        if len(begun) == 2:
            raise Enough

    rounds = Rounds(lambda: factories.NOW, sleep)
    with pytest.raises(Enough):
        await rounds.repeat("clean-up", work, 5)
    (record,) = caplog.records
    assert record.__dict__["job"] == "clean-up" and "full" in record.__dict__["reason"]
    assert "full" in errors[0] and errors[1] == ""
    assert rounds.last() == (Round("clean-up", factories.NOW, factories.NOW, ""),)


async def test_round_under_way_has_no_end_yet() -> None:
    rounds = Rounds(lambda: factories.NOW)

    async def work() -> None:
        assert rounds.last() == (Round("exports", factories.NOW, None, ""),)
        raise Enough

    with pytest.raises(Enough):
        await rounds.repeat("exports", work, 5)


async def test_mistake_of_ours_ends_the_job() -> None:
    async def work() -> None:
        raise sqlite3.ProgrammingError("no such column")

    with pytest.raises(sqlite3.ProgrammingError):
        await Rounds(lambda: factories.NOW).repeat("clean-up", work, 5)


async def test_each_round_that_ends_is_told_also_one_that_failed() -> None:
    ended: list[Round] = []

    async def work() -> None:
        if not ended:
            raise OSError(28, "full")

    async def sleep(seconds: float) -> None:
        if len(ended) == 2:
            raise Enough

    with pytest.raises(Enough):
        await Rounds(lambda: factories.NOW, sleep, ended.append).repeat("exports", work, 5)
    assert [(one.job, bool(one.error), one.ended_at) for one in ended] == [
        ("exports", True, factories.NOW),
        ("exports", False, factories.NOW),
    ]
