"""Archives of tables are made as they are sent."""

import io
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from zipfile import ZipFile

from portal.csv_stream import Row
from portal.zip_stream import Sheet, packed

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


async def pages(count: int) -> AsyncIterator[list[Row]]:
    for page in range(count):
        yield [(f"{page}-{row}", "Bristol & Bath") for row in range(100)]


async def test_every_row_arrives_in_its_file() -> None:
    sheets = [Sheet("a.csv", ("No", "Place"), pages(3)), Sheet("b.csv", ("No", "Place"), pages(0))]
    content = b"".join([some async for some in packed(sheets, AT)])
    with ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        assert found.namelist() == ["a.csv", "b.csv"]
        lines = found.read("a.csv").decode("utf-8-sig").splitlines()
    assert lines[0] == "No,Place" and lines[-1] == "2-99,Bristol & Bath" and len(lines) == 301


async def test_memory_does_not_grow_with_the_table() -> None:
    async def peak(count: int) -> int:
        tracemalloc.start()
        async for _some in packed([Sheet("a.csv", ("No", "Place"), pages(count))], AT):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    await peak(10)
    assert await peak(500) < 2 * await peak(50)
