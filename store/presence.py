"""Presence: a shared lock beside the store for as long as it is open, so that nobody puts another in its place."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class InUse(Exception):
    """Somebody has the store open."""


class Presence:
    """Held by every open store of ours, together with others."""

    def __init__(self, store: Path) -> None:
        """`OSError` while a store is being put in the place of this one."""
        self._file = _open(store)
        try:
            fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise OSError(errno.EBUSY, "a backup is being restored in its place") from None

    def close(self) -> None:
        """Give the lock back; the file itself stays."""
        os.close(self._file)


@contextmanager
def nobody(store: Path) -> Iterator[None]:
    """Keep everybody out for the block; `InUse` where somebody is in."""
    file = _open(store)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise InUse(f"{store} is in use") from None
    finally:
        os.close(file)


def _open(store: Path) -> int:
    return os.open(store.with_name(store.name + ".open"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
