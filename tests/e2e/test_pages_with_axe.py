"""Every kind of page that links lead to, of portal and console: axe-core finds no fault in either theme (WCAG 2.2)."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Error, Page, Response

from tests.e2e.demo_process import Complaints, Demo, chromium, demo

CUSTOMER = "accounts@lanterncoffee.example"
ADMIN = "admin@harbour.example"
OPERATOR = "operator@provider.example"
PORTAL = "https://billing.harbour.example"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
THEMES = ("light", "dark")
MOST_PAGES = 120
_ONE_OF_MANY = re.compile(r"/(?:\d+|[A-Z]+[-_]?[\w%-]*\d[\w%-]*|(?=[\w-]*\d)[\w-]{16})(?=/|$)")


@dataclass
class Walk:
    """Follows the links of a site, one page a kind, and keeps what axe says of each in both themes."""

    page: Page
    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    async def from_here(self) -> None:
        """Look at this page and at all that is linked from it."""
        waiting = [self.page.url]
        while waiting and len(self.seen) < MOST_PAGES:
            url = waiting.pop(0)
            if kind(url) in self.seen:
                continue
            self.seen.add(kind(url))
            answer = await self._opened(url)
            if answer is None or "text/html" not in answer.headers.get("content-type", ""):
                continue
            assert answer.status == 200, f"{url}: {answer.status}"
            await self._look()
            waiting += await self._links()

    async def _opened(self, url: str) -> Response | None:
        """The page's answer; None for what is saved as a file."""
        try:
            return await self.page.goto(url)
        except Error as error:
            if "Download is starting" in error.message:
                return None
            raise

    async def _look(self) -> None:
        await self.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        for theme in THEMES:
            await self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            found = await Axe().run(self.page, options=RULES)
            for violation in found.response["violations"]:
                where = [node["target"] for node in violation["nodes"]][:3]
                self.faults.append(f"{kind(self.page.url)} ({theme}): {violation['id']} at {where}")

    async def _links(self) -> list[str]:
        hrefs = await self.page.eval_on_selector_all(
            "a[href]:not([download])", "all => all.map(one => one.href)"
        )
        here = urlsplit(self.page.url)
        found = (urljoin(self.page.url, href).partition("#")[0] for href in hrefs)
        return [url for url in found if urlsplit(url).netloc == here.netloc and not is_a_file(url)]


def kind(url: str) -> str:
    """The page without what is one of many: numbers, references, public ids, queries."""
    return _ONE_OF_MANY.sub("/*", urlsplit(url).path)


def is_a_file(url: str) -> bool:
    path = urlsplit(url).path
    return path.endswith((".csv", ".zip", ".pdf", ".json"))


@pytest_asyncio.fixture
async def running(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo(tmp_path / "demo") as started:
        yield started


@pytest.mark.parametrize(
    ("who", "least"), [(CUSTOMER, 8), (ADMIN, 20), (OPERATOR, 25)], ids=["customer", "admin", "operator"]
)
async def test_no_page_has_a_fault_in_either_theme(
    running: Demo, tmp_path: Path, who: str, least: int
) -> None:
    complaints = Complaints()
    async with chromium(running, tmp_path / "home") as context:
        page = await context.new_page()
        complaints.watch(page)
        await page.goto(f"{PORTAL}/" if who == CUSTOMER else running.address("Admin console"))
        walk = Walk(page)
        await walk._look()
        await page.get_by_label("E-mail address").fill(who)
        await page.get_by_label("Password").fill(running.password(who))
        await page.get_by_role("button", name="Sign in").click()
        await walk.from_here()
    assert walk.faults == []
    assert complaints.said == []
    assert len(walk.seen) >= least, sorted(walk.seen)
