"""Settings as an admin uses them in Chromium: a name of the provider's, the colour while it is typed, undo."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.demo_process import Complaints, Demo, chromium, demo
from tests.e2e.test_demo_in_chromium import sign_in

ADMIN = "admin@pennine.example"


@pytest_asyncio.fixture
async def running(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo(tmp_path / "demo") as started:
        yield started


async def test_portal_opens_at_the_providers_name_in_the_colour_that_was_chosen(
    running: Demo, tmp_path: Path
) -> None:
    complaints = Complaints()
    async with chromium(running, tmp_path / "home") as context:
        admin, visitor = await context.new_page(), await context.new_page()
        complaints.watch(admin)
        complaints.watch(visitor)
        await admin.goto(running.address("Admin console"))
        await sign_in(admin, ADMIN, running.password(ADMIN))
        await admin.get_by_role("link", name="Customer Access").first.click()
        await admin.get_by_role("switch").click()
        await admin.get_by_role("radio", name="A name of ours").check()
        await expect(admin.get_by_label("Address of your customer portal")).not_to_be_visible()
        await admin.get_by_role("button", name="Continue").click()
        heading = admin.get_by_role("heading", name="Your portal is live at pennine.")
        await expect(heading).to_be_visible(timeout=25_000)

        await admin.get_by_label("Theme colour").fill("#FFFF00")
        await expect(admin.get_by_text("moved from #FFFF00")).to_be_visible()
        await admin.get_by_label("Pick a colour").fill("#0000ff")
        await expect(admin.get_by_label("Theme colour")).to_have_value("#0000FF")
        await expect(admin.get_by_text("Light: #0000FF")).to_be_visible()
        await admin.get_by_role("button", name="Save changes").click()
        await expect(admin.get_by_text("Saved.")).to_be_visible()

        address = await admin.get_by_role("link", name="https://pennine.").get_attribute("href")
        assert address
        await visitor.goto(address)
        button = visitor.get_by_role("button", name="Sign in")
        await expect(button).to_have_css("background-color", "rgb(0, 0, 255)")

        await admin.get_by_role("link", name="Change log").click()
        await admin.get_by_role("button", name="Undo").first.click()
        await expect(admin.get_by_text("Undone. The settings are as they were before.")).to_be_visible()
        await visitor.reload()
        await expect(button).to_have_css("background-color", "rgb(122, 62, 157)")
    assert complaints.said == []
