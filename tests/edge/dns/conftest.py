"""One private DNS for all tests of the room."""

from collections.abc import Iterator

import pytest

from tests.edge.dns import tree as trees
from tests.edge.dns.tree import Tree


@pytest.fixture(scope="session")
def tree() -> Iterator[Tree]:
    with trees.tree() as running:
        yield running
