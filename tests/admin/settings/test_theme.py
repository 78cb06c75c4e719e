"""The colour on a page of its own, and its preview."""

import pytest

from portal.theme import (
    CONTROL_CONTRAST,
    DARK_SURFACES,
    LIGHT_SURFACES,
    TEXT_CONTRAST,
    Colour,
    contrast,
    style_sheet,
)
from store import audit, portals
from tests.fakes.admin_console import Browser, Console

PAGE = "/organisations/acme/settings/customer-access"


async def colour(console: Console) -> str:
    portal = await console.store.read(portals.find, 1)
    assert portal
    return portal.theme_colour


@pytest.mark.parametrize(
    ("typed", "kept"), [("#a1b2c3", "#A1B2C3"), (" abc ", "#AABBCC"), ("1F5FA8", "#1F5FA8")]
)
async def test_colour_is_kept_in_one_spelling(
    console: Console, admin: Browser, typed: str, kept: str
) -> None:
    await admin.get(f"{PAGE}/theme")
    assert (await admin.post(f"{PAGE}/theme", theme_colour=typed)).location == f"{PAGE}/theme?saved=1"
    assert await colour(console) == kept
    assert "Saved." in (await admin.get(f"{PAGE}/theme?saved=1")).text


async def test_colour_change_is_in_the_audit(console: Console, admin: Browser) -> None:
    await admin.get(f"{PAGE}/theme")
    await admin.post(f"{PAGE}/theme", theme_colour="#abcdef")
    newest = (await console.store.read(audit.of_organisation, 1))[0]
    assert (newest.action, newest.detail) == (
        "portal.settings_changed",
        {"theme_colour": "#1F5FA8 → #ABCDEF"},
    )


@pytest.mark.parametrize("typed", ["", "brass", "#12345", "#GGGGGG", "red;}", "#1234567"])
async def test_what_is_no_colour_is_refused_and_shown_again(
    console: Console, admin: Browser, typed: str
) -> None:
    before = await colour(console)
    await admin.get(f"{PAGE}/theme")
    answer = await admin.post(f"{PAGE}/theme", theme_colour=typed)
    assert answer.status == 422
    assert f'value="{typed}"' in answer.text
    assert await colour(console) == before


async def test_preview_shows_a_colour_without_keeping_it(console: Console, admin: Browser) -> None:
    before = await colour(console)
    await admin.get(f"{PAGE}/theme")
    answer = await admin.post(f"{PAGE}/theme", theme_colour="#FFE94D", preview="1")
    assert "#FFE94D would not stand out enough on light pages" in answer.text
    assert await colour(console) == before


async def test_preview_for_scripts_is_the_strip_alone(admin: Browser) -> None:
    answer = await admin.get(f"{PAGE}/theme/preview?colour=%23FFE94D")
    assert answer.text.startswith('<div class="preview"')
    assert (await admin.get(f"{PAGE}/theme/preview?colour=brass")).status == 422


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("#FFFFFF", "light pages"),
        ("#000000", "dark pages"),
        ("#FFFF00", "light pages"),
        ("#1F5FA8", "dark pages"),
        ("#4886D3", ""),
    ],
)
async def test_admin_is_told_where_a_shade_was_moved(admin: Browser, typed: str, where: str) -> None:
    page = (await admin.get(f"{PAGE}/theme/preview?colour=%23{typed[1:]}")).text
    assert (f"would not stand out enough on {where}" in page) if where else ("stand out enough" not in page)


@pytest.mark.parametrize("typed", ["#FFFFFF", "#000000", "#FFFF00"])
def test_extreme_colours_are_usable_by_the_tokens_of_real_pages(typed: str) -> None:
    """What the organisation's own sheet declares, against the surfaces of app.css."""
    light, dark = style_sheet(Colour(typed)).split("@media", 1)
    for sheet, surfaces in ((light, LIGHT_SURFACES), (dark, DARK_SURFACES)):
        tokens = dict(part.split(":") for part in sheet[sheet.rindex("{") + 1 :].split("}")[0].split(";"))
        for surface in surfaces:
            assert contrast(tokens["--accent"], surface) >= CONTROL_CONTRAST
            assert contrast(tokens["--accent-ink"], surface) >= TEXT_CONTRAST
        assert contrast(tokens["--accent-contrast"], tokens["--accent"]) >= TEXT_CONTRAST
