"""Fixtures of the real peers; tests/conftest.py makes them known."""

from collections.abc import Iterator

import pytest

from tests.peers.pebble import Pebble


@pytest.fixture
def pebble() -> Iterator[Pebble]:
    """Pebble without its sleeps, and its DNS; for other knobs: `async with Pebble(nonce_reject=20)`."""
    with Pebble() as running:
        yield running
