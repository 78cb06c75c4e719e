"""Every answer carries the security headers."""

import pytest

from portal.headers import SECURITY_HEADERS
from tests.portal.house import Browser


@pytest.mark.parametrize("path", ["/sign-in", "/", "/nowhere", "/theme.css", "/static/none/app.css"])
async def test_security_headers_are_on_every_answer(browser: Browser, path: str) -> None:
    response = await browser.get(path)
    for name, value in SECURITY_HEADERS.items():
        assert response.headers[name] == value
    assert "Server" not in response.headers


async def test_private_pages_are_not_stored(ada: Browser) -> None:
    assert (await ada.get("/invoices")).headers["Cache-Control"] == "no-store"


async def test_pages_load_nothing_from_elsewhere_and_hold_no_inline_code(ada: Browser) -> None:
    for path in ("/", "/invoices", "/payments", "/calls", "/profile"):
        source = await ada.source(path)
        assert "style=" not in source and "<style" not in source and "onclick" not in source
        assert "http:" not in source and "https:" not in source and "//" not in source
        assert source.count("<script") == source.count("<script src=")
