"""Debian's Pebble as the demo starts it."""

import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from demo.pebble import NoPebble, Pebble
from tests.peers.ports import free_port

NOW = datetime.now(UTC)


async def start(pebble: Pebble) -> None:
    await pebble.start(dns_port=free_port(), http_port=free_port(), https_port=free_port(), now=NOW)


def roots(pebble: Pebble) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(pebble.root_file.read_bytes())


@pytest.fixture
async def pebble(tmp_path: Path) -> AsyncIterator[Pebble]:
    made = Pebble(tmp_path, free_port(), free_port())
    yield made
    await made.stop()


async def test_it_starts_gives_its_root_and_stops(pebble: Pebble) -> None:
    await start(pebble)
    [root] = roots(pebble)
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    await pebble.stop()
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", pebble.api_port)) != 0


async def test_roots_of_earlier_starts_stay_trusted_after_the_new_one(pebble: Pebble) -> None:
    await start(pebble)
    earlier = roots(pebble)
    await pebble.stop()
    await start(pebble)
    assert roots(pebble)[1:] == earlier and roots(pebble)[0] not in earlier


async def test_taken_port_is_told_with_the_place_of_the_log(pebble: Pebble) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", pebble.api_port))
        server.listen()
        with pytest.raises(NoPebble, match=r"pebble\.log"):
            await start(pebble)


async def test_missing_program_is_told_with_its_package(
    pebble: Pebble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoPebble, match="apt-get install pebble"):
        await start(pebble)
