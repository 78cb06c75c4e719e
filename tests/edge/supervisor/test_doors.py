import os
import socket
from collections.abc import Iterator

import pytest

from edge.binding import bind
from edge.supervisor.doors import CannotOpen, Doors, activated
from tests.peers.ports import free_port

PURPOSES = ("https", "http")


@pytest.fixture
def address() -> str:
    return f"127.0.0.1:{free_port()}"


def listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def doors() -> Iterator[Doors]:
    made = Doors(bind)
    yield made
    made.keep({})


def test_what_is_open_stays_open_and_what_is_new_is_added(doors: Doors, address: str) -> None:
    first = doors.open({"https": (address,)})
    other = f"127.0.0.1:{free_port()}"
    both = doors.open({"https": (address, other), "http": ()})
    assert both["https"][0] == first["https"][0] and both["http"] == []
    assert listens(address) and listens(other)
    doors.keep({"https": (other,)})
    assert not listens(address) and listens(other)


def test_nothing_is_added_where_one_address_is_taken(doors: Doors, address: str) -> None:
    [taken] = bind(f"127.0.0.1:{free_port()}")
    busy = f"127.0.0.1:{taken.getsockname()[1]}"
    with taken, pytest.raises(CannotOpen, match=rf"edge\.http {busy}: cannot listen"):
        doors.open({"https": (address,), "http": (busy,)})
    assert not listens(address)


def test_no_child_inherits_them_by_accident(doors: Doors, address: str) -> None:
    [descriptor] = doors.open({"https": (address,)})["https"]
    assert not os.get_inheritable(descriptor)


def test_what_systemd_opened_stands_in_for_addresses(address: str) -> None:
    [given] = bind(address)
    doors = Doors(bind, {"https": [given]})
    assert doors.open({"https": ("127.0.0.1:1",), "http": ()}) == {"https": [given.fileno()], "http": []}
    given.close()


@pytest.mark.parametrize("environ", [{}, {"LISTEN_PID": "1", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "https"}])
def test_sockets_of_another_process_are_left_alone(environ: dict[str, str]) -> None:
    assert activated(environ, PURPOSES) == {}


def test_sockets_are_told_apart_by_their_names(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    [given] = bind(address)
    monkeypatch.setattr("edge.supervisor.doors.FIRST_ACTIVATED", given.fileno() - 1)
    names = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "2", "LISTEN_FDNAMES": "ssh:https"}
    found = activated(names, PURPOSES)
    assert list(found) == ["https"]
    assert found["https"][0].getsockname() == given.getsockname()
    given.detach()
    found["https"][0].close()
