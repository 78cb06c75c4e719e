"""Turnstile: the lock beside the store that every write, checkpoint and closing of a connection holds.

SQLite 3.7.0 to 3.51.2 can corrupt a WAL store when one connection commits while another checkpoints, and
several processes write here. One plain `flock` starves whoever does not hold it; two make a queue: take
`queue`, take `write`, drop `queue`.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Turnstile:
    """An advisory lock among processes; blocks its thread, so hold it in a connection's thread only."""

    def __init__(self, store: Path) -> None:
        # flock lets one open file in as often as it asks: threads that share this object need a lock of their own.
        self._thread = threading.Lock()
        self._queue = _open(store.with_name(store.name + ".queue"))
        self._write = _open(store.with_name(store.name + ".write"))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for our turn, hold the write lock for the block."""
        with self._thread:
            fcntl.flock(self._queue, fcntl.LOCK_EX)
            try:
                fcntl.flock(self._write, fcntl.LOCK_EX)
            finally:
                fcntl.flock(self._queue, fcntl.LOCK_UN)
            try:
                yield
            finally:
                fcntl.flock(self._write, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give the lock files back; the files themselves stay."""
        os.close(self._queue)
        os.close(self._write)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
