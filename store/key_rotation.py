"""Key rotation: a new master key takes the old one's place while the store is in use.

A new key is put beside the old; from then on every process seals with it. All that is sealed is brought under it;
then the old key's file is kept beside as the previous one, and the new file takes its place in one rename. After each
step every secret opens with the keys that lie there, so it may end anywhere: who begins anew goes on with the new key
that is there.
"""

import os
from collections.abc import AsyncGenerator
from pathlib import Path

from store import installation, resealing
from store.database import Store
from store.resealing import Swept
from store.vault import MasterKeyUnusable, SealBroken, Vault, next_file, previous_file, write_new_key


async def steps(store: Store, path: Path) -> AsyncGenerator[Swept, None]:
    """Rotate the master key of a file step by step; `MasterKeyUnusable` before anything is changed."""
    await _check(store, path)
    _put_beside(path)
    yield _NOTHING
    async for swept in _all(store, Vault.from_file(path)):
        yield swept
    _keep(path)
    yield _NOTHING
    os.replace(next_file(path), path)
    _settle(path)
    yield _NOTHING
    # What another process sealed just before the new key came, and stored just after we had looked.
    async for swept in _all(store, Vault.from_file(path)):
        yield swept


_NOTHING = Swept(None, 0, ())


async def _check(store: Store, path: Path) -> None:
    kept = await store.read(installation.value, installation.KEY_CHECK)
    try:
        vault = Vault.from_file(path)
        if kept is not None:
            vault.open(kept, installation.KEY_CHECK)
    except SealBroken:
        raise MasterKeyUnusable(f"master key {path}: not the key that the store was sealed with") from None


def _put_beside(path: Path) -> None:
    """The next key, whole or not at all; one that is there already is gone on with."""
    if next_file(path).exists():
        return
    unfinished = _unfinished(path)
    unfinished.unlink(missing_ok=True)
    write_new_key(unfinished)
    os.replace(unfinished, next_file(path))
    _settle(path)


def _keep(path: Path) -> None:
    unfinished = _unfinished(path)
    unfinished.unlink(missing_ok=True)
    write_new_key(unfinished, path.read_text("ascii").strip())
    os.replace(unfinished, previous_file(path))
    _settle(path)


async def _all(store: Store, vault: Vault) -> AsyncGenerator[Swept, None]:
    for kind in resealing.KINDS:
        after: int | None = 0
        while after is not None:
            swept = await store.write(resealing.sweep, vault, kind, after)
            yield swept
            after = swept.last


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.unfinished")


def _settle(path: Path) -> None:
    """Have the folder's names on disk before the next step."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
