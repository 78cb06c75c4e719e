"""The style sheet: colours are tokens, it is small, and what is printed is the invoice alone."""

import re
import sqlite3
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from portal.theme import DARK_SURFACES, LIGHT_SURFACES
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import HOST, Browser, House

SHEET = (files("portal") / "static" / "app.css").read_text("utf-8")
ROOT = re.compile(r":root \{.*?\}", re.DOTALL)
COLOUR = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab|color)\(|:\s*(?:white|black|red|grey|gray)\b"
)
MOST_BYTES = 20 * 1024
PAGES = ("/", "/invoices", "/payments", "/calls", "/profile", "/security", "/sign-in", "/no-such-page")


def test_colours_stand_nowhere_but_in_the_tokens() -> None:
    assert len(ROOT.findall(SHEET)) == 3  # light, dark, and print
    rest = ROOT.sub("", re.sub(r"/\*.*?\*/", "", SHEET, flags=re.DOTALL))
    assert COLOUR.findall(rest) == []


def test_surfaces_are_those_that_the_theme_is_computed_for() -> None:
    light, dark, _ = ROOT.findall(SHEET)
    for tokens, surfaces in ((light, LIGHT_SURFACES), (dark, DARK_SURFACES)):
        found = dict(re.findall(r"--(page|surface): (#[0-9A-F]{6})", tokens))
        assert set(found.values()) == set(surfaces)


def test_sheet_asks_nobody_else_for_anything() -> None:
    assert len(SHEET.encode()) <= MOST_BYTES
    assert not re.search(r"@import|url\(|@font-face|expression\(", SHEET)


@pytest.mark.parametrize("path", PAGES)
async def test_page_loads_nothing_from_elsewhere(ada: Browser, path: str) -> None:
    browser = ada
    source = await (await browser.get(path)).text()
    for found in re.findall(
        r'<(?:link|script|img|source|iframe)\b[^>]*?(?:href|src|srcset)="([^"]*)"', source
    ):
        assert found.startswith("/") and not found.startswith("//"), found
    assert " style=" not in source and not re.search(r"<script(?![^>]* src=)", source)


def _bill(db: sqlite3.Connection, organisation_id: int, account_id: int) -> str:
    invoice = factories.invoice(db, organisation_id, account_id, "INV-1")
    factories.line(db, organisation_id, invoice, 1)
    return factories.public(organisation_id, "INV-1")


async def test_print_of_an_invoice_is_the_letter_without_what_leads_elsewhere(
    house: House, people: People, ada: Browser, tmp_path: Path
) -> None:
    public_id = await house.store.write(_bill, people.meridian, people.harbour)
    cookies = "; ".join(f"{each.key}={each.value}" for each in ada.client.session.cookie_jar)
    port = house.server.port
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", f"--host-resolver-rules=MAP {HOST} 127.0.0.1:{port}"],
        )
        context = await chromium.new_context(
            color_scheme="dark", extra_http_headers={"Cookie": cookies}, accept_downloads=False
        )
        page = await context.new_page()
        await page.goto(f"http://{HOST}/invoices/{public_id}")
        assert await page.locator("nav.sections").is_visible()
        await page.emulate_media(media="print", color_scheme="dark")
        for hidden in ("nav.sections", ".who", ".skip", "main form", "main button", ".back"):
            for element in await page.locator(hidden).all():
                assert not await element.is_visible(), hidden
        assert await page.locator("header.site .brand").is_visible()
        assert await page.get_by_text("INV-1").first.is_visible()
        ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(255, 255, 255)"
        assert await page.evaluate("getComputedStyle(document.body).color") == "rgb(23, 26, 30)"
        await chromium.close()
