"""How many may wait."""

import pytest

from edge.tls.places import Places, within_files


def test_room_is_bounded_in_all() -> None:
    room = Places(total=2, per_address=2)
    assert [room.enter(f"192.0.2.{last}") for last in range(3)] == [True, True, False]
    room.leave("192.0.2.0")
    assert room.enter("192.0.2.9")
    assert len(room) == 2


def test_room_is_bounded_for_one_address() -> None:
    room = Places(total=9, per_address=2)
    assert [room.enter("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert room.enter("192.0.2.2")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::1%eth0", True),
        ("no: address", "no: address", True),
    ],
)
def test_ipv6_counts_by_its_network(first: str, second: str, same: bool) -> None:
    room = Places(total=9, per_address=1)
    assert room.enter(first)
    assert room.enter(second) is not same


def test_who_left_leaves_no_trace() -> None:
    room = Places(total=1, per_address=1)
    for address in ("192.0.2.1", "2001:db8::1"):
        assert room.enter(address)
        room.leave(address)
    assert len(room) == 0


def test_who_stands_for_many_is_bounded_by_the_whole_alone() -> None:
    places = Places(total=2, per_address=1, spared=lambda address: address == "192.0.2.1")
    assert [places.enter("192.0.2.1") for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("files", "connections"),
    [(1_048_576, 50_000), (20_000, 17_500), (1_024, 896), (200, 72), (64, 1)],
)
def test_connections_leave_files_to_everything_else(files: int, connections: int) -> None:
    assert within_files(50_000, files) == connections
