"""A file that corrects a call's customer or start moves it; what only has the same id by chance stays."""

import pytest

from store import batches, organisations
from store.importing.abandon import abandon
from store.importing.report import Report
from store.importing.writer import opened
from tests.store.importing.books import CALLS, CUSTOMERS, INVOICES, NOW, Books

HEADER = "external_id,account_reference,started,duration_seconds,number,net_price\n"


def row(external_id: str = "x1", account: str = "A1", started: str = "2026-10-05T09:30:00Z") -> str:
    return f"{external_id},{account},{started},61,07700900123,0.10\n"


@pytest.fixture
def books(books: Books) -> Books:
    books.put("customers", CUSTOMERS)
    return books


def put(books: Books, *rows: str, source_name: str = "", draft: bool = False) -> Report:
    return books.make(books.task("calls", HEADER + "".join(rows), source_name=source_name, draft=draft))


def seen(books: Books) -> list[tuple[object, ...]]:
    return books.rows(
        "SELECT external_id, account_id, strftime('%m-%d %H:%M', started, 'unixepoch')"
        " FROM visible_calls ORDER BY 1, 2, 3"
    )


@pytest.mark.parametrize(
    ("corrected", "stands"),
    [
        (row(account="A2"), ("x1", 2, "10-05 09:30")),
        (row(started="2026-10-05T08:30:00Z"), ("x1", 1, "10-05 08:30")),
        (row(started="2026-11-01T00:00:00Z"), ("x1", 1, "11-01 00:00")),
        (row(started="2026-09-01T00:00:00Z"), ("x1", 1, "09-01 00:00")),
    ],
)
def test_a_corrected_call_stands_alone(books: Books, corrected: str, stands: tuple[object, ...]) -> None:
    put(books, row(), row("x2"))
    report = put(books, corrected)
    assert (report.added, report.corrected) == (1, 1)
    assert seen(books) == [stands, ("x2", 1, "10-05 09:30")]


def test_the_corrected_file_again_changes_nothing(books: Books) -> None:
    put(books, row())
    put(books, row(account="A2"))
    report = put(books, row(account="A2"))
    assert (report.added, report.unchanged, report.corrected) == (0, 1, 0)


def test_the_first_file_again_moves_it_back(books: Books) -> None:
    put(books, row())
    put(books, row(account="A2"))
    assert put(books, row()).corrected == 1
    assert seen(books) == [("x1", 1, "10-05 09:30")]


def test_a_withdrawn_correction_leaves_the_call_where_it_was(books: Books) -> None:
    put(books, row())
    batch_id = put(books, row(account="A2")).batch_id
    books.write(batches.withdraw, batch_id)
    assert seen(books) == [("x1", 1, "10-05 09:30")]
    assert put(books, row(account="A2")).corrected == 1
    assert seen(books) == [("x1", 2, "10-05 09:30")]


def test_a_draft_correction_is_seen_when_it_is_published(books: Books) -> None:
    put(books, row())
    batch_id = put(books, row(account="A2"), draft=True).batch_id
    assert seen(books) == [("x1", 1, "10-05 09:30")]
    refused = put(books, row(started="2026-10-06T00:00:00Z"))
    assert refused.refused == 1 and "a draft" in refused.refusals[0].reason
    books.write(lambda db, o: db.execute("UPDATE batches SET state = 'published' WHERE id = ?", (batch_id,)))
    assert seen(books) == [("x1", 2, "10-05 09:30")]


def test_an_abandoned_correction_leaves_the_call_where_it_was(books: Books) -> None:
    put(books, row())
    batch_id = put(books, row(account="A2"), draft=True).batch_id
    with opened(books.store) as writer:
        writer.write(lambda db: db.execute("UPDATE batches SET state = 'staging' WHERE id = ?", (batch_id,)))
        batch = batches.by_id(writer.db, 1, batch_id or 0)
        assert batch
        abandon(writer, batch)
    assert seen(books) == [("x1", 1, "10-05 09:30")]
    assert books.rows("SELECT superseded_by FROM calls") == [(None,)]


def test_ids_of_another_source_are_other_calls(books: Books) -> None:
    put(books, row(), source_name="Gamma")
    assert put(books, row(account="A2"), source_name="Gradwell").corrected == 0
    assert len(seen(books)) == 2
    assert put(books, row(account="A2", started="2026-10-07T00:00:00Z"), source_name="Gamma").corrected == 1
    assert len(seen(books)) == 2


def test_ids_of_long_ago_are_other_calls(books: Books) -> None:
    put(books, row(started="2026-01-05T09:30:00Z"))
    assert put(books, row()).corrected == 0
    assert len(seen(books)) == 2


def test_ids_with_the_same_hash_are_other_calls(books: Books) -> None:
    put(books, row())
    books.write(lambda db, o: db.execute("UPDATE calls SET external_id = 'another'"))
    assert put(books, row(account="A2")).corrected == 0
    assert len(seen(books)) == 2


def test_many_corrections_are_made_in_one_file(books: Books) -> None:
    first = [row(f"x{n}", started=f"2026-10-05T09:{n % 60:02}:{n // 60:02}Z") for n in range(1500)]
    put(books, *first)
    report = put(books, *(each.replace("A1", "A2") for each in first))
    assert (report.added, report.corrected) == (1500, 1500)
    assert books.rows("SELECT account_id, count(*) FROM visible_calls GROUP BY 1") == [(2, 1500)]


def test_calls_that_name_an_invoice_move_with_it(books: Books) -> None:
    books.put("invoices", INVOICES)
    books.put("calls", CALLS.replace("INV/1,2", "INV/1,"))
    moved = CALLS.replace("INV/1,2", "INV/2,").replace("A1", "A2")
    assert books.put("calls", moved).corrected == 2
    assert books.rows("SELECT account_id, count(*) FROM visible_calls GROUP BY 1") == [(2, 3)]


def test_ids_of_another_organisation_are_other_calls(books: Books) -> None:
    put(books, row())
    with opened(books.store) as writer:
        writer.write(lambda db: organisations.add(db, "other", "Other", NOW))
    for kind, text in (("customers", CUSTOMERS), ("calls", HEADER + row(account="A2"))):
        report = books.make(books.task(kind, text, organisation="other"))
    assert report.corrected == 0
    assert books.rows("SELECT organisation_id, count(*) FROM visible_calls GROUP BY 1") == [(1, 1), (2, 1)]
