"""Pages of ours where no upstream answers."""

import pytest

from edge.proxy import pages
from tests.edge.proxy.script import echo, script
from tests.edge.proxy.upstreams import NOW, SHOP, before, wired

LOOPS = ("asyncio", "uvloop")


@pytest.mark.parametrize("status", sorted(pages._TITLES))
@pytest.mark.parametrize("html", [False, True])
def test_page_is_whole(status: int, html: bool) -> None:
    found = pages.page(status, lambda: NOW, html=html, bodyless=False, closing=True, reference="4F<2A")
    head, _, body = found.decode().partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ") and f"Content-Length: {len(body)}" in head
    assert "Cache-Control: no-store" in head and "Connection: close" in head and "Server" not in head
    assert ("Retry-After: 10" in head) == (status in (502, 503, 504))
    assert body.count("<h1>") == int(html) and "4F<2A" not in body if html else "4F<2A" in body


async def test_page_is_for_people_where_a_browser_asks() -> None:
    async with before(None) as front:
        _, text = await front.got()
        _, page = await front.got("/", "Accept: text/html,*/*;q=0.8")
        head, none = await front.got("/", method="HEAD")
    assert text == "There is no service behind this address at present.\n"
    assert page.startswith("<!doctype html>") and "<h1>There is no service here</h1>" in page
    assert none == "" and "Content-Length: 52" in head


async def test_own_path_is_answered_before_any_upstream() -> None:
    async with wired(script(echo)) as front:
        assert await front.got("/.well-known/ours/abc") == (
            (await front.got("/.well-known/ours/abc"))[0],
            f"{SHOP} abc",
        )
        assert (await front.got("/.well-known/ours/"))[0].startswith("HTTP/1.1 404 ")
        assert (await front.got("/.well-known/ours/abc", method="POST"))[0].startswith("HTTP/1.1 404 ")
        assert (await front.got("/.well-known/"))[1] == "/.well-known/"
