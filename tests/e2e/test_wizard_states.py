"""Every state of the wizard in Chromium: axe-core finds no fault in either theme, nothing is wider than a phone."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.admin.conftest import admin, browser, console
from tests.e2e.console_pages import console_page
from tests.e2e.test_pages_with_axe import NARROW, RULES, WIDE
from tests.e2e.wizard_states import STATES
from tests.fakes.admin_console import ORIGIN, Browser, Console

__all__ = ["admin", "browser", "console"]
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
