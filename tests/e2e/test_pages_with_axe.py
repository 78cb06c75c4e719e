"""Every kind of page that links lead to, of portal and console: axe-core finds no fault in either theme (WCAG 2.2)."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Error, Page, Response, expect

from tests.e2e.demo_process import Complaints, Demo, chromium, demo

CUSTOMER = "accounts@lanterncoffee.example"
ADMIN = "admin@harbour.example"
OPERATOR = "operator@provider.example"
PORTAL = "https://billing.harbour.example"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
WIDE, NARROW = 1280, 390
SIGHTS = (("light", WIDE), ("dark", WIDE))
ON_PHONES = (("light", NARROW),)
MOST_PAGES = 120
TRIES = 5
RENEWED = ("Execution context was destroyed", "ERR_ABORTED", "is interrupted by another navigation")
"""What a browser says of a page that a script loads anew while it is looked at, or opened."""
MUST = {
    CUSTOMER: {
        *("/", "/accounts", "/invoices", "/invoices/*", "/invoices/*/explained", "/invoices/*/lines/*/calls"),
        *("/statement", "/payments", "/payments/*", "/calls", "/calls/names", "/calls/by/destination"),
        *("/profile", "/security", "/takeout", "/people", "/people/*", "/people/invite"),
    },
    ADMIN: {"/organisations/harbour/branding", "/organisations/harbour/branding/preview"},
    OPERATOR: set[str](),
}
"""Pages that no walk may miss."""
_ONE_OF_MANY = re.compile(r"/(?:\d+|[A-Z]+[-_]?[\w%-]*\d[\w%-]*|(?=[\w-]*\d)[\w-]{16})(?=/|$)")


@dataclass
class Walk:
    """Follows the links of a site, one page a kind, and keeps what axe says of each in both themes."""

    page: Page
    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    sights: tuple[tuple[str, int], ...] = SIGHTS

    async def from_here(self, *others: str) -> None:
        """Look at this page, at those others, and at all that is linked from them."""
        waiting = [self.page.url, *others]
        while waiting and len(self.seen) < MOST_PAGES:
            url = waiting.pop(0)
            if kind(url) in self.seen:
                continue
            self.seen.add(kind(url))
            waiting += await self._seen(url)

    async def _seen(self, url: str) -> list[str]:
        """Look at a page, and give its links; one that renews itself meanwhile is opened anew."""
        for attempt in range(TRIES):
            try:
                answer = await self._opened(url)
                if answer is None or "text/html" not in answer.headers.get("content-type", ""):
                    return []
                assert answer.status == 200, f"{url}: {answer.status}"
                await self._look()
                return await self._links()
            except Error as error:
                if attempt == TRIES - 1 or not any(words in error.message for words in RENEWED):
                    raise
                await self.page.wait_for_load_state()
        return []

    async def _opened(self, url: str) -> Response | None:
        """The page's answer; None for what is saved as a file."""
        try:
            return await self.page.goto(url, wait_until="domcontentloaded")
        except Error as error:
            if "Download is starting" in error.message:
                return None
            raise

    async def _look(self) -> None:
        await self.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        for theme, width in self.sights:
            await self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            await self.page.set_viewport_size({"width": width, "height": 900})
            found = await Axe().run(self.page, options=RULES)
            for violation in found.response["violations"]:
                where = [node["target"] for node in violation["nodes"]][:3]
                self.faults.append(f"{kind(self.page.url)} ({theme}, {width}): {violation['id']} at {where}")

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
        walk = Walk(page, sights=SIGHTS + ON_PHONES if who == CUSTOMER else SIGHTS)
        await walk._look()
        await page.get_by_label("E-mail address").fill(who)
        await page.get_by_label("Password").fill(running.password(who))
        await page.get_by_role("button", name="Sign in").click()
        if who == CUSTOMER:
            await walk.from_here(f"{PORTAL}/accounts", f"{PORTAL}/calls/by/destination")
        else:
            await walk.from_here()
    assert walk.faults == []
    assert MUST[who] - walk.seen == set()
    assert complaints.said == []
    assert len(walk.seen) >= least, sorted(walk.seen)


async def test_pages_that_say_no_have_no_fault_either(running: Demo, tmp_path: Path) -> None:
    other = await asyncio.to_thread(give_second_account, running)
    async with chromium(running, tmp_path / "home") as context:
        walk = Walk(await context.new_page(), sights=SIGHTS + ON_PHONES)
        await walk.page.goto(f"{PORTAL}/sign-in")
        await walk.page.get_by_label("E-mail address").fill(CUSTOMER)
        await walk.page.get_by_label("Password").fill("not this one")
        await walk.page.get_by_role("button", name="Sign in").click()
        await expect(walk.page.get_by_role("alert")).to_be_visible()
        await walk._look()
        await walk.page.get_by_label("Password").fill(running.password(CUSTOMER))
        await walk.page.get_by_role("button", name="Sign in").click()
        await walk.page.wait_for_url(lambda url: "/sign-in" not in url)
        for path, heading in (
            ("/no-such-page", "We could not find that page"),
            ("/invoices/archive?search=nothing-like-it", "There is no invoice to download"),
            (f"/invoices/{other}", "This belongs to your account HT1002"),
            ("/invoices?search=nothing-like-it", "Invoices"),
            ("/payments?year=1999", "Payments"),
            ("/statement?first=2020-01-01&last=2020-01-02", "Statement of account"),
        ):
            await walk.page.goto(f"{PORTAL}{path}")
            await expect(walk.page.get_by_role("heading", level=1)).to_contain_text(heading)
            await walk._look()
    assert walk.faults == []


def give_second_account(running: Demo) -> str:
    """The customer's user sees another customer, too; the public id of an invoice of theirs."""
    with closing(sqlite3.connect(running.folder / "brassplate.db", timeout=10)) as db, db:
        db.execute(
            "INSERT INTO memberships (organisation_id, user_id, account_id)"
            " SELECT u.organisation_id, u.id, a.id FROM users u JOIN accounts a USING (organisation_id)"
            " WHERE u.email = ? AND a.reference = 'HT1002'",
            (CUSTOMER,),
        )
        found = db.execute(
            "SELECT i.public_id FROM invoices i JOIN accounts a ON a.id = i.account_id WHERE a.reference = 'HT1002'"
        )
        return str(found.fetchone()[0])
