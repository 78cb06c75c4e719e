"""A published brand on pages: logos, icons, words of the sign-in page; and whose pictures are served where."""

import sqlite3
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from store import brand_drafts, images, organisations, portals
from store.brand_drafts import Seen
from store.images import LARGE_ICON, LOGO, SMALL_ICON, Rendition
from store.setting_changes import Hand
from tests import factories
from tests.portal.brand.pictures import picture
from tests.portal.conftest import People
from tests.portal.house import OTHER_HOST, Browser, House

WIDE = Rendition(LOGO, 560, 112, picture((560, 112)))
SQUARE = Rendition(LOGO, 128, 128, picture((128, 128)))
ICON = (
    Rendition(LARGE_ICON, 180, 180, picture((180, 180))),
    Rendition(SMALL_ICON, 32, 32, picture((32, 32))),
)


def put(db: sqlite3.Connection, organisation_id: int, *renditions: Rendition) -> str:
    return images.put(db, organisation_id, renditions, factories.NOW)


async def publish(house: House, organisation_id: int, **settings: Any) -> None:
    def change(db: sqlite3.Connection) -> None:
        portal = portals.find(db, organisation_id)
        assert portal
        portals.save(db, organisation_id, replace(portal.settings, **settings), factories.NOW)

    await house.store.write(change)


@pytest.fixture
async def wide(house: House, people: People) -> str:
    digest = await house.store.write(put, people.meridian, WIDE)
    await publish(house, people.meridian, logo_light=digest)
    return f"/brand/{digest}/logo.png"


async def test_logo_stands_in_place_of_the_name(ada: Browser, wide: str) -> None:
    for source in (await ada.source("/"), await ada.source("/no-such-page", 404)):
        assert f'<img src="{wide}" width="280" height="56" alt="Meridian Telecom">' in source
        assert 'class="mark"' not in source and 'class="logo plain"' in source


async def test_mark_has_the_name_beside_it(house: House, people: People, browser: Browser) -> None:
    digest = await house.store.write(put, people.meridian, SQUARE)
    await publish(house, people.meridian, logo_light=digest)
    source = await browser.source("/sign-in")
    assert 'width="64" height="64" alt="">' in source and "<span>Meridian Telecom</span>" in source


async def test_dark_pages_have_a_logo_of_their_own(
    house: House, people: People, browser: Browser, wide: str
) -> None:
    dark = await house.store.write(put, people.meridian, SQUARE)
    await publish(house, people.meridian, logo_dark=dark)
    source = await browser.source("/sign-in")
    assert (
        f'<source media="screen and (prefers-color-scheme: dark)" srcset="/brand/{dark}/logo.png"' in source
    )
    assert 'class="logo"' in source
    await publish(house, people.meridian, logo_light="")
    assert f"/brand/{dark}" not in await browser.source("/sign-in")


async def test_icon_is_linked_in_both_sizes(house: House, people: People, browser: Browser) -> None:
    digest = await house.store.write(put, people.meridian, *ICON)
    await publish(house, people.meridian, favicon=digest)
    source = await browser.source("/sign-in")
    for size in (32, 180):
        path = f"/brand/{digest}/{size}.png"
        assert f'href="{path}"' in source
        assert (await browser.get(path)).status == 200
    assert "/icon.svg" not in source


async def test_picture_is_served_as_what_it_is_and_kept_for_ever(browser: Browser, wide: str) -> None:
    response = await browser.get(wide)
    assert await response.read() == WIDE.content
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "immutable" in response.headers["Cache-Control"]


async def test_picture_is_not_there_at_another_organisations_host(
    house: House, people: People, wide: str
) -> None:
    assert (await house.browser(OTHER_HOST).get(wide)).status == 404
    await publish(house, people.other, logo_light=wide.split("/")[2])
    assert (await house.browser(OTHER_HOST).get(wide)).status == 404


async def test_picture_of_a_draft_is_as_missing_as_one_that_never_was(
    house: House, people: People, browser: Browser
) -> None:
    digest = await house.store.write(put, people.meridian, WIDE)
    hand = Hand("ann@meridian.example", "", factories.NOW)
    await house.store.write(brand_drafts.edit, people.meridian, {"logo_light": digest}, hand, Seen())
    missing = await browser.source(f"/brand/{'0' * 64}/logo.png", 404)
    assert await browser.source(f"/brand/{digest}/logo.png", 404) == missing
    assert digest not in await browser.source("/sign-in")


@pytest.mark.parametrize("path", ["32.png", "logo.svg", "logo.png.html", "../logo.png", "LOGO.png"])
async def test_other_names_of_a_picture_are_not_found(browser: Browser, wide: str, path: str) -> None:
    assert (await browser.get(wide.replace("logo.png", path))).status == 404


async def test_closed_portal_keeps_its_brand_and_a_suspended_one_none(
    house: House, people: People, browser: Browser, wide: str
) -> None:
    await house.store.write(portals.set_enabled, people.meridian, False, factories.NOW)
    assert wide in await browser.source("/", 503)
    assert (await browser.get(wide)).status == 200
    await house.store.write(organisations.set_suspended, people.meridian, True)
    assert (await browser.get(wide)).status == 503


async def test_words_of_the_sign_in_page_are_plain_text(
    house: House, people: People, browser: Browser
) -> None:
    await publish(
        house, people.meridian, sign_in_headline="<b>Hi</b> & welcome", sign_in_text="{{ 7 * 7 }}\nline two"
    )
    source = await browser.source("/sign-in")
    assert "&lt;b&gt;Hi&lt;/b&gt; &amp; welcome" in source and "<b>Hi" not in source
    assert "{{ 7 * 7 }}\nline two" in unescape(source)
    assert 'class="greeting"' not in await browser.source("/reset")


async def test_no_words_leave_no_empty_place(browser: Browser) -> None:
    assert "greeting" not in await browser.source("/sign-in")
