"""The demo's settings: ports that are free, files that load, a CA bound to names that nobody owns."""

import dataclasses
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import configuration
from demo.configuration import NoFreePort, Ports
from demo.pebble import Pebble
from tests.peers.ports import free_port

PORTS = Ports(https=8443, http=8080, dns=8053, panel=8090, ca=14000, ca_management=15000)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", free_port()))
        server.listen()
        yield server.getsockname()[1]


def test_next_port_is_used_when_the_asked_one_is_taken(taken: int) -> None:
    assert configuration.free_ports(taken).https > taken


def test_asked_port_is_used_when_it_is_free() -> None:
    port = free_port()
    assert configuration.free_ports(port).https == port


@pytest.mark.parametrize("asked", [1, 443, 8053, 8090, 14000])
def test_all_ports_differ(asked: int) -> None:
    ports = dataclasses.astuple(configuration.free_ports(asked))
    assert len(set(ports)) == len(ports)


def test_running_out_of_ports_is_said() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 65535))
        server.listen()
        with pytest.raises(NoFreePort, match="65535"):
            configuration.free_ports(65535)


def test_settings_are_of_loopback_and_of_a_bound_local_ca(tmp_path: Path) -> None:
    found = configuration.make(tmp_path, PORTS, None)
    assert (found.https, found.http) == (("127.0.0.1:8443",), ("127.0.0.1:8080",))
    assert (found.issuer, found.root_days) == ("local", 7)
    assert sorted(found.root_permits) == ["example", "localhost", "test"]
    assert found.store_path == configuration.store(tmp_path, "local")


def test_master_key_is_kept_and_private(tmp_path: Path) -> None:
    configuration.make(tmp_path, PORTS, None)
    key = (tmp_path / "master.key").read_bytes()
    configuration.make(tmp_path, PORTS, None)
    assert (tmp_path / "master.key").read_bytes() == key
    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600


def test_pebbles_demo_has_a_store_and_a_trust_of_its_own(tmp_path: Path) -> None:
    found = configuration.make(tmp_path, PORTS, Pebble(tmp_path, 14000, 15000))
    assert (found.issuer, found.directory) == ("acme", "https://127.0.0.1:14000/dir")
    assert found.trust_file == tmp_path / "pebble-root.pem"
    assert (
        found.store_path == configuration.store(tmp_path, "pebble") != configuration.store(tmp_path, "local")
    )


def test_folder_with_odd_characters_makes_a_readable_file(tmp_path: Path) -> None:
    folder = tmp_path / 'a "quoted" \\ folder'
    folder.mkdir()
    found = configuration.make(folder, PORTS, Pebble(folder, 14000, 15000))
    assert found.ca_file == folder / "pebble-api.pem"
