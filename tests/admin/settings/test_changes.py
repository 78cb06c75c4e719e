"""The log of changes, and undoing them."""

from store import audit, portals, setting_changes
from store.setting_changes import Change, Hand
from store.setting_values import Value
from tests.fakes.admin_console import NOW, Browser, Console

PAGE = "/organisations/acme/settings/customer-access"
LOG = f"{PAGE}/changes"


async def change(console: Console, by: str = "ben@acme.example", **typed: Value) -> Change:
    """A save of somebody's."""
    hand = Hand(by, console.facts.provider_domain, console.now)
    await console.store.write(setting_changes.save, 1, typed, hand)
    return (await console.store.read(setting_changes.page, 1))[0]


async def colour(console: Console) -> str:
    portal = await console.store.read(portals.find, 1)
    assert portal
    return portal.theme_colour


async def test_log_is_empty_until_something_is_saved(admin: Browser) -> None:
    assert "Nothing changed yet" in (await admin.get(LOG)).text


async def test_log_says_who_changed_what_from_what_to_what(console: Console, admin: Browser) -> None:
    await change(
        console, theme_colour="#000000", session_minutes=60, allow_registration=True, phone="020 7946 0000"
    )
    page = (await admin.get(LOG)).text
    assert "ben@acme.example" in page
    for words in ("Theme colour", "#1F5FA8", "#000000", "30 minutes", "60 minutes", "Telephone", "empty"):
        assert words in page


async def test_change_is_undone_with_one_press_and_audited(console: Console, admin: Browser) -> None:
    done = await change(console, theme_colour="#000000")
    await admin.get(LOG)
    assert (await admin.post(f"{LOG}/{done.id}/undo")).location == f"{LOG}?undone=1"
    assert await colour(console) == "#1F5FA8"
    page = (await admin.get(f"{LOG}?undone=1")).text
    assert "The settings are as they were before." in page
    assert "undid a change" in page and ">Undone</span>" in page
    newest = (await console.store.read(audit.of_organisation, 1))[0]
    assert (newest.action, newest.detail) == ("portal.settings_undone", {"theme_colour": "#000000 → #1F5FA8"})


async def test_undo_is_refused_in_words_when_it_was_changed_again(console: Console, admin: Browser) -> None:
    first = await change(console, theme_colour="#000000")
    await change(console, by="eve@acme.example", theme_colour="#FFFFFF")
    assert "Changed again since" in (await admin.get(LOG)).text
    answer = await admin.post(f"{LOG}/{first.id}/undo")
    assert answer.status == 409
    assert "eve@acme.example changed “Theme colour” from #000000 to #FFFFFF." in answer.text
    assert await colour(console) == "#FFFFFF"


async def test_undoing_a_rename_that_cannot_be_is_refused_in_words(console: Console, admin: Browser) -> None:
    done = await change(console, label="brightline")
    await console.store.write(
        lambda db: db.execute("DELETE FROM provider_labels WHERE label = 'acme'") and None
    )
    other = await console.add_organisation("beacon")
    await console.store.write(
        lambda db: (
            db.execute("UPDATE provider_labels SET label = 'acme' WHERE organisation_id = ?", (other.id,))
            and None
        )
    )
    await admin.get(LOG)
    answer = await admin.post(f"{LOG}/{done.id}/undo")
    assert answer.status == 409 and "“acme” is in use elsewhere" in answer.text


async def test_change_of_another_organisation_is_not_found(console: Console, admin: Browser) -> None:
    await console.add_organisation("beacon")
    hand = Hand("x@beacon.example", "", NOW)
    await console.store.write(setting_changes.save, 2, {"theme_colour": "#000000"}, hand)
    theirs = (await console.store.read(setting_changes.page, 2))[0]
    await admin.get(LOG)
    assert (await admin.post(f"{LOG}/{theirs.id}/undo")).status == 404
    assert (await admin.post(f"{LOG}/{theirs.id + 1}/undo")).status == 404
    assert (await admin.post(f"{LOG}/x/undo")).status == 404
    assert "x@beacon.example" not in (await admin.get(LOG)).text


async def test_log_is_narrowed_to_a_setting_and_paged(console: Console, admin: Browser) -> None:
    for minutes in range(60, 90):
        await change(console, session_minutes=minutes)
    await change(console, phone="020 7946 0000")
    first = (await admin.get(f"{LOG}?setting=session_minutes")).text
    assert first.count('class="card change"') == 20 and "020 7946 0000" not in first
    last = (await console.store.read(setting_changes.page, 1, name="session_minutes"))[19]
    older = (await admin.get(f"{LOG}?setting=session_minutes&before={last.id}")).text
    assert f"setting=session_minutes&amp;before={last.id}" in first
    assert older.count('class="card change"') == 10
    assert "No such change" in (await admin.get(f"{LOG}?setting=email")).text
    for nonsense in ("?setting=;DROP", "?before=x", "?before=99999999999999999999"):
        assert (await admin.get(LOG + nonsense)).status == 200
