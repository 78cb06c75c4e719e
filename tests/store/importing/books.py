"""Books: a store with one organisation, and imports into it from texts."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from store import organisations
from store.importing.report import Report
from store.importing.run import Task, import_csv
from store.importing.source import STRICT, SourceFormat
from store.importing.writer import opened

T = TypeVar("T")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SLUG = "meridian"

CUSTOMERS = "reference,name,email\nA1,Alpha Ltd,alpha@example.test\nA2,Beta Ltd,\n"
MANDATES = (
    "external_id,account_reference,scheme,bank,account_ending,status,is_default,collection_day,signed_on\n"
    "M1,A1,bacs,Barclays,****4021,active,yes,,2026-03-02\n"
    "M2,A2,card,Visa,77,cancelled,,15,\n"
)
INVOICES = (
    "number,account_reference,date,due,net,tax,gross\n"
    "INV/1,A1,2026-10-01,2026-10-31,100.00,20.00,120.00\n"
    "INV/2,A2,2026-10-01,2026-10-31,50.00,2.50,52.50\n"
)
LINES = (
    "invoice_number,position,description,net,tax_code,tax_rate,tax\n"
    "INV/1,1,Line rental,60.00,standard,20,12.00\n"
    "INV/1,2,Calls,40.00,standard,20,8.00\n"
    "INV/2,1,Heating,50.00,reduced,5,2.50\n"
)
PAYMENTS = (
    "external_id,account_reference,date,status,amount,invoice_number\n"
    "P1,A1,2026-10-20,paidOut,120.00,INV/1\n"
    "P2,A2,2026-10-20,submitted,52.50,INV/2\n"
)
ALLOCATIONS = "payment_external_id,invoice_number,amount\nP1,INV/1,60.00\n"
CALLS = (
    "external_id,account_reference,cli,started,duration_seconds,number,net_price,invoice_number,invoice_line\n"
    "c-1,A1,02079460000,2026-10-05T09:30:00Z,61,07700900123,0.0412,INV/1,2\n"
    "c-2,A1,02079460000,2026-10-05T10:30:00+01:00,5,07700900123,0.01,INV/1,2\n"
    "c-3,A2,02079460001,2026-10-05T11:30:00Z,600,+3312345678,1.2,,\n"
)
ALL = {
    "customers": CUSTOMERS,
    "invoices": INVOICES,
    "invoice_lines": LINES,
    "payments": PAYMENTS,
    "allocations": ALLOCATIONS,
    "calls": CALLS,
    "mandates": MANDATES,
}
VIEWS = {
    "visible_accounts": "reference, name, type, email, phone, town",
    "visible_mandates": "external_id, account_id, scheme, bank, account_ending, status, collection_day, signed_on",
    "visible_invoices": "number, account_id, kind, issued_on, status, net, tax, gross, paid, due_amount",
    "visible_invoice_lines": "invoice_id, position, description, net, tax_code, tax_rate, tax",
    "visible_invoice_taxes": "invoice_id, tax_code, tax_rate, net, tax",
    "visible_payments": "external_id, account_id, status, amount, invoice_number, collected_on, failure",
    "visible_allocations": "payment_id, invoice_id, amount",
    "visible_calls": "account_id, started, external_id, number, net_price, invoice_id, line_position",
    "visible_documents": "invoice_id, sha256, size, file_name",
}


@dataclass(frozen=True, slots=True)
class Books:
    """One store and a folder for files."""

    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "store.db"

    def file(self, text: str | bytes, name: str = "file.csv") -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def put(
        self, kind: str, text: str | bytes, *, draft: bool = False, source: SourceFormat = STRICT
    ) -> Report:
        return self.make(Task(kind, self.file(text, f"{kind}.csv"), SLUG, draft, source))

    def make(self, task: Task) -> Report:
        return import_csv(self.store, task, lambda: NOW)

    def task(self, kind: str, text: str | bytes, **details: Any) -> Task:
        """A task with details such as good_rows, mapping, source_name."""
        return replace(Task(kind, self.file(text, f"{kind}.csv"), SLUG), **details)

    def read(self, query: Callable[..., T], *values: object, **named: object) -> T:
        """What a function of the store finds for the organisation."""
        with opened(self.store) as writer:
            return query(writer.db, 1, *values, **named)

    def write(self, change: Callable[..., T], *values: object, **named: object) -> T:
        """A change of the organisation's data."""
        with opened(self.store) as writer:
            return writer.write(lambda db: change(db, 1, *values, **named))

    def put_all(self) -> None:
        for kind, text in ALL.items():
            report = self.put(kind, text)
            assert not report.refused, report.refusals

    def visible(self) -> dict[str, list[tuple[object, ...]]]:
        """All that customers may see."""
        return {
            view: self.rows(f"SELECT {columns} FROM {view} ORDER BY {columns}")
            for view, columns in VIEWS.items()
        }

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with opened(self.store) as writer:
            return [tuple(row) for row in writer.db.execute(query, values)]

    def refusals(self, kind: str, text: str | bytes, source: SourceFormat = STRICT) -> list[tuple[int, str]]:
        """The rows and columns that are refused."""
        report = self.put(kind, text, source=source)
        return [(refusal.row, refusal.column) for refusal in report.refusals]

    def reason(self, kind: str, text: str | bytes, source: SourceFormat = STRICT) -> str:
        """The reason of the first refusal."""
        return self.put(kind, text, source=source).refusals[0].reason


def new_books(folder: Path) -> Books:
    """A store with the organisation `meridian`."""
    books = Books(folder)
    sqlite3.connect(books.store).close()
    with opened(books.store) as writer:
        writer.write(lambda db: organisations.add(db, SLUG, "Meridian", NOW))
    return books
