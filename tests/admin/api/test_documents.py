from collections.abc import AsyncIterator

import pytest

from tests.admin.api.house import Answer, House, Program
from tests.admin.api.records import PDF, customer, invoice

PATH = "/invoices/INV-1/document"


async def send(program: Program, content: bytes, path: str = PATH) -> Answer:
    return await program.send("PUT", path, data=content, headers={"Content-Type": "application/pdf"})


@pytest.fixture
async def billed(program: Program) -> Program:
    await program.put("/customers/A100", customer())
    await program.put("/invoices/INV-1", invoice())
    return program


async def test_document_comes_back_byte_for_byte(billed: Program) -> None:
    content = PDF.replace(b"%%EOF", b"x" * 600_000 + b"\n%%EOF")
    assert (await send(billed, content)).json["outcome"] == "added"
    answer = await billed.get(PATH)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.body == content
    facts = (await billed.get("/invoices/INV-1")).json["document"]
    assert (facts["file_name"], facts["size"]) == ("INV-1.pdf", len(content))


async def test_same_document_changes_nothing_and_another_replaces_it(billed: Program) -> None:
    await send(billed, PDF)
    assert (await send(billed, PDF)).json == {"key": "INV-1", "outcome": "unchanged", "batches": []}
    other = PDF.replace(b"<<>>", b"<</A 1>>")
    assert (await send(billed, other)).json["outcome"] == "updated"
    assert (await billed.get(PATH)).body == other


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a PDF"),
        (b"PK\x03\x04", "not a PDF"),
        (b"<html>%PDF-</html>", "not a PDF"),
        (PDF[:-8], "cut off"),
    ],
)
async def test_what_is_no_pdf_is_refused(billed: Program, content: bytes, words: str) -> None:
    answer = await send(billed, content)
    assert (answer.status, answer.problem) == (422, "refused")
    assert words in answer.json["detail"]
    assert (await billed.get(PATH)).status == 404


async def test_document_needs_its_invoice(billed: Program) -> None:
    answer = await send(billed, PDF, "/invoices/INV-9/document")
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "number")


async def test_document_of_a_draft_comes_with_it(billed: Program) -> None:
    draft = await billed.put("/invoices/INV-2?draft=true", invoice("INV-2"))
    assert (await send(billed, PDF, "/invoices/INV-2/document")).status == 200
    assert (await billed.get("/invoices/INV-2/document")).status == 404
    for batch in draft.json["batches"]:
        await billed.post(f"/batches/{batch['id']}/publish")
    assert (await billed.get("/invoices/INV-2/document")).body == PDF


async def test_only_a_pdf_is_taken_and_not_a_large_one(house: House, billed: Program) -> None:
    answer = await billed.send("PUT", PATH, data=PDF, headers={"Content-Type": "application/json"})
    assert answer.status == 415

    async def pieces() -> AsyncIterator[bytes]:
        yield PDF
        for _ in range(21):
            yield b" " * 2**20

    answer = await billed.send("PUT", PATH, data=pieces(), headers={"Content-Type": "application/pdf"})
    assert (answer.status, answer.problem) == (413, "too-large")
