"""Text of a file: bytes outside the declared encoding stay recognisable, so that their cell can be named.

Lines are read in bounded pieces: whatever a file claims to be, no row of it takes more memory than a few of the
largest that are allowed.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from store.importing.source import SourceFormat

LONGEST_ROW = 2**20
"""Characters of one row, over however many lines it goes."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OTHERS = {
    b"PK\x03\x04": "a spreadsheet or a ZIP",
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"\x1f\x8b": "a compressed file",
    b"%PDF-": "a PDF",
}
"""What other files begin with."""
_LOOKED_AT = 4096


class NotText(ValueError):
    """The file is something else altogether."""


@contextmanager
def opened_rows(binary: BinaryIO, source: SourceFormat) -> Iterator["Rows"]:
    """The rows of a CSV in its declared encoding; a UTF-8 byte order mark stands above that."""
    start = binary.read(_LOOKED_AT)
    binary.seek(0)
    for mark, other in _OTHERS.items():
        if start.startswith(mark):
            raise NotText(f"the file is {other}, not a CSV; save it as “CSV UTF-8”")
    if start.startswith(_UTF_16) or _is_unmarked_utf_16(start):
        raise NotText("the file is UTF-16 (Excel's “Unicode text”); save it as “CSV UTF-8”")
    encoding = "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else source.encoding
    text = io.TextIOWrapper(binary, encoding=encoding, errors="surrogateescape", newline="")
    try:
        yield Rows(text, source.delimiter)
    finally:
        text.detach()


class Rows:
    """Rows of cells, one after the other; `csv.Error` where it is no CSV any more."""

    def __init__(self, text: TextIO, delimiter: str):
        self._text = text
        self._size = 0
        self._reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)

    def __iter__(self) -> Iterator[list[str]]:
        for cells in self._reader:
            self._size = 0
            yield cells

    def _lines(self) -> Iterator[str]:
        readline = self._text.readline
        while line := readline(LONGEST_ROW):
            self._size += len(line)
            if self._size >= LONGEST_ROW:
                raise csv.Error(f"a row is longer than {LONGEST_ROW:,} characters")
            yield line


def _is_unmarked_utf_16(start: bytes) -> bool:
    """Plain text in UTF-16 has a NUL in every second byte."""
    return len(start) > 3 and start.count(0) * 3 > len(start)
