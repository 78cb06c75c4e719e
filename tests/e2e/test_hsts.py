"""Names of a CA that the world trusts bind browsers to HTTPS; those of the embedded one, or on port 80, never."""

from pathlib import Path

import aiohttp

from tests.e2e.house import ADMIN_HOST, House, house
from tests.peers.pebble import Pebble

HEADER = "Strict-Transport-Security"


async def header(running: House) -> str | None:
    """What the console's host says to a browser."""
    url = f"https://127.0.0.1:{running.https_port}/sign-in"
    async with aiohttp.ClientSession() as session:
        async with session.get(
            url, headers={"Host": ADMIN_HOST}, server_hostname=ADMIN_HOST, ssl=running.trust
        ) as answer:
            assert answer.status == 200
            return answer.headers.get(HEADER)


async def test_a_name_with_a_public_certificate_is_bound_to_https(tmp_path: Path, pebble: Pebble) -> None:
    pebble.add_a(ADMIN_HOST, "127.0.0.1")
    async with house(tmp_path, pebble, acme={"trust_file": ""}) as running:
        assert await header(running) == "max-age=15552000"
        assert HEADER not in (await running.plain(ADMIN_HOST))[1]


async def test_a_name_of_a_private_ca_is_not(tmp_path: Path, pebble: Pebble) -> None:
    pebble.add_a(ADMIN_HOST, "127.0.0.1")
    async with house(tmp_path, pebble) as running:
        assert await header(running) is None
