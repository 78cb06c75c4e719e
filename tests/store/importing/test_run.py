"""Whole imports: what is seen after them, and what is not."""

import logging

import pytest

from store import batches
from store.importing import run as importing
from store.importing.report import Report
from store.importing.run import Task, UnknownOrganisation, import_csv
from store.importing.writer import Writer, opened
from tests.store.importing.books import ALL, CALLS, CUSTOMERS, NOW, Books


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.read, report.added, report.unchanged, report.refused


def test_every_kind_is_visible_when_imported(full_books: Books) -> None:
    seen = full_books.visible()
    assert seen["visible_invoices"][0][-6:] == ("partly_settled", 10000, 2000, 12000, 6000, 6000)
    assert seen["visible_invoice_taxes"] == [
        (1, "standard", 20_000_000, 10000, 2000),
        (2, "reduced", 5_000_000, 5000, 250),
    ]
    assert seen["visible_allocations"] == [(1, 1, 6000)]
    assert [row[2] for row in seen["visible_calls"]] == ["c-1", "c-2", "c-3"]


def test_all_is_unchanged_when_imported_again(full_books: Books) -> None:
    before = full_books.visible()
    for kind, text in ALL.items():
        rows = text.count("\n") - 1
        assert counts(full_books.put(kind, text)) == (rows, 0, rows, 0)
    assert full_books.visible() == before


@pytest.mark.parametrize("kind", ALL)
def test_the_order_of_rows_is_of_no_matter(full_books: Books, kind: str) -> None:
    header, *rows = ALL[kind].splitlines()
    text = "\n".join([header, *reversed(rows)])
    assert full_books.put(kind, text).unchanged == len(rows)


def test_a_changed_row_replaces_the_old_one(full_books: Books) -> None:
    report = full_books.put("customers", CUSTOMERS.replace("Alpha Ltd", "Alpha plc"))
    assert counts(report) == (2, 1, 1, 0)
    assert [row[1] for row in full_books.visible()["visible_accounts"]] == ["Alpha plc", "Beta Ltd"]


def test_a_changed_call_replaces_the_old_one(full_books: Books) -> None:
    assert counts(full_books.put("calls", CALLS.replace("0.0412", "0.05"))) == (3, 1, 2, 0)
    assert [row[4] for row in full_books.visible()["visible_calls"]] == [50_000, 10_000, 1_200_000]


def test_a_draft_is_seen_only_when_published(full_books: Books) -> None:
    before = full_books.visible()
    batch_id = full_books.put("calls", CALLS.replace("0.0412", "0.05"), draft=True).batch_id
    assert batch_id and full_books.visible() == before
    with opened(full_books.store) as writer:
        writer.write(lambda db: batches.publish(db, 1, batch_id, NOW))
    after = full_books.visible()
    assert len(after["visible_calls"]) == 3 and after != before
    with opened(full_books.store) as writer:
        writer.write(lambda db: batches.withdraw(db, 1, batch_id))
    assert full_books.visible() == before


def test_a_row_in_a_draft_is_refused_to_others(full_books: Books) -> None:
    draft = full_books.put("customers", CUSTOMERS.replace("Alpha Ltd", "Alpha plc"), draft=True)
    before = full_books.visible()
    report = full_books.put("customers", CUSTOMERS.replace("Alpha", "Alfa"))
    assert counts(report) == (2, 0, 0, 1)
    assert (report.refusals[0].row, report.refusals[0].column) == (2, "reference")
    assert f"batch {draft.batch_id}, a draft" in report.refusals[0].reason
    assert full_books.visible() == before


def test_a_new_row_of_a_draft_is_refused_to_others(books: Books) -> None:
    books.put("customers", CUSTOMERS, draft=True)
    assert books.put("customers", CUSTOMERS).refused == 2
    assert books.visible()["visible_accounts"] == []


@pytest.mark.parametrize("kind", ALL)
def test_nothing_changes_when_a_row_is_refused(full_books: Books, kind: str) -> None:
    before = full_books.visible(), full_books.rows("SELECT * FROM batches")
    header, first, *rest = ALL[kind].splitlines()
    changed = "\n".join([header, first, *rest, "," * header.count(",") + "x"])
    report = full_books.put(kind, changed)
    assert report.refused == 1 and report.added == 0
    assert (full_books.visible(), full_books.rows("SELECT * FROM batches")) == before


def test_no_side_file_stays(full_books: Books) -> None:
    full_books.put("customers", CUSTOMERS + "A3,,\n")
    assert not list(full_books.folder.glob("store.db.import_*"))


def test_a_batch_is_abandoned_when_merging_fails(full_books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    def merge_some(writer: Writer, *rest: object) -> object:
        writer.write(
            lambda db: db.execute(
                "INSERT INTO account_revisions (organisation_id, account_id, batch_id, name)"
                " SELECT 1, 1, max(id), 'Half' FROM batches"
            )
        )
        raise RuntimeError("disk")

    before = full_books.visible(), full_books.rows("SELECT count(*) FROM account_revisions")
    monkeypatch.setattr(importing, "merge", merge_some)
    with pytest.raises(RuntimeError, match="disk"):
        full_books.put("customers", CUSTOMERS)
    assert (full_books.visible(), full_books.rows("SELECT count(*) FROM account_revisions")) == before
    assert full_books.rows("SELECT state FROM batches ORDER BY id DESC LIMIT 1") == [("abandoned",)]


def test_an_unknown_organisation_is_refused(books: Books) -> None:
    with pytest.raises(UnknownOrganisation):
        import_csv(books.store, Task("customers", books.file(CUSTOMERS), "nobody"), lambda: NOW)


def test_the_phases_are_logged(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    books.put("customers", CUSTOMERS)
    assert [record.message for record in caplog.records if record.name.startswith("store.importing")] == [
        "staging",
        "sorting",
        "merging",
        "publishing",
        "imported",
    ]


def test_progress_reaches_its_end(books: Books) -> None:
    seen: list[tuple[str, int, int]] = []
    task = Task("customers", books.file(CUSTOMERS), "meridian")
    import_csv(books.store, task, lambda: NOW, lambda *step: seen.append(step))
    assert [step[0] for step in seen] == ["read", "check", "merge"]
    assert all(done == total for phase, done, total in seen if phase != "check")
