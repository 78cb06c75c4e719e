"""A disk of a few megabytes that really is full when it is: a tmpfs, mounted for as long as a test needs it."""

import errno
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_BLOCK = bytes(4096)


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A mounted file system."""

    path: Path

    def fill(self) -> None:
        """Take all the room that is left."""
        with (self.path / "ballast").open("ab", buffering=0) as ballast:
            try:
                while ballast.write(_BLOCK) == len(_BLOCK):
                    pass
            except OSError as error:
                assert error.errno == errno.ENOSPC, error

    def clear(self) -> None:
        """Give the room back."""
        (self.path / "ballast").unlink()


@contextmanager
def small_disk(path: Path, mib: int = 24) -> Iterator[SmallDisk]:
    """Mount it at `path`, which is made; only root can."""
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", path], check=True)
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)
