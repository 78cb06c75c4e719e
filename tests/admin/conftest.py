from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.admin_console import Browser, Console
from tests.fakes.admin_console import console as open_console


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    """A console with the organisation acme and its admin."""
    async with open_console(tmp_path) as opened:
        await opened.add_organisation("acme")
        yield opened


@pytest.fixture
async def browser(console: Console) -> AsyncIterator[Browser]:
    """A browser on the console, nobody signed in."""
    async with console.started() as opened:
        yield opened


@pytest.fixture
async def admin(browser: Browser) -> Browser:
    """A browser in which acme's admin is signed in."""
    await browser.sign_in("admin@acme.example")
    return browser
