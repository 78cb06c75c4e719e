"""Fixtures: a house with the organisation acme, and a program that may do everything there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.admin.api.house import House, Program
from tests.admin.api.house import house as open_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def acme(house: House) -> int:
    return await house.organisation("acme")


@pytest.fixture
async def program(house: House, acme: int) -> AsyncIterator[Program]:
    async with house.started() as opened:
        opened.token = (await house.token(acme)).secret
        yield opened
