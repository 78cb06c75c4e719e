"""Fixtures for every room."""

import pytest

from tests import ready_schema
from tests.e2e.size import FULL
from tests.peers.fixtures import pebble

__all__ = ["pebble"]

ready_schema.install()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has no small sample, unless proofs run at full size (`make proof`)."""
    left_out = [] if FULL else [item for item in items if item.get_closest_marker("full_size_only")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
