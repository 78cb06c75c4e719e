"""What changes is told to open pages: to whom it may be, a few at a time, from where they left off."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from admin.wizard import streams
from store import domains
from store.hostname import Hostname
from store.issuance import CertificateState
from tests.admin.wizard.test_walk import PAGE, reach_record
from tests.fakes.admin_console import HOST, NO_RECORD, OK, Browser, Console

EVENTS = f"{PAGE}/events"


class Stream:
    """An open stream, read event by event."""

    def __init__(self, response: aiohttp.ClientResponse):
        self.response = response

    async def next(self) -> dict[str, Any]:
        """The fields of the next event; `comment` and `retry` have no data."""
        async with asyncio.timeout(5):
            block = (await self.response.content.readuntil(b"\n\n")).decode().strip()
        found: dict[str, Any] = dict(line.partition(":")[::2] for line in block.splitlines())
        found = {name or "comment": value.strip() for name, value in found.items()}
        return found | ({"data": json.loads(found["data"])} if "data" in found else {})

    async def rest(self) -> bytes:
        async with asyncio.timeout(5):
            return await self.response.content.read()


@asynccontextmanager
async def opened(browser: Browser, path: str = EVENTS, **headers: str) -> AsyncIterator[Stream]:
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    sent = {"Host": browser.host, "Cookie": cookie, **headers}
    async with browser.client.get(path, headers=sent, allow_redirects=False) as response:
        yield Stream(response)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "POLL_SECONDS", 0.02)


@pytest.fixture
async def recording(admin: Browser) -> Browser:
    """Acme's admin at the record."""
    await reach_record(admin)
    return admin


async def test_page_is_told_of_each_change_until_it_is_live(console: Console, recording: Browser) -> None:
    async with opened(recording) as stream:
        assert stream.response.headers["Content-Type"] == "text/event-stream"
        assert stream.response.headers["Cache-Control"] == "no-store"
        assert await stream.next() == {"retry": "1000"}
        first = await stream.next()
        assert (first["event"], first["data"]["routing"], first["data"]["certificate"]) == (
            "state",
            "pending",
            "none",
        )
        await console.sees(NO_RECORD)
        assert (await stream.next())["data"]["diagnosis"]["code"] == "no_record"
        await console.sees(OK)
        await console.issues(CertificateState.ORDERED)
        told = (await stream.next())["data"]
        while told["certificate"] != "ordered":
            told = (await stream.next())["data"]
        assert told["routing"] == "ok" and not told["live"]
        await console.proves()
        while not told["live"]:
            told = (await stream.next())["data"]
        assert await stream.rest() == b""


async def test_name_is_followed_for_as_long_as_the_page_is_open(console: Console, recording: Browser) -> None:
    async with opened(recording) as one, opened(recording) as two:
        await one.next()
        await two.next()
        assert console.edge.followed == [HOST, HOST]
    async with asyncio.timeout(5):
        while console.edge.followed:
            await asyncio.sleep(0.01)


async def test_further_look_that_found_the_same_moves_the_time_alone(
    console: Console, recording: Browser
) -> None:
    await console.sees(NO_RECORD)
    async with opened(recording) as stream:
        await stream.next()
        await stream.next()
        console.passes(seconds=3)
        await console.sees(NO_RECORD)
        news = await stream.next()
        assert (news["event"], news["data"]) == ("look", {"looked": console.now.isoformat()})


async def test_who_comes_back_is_told_what_is_new_and_nothing_twice(
    console: Console, recording: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_SECONDS", 0.05)
    async with opened(recording) as stream:
        await stream.next()
        known = (await stream.next())["id"]
    async with opened(recording, **{"Last-Event-ID": known}) as stream:
        await stream.next()
        assert await stream.next() == {"comment": "still here"}
        await console.sees(NO_RECORD)
        news = await stream.next()
        while "comment" in news:
            news = await stream.next()
        assert news["event"] == "state" and news["id"] != known


async def test_stream_ends_by_itself_and_asks_to_come_back(
    recording: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "STREAM_SECONDS", 0.1)
    async with opened(recording) as stream:
        assert (await stream.rest()).startswith(b"retry: 1000\n\n")


async def test_page_of_a_name_that_is_given_up_is_told_that_it_is_gone(
    console: Console, recording: Browser
) -> None:
    async with opened(recording) as stream:
        await stream.next()
        await stream.next()
        await console.store.write(domains.remove, HOST, console.now)
        assert (await stream.next())["event"] == "gone"
        assert await stream.rest() == b""


async def test_streams_of_one_session_and_of_an_organisation_are_few(
    recording: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_OF_ONE", 2)
    async with opened(recording) as one, opened(recording) as two:
        await one.next()
        await two.next()
        async with opened(recording) as three:
            assert three.response.status == 429
            assert three.response.headers["Retry-After"] == "30"
    taken = streams.Streams()
    monkeypatch.setattr(streams, "MAX_OF_ORGANISATION", 1)
    with taken.taken("a", 1), taken.taken("b", 2):
        with pytest.raises(Exception, match="Too Many"), taken.taken("c", 1):
            pass
        assert len(taken) == 2
    assert len(taken) == 0


async def test_streams_end_when_the_application_does(console: Console, recording: Browser) -> None:
    async with console.started() as other:
        other.cookies = dict(recording.cookies)
        async with opened(other) as stream:
            await stream.next()
            await stream.next()
            closing = asyncio.ensure_future(other.client.server.close())
            assert await stream.rest() == b""
            await closing


async def test_stream_is_behind_the_rights_of_its_page(console: Console, recording: Browser) -> None:
    beacon = await console.add_organisation("beacon")
    foreign = EVENTS.replace("acme", beacon.slug)
    for path in (foreign, EVENTS.replace("acme", "nobody"), f"{foreign[:-7]}/answers"):
        async with opened(recording, path) as stream:
            assert stream.response.status == 404
    async with opened(Browser(recording.client)) as stream:
        assert (stream.response.status, stream.response.headers["Location"]) == (
            303,
            f"/sign-in?next={EVENTS}",
        )


async def test_nothing_is_told_without_a_name(console: Console, admin: Browser) -> None:
    async with opened(admin) as stream:
        assert stream.response.status == 404
    assert (await admin.get(f"{PAGE}/status")).status == 404
    assert (await admin.get(f"{PAGE}/answers")).status == 404
    assert console.edge.followed == []


async def test_status_tells_the_same_without_a_stream(console: Console, recording: Browser) -> None:
    await console.sees(OK)
    await console.issues(CertificateState.FAILED, "ca:dns", "SERVFAIL", console.now.replace(minute=30))
    told = json.loads((await recording.get(f"{PAGE}/status")).text)
    assert (told["routing"], told["certificate"], told["step"], told["phase"]) == (
        "ok",
        "failed",
        "complete",
        "stopped",
    )
    assert told["retry"] == "2026-11-22T12:30:00+00:00"
    assert told["diagnosis"]["code"] == "ok"
    assert Hostname(HOST) not in console.edge.followed
