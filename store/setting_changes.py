"""Setting changes: each save of settings with what it changed and who did it, so that it can be undone.

A form says up to which change its page was made (`seen`). What its sender did not touch stays as others left
it meanwhile; what both changed is a clash, and nothing is saved.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from store import setting_values
from store.instants import from_ms, to_ms
from store.provider_labels import NotRenamed
from store.setting_values import Value

Fields = dict[str, tuple[Value, Value]]
"""A setting's name -> what it was before and after."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who changes settings, and when; `provider_domain`: where labels make names."""

    changed_by: str
    provider_domain: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One save: what it changed, who made it; `undoes`: the id of the change that it took back."""

    id: int
    fields: Fields
    changed_by: str
    undoes: int | None
    undone: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Saved:
    """The settings are as wanted; `fields` is what that changed, maybe nothing."""

    fields: Fields


@dataclass(frozen=True, slots=True)
class Clash:
    """The setting `name` was changed by another since, last by `change`."""

    name: str
    change: Change


@dataclass(frozen=True, slots=True)
class Clashed:
    """Nothing was saved; `form`: what the form should show now, where its sender touched nothing the present value."""

    clashes: tuple[Clash, ...]
    form: dict[str, Value]


def save(
    db: sqlite3.Connection,
    organisation_id: int,
    typed: Mapping[str, Value],
    hand: Hand,
    *,
    seen: int | None = None,
) -> Saved | Clashed | NotRenamed:
    """Write what was typed where it differs from what its page showed, and keep the change; `seen` None: all of it."""
    present = setting_values.values(db, organisation_id)
    newer = since(db, organisation_id, seen) if seen is not None else []
    wanted, clashes = merged(typed, present, newer)
    if clashes:
        return Clashed(clashes, {name: wanted.get(name, present[name]) for name in typed})
    return _write(db, organisation_id, wanted, present, hand)


def undo(
    db: sqlite3.Connection, organisation_id: int, change_id: int, hand: Hand
) -> Saved | Clashed | NotRenamed | None:
    """Take a change back, itself a change; a clash where it was changed again since, None: there is none such."""
    change = find(db, organisation_id, change_id)
    if change is None:
        return None
    present = setting_values.values(db, organisation_id)
    later = since(db, organisation_id, change.id)
    clashes = tuple(
        Clash(name, _last(name, later) or change)
        for name, (_, after) in change.fields.items()
        if present.get(name) != after
    )
    if clashes:
        return Clashed(clashes, {})
    before = {name: value for name, (value, _) in change.fields.items()}
    return _write(db, organisation_id, before, present, hand, undoes=change.id)


def find(db: sqlite3.Connection, organisation_id: int, change_id: int) -> Change | None:
    """A change of an organisation's."""
    row = db.execute(
        f"{_SELECT} WHERE organisation_id = :organisation_id AND id = :id",
        {"organisation_id": organisation_id, "id": change_id},
    ).fetchone()
    return _change(row) if row else None


def page(
    db: sqlite3.Connection,
    organisation_id: int,
    *,
    name: str = "",
    before: int | None = None,
    limit: int = 20,
) -> list[Change]:
    """Changes, newest first; of one setting only where `name` is given; older than the id `before`."""
    rows = db.execute(
        f"{_SELECT} WHERE organisation_id = :organisation_id AND (:before IS NULL OR id < :before)"
        " AND (:name = '' OR json_type(changes, '$.' || :name) IS NOT NULL) ORDER BY id DESC LIMIT :limit",
        {"organisation_id": organisation_id, "name": name, "before": before, "limit": limit},
    )
    return [_change(row) for row in rows]


def last_id(db: sqlite3.Connection, organisation_id: int) -> int:
    """The newest change, for a form to say what its page showed; 0 where there is none."""
    row = db.execute(
        "SELECT max(id) AS id FROM setting_changes WHERE organisation_id = :organisation_id",
        {"organisation_id": organisation_id},
    ).fetchone()
    return row["id"] or 0


def since(db: sqlite3.Connection, organisation_id: int, seen: int) -> list[Change]:
    """The changes after one, in order."""
    rows = db.execute(
        f"{_SELECT} WHERE organisation_id = :organisation_id AND id > :seen ORDER BY id",
        {"organisation_id": organisation_id, "seen": seen},
    )
    return [_change(row) for row in rows]


def merged(
    typed: Mapping[str, Value], present: Mapping[str, Value], newer: list[Change]
) -> tuple[dict[str, Value], tuple[Clash, ...]]:
    """What to write, and what another changed too; `newer`: the changes after the page was made, in order."""
    wanted, clashes = {}, []
    for name, value in typed.items():
        shown = next((each.fields[name][0] for each in newer if name in each.fields), present[name])
        if value in (present[name], shown):
            continue
        if last := _last(name, newer):
            clashes.append(Clash(name, last))
        wanted[name] = value
    return wanted, tuple(clashes)


_SELECT = (
    "SELECT id, changes, changed_by, undoes, created_at, EXISTS (SELECT 1 FROM setting_changes u"
    " WHERE u.organisation_id = c.organisation_id AND u.undoes = c.id) AS undone FROM setting_changes c"
)


def _write(
    db: sqlite3.Connection,
    organisation_id: int,
    wanted: Mapping[str, Value],
    present: Mapping[str, Value],
    hand: Hand,
    *,
    undoes: int | None = None,
) -> Saved | NotRenamed:
    fields = {name: (present[name], value) for name, value in wanted.items() if value != present[name]}
    if not fields:
        return Saved({})
    changed = {name: after for name, (_, after) in fields.items()}
    if refused := setting_values.put(db, organisation_id, changed, hand.provider_domain, hand.at):
        return refused
    db.execute(
        "INSERT INTO setting_changes (organisation_id, changes, changed_by, undoes, created_at)"
        " VALUES (:organisation_id, :changes, :changed_by, :undoes, :now)",
        {
            "organisation_id": organisation_id,
            "changes": json.dumps(fields),
            "changed_by": hand.changed_by,
            "undoes": undoes,
            "now": to_ms(hand.at),
        },
    )
    return Saved(fields)


def _last(name: str, changes: list[Change]) -> Change | None:
    return next((each for each in reversed(changes) if name in each.fields), None)


def _change(row: sqlite3.Row) -> Change:
    fields = {name: (before, after) for name, (before, after) in json.loads(row["changes"]).items()}
    return Change(
        row["id"], fields, row["changed_by"], row["undoes"], bool(row["undone"]), from_ms(row["created_at"])
    )
