"""Uploads: what is overdue and what nobody knows of goes; what is needed stays."""

import os
from datetime import timedelta
from pathlib import Path

from edge.jobs import uploads
from store.database import Store
from tests import factories
from tests.edge.jobs.import_house import CUSTOMERS, ImportHouse, now


async def test_only_what_is_overdue_or_unknown_goes(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.db")
    await store.write(factories.organisation)
    house = ImportHouse(store)
    await house.send(CUSTOMERS)
    needed = await house.send(CUSTOMERS)
    asked = await house.ask(needed)
    orphan = house.folder.path / ("f" * 32)
    orphan.write_text("of a server that died")
    os.utime(orphan, (0, 0))
    await uploads.tidy(store, house.folder, now)
    assert len(house.files()) == 2
    await uploads.tidy(store, house.folder, lambda: now() + timedelta(days=8))
    assert len(house.files()) == 1
    assert (await house.job(asked)).state == "waiting"
    await store.close()


async def test_files_of_a_removed_organisation_go(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.db")
    await store.write(factories.organisation)
    house = ImportHouse(store)
    await house.send(CUSTOMERS)
    await store.write(factories.removed_organisation, 1)
    await uploads.tidy(store, house.folder, lambda: now() + timedelta(hours=2))
    assert house.files() == []
    await store.close()
