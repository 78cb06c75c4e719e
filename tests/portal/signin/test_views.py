"""Signing in and out."""

from tests.portal.house import Browser


async def test_brand_is_shown_on_the_sign_in_page(browser: Browser) -> None:
    page = await browser.page("/sign-in")
    assert "Meridian Telecom" in page
    assert "Other Networks" not in page
