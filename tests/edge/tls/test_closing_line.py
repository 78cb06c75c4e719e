"""The line of each connection, and what is counted of it."""

import asyncio
import logging
from typing import Any

import pytest

from edge.sni.alerts import Alert
from edge.tls.outcomes import Result
from edge.tls.terms import Ears, Refuse
from tests.edge.sni.hellos import CHROMIUM
from tests.edge.tls.pump import (
    NAME,
    Client,
    Echo,
    accept,
    always,
    client_context,
    pump,
    raw_exchange,
    s_client,
)

LOOPS = ("asyncio", "uvloop")
UNKNOWN = Refuse(Alert.UNRECOGNIZED_NAME, "unknown name")


class Heard:
    """Who counts."""

    def __init__(self) -> None:
        self.results: list[Result] = []
        self.first: list[tuple[float, bool]] = []
        self.ears = Ears(self.results.append, lambda seconds, awaited: self.first.append((seconds, awaited)))


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(autouse=True)
def every_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "edge")


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [vars(record) for record in caplog.records if record.getMessage() == "TLS connection closed"]


async def echoed(port: int, *sent: bytes, tls_1_2: bool = False) -> None:
    async with Client(port, tls=client_context(tls_1_2=tls_1_2)) as client:
        for data in sent:
            await client.send(data)
            assert await client.receive(len(data)) == data


async def until(caplog: pytest.LogCaptureFixture, count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(5):
        while len(lines(caplog)) < count:
            await asyncio.sleep(0.01)
    return lines(caplog)


async def test_line_says_who_came_where_it_led_and_with_which_tls(
    heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    async with pump(always(accept(Echo, room="portal")), ears=heard.ears) as (_, port):
        await echoed(port, b"x" * 1000)
        [line] = await until(caplog, 1)
    known = {name: line[name] for name in ("peer", "sni", "room", "result", "version", "alpn", "resumed")}
    assert known == {
        "peer": "127.0.0.1",
        "sni": NAME,
        "room": "portal",
        "result": "completed",
        "version": "TLSv1.3",
        "alpn": "http/1.1",
        "resumed": False,
    }
    assert line["cipher"].startswith("TLS_") and line["sent"] == 1000 < line["received"] < 1200
    assert (line["requests"], line["levelno"]) == (0, logging.INFO)


async def test_resumed_session_is_called_so(caplog: pytest.LogCaptureFixture, tmp_path: Any) -> None:
    kept = tmp_path / "session"
    async with pump(always(accept(Echo))) as (_, port):
        await s_client(port, "-tls1_2", "-sess_out", str(kept))
        await s_client(port, "-tls1_2", "-sess_in", str(kept))
        found = await until(caplog, 2)
    assert [line["resumed"] for line in found] == [False, True]


async def test_completed_handshake_is_counted_while_its_connection_is_open(heard: Heard) -> None:
    async with pump(always(accept(Echo)), ears=heard.ears) as (_, port), Client(port) as client:
        await client.send(b"x")
        await client.receive(1)
        assert heard.results == [Result.COMPLETED]
        [(seconds, awaited)] = heard.first
        assert 0 < seconds < 5 and not awaited


async def test_first_answer_is_told_once_and_whether_it_waited_for_a_certificate(heard: Heard) -> None:
    decision = accept(Echo)

    async def late() -> Any:
        await asyncio.sleep(0.05)
        return decision

    async with pump(lambda hello, arrival: late(), ears=heard.ears) as (_, port):
        await echoed(port, b"x", b"y")
    [(seconds, awaited)] = heard.first
    assert seconds > 0.05 and awaited


async def test_flood_of_strangers_is_counted_whole_and_logged_in_part(
    heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    async with pump(always(UNKNOWN), ears=heard.ears) as (_, port):
        await asyncio.gather(*(raw_exchange(port, CHROMIUM) for _ in range(200)))
        async with asyncio.timeout(5):
            while len(heard.results) < 200:
                await asyncio.sleep(0.01)
    assert heard.results == [Result.UNKNOWN_NAME] * 200
    found = lines(caplog)
    seconds = {int(line["created"]) for line in found}
    assert 10 <= len(found) <= 10 * (len(seconds) + 1)
    assert len(found) < 200 and {line["result"] for line in found} == {"unknown_name"}
