"""Cells that spreadsheets would compute are made harmless; numbers and telephone numbers stay."""

import asyncio
import csv
import io

import pytest
from aiohttp import web
from aiohttp.pytest_plugin import AiohttpClient
from hypothesis import given
from hypothesis import strategies as st

from portal import csv_stream
from portal.csv_stream import BOM, Pages, cell, csv_response, csv_text


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|'/C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "\r=1", "-", "+44x"]
)
def test_a_formula_is_led_by_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["-12.50", "-3", "+441632960001", "+44 1632 960001", "01632 960001", "", "A=B"]
)
def test_numbers_and_telephone_numbers_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


@given(
    st.lists(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"))), min_size=1)
)
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    rows = [row for row in rows if row] or [["x"]]
    assert list(csv.reader(io.StringIO(csv_text(rows), newline=""))) == [
        [cell(text) for text in row] for row in rows
    ]


async def test_pages_are_asked_for_one_after_another_and_sent_whole(aiohttp_client: AiohttpClient) -> None:
    asked = []

    async def pages() -> Pages:
        for number in range(3):
            asked.append(number)
            yield [(f"row {number}", "=1")]

    async def show(request: web.Request) -> web.StreamResponse:
        return await csv_response(request, "rows.csv", ("What", "Sum"), pages())

    app = web.Application()
    csv_stream.install(app)
    app.router.add_get("/rows.csv", show)
    client = await aiohttp_client(app)
    head = await client.head("/rows.csv")
    assert (head.status, asked) == (200, [])
    response = await client.get("/rows.csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="rows.csv"'
    assert response.headers["Cache-Control"] == "private, no-store"
    text = (await response.read()).decode()
    assert text == BOM + "What,Sum\r\nrow 0,'=1\r\nrow 1,'=1\r\nrow 2,'=1\r\n"
    assert asked == [0, 1, 2]


async def test_others_have_their_turn_between_two_pages(aiohttp_client: AiohttpClient) -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def pages() -> Pages:
        for _ in range(50):
            yield [("all", "at hand")]

    async def show(request: web.Request) -> web.StreamResponse:
        began = turns
        response = await csv_response(request, "rows.csv", ("What", "Where"), pages())
        assert turns - began >= 50
        return response

    app = web.Application()
    csv_stream.install(app)
    app.router.add_get("/rows.csv", show)
    client = await aiohttp_client(app)
    task = asyncio.create_task(other())
    try:
        assert (await (await client.get("/rows.csv")).read()).count(b"at hand") == 50
    finally:
        task.cancel()


async def test_pages_of_several_downloads_are_made_one_at_a_time(aiohttp_client: AiohttpClient) -> None:
    under_way, most = 0, 0

    async def pages() -> Pages:
        nonlocal under_way, most
        for _ in range(3):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.01)
            under_way -= 1
            yield [("one",)]

    async def show(request: web.Request) -> web.StreamResponse:
        return await csv_response(request, "rows.csv", ("What",), pages())

    app = web.Application()
    csv_stream.install(app)
    app.router.add_get("/rows.csv", show)
    client = await aiohttp_client(app)
    answers = await asyncio.gather(*(client.get("/rows.csv") for _ in range(4)))
    assert [(await each.read()).count(b"one") for each in answers] == [3] * 4
    assert most == 1
