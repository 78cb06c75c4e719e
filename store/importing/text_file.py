"""Text of a file: bytes outside the declared encoding stay recognisable, so that their cell can be named."""

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from store.importing.source import SourceFormat

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ZIP = b"PK\x03\x04"


class NotText(ValueError):
    """The file is something else altogether."""


@contextmanager
def opened_text(binary: BinaryIO, source: SourceFormat) -> Iterator[TextIO]:
    """The file as text, in its declared encoding; a UTF-8 byte order mark stands above that."""
    start = binary.read(4)
    binary.seek(0)
    if start.startswith(_UTF_16):
        raise NotText("the file is UTF-16 (Excel's “Unicode text”); save it as “CSV UTF-8”")
    if start.startswith(_ZIP):
        raise NotText("the file is a spreadsheet or a ZIP, not a CSV; save it as “CSV UTF-8”")
    encoding = "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else source.encoding
    text = io.TextIOWrapper(binary, encoding=encoding, errors="surrogateescape", newline="")
    try:
        yield text
    finally:
        text.detach()
