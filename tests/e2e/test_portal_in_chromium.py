"""What customers do in their portal, in Debian's Chromium on one demo: with scripts, without, by keyboard."""

import asyncio
import csv
import io
import sqlite3
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.e2e.demo_process import Complaints, Demo, chromium, demo
from tests.e2e.test_demo_in_chromium import CUSTOMER, PORTAL, sign_in

ADMIN = "admin@harbour.example"
WHO_FAILS = "office@thistlefinch.example"
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One for all: each walk leaves it as it was, or says nothing that another hears."""
    with asyncio.Runner() as runner:
        started = demo(tmp_path_factory.mktemp("portal") / "demo")
        yield runner.run(started.__aenter__())
        runner.run(started.__aexit__(None, None, None))


@asynccontextmanager
async def customer(
    running: Demo, home: Path, *, scripts: bool = True, email: str = CUSTOMER
) -> AsyncIterator[Page]:
    """A signed-in customer's page, whose console stays silent."""
    complaints = Complaints()
    async with chromium(running, home, scripts=scripts) as context:
        page = await context.new_page()
        complaints.watch(page)
        await page.goto(f"{PORTAL}/")
        await sign_in(page, email, running.password(email))
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
        assert (await downloaded(page, "Download PDF")).startswith(b"%PDF")
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
        await page.get_by_label("Number or destination").fill("")
        await page.get_by_role("button", name="Filter").click()
        table = page.get_by_role("table", name="Charges by day")
        await expect(table).to_be_hidden()
        await page.get_by_text("Show as a table").click()
        await expect(table.get_by_role("row")).not_to_have_count(0)
        await page.goto(f"{PORTAL}/calls/names")
        await page.get_by_role("button", name="Do not list my calls").click()
        await page.goto(f"{PORTAL}/calls")
        await expect(page.get_by_text("these are their sums")).to_be_visible()
        await expect(page.locator("table.calls")).to_have_count(0)
        await page.goto(f"{PORTAL}/calls/names")
        await page.get_by_role("button", name="List my calls again").click()
        await expect(page.get_by_text("Your calls are listed one by one.")).to_be_visible()


async def test_all_calls_leave_after_the_password_alone(running: Demo, tmp_path: Path) -> None:
    async with customer(running, tmp_path / "home") as page:
        await page.get_by_role("link", name="Calls").first.click()
        of_month = len(rows(await downloaded(page, "These calls as CSV")))
        await asyncio.to_thread(let_time_pass, running)
        await page.get_by_role("link", name="All calls as CSV").click()
        await page.get_by_label("Password").fill(running.password(CUSTOMER))
        async with page.expect_download() as download:
            await page.get_by_role("button").last.click()
        content = Path(await (await download.value).path()).read_bytes()
        assert len(rows(content)) > of_month


def let_time_pass(running: Demo) -> None:
    """As if every session had proved itself long ago."""
    with closing(sqlite3.connect(running.folder / "brassplate.db", timeout=10)) as db, db:
        db.execute("UPDATE sessions SET proved_at = 0")


@SCRIPTS
async def test_a_collection_that_failed_is_told_with_what_to_do(
    running: Demo, tmp_path: Path, scripts: bool
) -> None:
    async with customer(running, tmp_path / "home", scripts=scripts, email=WHO_FAILS) as page:
        await expect(page.get_by_text("Not enough money in the account").first).to_be_visible()
        await page.get_by_role("link", name="See this collection").first.click()
        await expect(page.get_by_text("It went nowhere")).to_be_visible()
        copies = page.get_by_role("button", name="Copy the reference")
        await expect(copies).to_have_count(1 if scripts else 0)
        await page.get_by_role("link", name="Payments").last.click()
        everything = await page.locator("a.row").count()
        await page.get_by_label("Show").select_option(label="Failed")
        await page.get_by_role("button", name="Filter").click()
        failed = await page.locator("a.row").count()
        assert 0 < failed < everything
        assert len(rows(await downloaded(page, "Download CSV"))) == failed


async def test_a_logo_is_seen_by_customers_once_it_is_published(running: Demo, tmp_path: Path) -> None:
    picture = tmp_path / "logo.png"
    Image.new("RGB", (400, 100), "#0B6E4F").save(picture)
    complaints = Complaints()
    async with chromium(running, tmp_path / "home") as context:
        admin, visitor = await context.new_page(), await context.new_page()
        complaints.watch(admin)
        complaints.watch(visitor)
        await admin.goto(running.address("Admin console"))
        await sign_in(admin, ADMIN, running.password(ADMIN))
        await admin.get_by_role("link", name="Branding").first.click()
        await admin.locator("#file-logo_light").set_input_files(picture)
        await admin.locator("#logo_light").get_by_role("button", name="Upload").click()
        await expect(admin.get_by_text("Your customers see none of it yet.")).to_be_visible()
        await visitor.goto(f"{PORTAL}/sign-in")
        await expect(visitor.locator(".logo img")).to_have_count(0)

        await admin.get_by_role("link", name="Preview").first.click()
        drafted = admin.frame_locator("iframe").locator(".logo img").first
        await expect(drafted).to_be_visible()
        await admin.get_by_role("link", name="Branding").last.click()
        await admin.get_by_role("button", name="Publish 1 change").click()
        await expect(admin.get_by_text("Your customers see what is below")).to_be_visible()
        await visitor.reload()
        await expect(visitor.get_by_role("img", name="Harbour Telecom")).to_be_visible()

        await admin.locator("#logo_light").get_by_role("button", name="Take out").click()
        await admin.get_by_role("button", name="Publish 1 change").click()
        await expect(admin.get_by_text("Your customers see what is below")).to_be_visible()
    assert complaints.said == []


async def test_an_invoice_is_found_ticked_and_opened_by_keyboard(running: Demo, tmp_path: Path) -> None:
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
        await page.locator("#search").focus()
        await page.keyboard.type("HT-CN")
        await page.keyboard.press("Enter")
        await expect(page.locator("a.row")).to_have_count(1)
        await page.get_by_role("checkbox").focus()
        await page.keyboard.press("Space")
        await expect(page.get_by_role("checkbox")).to_be_checked()
        await page.keyboard.press("Tab")
        await expect(page.locator("a.row")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Credit note")
