"""Folder: the demo's own place on disk: one demo at a time in it, and no file of it half-written."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class InUse(Exception):
    """Another demo runs in this folder."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Make the folder and keep other demos out of it until the end, or the end of this process; `InUse`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse from None
        yield


def write_whole(path: Path, text: str, mode: int = 0o644) -> None:
    """Replace a file: whoever reads it, or starts after a crash, finds the old text or the new."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)


def remove_store(path: Path) -> None:
    """Remove a store with its journal, its locks and what imports left beside it."""
    for each in (path, *path.parent.glob(f"{path.name}[-.]*")):
        each.unlink(missing_ok=True)
