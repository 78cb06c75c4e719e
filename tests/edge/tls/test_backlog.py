"""Plaintext that waits."""

from hypothesis import given
from hypothesis import strategies as st

from edge.tls.backlog import PIECE, Backlog


@given(st.lists(st.integers(0, 3 * PIECE), max_size=6))
def test_pieces_are_bounded_and_add_up(sizes: list[int]) -> None:
    backlog = Backlog()
    written = [bytes([number]) * size for number, size in enumerate(sizes)]
    for data in written:
        backlog.keep(data)
    assert backlog.size == sum(sizes)
    taken = bytearray()
    while backlog:
        piece = backlog.take()
        assert len(piece) <= PIECE
        taken += piece
    assert bytes(taken) == b"".join(written)


def test_empty_backlog_gives_nothing() -> None:
    backlog = Backlog()
    assert not backlog
    assert bytes(backlog.take()) == b""


def test_cleared_backlog_is_empty() -> None:
    backlog = Backlog()
    backlog.keep(b"kept")
    backlog.clear()
    assert (bool(backlog), backlog.size, bytes(backlog.take())) == (False, 0, b"")
