"""Drafting: what the visitor does to the draft, with its audit entry in the same transaction."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from admin.deeds import deed
from admin.keys import STORE
from admin.rights import organisation_of
from admin.saving import detail_of, hand_of
from store import audit, brand_drafts, images
from store.audit import Entry
from store.brand_drafts import Draft, Edited, Gone, Moved, Seen
from store.images import Picture, Rendition
from store.setting_changes import Clashed, Fields, Hand, Saved
from store.setting_values import Value


@dataclass(frozen=True, slots=True)
class Shown:
    """A draft with the pictures that it and the published settings name, by their hash."""

    draft: Draft
    pictures: dict[str, Picture]


async def look(request: web.Request) -> Shown:
    """The draft as it is now."""
    return await request.app[STORE].read(_look, organisation_of(request).id)


async def edit(request: web.Request, typed: Mapping[str, Value], seen: Seen) -> Edited | Clashed | Gone:
    """Put what the visitor typed into the draft."""
    entry = _entry(request, "branding.drafted")
    write = request.app[STORE].write
    return await write(_edit, organisation_of(request).id, typed, hand_of(request), seen, entry)


async def put_picture(request: web.Request, name: str, renditions: Sequence[Rendition]) -> None:
    """Put a picture into the draft, or with no renditions take it out, over whatever was there."""
    entry = _entry(request, "branding.drafted")
    write = request.app[STORE].write
    await write(_put_picture, organisation_of(request).id, name, renditions, hand_of(request), entry)


async def publish(request: web.Request, seen: Seen) -> Saved | Clashed | Gone | Moved:
    """Make the draft, as the visitor saw it, what customers see."""
    entry = _entry(request, "branding.published")
    return await request.app[STORE].write(
        _publish, organisation_of(request).id, hand_of(request), seen, entry
    )


async def discard(request: web.Request, seen: Seen) -> Edited | Gone | Moved:
    """Forget the draft, as the visitor saw it."""
    entry = _entry(request, "branding.discarded")
    return await request.app[STORE].write(_discard, organisation_of(request).id, seen, entry)


def _look(db: sqlite3.Connection, organisation_id: int) -> Shown:
    draft = brand_drafts.find(db, organisation_id)
    found = (images.find(db, organisation_id, digest) for digest in images.all_of(db, organisation_id))
    return Shown(draft, {picture.sha256: picture for picture in found if picture})


def _edit(
    db: sqlite3.Connection,
    organisation_id: int,
    typed: Mapping[str, Value],
    hand: Hand,
    seen: Seen,
    entry: Entry,
) -> Edited | Clashed | Gone:
    result = brand_drafts.edit(db, organisation_id, typed, hand, seen)
    if isinstance(result, Edited):
        _record(db, entry, result.fields)
    return result


def _put_picture(
    db: sqlite3.Connection,
    organisation_id: int,
    name: str,
    renditions: Sequence[Rendition],
    hand: Hand,
    entry: Entry,
) -> None:
    digest = images.put(db, organisation_id, renditions, hand.at) if renditions else ""
    seen = brand_drafts.find(db, organisation_id).seen
    result = brand_drafts.edit(db, organisation_id, {name: digest}, hand, seen)
    assert isinstance(result, Edited)
    _record(db, entry, result.fields)


def _publish(
    db: sqlite3.Connection, organisation_id: int, hand: Hand, seen: Seen, entry: Entry
) -> Saved | Clashed | Gone | Moved:
    result = brand_drafts.publish(db, organisation_id, hand, seen)
    if isinstance(result, Saved):
        _record(db, entry, result.fields)
    return result


def _discard(db: sqlite3.Connection, organisation_id: int, seen: Seen, entry: Entry) -> Edited | Gone | Moved:
    result = brand_drafts.discard(db, organisation_id, seen)
    if isinstance(result, Edited):
        _record(db, entry, result.fields)
    return result


def _record(db: sqlite3.Connection, entry: Entry, fields: Fields) -> None:
    if fields:
        audit.record(db, replace(entry, detail=detail_of(fields)))


def _entry(request: web.Request, action: str) -> Entry:
    organisation = organisation_of(request)
    return deed(request, organisation, action, organisation.slug)
