"""The demo's printed steps, performed as printed, in Debian's Chromium: portal, wizard, from choosing to live."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, Response, expect

from tests.e2e.demo_process import Complaints, Demo, chromium, demo

CUSTOMER = "accounts@lanterncoffee.example"
PORTAL = "https://billing.harbour.example"
OWN_TARGET = re.compile(r"\w+\.customers\.provider\.example$")
TURNS_WITHIN = 5_000
"""Milliseconds in which an open page sees a record that was just added."""


@pytest_asyncio.fixture
async def running(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo(tmp_path / "demo") as started:
        yield started


async def test_the_printed_curl_line_performs_the_first_handshake(running: Demo) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        running.curl_line(),
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Sign in – Harbour Telecom" in done.stdout


async def test_a_customer_sees_everything_without_port_or_warning(running: Demo, tmp_path: Path) -> None:
    complaints = Complaints()
    async with chromium(running, tmp_path / "home") as context:
        page = await context.new_page()
        complaints.watch(page)
        await page.goto(f"{PORTAL}/")
        await sign_in(page, CUSTOMER, running.password(CUSTOMER))
        await expect(page.get_by_role("heading", level=1)).to_have_text("Lantern Coffee Roasters Ltd")
        for name in ("Invoices", "Payments", "Calls", "Details"):
            await page.get_by_role("navigation").get_by_role("link", name=name).click()
            await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await page.goto(f"{PORTAL}/invoices")
        await page.get_by_role("link", name="HT-").first.click()
        async with page.expect_download() as download:
            await page.get_by_role("link", name="Download PDF").click()
        assert Path(await (await download.value).path()).read_bytes().startswith(b"%PDF")
        await page.get_by_role("link", name="See the calls").first.click()
        await expect(page.get_by_role("table").first).to_be_visible()
    assert complaints.said == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_a_newcomer_reaches_a_live_domain_through_the_wizard(
    running: Demo, tmp_path: Path, scripts: bool
) -> None:
    complaints = Complaints()
    async with chromium(running, tmp_path / "home", scripts=scripts) as context:
        admin, panel = await context.new_page(), await context.new_page()
        complaints.watch(admin)
        complaints.watch(panel)
        streams: list[Response] = []
        admin.on("response", lambda one: streams.append(one) if one.url.endswith("/events") else None)
        await admin.goto(running.address("Admin console"))
        await sign_in(admin, "admin@pennine.example", running.password("admin@pennine.example"))
        await admin.get_by_role("link", name="Customer Access").first.click()
        await admin.get_by_role("switch").click()
        await admin.get_by_label("address", exact=False).first.fill("billing.newcomer.example")
        await admin.get_by_role("button", name="Continue").first.click()
        field = admin.get_by_role("textbox", name="Target")
        await expect(field).to_have_value(OWN_TARGET)
        target = await field.input_value()
        if not scripts:
            await admin.get_by_role("button", name="Check again").click()
        await expect(admin.get_by_text("No record yet").first).to_be_visible()

        await panel.goto(running.address("A DNS host's panel"))
        await panel.get_by_label("Domain or host name").fill("newcomer.example")
        await panel.get_by_role("button", name="Open").click()
        await panel.get_by_label("Type").select_option("CNAME")
        await panel.locator("#name").fill("billing")
        await panel.locator("#value").fill(target)
        await panel.get_by_role("button", name="Save record").click()
        await expect(panel.get_by_role("cell", name=target, exact=False).first).to_be_visible()

        if not scripts:
            await admin.get_by_role("button", name="Check again").click()
        await expect(admin.get_by_text("No record yet").first).not_to_be_visible(timeout=TURNS_WITHIN)
        link = admin.get_by_role("link", name="billing.newcomer.example", exact=False).first
        await expect(link).to_be_visible(timeout=25_000)
        href = await link.get_attribute("href")
        assert href == f"https://billing.newcomer.example:{running.https_port}/"
        visitor = await context.new_page()
        complaints.watch(visitor)
        await visitor.goto(href)
        await expect(visitor.get_by_text("Pennine Voice").first).to_be_visible()
        assert {one.headers["content-type"] for one in streams} == (
            {"text/event-stream"} if scripts else set()
        )
    assert complaints.said == []


async def sign_in(page: Page, email: str, password: str) -> None:
    """Fill in a sign-in page and wait for what follows."""
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)
