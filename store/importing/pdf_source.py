"""A source of PDFs: a directory or a ZIP; neither may lead out of itself, nor unpack to more than it may."""

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from store.importing.refusal import Refused

LARGEST_BYTES = 20 * 2**20
"""Of one PDF."""
LARGEST_TOTAL_BYTES = 20 * 2**30
"""Of all PDFs of a ZIP, unpacked."""
LARGEST_FACTOR = 100
"""PDFs are packed already: what unpacks to so many times its size is none of ours."""
UNSUSPICIOUS_BYTES = 64 * 2**20
MOST_MEMBERS = 100_000
_SUFFIX = ".pdf"
_ENCRYPTED = 0x1
_JUNK = ("thumbs.db", "desktop.ini")


class Changed(Exception):
    """A file is not what it was when it was checked."""


@dataclass(frozen=True, slots=True)
class PdfFile:
    """A file by its name; its bytes are read as often as they are asked for."""

    name: str
    fault: str
    """Why it must not be read; empty: it may."""
    _open: Callable[[], BinaryIO]

    @property
    def stem(self) -> str:
        """The name without folders and without .pdf."""
        name = PurePosixPath(self.name).name
        return name[: -len(_SUFFIX)] if name.lower().endswith(_SUFFIX) else name

    def pieces(self, size: int) -> Iterator[bytes]:
        """The bytes, all pieces but the last of `size`; `Refused` for what must not be read."""
        total = 0
        try:
            with self._open() as binary:
                while piece := binary.read(size):
                    total += len(piece)
                    if total > LARGEST_BYTES:
                        raise Refused(_too_large(total))
                    yield piece
        except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
            raise Refused(f"cannot be read: {error}") from error


class PdfSource:
    """Files and the names of what was passed over."""

    def __init__(self, found: list[PdfFile]):
        self._files = [file for file in found if not _is_junk(file.name)]
        self._junk = len(found) - len(self._files)

    def files(self) -> list[PdfFile]:
        """Every file, by name."""
        return sorted(self._files, key=lambda file: file.name)

    def ignored(self) -> tuple[str, ...]:
        """What to say of files that operating systems leave behind."""
        return (f"{self._junk} hidden files were passed over",) if self._junk else ()


@contextmanager
def opened_source(path: Path) -> Iterator[PdfSource]:
    """The PDFs of a directory, or of a ZIP file; `BadZipFile` for another file."""
    if path.is_dir():
        yield PdfSource([_in_directory(entry) for entry in path.iterdir()])
        return
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.filename.endswith("/")]
        if len(members) > MOST_MEMBERS:
            raise zipfile.BadZipFile(f"it has {len(members):,} members; at most {MOST_MEMBERS:,} are taken")
        total = sum(member.file_size for member in members)
        if total > LARGEST_TOTAL_BYTES:
            raise zipfile.BadZipFile(f"it unpacks to more than {LARGEST_TOTAL_BYTES >> 30} GiB")
        if total > max(UNSUSPICIOUS_BYTES, LARGEST_FACTOR * path.stat().st_size):
            raise zipfile.BadZipFile(f"it unpacks to more than {LARGEST_FACTOR} times its size")
        yield PdfSource([_in_archive(archive, member) for member in members])


def _in_directory(entry: Path) -> PdfFile:
    fault = _suffix_fault(entry.name)
    if not entry.is_file() or entry.is_symlink():
        fault = "is not a plain file"
    elif entry.stat().st_size > LARGEST_BYTES:
        fault = _too_large(entry.stat().st_size)
    return PdfFile(entry.name, fault, lambda: entry.open("rb"))


def _in_archive(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> PdfFile:
    def opened() -> BinaryIO:
        return archive.open(member)  # type: ignore[return-value]

    return PdfFile(member.filename, _member_fault(member), opened)


def _member_fault(member: zipfile.ZipInfo) -> str:
    parts = PurePosixPath(member.filename).parts
    if not parts:
        return "has no name"
    if member.filename.startswith("/") or "\\" in member.filename or ".." in parts or ":" in parts[0]:
        return "has a path that leads out of the archive"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a link"
    if member.file_size > LARGEST_BYTES:
        return _too_large(member.file_size)
    return _suffix_fault(member.filename)


def _suffix_fault(name: str) -> str:
    return "" if name.lower().endswith(_SUFFIX) else "is not named NUMBER.pdf"


def _too_large(size: int) -> str:
    return f"is larger than the {LARGEST_BYTES >> 20} MiB that a document may have ({size:,} bytes or more)"


def _is_junk(name: str) -> bool:
    path = PurePosixPath(name)
    return path.name.startswith(".") or path.name.lower() in _JUNK or path.parts[:1] == ("__MACOSX",)
