"""UploadFolder: the files that people send for an import, beside the store, under names of our own.

A file is its owner's alone (0600 in a folder of 0700) and has a random name; what the sender called it is in the
store. What nobody knows of any more, after a crash say, is an orphan.
"""

import os
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

LARGEST_BYTES = 512 * 2**20
"""Of one file; larger ones go in with `brassplate import` on the server."""
RESERVE_BYTES = 256 * 2**20
"""So much of the disk stays free, whatever is sent."""
ROOM_FACTOR = 3
"""A file is there, is staged beside the store, and grows the store."""
_NAME = re.compile(r"[0-9a-f]{32}\Z")


@dataclass(frozen=True, slots=True)
class NoRoom:
    """A file does not fit on the disk."""

    wanted: int
    free: int


class Incoming:
    """A file while it is written; `keep` or `discard` ends it."""

    def __init__(self, path: Path):
        self.name = path.name
        self.size = 0
        self._path = path
        self._descriptor = os.open(path, _FLAGS, 0o600)

    def write(self, data: bytes) -> None:
        """Append; `OSError` when the disk is full."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]
        self.size += len(data)

    def keep(self) -> None:
        """Bring what was written to the disk, and close."""
        try:
            os.fsync(self._descriptor)
        finally:
            self._close()

    def discard(self) -> None:
        """As if it had never been sent."""
        self._close()
        self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)


class UploadFolder:
    """The folder of one store; its functions block, so a loop calls them in a thread."""

    def __init__(self, store: Path):
        self.path = store.with_name(store.name + ".uploads")

    def receive(self, size: int) -> Incoming | NoRoom:
        """Begin a file of about this size, if the disk has room for it and what comes of it."""
        self.path.mkdir(mode=0o700, exist_ok=True)
        wanted = size * ROOM_FACTOR + RESERVE_BYTES
        free = shutil.disk_usage(self.path).free
        return NoRoom(wanted, free) if free < wanted else Incoming(self.path / secrets.token_hex(16))

    def file(self, name: str) -> Path | None:
        """Where the file of this name is, if it is there."""
        path = self.path / name
        return path if _NAME.match(name) and path.is_file() and not path.is_symlink() else None

    def remove(self, name: str) -> None:
        """Delete a file; one that is gone already is gone."""
        if _NAME.match(name):
            (self.path / name).unlink(missing_ok=True)

    def orphans(self, known: frozenset[str], before: datetime) -> list[str]:
        """Names that nobody knows, last written before an instant: their upload died."""
        if not self.path.is_dir():
            return []
        return sorted(
            entry.name
            for entry in os.scandir(self.path)
            if _NAME.match(entry.name)
            and entry.name not in known
            and entry.stat(follow_symlinks=False).st_mtime < before.timestamp()
        )


_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
