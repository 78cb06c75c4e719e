"""Brand drafts: what an organisation's admins try out, until it is published as one change, or discarded.

A draft is what its edits come to over the published settings. A form says what its page showed (`Seen`): the newest
change of the settings and the newest edit. What two changed at once is a clash, and nothing is kept.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from store import brand, images, setting_changes, setting_values
from store.instants import from_ms, to_ms
from store.provider_labels import NotRenamed
from store.setting_changes import Change, Clashed, Fields, Hand, Saved
from store.setting_values import Value


@dataclass(frozen=True, slots=True)
class Seen:
    """Up to where a page showed settings and draft; 0: there was none."""

    change: int = 0
    edit: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting that publishing would change; `meanwhile`: it was published otherwise since it was drafted."""

    name: str
    before: Value
    after: Value
    meanwhile: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """The drafted settings as they would be, what differs from those published, and who was last at it."""

    values: dict[str, Value]
    differences: tuple[Difference, ...]
    seen: Seen
    changed_by: str = ""
    at: datetime | None = None

    @property
    def begun(self) -> bool:
        """Whether there is a draft at all."""
        return self.seen.edit > 0


@dataclass(frozen=True, slots=True)
class Edited:
    """The draft is as wanted; `fields` is what that changed in it, maybe nothing."""

    fields: Fields


@dataclass(frozen=True, slots=True)
class Gone:
    """The draft that a page showed was published or discarded meanwhile."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The draft that a page showed was edited meanwhile, last by `changed_by`."""

    changed_by: str


def find(db: sqlite3.Connection, organisation_id: int) -> Draft:
    """The draft; without an edit it is what is published."""
    published, edits = _published(db, organisation_id), _edits(db, organisation_id, 0)
    values, bases = dict(published), dict[str, Value]()
    for name, (before, after) in ((name, both) for edit in edits for name, both in edit.fields.items()):
        bases.setdefault(name, before)
        values[name] = after
    differences = tuple(
        Difference(name, published[name], values[name], bases.get(name) != published[name])
        for name in brand.DRAFTED
        if values[name] != published[name]
    )
    last = edits[-1] if edits else None
    seen = Seen(setting_changes.last_id(db, organisation_id), last.id if last else 0)
    return Draft(values, differences, seen, last.changed_by if last else "", last.at if last else None)


def edit(
    db: sqlite3.Connection, organisation_id: int, typed: Mapping[str, Value], hand: Hand, seen: Seen
) -> Edited | Clashed | Gone:
    """Put what was typed into the draft where it differs from what its page showed."""
    draft = find(db, organisation_id)
    if seen.edit and not _is_edit(db, organisation_id, seen.edit):
        return Gone()
    wanted, clashes = setting_changes.merged(typed, draft.values, _since(db, organisation_id, draft, seen))
    if clashes:
        return Clashed(clashes, {name: wanted.get(name, draft.values[name]) for name in typed})
    fields = {name: (draft.values[name], value) for name, value in wanted.items()}
    if fields:
        _keep(db, organisation_id, fields, hand)
        _sweep(db, organisation_id)
    return Edited(fields)


def publish(
    db: sqlite3.Connection, organisation_id: int, hand: Hand, seen: Seen
) -> Saved | Clashed | Gone | Moved:
    """Make the draft what customers see, as one change of the settings; it must be as its page showed it."""
    draft = find(db, organisation_id)
    if not draft.begun or not _is_edit(db, organisation_id, seen.edit):
        return Gone()
    if draft.seen.edit != seen.edit:
        return Moved(draft.changed_by)
    wanted = {each.name: each.after for each in draft.differences}
    result = setting_changes.save(db, organisation_id, wanted, hand, seen=seen.change)
    assert not isinstance(result, NotRenamed)  # no name is drafted
    if isinstance(result, Saved):
        _remove(db, organisation_id)
        _sweep(db, organisation_id)
    return result


def discard(db: sqlite3.Connection, organisation_id: int, seen: Seen) -> Edited | Gone | Moved:
    """Forget the draft, as its page showed it; customers see what they saw."""
    draft = find(db, organisation_id)
    if not draft.begun or not _is_edit(db, organisation_id, seen.edit):
        return Gone()
    if draft.seen.edit != seen.edit:
        return Moved(draft.changed_by)
    _remove(db, organisation_id)
    _sweep(db, organisation_id)
    return Edited({each.name: (each.after, each.before) for each in draft.differences})


def _published(db: sqlite3.Connection, organisation_id: int) -> dict[str, Value]:
    values = setting_values.values(db, organisation_id)
    return {name: values[name] for name in brand.DRAFTED}


def _since(db: sqlite3.Connection, organisation_id: int, draft: Draft, seen: Seen) -> list[Change]:
    """What others changed since: of what is drafted the draft's edits, of the rest what was published."""
    edits = _edits(db, organisation_id, seen.edit)
    drafted = {name for edit in _edits(db, organisation_id, 0) for name in edit.fields}
    published = [
        change
        for change in setting_changes.since(db, organisation_id, seen.change)
        if not drafted & change.fields.keys()
    ]
    return [*published, *edits]


def _edits(db: sqlite3.Connection, organisation_id: int, after: int) -> list[Change]:
    rows = db.execute(
        "SELECT id, changes, changed_by, created_at FROM brand_edits"
        " WHERE organisation_id = :organisation_id AND id > :after ORDER BY id",
        {"organisation_id": organisation_id, "after": after},
    )
    return [_edit(row) for row in rows]


def _edit(row: sqlite3.Row) -> Change:
    fields = {name: (before, after) for name, (before, after) in json.loads(row["changes"]).items()}
    return Change(row["id"], fields, row["changed_by"], None, False, from_ms(row["created_at"]))


def _is_edit(db: sqlite3.Connection, organisation_id: int, edit_id: int) -> bool:
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM brand_edits WHERE organisation_id = :organisation_id AND id = :id)",
        {"organisation_id": organisation_id, "id": edit_id},
    ).fetchone()
    return bool(row[0])


def _keep(db: sqlite3.Connection, organisation_id: int, fields: Fields, hand: Hand) -> None:
    db.execute(
        "INSERT INTO brand_edits (organisation_id, changes, changed_by, created_at)"
        " VALUES (:organisation_id, :changes, :changed_by, :now)",
        {
            "organisation_id": organisation_id,
            "changes": json.dumps(fields),
            "changed_by": hand.changed_by,
            "now": to_ms(hand.at),
        },
    )


def _remove(db: sqlite3.Connection, organisation_id: int) -> None:
    db.execute(
        "DELETE FROM brand_edits WHERE organisation_id = :organisation_id",
        {"organisation_id": organisation_id},
    )


def _sweep(db: sqlite3.Connection, organisation_id: int) -> None:
    """Pictures that neither pages, nor the draft, nor the log of changes name any more go."""
    published, draft = _published(db, organisation_id), find(db, organisation_id).values
    used = frozenset(str(values[name]) for values in (published, draft) for name in brand.PICTURES)
    images.sweep(db, organisation_id, used - {""})
