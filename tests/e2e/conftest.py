"""The proofs run on both loops where their module says so with `LOOPS`."""

from tests.edge.conftest import pytest_asyncio_loop_factories

__all__ = ["pytest_asyncio_loop_factories"]
