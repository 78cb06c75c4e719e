"""What customers do in their portal, in Debian's Chromium on the demo: invoices, statement, calls; by keyboard."""

import csv
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.e2e.demo_process import Complaints, Demo, chromium, demo
from tests.e2e.test_demo_in_chromium import CUSTOMER, PORTAL, sign_in

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


@pytest_asyncio.fixture
async def running(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo(tmp_path / "demo") as started:
        yield started


@asynccontextmanager
async def customer(running: Demo, home: Path, *, scripts: bool = True) -> AsyncIterator[Page]:
    """A signed-in customer's page, whose console stays silent."""
    complaints = Complaints()
    async with chromium(running, home, scripts=scripts) as context:
        page = await context.new_page()
        complaints.watch(page)
        await page.goto(f"{PORTAL}/")
        await sign_in(page, CUSTOMER, running.password(CUSTOMER))
        yield page
    assert complaints.said == []


async def downloaded(page: Page, name: str) -> bytes:
    """What a link or button of this name downloads."""
    link = page.get_by_role("link", name=name, exact=True).or_(
        page.get_by_role("button", name=name, exact=True)
    )
    async with page.expect_download() as download:
        await link.first.click()
    return Path(await (await download.value).path()).read_bytes()


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@SCRIPTS
async def test_invoices_are_found_taken_along_and_explained(
    running: Demo, tmp_path: Path, scripts: bool
) -> None:
    async with customer(running, tmp_path / "home", scripts=scripts) as page:
        await expect(page.get_by_text("will be collected by Direct Debit")).to_be_visible()
        await page.get_by_role("link", name="Invoices").click()
        everything = await page.locator("a.row").count()
        await page.get_by_label("Show").select_option("credits")
        await page.get_by_role("button", name="Filter").click()
        await expect(page.locator("a.row")).to_have_count(1)
        await page.locator("a.row").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Credit note")
        await page.go_back()
        await expect(page.get_by_label("Show")).to_have_value("credits")
        await page.get_by_role("link", name="Clear").click()
        await page.get_by_text("More filters").click()
        await page.get_by_label("Total from").fill("280")
        await page.get_by_role("button", name="Filter").click()
        narrowed = await page.locator("a.row").count()
        assert 0 < narrowed < everything
        assert len(rows(await downloaded(page, "This list as CSV"))) == narrowed
        await page.get_by_role("link", name="Clear").click()
        for number in (0, 1):
            await page.get_by_role("checkbox").nth(number).check()
        with zipfile.ZipFile(
            io.BytesIO(await downloaded(page, "Download the PDFs of those ticked"))
        ) as packed:
            assert len(packed.namelist()) == 2
            assert all(packed.read(name).startswith(b"%PDF") for name in packed.namelist())
        await page.locator("a.row").first.click()
        await page.get_by_role("link", name="Cost centre", exact=True).click()
        await expect(page.get_by_role("rowheader", name="Roastery")).to_be_visible()
        assert len(rows(await downloaded(page, "Lines as CSV"))) > 10
        await expect(page.get_by_text("The calls listed add up to the usage on this invoice")).to_be_visible()
        await page.get_by_role("link", name="Compare with last month").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Why this amount")


async def test_the_statement_runs_to_what_is_owed(running: Demo, tmp_path: Path) -> None:
    async with customer(running, tmp_path / "home") as page:
        await page.get_by_role("link", name="Invoices").click()
        due = await page.locator(".figure").first.inner_text()
        await page.get_by_role("link", name="Statement").click()
        await expect(page.locator(".figure").last).to_have_text(due)
        found = rows(await downloaded(page, "As CSV"))
        assert found[-1]["Owed after"] == due.removeprefix("£").replace(",", "")
        await page.get_by_label("From").fill("2020-01-01")
        await page.get_by_label("To").fill("2020-01-31")
        await page.get_by_role("button", name="Show").click()
        await expect(page.get_by_text("Nothing", exact=False).first).to_be_visible()
        assert "first=2020-01-01" in page.url


@SCRIPTS
async def test_calls_are_narrowed_named_and_taken_along(running: Demo, tmp_path: Path, scripts: bool) -> None:
    async with customer(running, tmp_path / "home", scripts=scripts) as page:
        await page.get_by_role("link", name="Calls").first.click()
        line = (
            page.get_by_role("row").filter(has_text="0117").get_by_role("rowheader").get_by_role("link").first
        )
        number = await line.inner_text()
        await line.click()
        await expect(page.get_by_label("Line")).to_have_value(number)
        await page.locator("table.calls a[title]").first.click()
        called = await page.locator("#number").input_value()
        await page.get_by_label("Name (empty takes it away)").fill("The roaster's friend")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("status")).to_have_text("Saved.")
        await page.get_by_role("link", name="Calls", exact=True).last.click()
        await page.get_by_label("Number or destination").fill(called)
        await page.get_by_role("button", name="Filter").click()
        await expect(page.get_by_text("The roaster's friend").first).to_be_visible()
        found = rows(await downloaded(page, "These calls as CSV"))
        assert {row["Name of the number"] for row in found} == {"The roaster's friend"}
        await page.goto(f"{PORTAL}/calls/names")
        await page.get_by_role("button", name="Do not list my calls").click()
        await page.goto(f"{PORTAL}/calls")
        await expect(page.get_by_text("these are their sums")).to_be_visible()
        await expect(page.locator("table.calls")).to_have_count(0)


async def test_everything_is_reached_by_keyboard(running: Demo, tmp_path: Path) -> None:
    async with customer(running, tmp_path / "home") as page:
        await page.goto(f"{PORTAL}/invoices")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        await page.keyboard.press("Enter")
        reached = set()
        for _ in range(25):
            await page.keyboard.press("Tab")
            reached.add(
                await page.evaluate("document.activeElement.id || document.activeElement.innerText.trim()")
            )
        assert {"Statement", "show", "year", "search", "More filters", "Filter"} <= reached
