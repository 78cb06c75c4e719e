from pathlib import Path

import pytest

from store import batches
from store.batches import Batch, NotPossible
from store.importing.writer import opened
from tests.store.importing.books import ALLOCATIONS, CUSTOMERS, INVOICES, NOW, PAYMENTS, Books, new_books


@pytest.fixture
def books(tmp_path: Path) -> Books:
    books = new_books(tmp_path)
    for kind, text in (("customers", CUSTOMERS), ("invoices", INVOICES), ("payments", PAYMENTS)):
        books.put(kind, text)
    return books


def publish(books: Books, batch_id: int) -> Batch | NotPossible:
    with opened(books.store) as writer:
        return writer.write(lambda db: batches.publish(db, 1, batch_id, NOW))


def withdraw(books: Books, batch_id: int) -> Batch | NotPossible:
    with opened(books.store) as writer:
        return writer.write(lambda db: batches.withdraw(db, 1, batch_id))


def test_a_published_batch_stays_published(books: Books) -> None:
    found = publish(books, 1)
    assert isinstance(found, Batch) and (found.state, found.rows_read) == ("published", 2)


def test_a_withdrawn_batch_is_not_published(books: Books) -> None:
    withdraw(books, 3)
    assert publish(books, 3) == NotPossible("the batch is withdrawn, not a draft")
    assert withdraw(books, 3) == NotPossible("the batch is withdrawn")


def test_an_unknown_batch_is_no_batch(books: Books) -> None:
    assert publish(books, 99) == withdraw(books, 99) == NotPossible("there is no such batch")


def test_a_batch_of_another_organisation_is_no_batch(books: Books) -> None:
    with opened(books.store) as writer:
        assert batches.by_id(writer.db, 2, 1) is None
        assert batches.newest(writer.db, 2) == []


def test_batches_are_withdrawn_newest_first(books: Books) -> None:
    books.put("allocations", ALLOCATIONS)
    assert withdraw(books, 3) == NotPossible("batch 4 (allocations) came later; withdraw that first")
    assert isinstance(withdraw(books, 4), Batch) and isinstance(withdraw(books, 3), Batch)
    assert books.visible()["visible_payments"] == books.visible()["visible_allocations"] == []


def test_what_was_withdrawn_can_be_imported_again(books: Books) -> None:
    before = books.visible()
    withdraw(books, 3)
    assert books.put("payments", PAYMENTS).added == 2
    assert books.visible() == before


def test_what_a_withdrawn_batch_replaced_can_be_replaced_again(books: Books) -> None:
    changed = CUSTOMERS.replace("Alpha", "Alfa")
    batch_id = books.put("customers", changed).batch_id
    assert batch_id
    withdraw(books, batch_id)
    assert books.put("customers", CUSTOMERS).unchanged == 2
    assert books.put("customers", changed).added == 1
    assert [row[1] for row in books.visible()["visible_accounts"]] == ["Alfa Ltd", "Beta Ltd"]


def test_batches_are_listed_newest_first(books: Books) -> None:
    with opened(books.store) as writer:
        assert [batch.kind for batch in batches.newest(writer.db, 1, limit=2)] == ["payments", "invoices"]
        assert [batch.id for batch in batches.newest(writer.db, 1, before=2)] == [1]
        assert batches.staging(writer.db) == []
