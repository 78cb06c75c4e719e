"""The demo's inbox: everybody's mail, readable, and unable to do more than lead somewhere."""

import hashlib
import sqlite3
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient

from demo.panel import build
from demo.questions import Questions
from demo.zone import Zone
from store import outbox
from store.database import Store
from store.outbox import Message, Purpose
from tests import factories

Client = TestClient[web.Request, web.Application]
PDF = b"%PDF-1.7 a bill"
MESSAGE = Message(
    purpose=Purpose.NEW_INVOICE,
    recipient="ada@harbour.example",
    sender="Meridian <post@provider.example>",
    reply_to="",
    subject="Invoice <1>",
    text="See https://billing.meridian.example:8443/invoices/abc",
    html='<html><head></head><a href="https://billing.meridian.example:8443/invoices/abc">See</a></html>',
    attachment_name="INV-1.pdf",
    attachment_sha256=hashlib.sha256(PDF).digest(),
)


def _prepare(db: sqlite3.Connection) -> int:
    organisation = factories.organisation(db)
    account_id = factories.account(db, organisation.id)
    factories.document(db, organisation.id, factories.invoice(db, organisation.id, account_id), PDF)
    return outbox.put(db, organisation.id, MESSAGE, factories.NOW)


@pytest.fixture
async def client(aiohttp_client: AiohttpClient, tmp_path: Path) -> Client:
    app = build(Zone({}), Questions(), target="customers.provider.example", store=tmp_path / "brassplate.db")
    return await aiohttp_client(app)


async def queue(tmp_path: Path) -> int:
    store = await Store.open(tmp_path / "brassplate.db")
    outbox_id = await store.write(_prepare)
    await store.close()
    return outbox_id


async def test_inbox_without_a_store_is_empty(client: Client) -> None:
    async with client.get("/inbox") as answer:
        assert answer.status == 200 and "No mail yet" in await answer.text()


async def test_message_is_listed_and_read(client: Client, tmp_path: Path) -> None:
    outbox_id = await queue(tmp_path)
    async with client.get("/inbox") as answer:
        text = await answer.text()
        assert "Invoice &lt;1&gt;" in text and "ada@harbour.example" in text
        assert f'href="/inbox/{outbox_id}"' in text
    async with client.get(f"/inbox/{outbox_id}") as answer:
        text = await answer.text()
        assert 'href="https://billing.meridian.example:8443/invoices/abc"' in text
        assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    async with client.get(f"/inbox/{outbox_id}/html") as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "sandbox" in policy and "allow-scripts" not in policy
        assert '<base target="_blank">' in await answer.text()
    async with client.get(f"/inbox/{outbox_id}/attachment") as answer:
        assert await answer.read() == PDF and answer.content_type == "application/pdf"


@pytest.mark.parametrize("path", ["/inbox/99", "/inbox/99/html", "/inbox/99/attachment", "/inbox/x"])
async def test_message_that_is_not_there_is_not_found(client: Client, tmp_path: Path, path: str) -> None:
    await queue(tmp_path)
    async with client.get(path) as answer:
        assert answer.status == 404


async def test_other_machines_cannot_read_it(client: Client) -> None:
    async with client.get("/inbox", headers={"Host": "evil.example"}) as answer:
        assert answer.status == 421
