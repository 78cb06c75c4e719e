"""Sources: how one sender writes one kind of file, saved once and used for every file of theirs."""

import json
import sqlite3
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from store.importing.mapping import Mapping
from store.importing.source import SourceFormat
from store.instants import from_ms, to_ms

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants saved."""

    kind: str
    name: str
    mapping: Mapping
    format: SourceFormat


@dataclass(frozen=True, slots=True)
class Source:
    """A saved source of one kind of file."""

    id: int
    kind: str
    name: str
    mapping: Mapping
    format: SourceFormat
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class BadName:
    """Why a source cannot have this name."""

    reason: str


def save(db: sqlite3.Connection, organisation_id: int, draft: Draft, now: datetime) -> Source | BadName:
    """Keep a source; one of the same kind and name becomes what is given."""
    if not _is_one_line(draft.name):
        return BadName(f"give the source a name of one line, of 1 to {LONGEST_NAME} characters")
    db.execute(
        "INSERT INTO sources (organisation_id, kind, name, mapping, format, updated_at)"
        " VALUES (:organisation_id, :kind, :name, :mapping, :format, :now)"
        " ON CONFLICT (organisation_id, kind, name) DO UPDATE SET mapping = excluded.mapping,"
        " format = excluded.format, updated_at = excluded.updated_at",
        {
            "organisation_id": organisation_id,
            "kind": draft.kind,
            "name": draft.name,
            "mapping": _mapping_text(draft.mapping),
            "format": _format_text(draft.format),
            "now": to_ms(now),
        },
    )
    saved = by_name(db, organisation_id, draft.kind, draft.name)
    assert saved
    return saved


def of_organisation(db: sqlite3.Connection, organisation_id: int, kind: str | None = None) -> list[Source]:
    """The sources of an organisation, of one kind or of all, by kind and name."""
    rows = db.execute(
        "SELECT * FROM sources WHERE organisation_id = :organisation_id AND (:kind IS NULL OR kind = :kind)"
        " ORDER BY kind, name",
        {"organisation_id": organisation_id, "kind": kind},
    )
    return [_source(row) for row in rows]


def find(db: sqlite3.Connection, organisation_id: int, source_id: int) -> Source | None:
    """The source of this id."""
    row = db.execute(
        "SELECT * FROM sources WHERE organisation_id = :organisation_id AND id = :id",
        {"organisation_id": organisation_id, "id": source_id},
    ).fetchone()
    return _source(row) if row else None


def by_name(db: sqlite3.Connection, organisation_id: int, kind: str, name: str) -> Source | None:
    """The source of this kind and name."""
    row = db.execute(
        "SELECT * FROM sources WHERE organisation_id = :organisation_id AND kind = :kind AND name = :name",
        {"organisation_id": organisation_id, "kind": kind, "name": name},
    ).fetchone()
    return _source(row) if row else None


def remove(db: sqlite3.Connection, organisation_id: int, source_id: int) -> bool:
    """Forget a source; what was imported with it stays. False: there is none of this id."""
    gone = db.execute(
        "DELETE FROM sources WHERE organisation_id = :organisation_id AND id = :id",
        {"organisation_id": organisation_id, "id": source_id},
    )
    return gone.rowcount == 1


def _is_one_line(name: str) -> bool:
    shown = all(unicodedata.category(character)[0] != "C" for character in name)
    return shown and 0 < len(name.strip()) and len(name) <= LONGEST_NAME


def _mapping_text(mapping: Mapping) -> str:
    return json.dumps(
        {
            "columns": dict(mapping.columns),
            "constants": dict(mapping.constants),
            "ignored": list(mapping.ignored),
        },
        ensure_ascii=False,
    )


def _format_text(written: SourceFormat) -> str:
    return json.dumps(
        {
            "encoding": written.encoding,
            "delimiter": written.delimiter,
            "dates": written.dates,
            "amounts": written.amounts,
            "numbers": written.numbers,
            "zone": written.zone.key if written.zone else None,
        }
    )


def _source(row: sqlite3.Row) -> Source:
    mapping: dict[str, Any] = json.loads(row["mapping"])
    written: dict[str, Any] = json.loads(row["format"])
    zone = written.pop("zone")
    return Source(
        id=row["id"],
        kind=row["kind"],
        name=row["name"],
        mapping=Mapping(mapping["columns"], mapping["constants"], tuple(mapping["ignored"])),
        format=SourceFormat(**written, zone=ZoneInfo(zone) if zone else None),
        updated_at=from_ms(row["updated_at"]),
    )
