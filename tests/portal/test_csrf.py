"""Unsafe requests come from our own pages."""

import pytest

from portal.csrf import is_same_origin
from tests.portal.house import HOST, Browser

ORIGIN = f"https://{HOST}"


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": ORIGIN}, True),
        ({"Origin": ORIGIN + ":444"}, False),
        ({"Origin": f"http://{HOST}"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_request_is_ours_by_what_the_browser_says(headers: dict[str, str], same: bool) -> None:
    assert is_same_origin(headers, ORIGIN) is same


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
async def test_post_is_refused_in_words_when_from_elsewhere(browser: Browser, site: str) -> None:
    response = await browser.post("/sign-in", {}, **{"Sec-Fetch-Site": site})
    assert response.status == 403
    assert "That form was not accepted" in await response.text()


async def test_post_is_refused_when_its_origin_is_the_hosts_but_not_canonical(browser: Browser) -> None:
    response = await browser.post("/sign-in", {}, **{"Sec-Fetch-Site": "", "Origin": f"http://{HOST}"})
    assert response.status == 403


async def test_post_is_refused_without_a_token(browser: Browser) -> None:
    await browser.page("/sign-in")
    for token in ("", "wrong", "é"):
        assert (await browser.post("/sign-in", {"csrf": token})).status == 403


async def test_post_is_refused_without_the_form_cookie(browser: Browser) -> None:
    assert (await browser.post("/sign-in", {"csrf": ""})).status == 403
