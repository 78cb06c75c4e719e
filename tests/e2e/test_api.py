"""The API behind its own certificate: a bill is sent through a whole Brassplate, and a file through its child."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from edge.main import system_clock
from store import api_tokens
from store.api_tokens import SCOPES, NewToken
from store.hostname import Hostname
from tests.admin.api.records import call, customer, invoice
from tests.e2e.house import ADMIN_HOST, House, house
from tests.peers.pebble import Pebble

API_HOST = Hostname("api.provider.test")
CALLS = 2000


async def test_program_sends_a_bill_through_the_api(tmp_path: Path, pebble: Pebble) -> None:
    async with house(tmp_path, pebble, edge={"api_host": API_HOST}) as running:
        token = await made(running)
        assert (await ask(running, "GET", "/openapi.json"))[0] == 200
        assert (await ask(running, "GET", "/token"))[0] == 401
        assert (await ask(running, "GET", "/token", token))[1]["organisation"] == "harbour"
        assert (await ask(running, "GET", "/token", token, host=ADMIN_HOST))[0] == 421
        assert (await ask(running, "PUT", "/customers/A100", token, json=customer()))[0] == 200
        assert (await ask(running, "PUT", "/invoices/INV-1", token, json=invoice()))[0] == 200
        shown = (await ask(running, "GET", "/invoices/INV-1", token))[1]
        assert (shown["gross"], len(shown["lines"])) == ("120.00", 1)
        rows = [call(f"C{number}") for number in range(CALLS)]
        assert (await ask(running, "POST", "/calls", token, json={"rows": rows}))[1]["counts"][
            "added"
        ] == CALLS


async def test_file_is_imported_by_a_child_process(tmp_path: Path, pebble: Pebble) -> None:
    async with house(tmp_path, pebble, edge={"api_host": API_HOST}) as running:
        token = await made(running)
        file = "reference,name\n" + "".join(f"A{number},Customer {number}\n" for number in range(3000))
        status, job = await ask(
            running,
            "POST",
            "/imports?kind=customers",
            token,
            data=file.encode(),
            headers={"Content-Type": "text/csv"},
        )
        assert (status, job["state"]) == (202, "waiting")
        async with asyncio.timeout(30):
            while job["state"] in ("waiting", "running"):
                await asyncio.sleep(0.2)
                job = (await ask(running, "GET", f"/jobs/{job['id']}", token))[1]
        assert (job["state"], job["rows_added"]) == ("imported", 3000), job
        assert (await ask(running, "GET", "/customers/A2999", token))[0] == 200


async def made(running: House) -> str:
    """A token of the house's organisation that may do everything."""
    now: datetime = system_clock()
    new = NewToken("Test", frozenset(SCOPES), None, "cli")
    return (await running.store.write(api_tokens.make, running.organisation.id, new, now)).secret


async def ask(
    running: House, method: str, path: str, token: str = "", host: str = API_HOST, **options: Any
) -> tuple[int, Any]:
    """One request over TLS to the API's name: status and JSON."""
    headers = {"Host": host, **options.pop("headers", {})}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    url = f"https://127.0.0.1:{running.https_port}/api/v1{path}"
    async with (
        aiohttp.ClientSession() as session,
        session.request(
            method, url, headers=headers, ssl=running.trust, server_hostname=API_HOST, **options
        ) as response,
    ):
        return response.status, await response.json(content_type=None)
