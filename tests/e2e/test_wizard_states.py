"""Every state of the wizard in Chromium: axe-core finds no fault in either theme, nothing is wider than a phone."""

import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from store.issuance import CertificateState
from tests.admin.conftest import admin, browser, console
from tests.e2e.console_pages import console_page
from tests.e2e.test_pages_with_axe import NARROW, RULES, WIDE
from tests.e2e.wizard_states import STATES, WRONG
from tests.fakes.admin_console import HOST, OK, ORIGIN, Browser, Console

__all__ = ["admin", "browser", "console"]
OWN_TARGET = re.compile(r"\w+\.customers\.provider\.example$")
SIGHTS = (("light", WIDE), ("dark", WIDE), ("light", NARROW))


async def faults(page: Page) -> list[str]:
    """What axe says of a page with all its folds open, and whether it has to be moved sideways on a phone."""
    found: list[str] = []
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    for theme, width in SIGHTS:
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        await page.set_viewport_size({"width": width, "height": 900})
        for violation in (await Axe().run(page, options=RULES)).response["violations"]:
            where = [node["target"] for node in violation["nodes"]][:3]
            found.append(f"{theme}, {width}: {violation['id']} at {where}")
        wide = await page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{theme}, {width}: {wide} pixels wide")
    return found


@pytest.mark.parametrize("state", STATES)
async def test_state_has_no_fault_in_either_theme(console: Console, admin: Browser, state: str) -> None:
    path = await STATES[state](console, admin)
    said: list[str] = []
    async with console_page(admin) as page:
        page.on("pageerror", lambda error: said.append(str(error)))
        await page.goto(ORIGIN + path)
        assert await faults(page) == []
    assert said == []


async def test_open_page_changes_in_place_and_loses_nothing_that_was_typed(
    console: Console, admin: Browser
) -> None:
    path = await STATES["no record"](console, admin)
    async with console_page(admin) as page:
        await page.goto(ORIGIN + path)
        await expect(page.get_by_text("in 14 min 0").or_(page.get_by_text("in 13 min 5"))).to_be_visible()
        await page.get_by_text("Somebody else runs your DNS?").click()
        await page.get_by_label("E-mail address of whoever").fill("it@mycompany.com")
        await page.locator("#state summary").click()
        await page.get_by_role("link", name="Show raw answers").focus()
        await console.sees(WRONG)
        await expect(page.get_by_text("portal.old-supplier.example")).to_be_visible(timeout=8_000)
        await expect(page.get_by_text("Your DNS is kept at IONOS.")).to_be_visible()
        await expect(page.locator("#said")).to_have_text("We see a record, but it does not lead here.")
        await expect(page.get_by_label("E-mail address of whoever")).to_have_value("it@mycompany.com")
        await expect(page.get_by_role("link", name="Show raw answers")).to_be_focused()
        await expect(page.locator("#state details")).to_have_attribute("open", "")
        await console.sees(OK)
        await console.issues(CertificateState.ORDERED)
        await expect(page.get_by_text("Your certificate is being issued")).to_be_visible(timeout=8_000)
        await console.proves()
        await expect(page.get_by_role("heading", name=f"Your portal is live at {HOST}.")).to_be_visible(
            timeout=8_000
        )


async def test_values_are_selected_whole_and_copied(console: Console, admin: Browser) -> None:
    path = await STATES["no record"](console, admin)
    async with console_page(admin) as page:
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.goto(ORIGIN + path)
        target = page.get_by_role("textbox", name="Target")
        await target.focus()
        value = await target.input_value()
        assert await page.evaluate("String(getSelection())") == value
        await page.keyboard.type("x")
        await expect(target).to_have_value(value)
        await page.get_by_role("button", name="Copy the full name").click()
        assert await page.evaluate("navigator.clipboard.readText()") == HOST


async def test_values_stand_in_fields_without_scripts_and_no_button_does_nothing(
    console: Console, admin: Browser
) -> None:
    path = await STATES["no record"](console, admin)
    async with console_page(admin, scripts=False) as page:
        await page.goto(ORIGIN + path)
        await expect(page.get_by_role("textbox", name="Target")).to_have_value(OWN_TARGET)
        assert await page.get_by_role("button", name="Copy").count() == 0
        console.passes(seconds=5)
        console.edge.diagnosis = WRONG
        await page.get_by_role("button", name="Check again").click()
        await expect(page.get_by_text("portal.old-supplier.example")).to_be_visible()


async def test_page_leads_to_the_sign_in_once_the_session_is_over(console: Console, admin: Browser) -> None:
    path = await STATES["no record"](console, admin)
    async with console_page(admin) as page:
        await page.goto(ORIGIN + path)
        console.passes(minutes=31)
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=10_000)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_whoever_has_the_link_has_the_name_looked_at(
    console: Console, admin: Browser, scripts: bool
) -> None:
    path = await STATES["by link"](console, admin)
    async with console_page(Browser(admin.client), scripts=scripts) as page:
        await page.goto(ORIGIN + path)
        await expect(page.get_by_text("portal.old-supplier.example")).to_be_visible()
        console.passes(seconds=5)
        console.edge.diagnosis = OK
        await page.get_by_role("button", name="Check again").click()
        await expect(page.get_by_text("Your certificate is being issued")).to_be_visible()
