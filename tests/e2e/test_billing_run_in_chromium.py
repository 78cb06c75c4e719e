"""A billing run, in Debian's Chromium on a running server: uploaded, mapped, looked at, shown, and taken back."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.e2e.demo_process import Complaints, Demo, chromium, demo

ADMIN = "admin@harbour.example"
CUSTOMER = "accounts@lanterncoffee.example"
PORTAL = "https://billing.harbour.example"
CUSTOMERS = "Customer No;Company name;Town\nHT9001;Brand New Ltd;Wells\nHT9002;Also New Ltd;Frome\n"
INVOICES = (
    "number,account_reference,date,due,net,tax,gross,status,paid,due_amount\n"
    "HT-NEW-1,HT1001,2026-11-21,2026-12-21,100.00,20.00,120.00,outstanding,0.00,120.00\n"
    "HT-NEW-2,HT9001,2026-11-21,2026-12-21,50.00,10.00,60.00,outstanding,0.00,60.00\n"
)
SHOTS = os.environ.get("BRASSPLATE_SHOTS", "")
"""A folder for pictures of each page, in both themes and two widths; none: no pictures are taken."""


@pytest_asyncio.fixture
async def running(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo(tmp_path / "demo") as started:
        yield started


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_a_billing_run_is_seen_by_customers_from_publish_until_withdraw(
    running: Demo, tmp_path: Path, scripts: bool
) -> None:
    complaints = Complaints()
    async with chromium(running, tmp_path / "home", scripts=scripts) as context:
        admin, customer = await context.new_page(), await context.new_page()
        complaints.watch(admin)
        complaints.watch(customer)
        await admin.goto(running.address("Admin console"))
        await sign_in(admin, ADMIN, running.password(ADMIN))
        await customer.goto(f"{PORTAL}/invoices")
        await sign_in(customer, CUSTOMER, running.password(CUSTOMER))

        await admin.get_by_role("link", name="Billing runs").first.click()
        await shot(admin, "list")
        await upload(admin, "Customers", tmp_path, "customers.csv", CUSTOMERS)
        await expect(admin.get_by_role("cell", name="Brand New Ltd", exact=True)).to_be_visible()
        await expect(admin.get_by_label("Cells are divided by")).to_have_value("semicolon")
        await admin.get_by_label("Reference: column in the file").select_option(label="Customer No: HT9001")
        await admin.get_by_label("Save all this as").fill("From the old system")
        await shot(admin, "columns")
        await admin.get_by_role("button", name="Check the file").click()
        await shot(admin, "waiting")
        await over(admin, "The file is good")
        await shot(admin, "checked")
        await admin.get_by_role("button", name="Import as a draft").click()
        await over(admin, "2 rows brought in")
        await admin.get_by_role("link", name="Look at the preview").click()
        await shot(admin, "customers")
        await admin.get_by_role("button", name="Publish").click()
        await expect(admin.get_by_text("Published. Customers see it from now on.")).to_be_visible()

        await admin.get_by_role("link", name="Billing runs").first.click()
        await upload(
            admin, "Invoices", tmp_path, "november.csv", INVOICES + "HT-BAD,HT1001,21/11/26,,x,1,1,,,\n"
        )
        await admin.get_by_role("button", name="Import as a draft").click()
        await over(admin, "Refused: nothing was imported")
        await expect(admin.get_by_role("link", name="Download the refused rows")).to_be_visible()
        await shot(admin, "refused")
        await admin.get_by_role("button", name="Import the good rows as a draft").click()
        await over(admin, "2 rows brought in")
        await admin.get_by_role("link", name="Look at the preview").click()
        await expect(admin.get_by_role("heading", name="Customers do not see this yet")).to_be_visible()
        await expect(admin.get_by_text("£180.00").first).to_be_visible()
        await shot(admin, "preview")

        assert not await has_invoice(customer)
        await admin.get_by_role("button", name="Publish").click()
        await expect(admin.get_by_role("heading", name="Customers see this")).to_be_visible()
        assert await has_invoice(customer)
        await admin.locator("details", has_text="Withdraw it").locator("summary").click()
        await shot(admin, "published")
        await admin.get_by_role("button", name="Withdraw this batch").click()
        await expect(admin.get_by_role("heading", name="Nobody sees this any more")).to_be_visible()
        assert not await has_invoice(customer)

        for path, name in (
            ("", "list-full"),
            ("/attempts", "attempts"),
            ("/conflicts", "conflicts"),
            ("/new", "new"),
        ):
            await admin.goto(f"{admin.url.partition('/imports')[0]}/imports{path}")
            await shot(admin, name)
        await admin.goto(f"{admin.url.partition('/imports')[0]}/imports/invoices?number=HT-NEW-1")
        await expect(admin.get_by_text("Withdrawn")).to_be_visible()
        await shot(admin, "versions")
    assert complaints.said == []


async def upload(page: Page, kind: str, folder: Path, name: str, content: str) -> None:
    """From the list of runs to the columns of the file."""
    file = folder / name
    await asyncio.to_thread(file.write_text, content)
    await page.get_by_role("link", name="Upload a file").first.click()
    await page.get_by_role("radio", name=kind, exact=True).check()
    await page.get_by_label("The file").set_input_files(file)
    await page.get_by_role("button", name="Upload").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(name)


async def over(page: Page, heading: str) -> None:
    """Follow an import to its end: by itself with scripts, else as the page refreshes."""
    await expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=30_000)


async def has_invoice(page: Page) -> bool:
    """Whether a customer's list has the new invoice."""
    await page.goto(f"{PORTAL}/invoices")
    return await page.get_by_text(re.compile("HT-NEW-1")).count() > 0


async def sign_in(page: Page, email: str, password: str) -> None:
    """Fill in a sign-in page and wait for what follows."""
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)


async def shot(page: Page, name: str) -> None:
    """Pictures of a page, for whoever looks at them."""
    if SHOTS:
        for theme in ("light", "dark"):
            for width in (1280, 390):
                await page.emulate_media(color_scheme=theme)
                await page.set_viewport_size({"width": width, "height": 900})
                await page.screenshot(path=f"{SHOTS}/{name}-{theme}-{width}.png", full_page=True)
        await page.set_viewport_size({"width": 1280, "height": 900})
