"""What pages load, and how much they weigh."""

import re
import sqlite3

from tests import factories
from tests.portal.conftest import People
from tests.portal.house import OTHER_HOST, Browser, House

_ASSET = re.compile(r'(?:href|src)="(/(?:static/[^"]+|theme\.css[^"]*|icon\.svg[^"]*))"')


async def test_assets_are_immutable_under_their_own_name(browser: Browser) -> None:
    paths = _ASSET.findall(await browser.page("/sign-in"))
    assert len(paths) == 4
    for path in paths:
        response = await browser.get(path)
        assert response.status == 200
        assert "immutable" in response.headers["Cache-Control"]


async def test_old_name_of_a_static_file_is_not_found(browser: Browser) -> None:
    assert (await browser.get("/static/0123456789ab/app.css")).status == 404


async def test_theme_is_not_kept_under_an_old_name(browser: Browser) -> None:
    assert (await browser.get("/theme.css?v=old")).headers["Cache-Control"] == "no-cache"


async def test_theme_is_each_organisations_own(house: House) -> None:
    mine = await house.browser().source("/theme.css")
    other = await house.browser(OTHER_HOST).source("/theme.css")
    assert "--accent:#0B6E4F" in mine
    assert "--accent:#B00020" in other


async def test_static_file_is_compressed_only_when_asked(browser: Browser) -> None:
    path = next(path for path in _ASSET.findall(await browser.page("/sign-in")) if path.endswith(".css"))
    plain = await browser.get(path, **{"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert (await browser.get(path, **{"Accept-Encoding": "gzip"})).headers["Content-Encoding"] == "gzip"


async def test_name_is_escaped_wherever_it_stands(house: House) -> None:
    def hostile(db: sqlite3.Connection) -> None:
        db.execute("UPDATE organisations SET name = '<script>alert(1)</script> \"&' WHERE slug = 'meridian'")

    await house.store.write(hostile)
    browser = house.browser()
    source = await browser.source("/sign-in")
    assert "<script>alert" not in source
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &#34;&amp;" in source
    assert (await (await browser.get("/icon.svg")).text()).count("&lt;") == 1


async def test_organisation_that_is_gone_gets_421(house: House, people: People) -> None:
    await house.store.write(factories.removed_organisation, people.other)
    assert (await house.browser(OTHER_HOST).get("/")).status == 421
