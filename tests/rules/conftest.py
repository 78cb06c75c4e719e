"""The portal of two organisations, on which every rule is tried."""

import pytest

from tests.portal.conftest import People, ada, browser, house, people, store
from tests.portal.house import House
from tests.portal.postbox import name_portals

__all__ = ["ada", "browser", "house", "people", "store"]


@pytest.fixture(autouse=True)
async def named(house: House, people: People) -> None:
    """Both portals have the names that links in mails lead to."""
    await house.store.write(name_portals, people.meridian, people.other)
