"""The draft of the branding: edited, listed, published, undone, discarded; and what two admins do at once."""

import pytest

from store import audit, brand
from store.brand import Brand
from tests.admin.branding.desk import PAGE, draft, form, pictures, publish, upload
from tests.fakes.admin_console import Browser, Console
from tests.portal.brand.pictures import picture

CHANGES = "/organisations/acme/settings/customer-access/changes"


async def shown(console: Console) -> Brand:
    found = await console.store.read(brand.published, 1)
    assert found
    return found


async def test_draft_is_kept_and_customers_see_none_of_it(console: Console, admin: Browser) -> None:
    answer = await draft(
        admin, "show_calls", sign_in_headline=" Welcome ", theme_colour="abc", label_invoices="Bills"
    )
    assert answer.location == f"{PAGE}?saved=1"
    page = (await admin.get(answer.location)).text
    assert "Customers do not see it before you publish it." in page
    assert "Publish 4 changes" in page and "Last drafted by admin@acme.example" in page
    again = await form(admin)
    assert (again["sign_in_headline"], again["theme_colour"]) == ("Welcome", "#AABBCC")
    assert "show_calls" not in again
    portal = (await shown(console)).portal
    assert (portal.sign_in_headline, portal.show_calls, portal.label_invoices) == ("", True, "")


async def test_publishing_shows_the_draft_and_is_undone_from_the_log(
    console: Console, admin: Browser
) -> None:
    await draft(admin, "show_calls", sign_in_text="Line one\r\nLine two", theme_colour="#123456")
    assert (await publish(admin)).location == f"{PAGE}?published=1"
    portal = (await shown(console)).portal
    assert (portal.sign_in_text, portal.show_calls, portal.theme_colour) == (
        "Line one\nLine two",
        False,
        "#123456",
    )
    assert "Your customers see what is below" in (await admin.get(PAGE)).text
    log = (await admin.get(CHANGES)).text
    assert "Text of the sign-in page" in log and "Page: calls" in log
    assert (await admin.post(f"{CHANGES}/1/undo")).status == 303
    back = (await shown(console)).portal
    assert (back.sign_in_text, back.show_calls, back.theme_colour) == ("", True, "#1F5FA8")


async def test_each_deed_is_in_the_audit(console: Console, admin: Browser) -> None:
    await draft(admin, sign_in_headline="Welcome")
    await publish(admin)
    await draft(admin, sign_in_headline="Again")
    await admin.post(f"{PAGE}/discard", **{"seen": (await form(admin))["seen"]})
    found = (await console.store.read(audit.of_organisation, 1))[:4]
    assert [(entry.action, entry.detail) for entry in found] == [
        ("branding.discarded", {"sign_in_headline": "Again → Welcome"}),
        ("branding.drafted", {"sign_in_headline": "Welcome → Again"}),
        ("branding.published", {"sign_in_headline": " → Welcome"}),
        ("branding.drafted", {"sign_in_headline": " → Welcome"}),
    ]


async def test_discarding_leaves_what_is_published(console: Console, admin: Browser) -> None:
    await draft(admin, sign_in_headline="Welcome")
    seen = (await form(admin))["seen"]
    assert (await admin.post(f"{PAGE}/discard", seen=seen)).location == f"{PAGE}?discarded=1"
    assert (await form(admin))["sign_in_headline"] == ""
    gone = await admin.post(f"{PAGE}/publish", seen=seen)
    assert gone.status == 409 and "There is no draft any more" in gone.text
    assert (await shown(console)).portal.sign_in_headline == ""


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("sign_in_headline", "x" * 81, "Headline has at most 80 characters."),
        ("sign_in_headline", "a\nb", "Headline must be one line of plain text."),
        ("sign_in_text", "x" * 401, "Text has at most 400 characters."),
        ("sign_in_text", "a\u202eb", "Text must be plain text."),
        ("theme_colour", "brass", "Write the colour as # and six digits"),
        ("label_calls", "x" * 31, "Menu label of calls has at most 30 characters."),
    ],
)
async def test_what_cannot_be_is_refused_with_all_that_was_typed(
    console: Console, admin: Browser, name: str, value: str, why: str
) -> None:
    answer = await draft(admin, "show_profile", **{"label_profile": "About you", name: value})
    assert answer.status == 422 and why in answer.text and 'value="About you"' in answer.text
    assert "show_profile" in await form(admin)


async def test_moved_colour_is_shown_before_anything_is_kept(console: Console, admin: Browser) -> None:
    answer = await admin.post(PAGE, **await form(admin, theme_colour="#FFFFFF", preview="1"))
    assert "#FFFFFF would not stand out enough on light pages" in answer.text
    assert (await form(admin))["theme_colour"] == "#1F5FA8"


async def test_two_who_draft_the_same_are_told_in_words(console: Console, admin: Browser) -> None:
    mine, theirs = [await form(admin, sign_in_headline=words) for words in ("Mine", "Theirs")]
    await admin.post(PAGE, **theirs)
    answer = await admin.post(PAGE, **mine)
    assert answer.status == 409
    assert "admin@acme.example changed “Headline of the sign-in page” from empty to Theirs." in answer.text
    assert 'value="Mine"' in answer.text
    assert (await form(admin))["sign_in_headline"] == "Theirs"


async def test_form_of_a_discarded_draft_says_so_and_keeps_what_was_typed(admin: Browser) -> None:
    await draft(admin, sign_in_headline="One")
    mine = await form(admin, sign_in_text="Mine")
    await admin.post(f"{PAGE}/discard", seen=mine["seen"])
    answer = await admin.post(PAGE, **mine)
    assert answer.status == 409 and "it was published or discarded meanwhile" in answer.text
    assert "Mine</textarea>" in answer.text
    assert (await form(admin))["sign_in_headline"] == ""


async def test_draft_that_another_edited_is_not_published_unseen(console: Console, admin: Browser) -> None:
    await draft(admin, sign_in_headline="One")
    seen = (await form(admin))["seen"]
    await draft(admin, sign_in_headline="Two")
    answer = await admin.post(f"{PAGE}/publish", seen=seen)
    assert answer.status == 409 and "changed the draft after this page was opened" in answer.text
    assert (await shown(console)).portal.sign_in_headline == ""


async def test_setting_saved_meanwhile_is_told_before_publishing(console: Console, admin: Browser) -> None:
    await draft(admin, theme_colour="#123456")
    seen = (await form(admin))["seen"]
    theme = "/organisations/acme/settings/customer-access/theme"
    await admin.post(theme, theme_colour="#654321")
    assert "Published otherwise since it was drafted." in (await admin.get(PAGE)).text
    answer = await admin.post(f"{PAGE}/publish", seen=seen)
    assert answer.status == 409 and "changed “Theme colour” from #1F5FA8 to #654321." in answer.text
    assert (await publish(admin)).status == 303
    assert (await shown(console)).portal.theme_colour == "#123456"


async def test_undo_that_needs_a_picture_we_keep_no_more_says_so(console: Console, admin: Browser) -> None:
    await admin.get(PAGE)
    await upload(admin, "logo_light", picture())
    await publish(admin)
    await admin.post(f"{PAGE}/pictures/logo_light/remove")
    await publish(admin)
    await console.store.write(lambda db: db.execute("DELETE FROM images"))
    answer = await admin.post(f"{CHANGES}/2/undo")
    assert (
        answer.status == 409 and "The picture that this would bring back is not kept any more." in answer.text
    )


async def test_pictures_are_listed_before_and_after(admin: Browser) -> None:
    await admin.get(PAGE)
    await upload(admin, "logo_light", picture())
    await publish(admin)
    await upload(admin, "logo_light", picture(colour="blue"))
    page = (await admin.get(PAGE)).text
    assert len(set(pictures(page[page.index("What publishing") : page.index("Publish 1 change")]))) == 2


async def test_another_organisations_branding_is_404(console: Console, admin: Browser) -> None:
    await console.add_organisation("other")
    await admin.get(PAGE)
    for path in ("", "/preview", "/show/light/", f"/images/{'0' * 64}/logo.png"):
        assert (await admin.get(f"/organisations/other/branding{path}")).status == 404
    for path in ("", "/publish", "/discard", "/pictures/favicon", "/pictures/favicon/remove"):
        assert (await admin.post(f"/organisations/other/branding{path}")).status == 404


async def test_no_post_is_taken_without_its_token(console: Console, admin: Browser) -> None:
    await draft(admin, sign_in_headline="One")
    seen = (await form(admin))["seen"]
    for path in ("", "/publish", "/discard", "/pictures/favicon/remove"):
        answer = await admin.send("POST", f"{PAGE}{path}", {"seen": seen}, {"Sec-Fetch-Site": "same-origin"})
        assert answer.status == 403, path
    assert (await shown(console)).portal.sign_in_headline == ""
