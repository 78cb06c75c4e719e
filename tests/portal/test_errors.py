"""Refusals and failures as pages."""

import logging
import sqlite3

import pytest

from tests.portal.house import Browser, House


async def test_missing_page_carries_the_brand(browser: Browser, ada: Browser) -> None:
    for visitor in (browser, ada):
        page = await visitor.page("/nowhere/at/all", 404)
        assert "We could not find that page" in page and "Meridian Telecom" in page
        assert "nowhere" not in page


async def test_failure_carries_the_brand_and_no_cause(
    house: House, ada: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    def breakage(db: sqlite3.Connection) -> None:
        db.execute("DROP VIEW visible_invoices")

    await house.store.write(breakage)
    with caplog.at_level(logging.CRITICAL, "portal.errors"):
        page = await ada.page("/invoices", 500)
    assert "Something went wrong on our side" in page and "Meridian Telecom" in page
    assert "visible_invoices" not in page and "Traceback" not in page


async def test_wrong_method_says_which_are_right(browser: Browser) -> None:
    response = await browser.get("/sign-out")
    assert response.status == 405
    assert response.headers["Allow"] == "POST"


async def test_form_that_is_too_large_is_refused(browser: Browser) -> None:
    response = await browser.post("/sign-in", {"csrf": "x" * 100_000})
    assert response.status == 413
    assert "too much at once" in await response.text()
