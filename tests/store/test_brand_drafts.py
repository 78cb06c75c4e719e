"""A draft is tried out beside what is published, told apart from what others do, and published as one change."""

import sqlite3

import pytest

from store import brand, brand_drafts, images, portals, setting_changes
from store.brand_drafts import Difference, Edited, Gone, Moved, Seen
from store.images import LOGO, Rendition
from store.setting_changes import Clashed, Hand, Saved
from store.setting_values import Value
from tests import factories

ANN, BOB = (Hand(f"{name}@acme.example", "", factories.NOW) for name in ("ann", "bob"))
NONE = Seen()


@pytest.fixture
def mine(db: sqlite3.Connection) -> int:
    return factories.organisation(db).id


def drafted(db: sqlite3.Connection, mine: int, hand: Hand = ANN, **typed: Value) -> Seen:
    assert isinstance(brand_drafts.edit(db, mine, typed, hand, brand_drafts.find(db, mine).seen), Edited)
    return brand_drafts.find(db, mine).seen


def put(db: sqlite3.Connection, mine: int, content: bytes = b"png") -> str:
    return images.put(db, mine, [Rendition(LOGO, 560, 128, content)], factories.NOW)


def test_without_an_edit_the_draft_is_what_is_published(db: sqlite3.Connection, mine: int) -> None:
    draft = brand_drafts.find(db, mine)
    assert (draft.begun, draft.differences) == (False, ())
    assert draft.values["theme_colour"] == "#0B6E4F"


def test_customers_see_nothing_of_a_draft(db: sqlite3.Connection, mine: int) -> None:
    drafted(db, mine, theme_colour="#123456", logo_light=put(db, mine))
    shown = brand.published(db, mine)
    assert shown and (shown.portal.theme_colour, shown.logo_light) == ("#0B6E4F", None)
    assert brand_drafts.find(db, mine).values["theme_colour"] == "#123456"


def test_publishing_is_one_change_that_can_be_undone(db: sqlite3.Connection, mine: int) -> None:
    digest = put(db, mine)
    seen = drafted(db, mine, sign_in_headline="Welcome", show_calls=False, logo_light=digest)
    assert isinstance(brand_drafts.publish(db, mine, BOB, seen), Saved)
    shown = brand.published(db, mine)
    assert shown and shown.logo_light and shown.shows(digest) and not shown.portal.show_calls
    (change,) = setting_changes.page(db, mine)
    assert (change.changed_by, set(change.fields)) == (
        "bob@acme.example",
        {"sign_in_headline", "show_calls", "logo_light"},
    )
    assert not brand_drafts.find(db, mine).begun
    assert isinstance(setting_changes.undo(db, mine, change.id, ANN), Saved)
    back = portals.find(db, mine)
    assert back and (back.sign_in_headline, back.show_calls, back.logo_light) == ("", True, "")


def test_what_publishing_would_change_is_listed_with_before_and_after(
    db: sqlite3.Connection, mine: int
) -> None:
    drafted(db, mine, theme_colour="#123456", sign_in_text="Hello")
    drafted(db, mine, sign_in_text="")
    assert brand_drafts.find(db, mine).differences == (Difference("theme_colour", "#0B6E4F", "#123456"),)


def test_setting_that_was_published_otherwise_since_is_marked(db: sqlite3.Connection, mine: int) -> None:
    drafted(db, mine, theme_colour="#123456")
    setting_changes.save(db, mine, {"theme_colour": "#654321"}, BOB)
    assert brand_drafts.find(db, mine).differences == (
        Difference("theme_colour", "#654321", "#123456", meanwhile=True),
    )


def test_two_who_edit_the_same_clash_and_the_rest_is_merged(db: sqlite3.Connection, mine: int) -> None:
    seen = drafted(db, mine, sign_in_headline="One")
    shown = {"sign_in_headline": "One", "sign_in_text": "", "theme_colour": "#0B6E4F"}
    assert isinstance(brand_drafts.edit(db, mine, shown | {"sign_in_headline": "Bob"}, BOB, seen), Edited)
    assert isinstance(brand_drafts.edit(db, mine, shown | {"sign_in_text": "Ann"}, ANN, seen), Edited)
    values = brand_drafts.find(db, mine).values
    assert (values["sign_in_headline"], values["sign_in_text"]) == ("Bob", "Ann")
    clashed = brand_drafts.edit(db, mine, shown | {"sign_in_headline": "Ann"}, ANN, seen)
    assert isinstance(clashed, Clashed)
    assert [(each.name, each.change.changed_by) for each in clashed.clashes] == [
        ("sign_in_headline", "bob@acme.example")
    ]
    assert brand_drafts.find(db, mine).values["sign_in_headline"] == "Bob"


def test_setting_that_is_published_while_its_form_is_open_clashes(db: sqlite3.Connection, mine: int) -> None:
    setting_changes.save(db, mine, {"theme_colour": "#654321"}, BOB)
    clashed = brand_drafts.edit(db, mine, {"theme_colour": "#123456"}, ANN, NONE)
    assert isinstance(clashed, Clashed)
    untouched = brand_drafts.edit(db, mine, {"theme_colour": "#0B6E4F", "sign_in_text": "Hi"}, ANN, NONE)
    assert untouched == Edited({"sign_in_text": ("", "Hi")})


def test_setting_that_is_published_below_a_draft_leaves_the_draft_alone(
    db: sqlite3.Connection, mine: int
) -> None:
    seen = drafted(db, mine, theme_colour="#123456")
    setting_changes.save(db, mine, {"theme_colour": "#654321"}, BOB)
    assert brand_drafts.edit(db, mine, {"theme_colour": "#123456"}, ANN, seen) == Edited({})
    assert isinstance(brand_drafts.edit(db, mine, {"theme_colour": "#ABCDEF"}, ANN, seen), Edited)


def test_draft_is_published_only_as_it_was_shown(db: sqlite3.Connection, mine: int) -> None:
    seen = drafted(db, mine, sign_in_headline="One")
    newer = drafted(db, mine, BOB, sign_in_headline="Two")
    assert brand_drafts.publish(db, mine, ANN, seen) == Moved("bob@acme.example")
    assert brand_drafts.discard(db, mine, seen) == Moved("bob@acme.example")
    setting_changes.save(db, mine, {"sign_in_headline": "Three"}, BOB)
    assert isinstance(brand_drafts.publish(db, mine, ANN, newer), Clashed)
    assert isinstance(brand_drafts.publish(db, mine, ANN, brand_drafts.find(db, mine).seen), Saved)


def test_form_of_a_draft_that_has_gone_brings_nothing_of_it_back(db: sqlite3.Connection, mine: int) -> None:
    seen = drafted(db, mine, sign_in_headline="One")
    assert brand_drafts.discard(db, mine, seen) == Edited({"sign_in_headline": ("One", "")})
    assert brand_drafts.edit(db, mine, {"sign_in_headline": "One"}, ANN, seen) == Gone()
    assert brand_drafts.publish(db, mine, ANN, seen) == Gone()
    assert brand_drafts.discard(db, mine, NONE) == Gone()
    drafted(db, mine, BOB, sign_in_headline="Two")
    assert brand_drafts.publish(db, mine, ANN, seen) == Gone()


def test_pictures_go_once_neither_pages_nor_draft_nor_log_name_them(
    db: sqlite3.Connection, mine: int
) -> None:
    first, second, third = (put(db, mine, content) for content in (b"1", b"2", b"3"))
    drafted(db, mine, logo_light=first)
    for digest in (second, third):
        put(db, mine, b"2"), put(db, mine, b"3")
        seen = drafted(db, mine, logo_light=digest)
    assert list(images.all_of(db, mine)) == [third]
    brand_drafts.publish(db, mine, ANN, seen)
    seen = drafted(db, mine, logo_light="")
    brand_drafts.publish(db, mine, ANN, seen)
    assert list(images.all_of(db, mine)) == [third]


def test_draft_of_another_is_not_there(db: sqlite3.Connection, mine: int) -> None:
    other = factories.organisation(db, "other", "Other").id
    seen = drafted(db, mine, sign_in_headline="Mine")
    assert not brand_drafts.find(db, other).begun
    assert brand_drafts.publish(db, other, ANN, seen) == Gone()
    assert brand_drafts.edit(db, other, {"sign_in_headline": "Theirs"}, ANN, seen) == Gone()
    assert brand_drafts.find(db, mine).values["sign_in_headline"] == "Mine"
