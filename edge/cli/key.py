"""brassplate key: a new master key in place of the old, while the platform serves; a second copy of it, compared."""

import argparse
import asyncio
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.cli import configuration, transaction
from edge.settings import Settings
from store import audit
from store.audit import Entry


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser("key", help="the master key that seals secrets in the store")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    rotate = actions.add_parser("rotate", help="replace it; run it again when it was interrupted")
    rotate.set_defaults(run=_rotate)
    copied = actions.add_parser("copied", help="compare a second copy with it, and note where that is")
    copied.add_argument("file", type=Path)
    copied.set_defaults(run=_copied)
    for action in (rotate, copied):
        configuration.add_option(action)


def _rotate(arguments: argparse.Namespace) -> int:
    from store.vault import previous_file

    settings = configuration.load(arguments)
    path = settings.master_key_file
    if path.is_symlink():
        raise transaction.refuse(
            f"master key {path} is a link; name the file itself in store.master_key_file"
        )
    with _alone(path):
        resealed, broken = _all(settings, path)
        entry = Entry(
            None, "cli", "master_key.rotated", "", {"resealed": str(resealed)}, "", transaction.now()
        )
        transaction.run(settings, lambda db: audit.record(db, entry))
    for words in sorted(broken):
        print(f"left as it was: {words}")
    print(
        f"{path} is a new key; {resealed} secrets were resealed. Copy it to where you keep its second copy.\n"
        f"The old key is in {previous_file(path)}: keep it with the backups made before now, which open with it"
        " alone, then delete it here. The next rotation writes over it."
    )
    return 0


def _copied(arguments: argparse.Namespace) -> int:
    from store import safekeeping
    from store.safekeeping import KeyCopy

    settings = configuration.load(arguments)
    key, copy = settings.master_key_file, arguments.file.absolute()
    try:
        if copy.samefile(key):
            raise transaction.refuse(f"{copy} is the key itself: copy it to another disk first")
        mark = safekeeping.fingerprint(key)
        if safekeeping.fingerprint(copy) != mark:
            raise transaction.refuse(f"{copy} is another key than {key}")
    except OSError as error:
        raise transaction.refuse(f"{error.filename}: {error.strerror}") from None
    noted = KeyCopy(mark, str(copy), transaction.now())
    transaction.run(settings, lambda db: safekeeping.note_key_copy(db, noted))
    print(f"{copy} is the same key; that is noted" + _on_one_disk(key, copy))
    return 0


def _on_one_disk(key: Path, copy: Path) -> str:
    return (
        "" if key.stat().st_dev != copy.stat().st_dev else ". It is on the same disk: keep one elsewhere too"
    )


def _all(settings: Settings, path: Path) -> tuple[int, set[str]]:
    from store.migrate import NewerStore
    from store.vault import MasterKeyUnusable

    try:
        return asyncio.run(_stepped(settings, path))
    except (MasterKeyUnusable, NewerStore) as unusable:
        raise transaction.refuse(str(unusable)) from None
    except OSError as error:
        raise transaction.refuse(f"not finished, run it again: {error}") from None


async def _stepped(settings: Settings, path: Path) -> tuple[int, set[str]]:
    from store import key_rotation
    from store.database import Store

    resealed, broken = 0, set[str]()
    store = await Store.open(settings.store_path, readers=1)
    try:
        async for swept in key_rotation.steps(store, path):
            resealed += swept.resealed
            broken.update(swept.broken)
    finally:
        await store.close()
    return resealed, broken


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One rotation at a time: two would take each other's new key for their own."""
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise transaction.refuse(f"master key {path}: {error.strerror}") from None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise transaction.refuse("another rotation is running") from None
    finally:
        os.close(folder)
