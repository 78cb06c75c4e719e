"""Pictures of the draft: uploads that are taken, and those that are not."""

import pytest

from portal.brand.limits import LARGEST_BYTES
from store import audit, brand
from tests.admin.branding.desk import PAGE, pictures, publish, upload
from tests.fakes.admin_console import Browser, Console
from tests.portal.brand.pictures import announced, picture


@pytest.fixture
async def page(admin: Browser) -> Browser:
    await admin.get(PAGE)
    return admin


async def test_picture_goes_into_the_draft_and_is_shown_to_staff(console: Console, page: Browser) -> None:
    answer = await upload(page, "logo_light", picture((900, 300)))
    assert answer.location == f"{PAGE}?saved=1#logo_light"
    (digest,) = set(pictures((await page.get(PAGE)).text))
    assert (await page.send("HEAD", f"{PAGE}/images/{digest}/logo.png")).status == 200
    found = await console.store.read(brand.published, 1)
    assert found and found.logo_light is None
    assert (await console.store.read(audit.of_organisation, 1))[0].action == "branding.drafted"


async def test_published_picture_is_what_customers_see(console: Console, page: Browser) -> None:
    for kind in ("logo_light", "logo_dark", "favicon"):
        await upload(page, kind, picture((300, 300)), name="../../etc/logo.svg")
    await publish(page)
    found = await console.store.read(brand.published, 1)
    assert found and found.logo_light and found.logo_dark and found.favicon
    assert (found.logo_light.width, found.favicon.width) == (128, 180)


async def test_picture_is_taken_out_again(console: Console, page: Browser) -> None:
    await upload(page, "favicon", picture())
    assert (await page.post(f"{PAGE}/pictures/favicon/remove")).status == 303
    assert pictures((await page.get(PAGE)).text) == []


@pytest.mark.parametrize(
    ("file", "status", "why"),
    [
        (b"", 422, "The file is empty."),
        (b"<svg/>", 422, "SVG files can hold programs"),
        (b"%PDF-1.7", 422, "This is no PNG, JPEG, WebP or GIF."),
        (picture((900, 900))[:-300], 422, "The file is damaged"),
        (announced(30_000, 30_000), 422, "too many pixels"),
        (bytes(LARGEST_BYTES + 1), 413, "The file is larger than 4 MiB."),
        (bytes(LARGEST_BYTES + 2**20), 413, "The file is larger than 4 MiB."),
    ],
    ids=["empty", "svg", "pdf", "cut", "bomb", "too large", "far too large"],
)
async def test_file_that_is_not_taken_is_told_beside_its_field(
    page: Browser, file: bytes, status: int, why: str
) -> None:
    answer = await upload(page, "logo_dark", file)
    assert answer.status == status and why in answer.text
    assert '<p class="error" id="fault-logo_dark">' in answer.text
    assert "Your customers see what is below" in (await page.get(PAGE)).text


async def test_form_without_a_file_asks_for_one(page: Browser) -> None:
    answer = await page.post(f"{PAGE}/pictures/favicon")
    assert answer.status == 422 and "Choose a file to upload." in answer.text


async def test_upload_without_its_token_is_refused(page: Browser) -> None:
    for token in ("", "x" * 43, "x" * 5000):
        assert (await upload(page, "favicon", picture(), token=token)).status == 403
    assert pictures((await page.get(PAGE)).text) == []


async def test_there_is_no_other_kind_of_picture(page: Browser) -> None:
    assert (await upload(page, "background", picture())).status == 404


async def test_picture_of_another_organisation_is_not_there(console: Console, page: Browser) -> None:
    await upload(page, "favicon", picture())
    (digest,) = set(pictures((await page.get(PAGE)).text))
    await console.add_organisation("other")
    async with console.started() as stranger:
        await stranger.sign_in("admin@other.example")
        assert (await stranger.get(f"/organisations/other/branding/images/{digest}/180.png")).status == 404
        assert (await stranger.get(f"{PAGE}/images/{digest}/180.png")).status == 404
