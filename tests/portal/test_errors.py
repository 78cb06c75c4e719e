"""Refusals and failures as pages."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest

from portal import forms
from tests import factories
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


async def test_form_is_refused_by_its_size_before_what_stands_in_front_of_it_is_read(
    browser: Browser,
) -> None:
    headers = {
        "Host": browser.host,
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "multipart/form-data; boundary=a",
    }

    async def chunks() -> AsyncIterator[bytes]:
        yield b"\r\n" * 10

    response = await browser.client.post("/sign-in", data=b"\r\n" * 50_000, headers=headers)
    assert response.status == 413
    response = await browser.client.post("/sign-in", data=chunks(), headers=headers)
    assert response.status == 411


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"email=\xff"),
        ("application/x-www-form-urlencoded; charset=bogus", b"email=a"),
        ("application/x-www-form-urlencoded; charset=zip", b"email=a"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=a", b"x"),
        ("multipart/form-data; boundary=a", b"--a\r\nX: y\r\n\r\nfoo\r\n--a--\r\n"),
        (
            "multipart/form-data; boundary=a",
            b'--a\r\nContent-Disposition: form-data; name="email"\r\n\r\n\xff\r\n--a--\r\n',
        ),
        ("application/x-www-form-urlencoded; charset=raw_unicode_escape", b"email=\\ud800@x.co&password=x"),
        ("application/x-www-form-urlencoded; charset=raw_unicode_escape", b"\\ud800=x"),
    ],
)
async def test_what_is_no_form_is_the_senders_fault(
    browser: Browser, content_type: str, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    response = await browser.client.post(
        "/sign-in",
        data=body,
        headers={"Host": browser.host, "Sec-Fetch-Site": "same-origin", "Content-Type": content_type},
    )
    assert response.status == 400
    assert "That did not work" in await response.text()
    assert not caplog.records


async def test_body_that_is_not_what_it_says_is_the_senders_fault(browser: Browser) -> None:
    headers = {"Host": browser.host, "Sec-Fetch-Site": "same-origin", "Content-Encoding": "gzip"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    response = await browser.client.post("/sign-in", data=b"no gzip", headers=headers | form)
    assert response.status == 400


async def test_form_that_does_not_come_is_not_waited_for(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "FORM_SECONDS", 0.05)
    answer = await raw(browser, "POST", b"Content-Length: 9", b"cs")
    assert answer.split()[1] == b"408"


@pytest.mark.parametrize("cookie", [b"__Host-session", b"__Host-form"])
async def test_cookie_that_is_no_text_is_nobodys(browser: Browser, cookie: bytes) -> None:
    """The parent domain's cookies come along, in whatever encoding its site speaks."""
    answer = await raw(browser, "GET", b"Cookie: " + cookie + b"=\xff\xfe")
    assert answer.split()[1] == b"200"
    assert b"\xff" not in answer


async def test_browser_whose_name_is_no_text_signs_in(browser: Browser) -> None:
    token = await browser.token("/sign-in")
    fields = {"csrf": token, "email": "ada@harbour.example", "password": factories.PASSWORD}
    form = urlencode(fields).encode()
    headers = b"User-Agent: \xff\r\nCookie: __Host-form=%b\r\nContent-Length: %d" % (
        token.encode(),
        len(form),
    )
    answer = await raw(browser, "POST", headers, form)
    assert answer.split()[1] == b"303"


async def test_token_that_is_no_text_is_refused(browser: Browser) -> None:
    token = await browser.token("/sign-in")
    cookie = b"Cookie: __Host-form=" + token.encode()
    answer = await raw(browser, "POST", cookie + b"\r\nX-CSRF-Token: \xff\r\nContent-Length: 0")
    assert answer.split()[1] == b"403"


async def raw(browser: Browser, method: str, headers: bytes, body: bytes = b"") -> bytes:
    """The head of what /sign-in answers to bytes that no well-meaning client sends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", browser.client.port)
    writer.write(
        f"{method} /sign-in HTTP/1.1\r\nHost: {browser.host}\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n".encode()
        + headers
        + b"\r\n\r\n"
        + body
    )
    try:
        return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    finally:
        writer.close()
