import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from store import issuance, leases
from store.hostname import Hostname
from store.issuance import Attempt, Failure
from store.leases import Lease
from store.operations import Flight
from store.phases import Phase
from tests.fakes.admin_console import HOST, NOW, Browser, Console

PATH = "/console/handshakes"
NAME = Hostname(HOST)
PHASES = (Phase("hello", 0.0, 1.5), Phase("dns", 1.5, 12.0), Phase("http-01 asked by 192.0.2.7", 4.0, 0.0))


@pytest.fixture
async def operator(console: Console, browser: Browser) -> AsyncIterator[Browser]:
    await console.add_operator()
    await browser.sign_in("op@provider.example")
    yield browser


async def failed(console: Console, name: Hostname = NAME, cause: str = "preflight:http") -> None:
    """One attempt that ended badly is kept."""
    lease = await console.store.write(
        leases.take, issuance.lease_name(name), "nobody", NOW, NOW + timedelta(minutes=5)
    )
    assert isinstance(lease, Lease)
    attempt = Attempt(name, "handshake", cause, "status 404 from <nginx>", PHASES, NOW, NOW)
    await console.store.write(issuance.fail, lease, Failure(cause, "", "", NOW), attempt)


async def test_flights_are_shown_with_what_they_did_so_far(console: Console, operator: Browser) -> None:
    console.edge.flights = (Flight(NAME, "handshake", NOW, PHASES),)
    page = (await operator.get(PATH)).text
    for words in (HOST, "Hello read", "DNS asked", "12.0 ms", "http-01 asked by 192.0.2.7"):
        assert words in page, words


async def test_the_last_attempts_are_shown_with_their_fault(console: Console, operator: Browser) -> None:
    await failed(console)
    page = (await operator.get(PATH)).text
    for words in (
        "preflight:http",
        "Something else than us answers on port 80",
        "from &lt;nginx&gt;",
        "13.5 ms",
    ):
        assert words in page, words


async def test_one_name_can_be_asked_for(console: Console, operator: Browser) -> None:
    await failed(console)
    await failed(console, Hostname("other.customer.example"))
    page = (await operator.get(f"{PATH}?name={HOST.upper()}")).text
    assert HOST in page and "other.customer.example" not in page
    nobody = (await operator.get(f"{PATH}?name=%3Cscript%3E")).text
    assert "<script>alert" not in nobody and "&lt;script&gt;" in nobody


async def test_an_empty_house_says_how_to_see_one(operator: Browser) -> None:
    page = (await operator.get(PATH)).text
    assert "Open a name that nobody has visited" in page and "No certificate was issued yet." in page


async def test_scripts_are_told_that_something_changed(console: Console, operator: Browser) -> None:
    before = json.loads((await operator.get(f"{PATH}/status")).text)
    console.edge.flights = (Flight(NAME, "handshake", NOW, PHASES[:1]),)
    begun = json.loads((await operator.get(f"{PATH}/status")).text)
    console.edge.flights = (Flight(NAME, "handshake", NOW, PHASES),)
    further = json.loads((await operator.get(f"{PATH}/status")).text)
    assert len({before["state"], begun["state"], further["state"]}) == 3
    assert begun["sentence"] == f"1 under way, the longest for {HOST}."
    assert f'data-state="{further["state"]}"' in (await operator.get(PATH)).text
