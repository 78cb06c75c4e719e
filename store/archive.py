"""Archive: everything that an organisation owns in one ZIP: sheets as CSV, PDFs, and its settings as JSON.

Pages are read in transactions of their own, so a long export holds up nobody; what is published meanwhile may
or may not be in it. The first seven sheets and the documents are what `brassplate import` takes.
"""

import csv
import io
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from store import images
from store.database import connect_reader
from store.documents import piece
from store.sheets import SHEETS, Key, Sheet, page

Progress = Callable[[str, int], None]
"""Told the name of the part, and how many of its rows are written."""

FORBIDDEN = '/\\:*?"<>|'
"""What a file name cannot have; `_` stands for it, which the import of documents understands."""
_SECRET = {"id", "organisation_id", "mail_from_token"}
_INWARD = {"calls_generation"}

README = """Everything that {name} keeps in its customer portal, as of {at}.

customers.csv, mandates.csv, invoices.csv, invoice_lines.csv, payments.csv, allocations.csv, calls.csv and the folder
documents are in the form that "brassplate import" takes, in this order. customers.csv holds what the source said;
customer_edits.csv what customers changed themselves, number_names.csv what they call numbers, itemisations.csv who
chose whether their calls are listed. call_history.csv holds what calls came to that are past their retention. The
folder pictures holds logos and icons, by the hash that settings.json names them with. Text that a spreadsheet would
take for a formula is led by an apostrophe. Times are UTC.
Passwords and keys are not in it.
"""


def write(store: Path, organisation_id: int, destination: Path, at: str, progress: Progress) -> int:
    """Write the archive and give its size; a file that is there already is `FileExistsError`.

    It is complete or not there: written under another name beside it, readable by its owner alone.
    """
    if destination.exists():
        raise FileExistsError(destination)
    unfinished = destination.with_name(f"{destination.name}.part")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, closing(connect_reader(store)) as db:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                _fill(archive, db, organisation_id, at, progress)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(destination)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
    return destination.stat().st_size


def _fill(
    archive: zipfile.ZipFile, db: sqlite3.Connection, organisation_id: int, at: str, progress: Progress
) -> None:
    settings = _settings(db, organisation_id)
    archive.writestr("README.txt", README.format(name=settings["organisation"]["name"], at=at))
    archive.writestr("settings.json", json.dumps(settings, indent=2, ensure_ascii=False) + "\n")
    for sheet in SHEETS:
        _write_sheet(archive, db, organisation_id, sheet, progress)
    for done, (number, digest) in enumerate(_documents(db, organisation_id), 1):
        _write_document(archive, db, organisation_id, number, digest)
        progress("documents", done)
    for name, content in _pictures(db, organisation_id):
        archive.writestr(name, content)


def _write_sheet(
    archive: zipfile.ZipFile, db: sqlite3.Connection, organisation_id: int, sheet: Sheet, progress: Progress
) -> None:
    with archive.open(f"{sheet.name}.csv", "w", force_zip64=True) as member:
        file = io.TextIOWrapper(member, "utf-8", newline="", write_through=True)
        rows = csv.writer(file)
        rows.writerow(sheet.columns)
        after: Key | None = None
        done = 0
        while True:
            found = page(db, organisation_id, sheet, after)
            rows.writerows(found.rows)
            done += len(found.rows)
            progress(sheet.name, done)
            if found.then is None:
                file.detach()
                return
            after = found.then


def _documents(db: sqlite3.Connection, organisation_id: int) -> Iterator[tuple[str, bytes]]:
    """The newest visible PDF of each invoice, with the invoice's number."""
    after = 0
    while rows := db.execute(_DOCUMENTS, {"organisation_id": organisation_id, "after": after}).fetchall():
        yield from ((row["number"], row["sha256"]) for row in rows)
        after = rows[-1]["invoice_id"]


def _pictures(db: sqlite3.Connection, organisation_id: int) -> Iterator[tuple[str, bytes]]:
    """The pictures that its pages show, as PNG; and what else is kept of its draft and its log."""
    for digest in images.all_of(db, organisation_id):
        for each in images.renditions(db, organisation_id, digest):
            yield f"pictures/{digest}-{each.name}.png", each.content


def _write_document(
    archive: zipfile.ZipFile, db: sqlite3.Connection, organisation_id: int, number: str, digest: bytes
) -> None:
    with archive.open(
        zipfile.ZipInfo(_document_name(archive, db, organisation_id, number)), "w", force_zip64=True
    ) as member:
        position = -1
        while found := piece(db, organisation_id, digest, position):
            position, content = found
            member.write(content)


def _document_name(
    archive: zipfile.ZipFile, db: sqlite3.Connection, organisation_id: int, number: str
) -> str:
    """The invoice's number as a file name; one that is another invoice's, or like another's, is numbered."""
    name = "".join("_" if letter in FORBIDDEN else letter for letter in number)
    key = {"organisation_id": organisation_id, "number": name}
    taken = name != number and db.execute(_IS_A_NUMBER, key).fetchone()[0]
    found, again = f"documents/{name}.pdf", 1
    while taken or found in archive.NameToInfo:
        taken, again = False, again + 1
        found = f"documents/{name} ({again}).pdf"
    return found


def _settings(db: sqlite3.Connection, organisation_id: int) -> dict[str, Any]:
    key = {"id": organisation_id}
    organisation = db.execute("SELECT * FROM organisations WHERE id = :id", key).fetchone()
    portal = db.execute("SELECT * FROM portals WHERE organisation_id = :id", key).fetchone()
    domains = db.execute(
        "SELECT hostname, room, live_at FROM domains WHERE organisation_id = :id ORDER BY id", key
    )
    return {
        "organisation": _without_secrets(organisation),
        "portal": _without_secrets(portal),
        "domains": [dict(row) for row in domains],
    }


def _without_secrets(row: sqlite3.Row) -> dict[str, Any]:
    return {name: row[name] for name in row.keys() if name not in _SECRET | _INWARD}


_DOCUMENTS = """
SELECT d.invoice_id, i.number, d.sha256 FROM visible_documents d
JOIN invoices i ON i.organisation_id = d.organisation_id AND i.id = d.invoice_id
WHERE d.organisation_id = :organisation_id AND d.invoice_id > :after
AND NOT EXISTS (SELECT 1 FROM visible_documents n WHERE n.organisation_id = d.organisation_id
    AND n.invoice_id = d.invoice_id AND n.id > d.id)
ORDER BY d.invoice_id LIMIT 100"""
_IS_A_NUMBER = (
    "SELECT EXISTS (SELECT 1 FROM invoices WHERE organisation_id = :organisation_id AND number = :number)"
)
