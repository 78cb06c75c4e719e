"""Staff view as a customer in Chromium: from the console's customer, over the hand-off, to the end."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.demo_process import Complaints, Demo, chromium, demo
from tests.e2e.test_demo_in_chromium import sign_in

ADMIN = "admin@harbour.example"


@pytest_asyncio.fixture
async def running(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo(tmp_path / "demo") as started:
        yield started


async def test_admin_sees_the_portal_as_a_customer_and_it_is_written_down(
    running: Demo, tmp_path: Path
) -> None:
    complaints = Complaints()
    async with chromium(running, tmp_path / "home") as context:
        admin = await context.new_page()
        complaints.watch(admin)
        await admin.goto(running.address("Admin console"))
        await sign_in(admin, ADMIN, running.password(ADMIN))
        overview = admin.url
        await admin.goto(f"{overview}/customers?q=lantern")
        await admin.get_by_role("link", name="Lantern Coffee").first.click()
        customer = admin.url
        await admin.get_by_role("button", name="View as this customer").click()
        await admin.get_by_role("button", name="Begin viewing").click(timeout=25_000)
        assert urlsplit(admin.url).hostname != urlsplit(overview).hostname
        banner = admin.get_by_role("region", name="Viewing as a customer")
        await expect(banner).to_contain_text("You are viewing as Lantern Coffee")
        await admin.get_by_role("link", name="Invoices").first.click()
        await expect(banner).to_be_visible()
        await admin.get_by_role("button", name="End viewing").click()
        await expect(admin.get_by_role("heading", name="Viewing has ended")).to_be_visible()
        await admin.goto(f"{overview}/activity")
        await expect(admin.get_by_role("cell", name="began to view the portal as")).to_be_visible()
        await expect(admin.get_by_role("cell", name="ended viewing the portal as")).to_be_visible()
        await admin.goto(f"{customer}/seen")
        await expect(admin.get_by_role("heading", name="What they have seen")).to_be_visible()
    assert complaints.said == []
