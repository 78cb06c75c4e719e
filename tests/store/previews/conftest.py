"""Fixtures: books as imports use them."""

from pathlib import Path

import pytest

from tests.store.importing.books import Books, new_books


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return new_books(tmp_path)


@pytest.fixture
def full_books(books: Books) -> Books:
    books.put_all()
    return books
