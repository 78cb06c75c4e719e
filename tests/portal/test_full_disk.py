"""The disk is full: what is there can be read, what would be kept is refused in words, and then all is well again."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from store.database import Store
from tests import factories
from tests.peers.small_disk import SmallDisk, small_disk
from tests.portal.conftest import People
from tests.portal.house import Browser, House

PAGES = ("/", "/invoices", "/payments", "/calls", "/profile", "/security")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as mounted:
        yield mounted


@pytest.fixture
async def store(disk: SmallDisk) -> AsyncIterator[Store]:
    opened = await Store.open(disk.path / "brassplate.db", readers=1)
    yield opened
    await opened.close()


async def test_pages_are_read_and_nothing_is_kept_until_there_is_room_again(
    house: House, people: People, ada: Browser, disk: SmallDisk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    house.clock.advance(minutes=2)  # its last sight is to be written
    disk.fill()
    for page in PAGES:
        assert (await ada.get(page)).status == 200, page
    newcomer = house.browser()
    answer = await newcomer.sign_in()
    assert answer.status == 503 and answer.headers["Retry-After"] == "60"
    assert "We cannot save anything just now" in await answer.text()
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert said == ["the store cannot be written; what is there is served"]
    disk.clear()
    assert (await newcomer.sign_in()).status == 303
    assert caplog.messages.count("the store can be written again") == 1
    await house.store.write(lambda db: factories.account(db, people.meridian, "A900"))
