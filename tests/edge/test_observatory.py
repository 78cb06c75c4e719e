"""The metrics listener before there is a house, and where it cannot be."""

import socket
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from edge import settings
from edge.binding import bind
from edge.doors import opened_doors
from edge.observatory import Observatory
from edge.settings import Settings
from edge.starting import CannotStart


def watched(metrics: str) -> Settings:
    edge = {"admin_host": "admin.provider.example", "cname_target": "customers.provider.example"}
    found = settings.from_mapping({"edge": edge, "issuer": {"kind": "local"}}, Path("/nowhere"), {})
    assert isinstance(found, Settings), found
    return replace(found, metrics=metrics)


@pytest.mark.parametrize("address", ["127.0.0.1:0", "[::1]:0"])
async def test_process_that_starts_lives_and_is_not_ready(address: str) -> None:
    async with AsyncExitStack() as stack:
        where = await Observatory(watched(address)).open(stack, bind(address))
        async with aiohttp.ClientSession() as session:
            for path, status, words in (("/healthz", 200, "ok\n"), ("/readyz", 503, "starting\n")):
                async with session.get(f"http://{where}{path}") as response:
                    assert (response.status, await response.text()) == (status, words)
            async with session.get(f"http://{where}/metrics") as response:
                assert "brassplate_handshakes_total" in await response.text()
                assert response.headers["Content-Type"].startswith("text/plain; version=")
            async with session.post(f"http://{where}/metrics") as response:
                assert response.status == 405


async def test_address_that_is_taken_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(CannotStart, match=rf"edge\.metrics {address}: "):
            opened_doors(watched(address))


async def test_nothing_is_opened_where_no_address_is_set() -> None:
    async with AsyncExitStack() as stack:
        assert await Observatory(watched("")).open(stack, ()) == ""
