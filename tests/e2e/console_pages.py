"""Console pages in Chromium: what the console under test answers, without a network between."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, Route, async_playwright

from tests.fakes.admin_console import ORIGIN, Browser

STREAM = re.compile(r"/events$")


@asynccontextmanager
async def console_page(browser: Browser, *, scripts: bool = True) -> AsyncIterator[Page]:
    """A page that is signed in as `browser` is; streams are closed at once, so that pages ask for their state."""

    async def answer(route: Route) -> None:
        asked = route.request
        path = asked.url.removeprefix(ORIGIN)
        if STREAM.search(path):
            await route.fulfill(status=204)
            return
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        # The network's end of Chromium adds this one, after what is caught here.
        sent = {"Host": browser.host, "Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
        sent |= await asked.all_headers()
        sent = {name: value for name, value in sent.items() if not name.startswith(":")}
        async with browser.client.request(
            asked.method, path, data=asked.post_data_buffer, headers=sent, allow_redirects=False
        ) as found:
            body, headers = await found.read(), dict(found.headers)
            await route.fulfill(status=found.status, headers=headers, body=body)

    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--disable-gpu", "--no-sandbox"]
        )
        try:
            context = await chromium.new_context(java_script_enabled=scripts)
            await context.route("**/*", answer)
            yield await context.new_page()
        finally:
            await chromium.close()
