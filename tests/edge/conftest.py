"""Loops: a test module with `LOOPS = ("asyncio", "uvloop")` runs each async test on both."""

import asyncio
from collections.abc import Callable, Mapping

import pytest
import uvloop

FACTORIES: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Function
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {name: FACTORIES[name] for name in getattr(item.module, "LOOPS", ("asyncio",))}
