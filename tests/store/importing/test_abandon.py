"""What a dead import left, kind by kind."""

from pathlib import Path

import pytest

from store import batches, leases
from store.importing import abandon
from store.importing.kinds import KINDS
from store.importing.writer import Pace, opened
from tests.store.importing.books import ALL, CUSTOMERS, NOW, Books

TABLES = (
    "account_revisions",
    "mandate_revisions",
    "invoice_revisions",
    "invoice_lines",
    "invoice_taxes",
    "payment_revisions",
    "allocations",
    "calls",
)
CHANGES = {
    "customers": ("Alpha Ltd", "Alpha plc"),
    "mandates": ("active", "failed"),
    "invoices": ("2026-10-31", "2026-11-30"),
    "invoice_lines": ("Line rental", "Rental"),
    "payments": ("paidOut", "failed"),
    "allocations": ("60.00", "70.00"),
    "calls": ("0.0412", "0.05"),
}
DEAD = "00000000-0000-0000-0000-000000000000 1 1"


def content(books: Books) -> dict[str, list[tuple[object, ...]]]:
    return {table: books.rows(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4") for table in TABLES}


@pytest.mark.parametrize("kind", KINDS)
def test_the_tables_are_as_before_when_a_dead_batch_is_abandoned(full_books: Books, kind: str) -> None:
    if kind == "payments":
        full_books.put("allocations", ALL["allocations"].replace("60.00", "120.00"))
    before = content(full_books)
    left_staging(full_books, kind, ALL[kind].replace(*CHANGES[kind]))
    assert content(full_books) != before
    assert full_books.put("customers", CUSTOMERS).unchanged == 2
    assert content(full_books) == before
    assert full_books.rows("SELECT count(*) FROM batches WHERE state = 'abandoned'") == [(1,)]


def left_staging(books: Books, kind: str, text: str) -> None:
    """As if its process had died before it published."""
    batch_id = books.put(kind, text, draft=True).batch_id
    with opened(books.store) as writer:
        change = "UPDATE batches SET state = 'staging', owner = ? WHERE id = ?"
        writer.write(lambda db: db.execute(change, (DEAD, batch_id)))


def test_a_living_import_is_left_alone(full_books: Books) -> None:
    with opened(full_books.store) as writer:
        change = "UPDATE batches SET state = 'staging', owner = ? WHERE id = 1"
        writer.write(lambda db: db.execute(change, (leases.this_process(),)))
        abandon.clear_dead(writer, full_books.store, lambda: NOW)
        assert [batch.id for batch in batches.staging(writer.db)] == [1]


def test_side_files_of_the_dead_are_removed(full_books: Books) -> None:
    dead = full_books.folder / f"store.db.import_{DEAD.replace(' ', '_')}_abcd"
    living = abandon.side_path(full_books.store, "abcd")
    for path in (dead, living):
        path.touch()
    full_books.put("customers", CUSTOMERS)
    assert not dead.exists() and living.exists()


def test_the_pace_shrinks_by_half_and_grows_by_a_quarter() -> None:
    pace = Pace(rows=100)
    pace.took(100, 10.0)
    assert pace.rows == 50
    pace.took(50, 0.0001)
    assert pace.rows == 63


def test_the_side_file_is_its_owners_alone(tmp_path: Path) -> None:
    from store.importing.stage import side_file

    side_file(tmp_path / "side").close()
    assert (tmp_path / "side").stat().st_mode & 0o777 == 0o600
