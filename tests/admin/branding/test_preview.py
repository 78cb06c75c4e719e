"""The preview: the portal's own pages in the draft's looks, for staff alone, in both themes."""

import re

import pytest

from tests.admin.branding.desk import PAGE, draft, upload
from tests.fakes.admin_console import Browser, Console
from tests.portal.brand.pictures import picture

SHOW = f"{PAGE}/show/light"


async def test_pages_are_the_portals_own_with_the_draft(admin: Browser) -> None:
    await draft(admin, sign_in_headline="Welcome to Acme", label_invoices="Bills", theme_colour="#AA0055")
    assert "Welcome to Acme" in (await admin.get(f"{SHOW}/sign-in")).text
    home = (await admin.get(f"{SHOW}/")).text
    assert "Lantern Coffee Roasters Ltd" in home and ">Bills</a>" in home
    assert f'href="{SHOW}/invoices"' in home
    theme = re.findall(r'href="([^"]+theme\.css[^"]*)"', home)[0]
    assert "--accent:#AA0055" in (await admin.get(theme)).text


@pytest.mark.parametrize("path", ["/", "/invoices", "/an-invoice", "/payments", "/calls", "/profile"])
async def test_every_page_can_be_looked_at_and_leads_on_within_the_preview(admin: Browser, path: str) -> None:
    answer = await admin.get(f"{SHOW}{path}")
    assert answer.status == 200
    assert not re.findall(rf'\b(?:href|src|action)="/(?!{SHOW[1:]})', answer.text)
    assert 'method="post"' not in answer.text and "<script" not in answer.text


async def test_frame_may_stand_in_the_console_and_runs_nothing(admin: Browser) -> None:
    answer = await admin.get(f"{SHOW}/")
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy and "script-src 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
    page = await admin.get(f"{PAGE}/preview")
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("theme", "there"), [("light", "not all"), ("dark", "screen")])
async def test_theme_is_as_it_was_chosen_whatever_the_device_asks(
    admin: Browser, theme: str, there: str
) -> None:
    home = (await admin.get(f"{PAGE}/show/{theme}/")).text
    assert f'name="color-scheme" content="{theme}"' in home
    for path in re.findall(r'rel="stylesheet" href="([^"]+)"', home):
        sheet = (await admin.get(path)).text
        assert "prefers-color-scheme" not in sheet
        assert f"@media {there}" in sheet


async def test_logo_of_the_draft_is_shown(admin: Browser) -> None:
    await admin.get(PAGE)
    await upload(admin, "logo_light", picture((600, 100)))
    home = (await admin.get(f"{SHOW}/")).text
    (logo,) = re.findall(rf'src="({SHOW}/brand/[^"]+)"', home)
    assert (await admin.send("HEAD", logo)).headers["Content-Type"] == "image/png"


async def test_what_is_no_page_leaves_the_frame_as_it_is(admin: Browser) -> None:
    assert (await admin.get(f"{SHOW}/static/0123456789ab/app.css")).status == 404
    invoice = (await admin.get(f"{SHOW}/an-invoice")).text
    (pdf,) = set(re.findall(r'href="([^"]+/pdf[^"]*)"', invoice)) or {f"{SHOW}/invoices.csv"}
    assert (await admin.get(pdf)).status in (204, 404)


async def test_preview_offers_what_the_draft_shows(admin: Browser) -> None:
    await draft(admin, "show_calls")
    page = (await admin.get(f"{PAGE}/preview?page=calls&theme=dark&width=desktop")).text
    assert ">Calls</a>" not in page
    assert f'src="{PAGE}/show/dark/"' in page and 'class="portal desktop"' in page
    assert (await admin.get(f"{SHOW}/calls")).status == 404


async def test_preview_needs_a_sign_in_and_is_each_organisations_own(
    console: Console, admin: Browser
) -> None:
    await draft(admin, sign_in_headline="Only ours")
    await console.add_organisation("other")
    async with console.started() as stranger:
        assert (await stranger.get(f"{SHOW}/sign-in")).status == 303
        await stranger.sign_in("admin@other.example")
        theirs = await stranger.get("/organisations/other/branding/show/light/sign-in")
        assert theirs.status == 200 and "Only ours" not in theirs.text and "Other" in theirs.text
        assert (await stranger.get(f"{SHOW}/sign-in")).status == 404
