"""ZIP stream: CSV files in one archive as a download, a page at a time, so that little of it is ever in memory."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from portal.csv_stream import BOM, Pages, Row, csv_text


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file of the archive: its name, its header, its rows by the page."""

    file_name: str
    header: Row
    pages: Pages


class Tap:
    """What an archive is written to: nothing of it can be sought, all is taken as it comes."""

    def __init__(self) -> None:
        self._some: list[bytes] = []

    def write(self, some: bytes) -> int:
        """Take a piece in."""
        self._some.append(bytes(some))
        return len(some)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        """What came since the last time."""
        some, self._some = b"".join(self._some), []
        return some


async def packed(sheets: Iterable[Sheet], made_at: datetime) -> AsyncIterator[bytes]:
    """The archive, piece by piece; a page is packed in a thread, since a large one takes milliseconds."""
    tap = Tap()
    with ZipFile(cast(IO[bytes], tap), "w", ZIP_DEFLATED) as archive:
        for sheet in sheets:
            info = ZipInfo(sheet.file_name, made_at.timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as entry:
                entry.write((BOM + csv_text([sheet.header])).encode())
                async for rows in sheet.pages:
                    await asyncio.to_thread(_put, entry, rows)
                    if some := tap.taken():
                        yield some
    yield tap.taken()


def _put(entry: IO[bytes], rows: Sequence[Row]) -> None:
    entry.write(csv_text(rows).encode("utf-8", "replace"))
