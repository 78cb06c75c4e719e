"""Another organisation's imports, files, batches, invoices: the same 404 as those that are not there, byte for byte."""

import re

import pytest

from store import batches, import_jobs, invoice_search, uploads
from tests.admin.imports.runs import CUSTOMERS, INVOICES, Runs
from tests.fakes.admin_console import Browser, Console

OTHER = "/organisations/beacon/imports"
MISSING = {"file": "909", "attempt": "909", "batch": "909", "invoice": "nothing-there", "document": "909"}
GETS = (
    "files/{file}",
    "attempts/{attempt}",
    "attempts/{attempt}/status",
    "attempts/{attempt}/refused.csv",
    "{batch}",
    "invoices/{invoice}",
    "invoices/{invoice}/documents/{document}",
)
POSTS = (
    "files/{file}",
    "files/{file}/remove",
    "attempts/{attempt}/cancel",
    "attempts/{attempt}/again",
    "{batch}/publish",
    "{batch}/withdraw",
)


@pytest.fixture
async def theirs(runs: Runs, console: Console) -> dict[str, str]:
    """What acme has, by name."""
    await runs.published("customers", CUSTOMERS)
    batch = await runs.imported("invoices", INVOICES)
    asked = await runs.ask(await runs.file("customers", CUSTOMERS))
    await runs.file("customers", CUSTOMERS)
    [invoice, *_] = await console.store.read(invoice_search.by_number, 1, "INV-1")
    file = max(each.id for each in await console.store.read(uploads.here, 1))
    return {
        "file": str(file),
        "attempt": asked.location.rsplit("/", 1)[1],
        "batch": str(batch.id),
        "invoice": invoice.public_id,
        "document": "1",
    }


@pytest.fixture
async def stranger(console: Console, browser: Browser) -> Browser:
    """Another organisation's admin."""
    await console.add_organisation("beacon")
    other = Browser(browser.client)
    await other.sign_in("admin@beacon.example")
    await other.get(f"{OTHER}/new")
    return other


def without_token(text: str) -> str:
    return re.sub(r'name="csrf" value="[^"]+"', "", text)


async def test_foreign_ids_are_as_unknown_as_missing_ones(
    theirs: dict[str, str], stranger: Browser, console: Console
) -> None:
    for path in GETS:
        foreign = await stranger.get(f"{OTHER}/{path.format(**theirs)}")
        missing = await stranger.get(f"{OTHER}/{path.format(**MISSING)}")
        assert foreign.status == missing.status == 404, path
        assert without_token(foreign.text) == without_token(missing.text)
    for path in POSTS:
        foreign = await stranger.post(f"{OTHER}/{path.format(**theirs)}", mode="all", do="import")
        missing = await stranger.post(f"{OTHER}/{path.format(**MISSING)}", mode="all", do="import")
        assert foreign.status == missing.status == 404, path
        assert without_token(foreign.text) == without_token(missing.text)
    bulk = await stranger.post(OTHER, batch=theirs["batch"])
    assert bulk.status == 404
    batch = await console.store.read(batches.by_id, 1, int(theirs["batch"]))
    job = await console.store.read(import_jobs.find, 1, int(theirs["attempt"]))
    assert batch and batch.state == "draft"
    assert job and job.state == "waiting" and not job.cancelled_by
    assert len(await console.store.read(uploads.here, 1)) == 2


async def test_lists_and_searches_show_nothing_of_others(theirs: dict[str, str], stranger: Browser) -> None:
    for path in ("", "/attempts", "/conflicts", "/invoices?number=INV", "/edits.csv"):
        answer = await stranger.get(f"{OTHER}{path}")
        assert answer.status == 200
        assert "INV-1" not in answer.text
        assert "customers.csv" not in answer.text


async def test_odd_ids_are_not_there(stranger: Browser) -> None:
    for odd in ("0", "9" * 16, "-1", "1e3", "%00", "٣", "1/2/3"):
        assert (await stranger.get(f"{OTHER}/{odd}")).status == 404
