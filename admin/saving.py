"""Saving: what was typed becomes the settings, with its change kept and audited, in one transaction."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiohttp import web

from admin.deeds import deed
from admin.keys import CLOCK, FACTS, STORE, VISITOR
from admin.rights import organisation_of
from store import audit, brand, images, setting_changes
from store.audit import Entry
from store.provider_labels import NotRenamed
from store.setting_changes import Clashed, Fields, Hand, Saved
from store.setting_values import Value

CHANGED = "portal.settings_changed"
UNDONE = "portal.settings_undone"
_LONGEST = 120
"""So much of a value stands in the audit; the whole is in the log of changes."""


@dataclass(frozen=True, slots=True)
class PictureGone:
    """A picture that a change would bring back is kept no more."""


async def save(
    request: web.Request, typed: Mapping[str, Value], *, seen: int | None = None, action: str = CHANGED
) -> Saved | Clashed | NotRenamed:
    """Keep what the visitor typed; `seen` is the newest change that their page showed."""
    organisation = organisation_of(request)
    entry = deed(request, organisation, action, organisation.slug)
    return await request.app[STORE].write(_save, organisation.id, typed, hand_of(request), seen, entry)


async def undo(request: web.Request, change_id: int) -> Saved | Clashed | NotRenamed | PictureGone | None:
    """Take a change back for the visitor; None: there is none such."""
    organisation = organisation_of(request)
    entry = deed(request, organisation, UNDONE, organisation.slug)
    return await request.app[STORE].write(_undo, organisation.id, change_id, hand_of(request), entry)


def hand_of(request: web.Request) -> Hand:
    """The visitor, as who changes settings now."""
    member = request[VISITOR].member
    return Hand(member.email, request.app[FACTS].provider_domain, request.app[CLOCK]())


def detail_of(fields: Fields) -> dict[str, str]:
    """What a change was, for the audit: before and after by setting."""
    return {name: f"{_short(before)} → {_short(after)}" for name, (before, after) in fields.items()}


def _save(
    db: sqlite3.Connection,
    organisation_id: int,
    typed: Mapping[str, Value],
    hand: Hand,
    seen: int | None,
    entry: Entry,
) -> Saved | Clashed | NotRenamed:
    result = setting_changes.save(db, organisation_id, typed, hand, seen=seen)
    _record(db, result, entry)
    return result


def _undo(
    db: sqlite3.Connection, organisation_id: int, change_id: int, hand: Hand, entry: Entry
) -> Saved | Clashed | NotRenamed | PictureGone | None:
    if _is_picture_gone(db, organisation_id, change_id):
        return PictureGone()
    result = setting_changes.undo(db, organisation_id, change_id, hand)
    _record(db, result, entry)
    return result


def _is_picture_gone(db: sqlite3.Connection, organisation_id: int, change_id: int) -> bool:
    change = setting_changes.find(db, organisation_id, change_id)
    back = [str(change.fields[name][0]) for name in brand.PICTURES if name in change.fields] if change else []
    return any(digest and images.find(db, organisation_id, digest) is None for digest in back)


def _record(db: sqlite3.Connection, result: Saved | Clashed | NotRenamed | None, entry: Entry) -> None:
    if isinstance(result, Saved) and result.fields:
        audit.record(db, replace(entry, detail=detail_of(result.fields)))


def _short(value: Value) -> str:
    text = str(value).replace("\n", " / ")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
