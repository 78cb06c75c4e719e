import os

from edge.binding import bind
from edge.supervisor.inheritance import Inherited, taken, written
from tests.peers.ports import free_port


def test_what_is_written_is_taken() -> None:
    given = Inherited({"https": [7, 8], "http": []}, ready=5, parent=1, beside=True)
    assert taken(written(given)) == given


def test_who_was_started_by_nobody_has_inherited_nothing() -> None:
    assert taken({}) is None


def test_sockets_are_opened_by_their_purpose() -> None:
    [bound] = bind(f"127.0.0.1:{free_port()}")
    given = Inherited({"https": [os.dup(bound.fileno())]}, ready=0, parent=1, beside=False)
    with bound, given.opened("https")[0] as opened:
        assert opened.getsockname() == bound.getsockname()
    assert given.opened("metrics") == []


def test_ready_is_said_once() -> None:
    heard, said = os.pipe()
    Inherited({}, said, 1, beside=False).say_ready("ready 127.0.0.1:443")
    assert os.read(heard, 100) == b"ready 127.0.0.1:443\n"
    assert os.read(heard, 100) == b""
    os.close(heard)
