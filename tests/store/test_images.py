"""Pictures are kept once, by their content, each organisation's apart."""

import sqlite3
from datetime import timedelta

from store import images
from store.images import LOGO, Picture, Rendition
from tests import factories

PNG = b"\x89PNG\r\n\x1a\n one"
ONE = (Rendition("180", 180, 180, PNG), Rendition("32", 32, 32, b"small"))


def test_picture_is_kept_once_and_found_by_its_largest_size(db: sqlite3.Connection) -> None:
    mine = factories.organisation(db).id
    digest = images.put(db, mine, ONE, factories.NOW)
    assert images.put(db, mine, ONE, factories.NOW) == digest
    assert images.find(db, mine, digest) == Picture(digest, 180, 180)
    assert images.content(db, mine, digest, "32") == b"small"
    assert images.content(db, mine, digest, LOGO) is None
    assert images.renditions(db, mine, digest) == list(ONE)


def test_picture_of_another_is_not_there(db: sqlite3.Connection) -> None:
    mine, other = factories.organisation(db).id, factories.organisation(db, "other", "Other").id
    digest = images.put(db, mine, ONE, factories.NOW)
    assert images.find(db, other, digest) is None
    assert images.content(db, other, digest, "180") is None
    images.sweep(db, other, frozenset())
    assert images.find(db, mine, digest)


def test_picture_that_nothing_names_is_swept_out(db: sqlite3.Connection) -> None:
    mine = factories.organisation(db).id
    used, unused = (
        images.put(db, mine, [Rendition(LOGO, 1, 1, content)], factories.NOW) for content in (b"a", b"b")
    )
    images.sweep(db, mine, frozenset({used}))
    assert (images.find(db, mine, used) is not None, images.find(db, mine, unused)) == (True, None)


def test_log_of_changes_keeps_the_newest_pictures_alone(db: sqlite3.Connection) -> None:
    mine = factories.organisation(db).id
    digests = []
    for number in range(images.KEPT_PICTURES + 2):
        at = factories.NOW + timedelta(minutes=number)
        digests.append(images.put(db, mine, [Rendition(LOGO, 1, 1, b"%d" % number)], at))
        db.execute(
            "INSERT INTO setting_changes (organisation_id, changes, changed_by, created_at) VALUES (?, ?, '', 0)",
            (mine, f'{{"logo_light": ["", "{digests[-1]}"]}}'),
        )
    images.sweep(db, mine, frozenset())
    assert list(images.all_of(db, mine)) == digests[:1:-1]
