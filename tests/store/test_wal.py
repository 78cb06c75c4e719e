import os
from pathlib import Path

import pytest

from store import wal
from store.database import Store
from store.wal import ABANDONED_BYTES, CHECKPOINT_BYTES


@pytest.mark.parametrize(
    ("size", "replicated", "due"),
    [
        (CHECKPOINT_BYTES, False, False),
        (CHECKPOINT_BYTES + 1, False, True),
        (CHECKPOINT_BYTES + 1, True, False),
        (ABANDONED_BYTES, True, False),
        (ABANDONED_BYTES + 1, True, True),
    ],
)
def test_the_log_is_copied_back_when_it_is_large_and_ours(
    tmp_path: Path, size: int, replicated: bool, due: bool
) -> None:
    store = tmp_path / "brassplate.db"
    assert not wal.is_due(store)
    os.truncate(os.open(tmp_path / "brassplate.db-wal", os.O_CREAT | os.O_WRONLY), size)  # a hole: no bytes
    if replicated:
        (tmp_path / ".brassplate.db-litestream").mkdir()
    assert wal.is_due(store) is due


async def test_beside_litestream_the_store_itself_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".brassplate.db-litestream").mkdir()
    store = await Store.open(tmp_path / "brassplate.db")
    before = store.path.stat().st_size
    await store.write(lambda db: db.execute("CREATE TABLE large (bytes BLOB)").close())
    for _ in range(3):
        await store.write(
            lambda db: db.execute("INSERT INTO large VALUES (zeroblob(?))", (CHECKPOINT_BYTES,)).close()
        )
    assert store.path.stat().st_size == before and wal.wal_bytes(store.path) > 3 * CHECKPOINT_BYTES
    await store.close()
