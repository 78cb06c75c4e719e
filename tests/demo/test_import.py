"""The store takes the made-up files as it takes an operator's: all rows, none refused, none twice."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo import data
from store import organisations
from store.database import Store
from store.importing import documents
from store.importing.run import Task, import_csv

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KINDS = (
    "customers",
    "mandates",
    "invoices",
    "invoice_lines",
    "payments",
    "allocations",
    "calls",
    "documents",
)


@pytest.mark.parametrize("place", [0, 1])
async def test_store_takes_every_row_once(tmp_path: Path, place: int) -> None:
    company = data.write(tmp_path / "data", NOW.date(), months=6, calls=600)[place]
    path = tmp_path / "brassplate.db"
    store = await Store.open(path)
    await store.write(organisations.add, company.slug, company.name, NOW)
    first = [await _bring(path, company, kind) for kind in KINDS]
    again = [await _bring(path, company, kind) for kind in KINDS]
    await store.close()
    assert all(added > 0 and refused == 0 for added, refused in first)
    assert again == [(0, 0)] * len(KINDS)


async def _bring(path: Path, company: data.Company, kind: str) -> tuple[int, int]:
    bring = documents.import_documents if kind == "documents" else import_csv
    report = await asyncio.to_thread(bring, path, Task(kind, company.files[kind], company.slug), lambda: NOW)
    return report.added, report.refused
