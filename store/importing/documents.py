"""Documents: PDFs named by invoice number, from a directory or a ZIP.

Every file is read and hashed first; only if all of them are good are rows and bytes written, the bytes in
pieces. Rows come before bytes: what a dead import leaves of the bytes nobody sees, and the next one fills up.
"""

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from store.importing.beginning import Work, begun
from store.importing.compare import compare
from store.importing.conflicts import Conflicts
from store.importing.kind import Kind, Target
from store.importing.merge import Merged, Progress, attached, merge
from store.importing.pdf_source import Changed, PdfFile, opened_source
from store.importing.references import Invoice, References
from store.importing.refusal import Refusal, Refused, quoted
from store.importing.report import Refusals, Report, refused
from store.importing.run import ended, into_batch, no_progress
from store.importing.stage import side_file
from store.importing.task import Task
from store.importing.writer import Writer
from store.instants import Clock

log = logging.getLogger(__name__)

PIECE_BYTES = 256 * 2**10
MAGIC = b"%PDF-"
FORBIDDEN = '/\\:*?"<>| '
"""What a file name cannot have, or often has not; `_` or `-` may stand for it."""

_HEADER = ("file",)

DOCUMENTS = Kind(
    name="documents",
    columns=(),
    staged=("invoice_id", "sha256", "size", "file_name"),
    key=("invoice_id",),
    key_name="file",
    order=("invoice_id",),
    build=lambda context: tuple,
    targets=(
        Target(
            table="documents",
            identity=("invoice_id",),
            content=("sha256", "size", "file_name"),
            incoming="SELECT * FROM side.staged",
        ),
    ),
)


def import_documents(store: Path, task: Task, clock: Clock, progress: Progress = no_progress) -> Report:
    """Import PDFs; `UnknownOrganisation`, `NotWaiting`, `OSError`, `zipfile.BadZipFile` for what cannot be read."""
    with begun(store, task, clock) as work, opened_source(task.file) as source:
        progress = work.record.progress(progress)
        references = References(work.writer.db, work.organisation.id, task.source)
        log.info("staging", extra={"kind": "documents", "file": task.shown_name})
        found = _Checked(references, Names(references.numbers()))
        files = source.files()
        for done, file in enumerate(files, 1):
            found.look_at(done, file)
            progress("read", done, len(files))
        report = _taken(work, task, found, clock, progress)
        if report.refused:
            work.record.keep_refusals(_HEADER, report.refusals)
        return ended(work, task, replace(report, read=len(files), notices=source.ignored()))


def _taken(work: Work, task: Task, found: "_Checked", clock: Clock, progress: Progress) -> Report:
    good = task.good_rows or task.dry_run
    if found.refusals.kept and not (good and found.by_invoice):
        return refused(0, found.refusals)
    found.stage(work.side)
    if task.dry_run:
        with attached(work.writer, work.side):
            merged = compare(work.writer, DOCUMENTS, work.organisation.id, no_progress)
        kept = tuple(found.refusals.kept)
        return Report(0, merged.added, merged.unchanged, found.refusals.rows, merged.changed, refusals=kept)

    def fill(batch_id: int) -> Merged:
        with attached(work.writer, work.side):
            merged = merge(work.writer, DOCUMENTS, work.organisation.id, batch_id, no_progress)
        changed = _new_in(work.writer, work.organisation.id, batch_id)
        for done, (invoice_id, digest) in enumerate(changed, 1):
            _write_pieces(work.writer, work.organisation.id, found.by_invoice[invoice_id], digest)
            progress("merge", done, len(changed))
        return merged

    try:
        return into_batch(
            work, task, len(found.by_invoice) + found.refusals.rows, clock, fill, found.refusals
        )
    except Conflicts as conflicts:
        for refusal in conflicts.refusals:
            found.refusals.add(refusal)
        return refused(0, found.refusals)


class Names:
    """File names -> invoice numbers, where a number has characters that file names have not."""

    def __init__(self, numbers: Iterator[str]):
        self._by_safe_name: dict[str, set[str]] = {}
        for number in numbers:
            if any(character in number for character in FORBIDDEN):
                for mark in "_-":
                    self._by_safe_name.setdefault(_safe(number, mark), set()).add(number)

    def numbers(self, stem: str) -> set[str]:
        """The numbers that a name without .pdf may stand for, apart from itself."""
        return self._by_safe_name.get(stem, set())


def _safe(number: str, mark: str) -> str:
    return "".join(mark if character in FORBIDDEN else character for character in number)


class _Checked:
    """The files seen so far, by invoice, and what is wrong with them."""

    def __init__(self, references: References, names: Names):
        self.refusals = Refusals()
        self.by_invoice: dict[int, PdfFile] = {}
        self._digests: dict[int, tuple[bytes, int]] = {}
        self._references = references
        self._names = names

    def look_at(self, row: int, file: PdfFile) -> None:
        try:
            if file.fault:
                raise Refused(file.fault)
            invoice = self._invoice(file.stem)
            if other := self.by_invoice.get(invoice.id):
                raise Refused(f"is for invoice {quoted(invoice.number)}, as is {quoted(other.name)}")
            self._digests[invoice.id] = _digest(file)
            self.by_invoice[invoice.id] = file
        except Refused as refused:
            self.refusals.add(Refusal(row, file.name, refused.reason))

    def stage(self, path: Path) -> None:
        """Write what was found as a staged table."""
        with closing(side_file(path)) as side:
            side.execute(
                "CREATE TABLE staged (seq INTEGER PRIMARY KEY, row, invoice_id, sha256, size, file_name)"
            )
            side.execute("BEGIN")
            side.executemany(
                "INSERT INTO staged (row, invoice_id, sha256, size, file_name) VALUES (?, ?, ?, ?, ?)",
                (
                    (row, invoice_id, *self._digests[invoice_id], self.by_invoice[invoice_id].name)
                    for row, invoice_id in enumerate(sorted(self.by_invoice), 1)
                ),
            )
            side.execute("COMMIT")

    def _invoice(self, stem: str) -> Invoice:
        if exact := self._references.known_invoice(stem):
            return exact
        known = [self._references.known_invoice(number) for number in sorted(self._names.numbers(stem))]
        found = [invoice for invoice in known if invoice]
        if len(found) > 1:
            listed = " and ".join(invoice.number for invoice in found)
            raise Refused(f"may be for {listed}")
        if not found:
            raise Refused(f"there is no invoice {quoted(stem)}; import invoices first")
        return found[0]


def _digest(file: PdfFile) -> tuple[bytes, int]:
    digest, size = sha256(), 0
    for piece in file.pieces(PIECE_BYTES):
        if not size and not piece.startswith(MAGIC):
            raise Refused("is not a PDF: it does not begin with %PDF-")
        digest.update(piece)
        size += len(piece)
    if not size:
        raise Refused("is empty")
    return digest.digest(), size


def _new_in(writer: Writer, organisation_id: int, batch_id: int) -> list[tuple[int, bytes]]:
    rows = writer.db.execute(
        "SELECT invoice_id, sha256 FROM documents WHERE organisation_id = :organisation AND batch_id = :batch",
        {"organisation": organisation_id, "batch": batch_id},
    )
    return [(row["invoice_id"], row["sha256"]) for row in rows]


def _write_pieces(writer: Writer, organisation_id: int, file: PdfFile, digest: bytes) -> None:
    """One transaction a piece; the file is hashed again, as it may have changed meanwhile."""
    again = sha256()
    for position, piece in enumerate(file.pieces(PIECE_BYTES)):
        again.update(piece)
        values = {
            "organisation": organisation_id,
            "sha256": digest,
            "position": position,
            "bytes": piece,
        }
        writer.write(lambda db, values=values: db.execute(_PIECE, values))  # type: ignore[misc]
    if again.digest() != digest:
        raise Changed(f"{file.name} was changed while it was imported")


_PIECE = """
INSERT INTO document_pieces (organisation_id, sha256, position, bytes)
VALUES (:organisation, :sha256, :position, :bytes)
ON CONFLICT (organisation_id, sha256, position) DO NOTHING"""
