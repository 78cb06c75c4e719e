"""An archive holds all that an organisation owns, and what is in it can be imported again."""

import csv
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from store import accounts, archive, images, itemisation, number_names, sheets
from store.database import connect_reader
from store.images import Rendition
from store.importing.documents import import_documents
from store.importing.run import Task
from store.importing.writer import opened
from store.number_names import Named
from tests import factories
from tests.store.importing.books import ALL, NOW, SLUG, Books, new_books

PDF = b"%PDF-1.7\n" + b"x" * 700_000
AT = "2026-11-22 12:00 UTC"


def quiet(part: str, done: int) -> None:
    pass


@pytest.fixture
def books(tmp_path: Path) -> Books:
    folder = tmp_path / "first"
    folder.mkdir()
    books = new_books(folder)
    books.put_all()
    (folder / "pdf").mkdir()
    (folder / "pdf" / "INV_1.pdf").write_bytes(PDF)
    import_documents(books.store, Task("documents", folder / "pdf", SLUG), lambda: NOW)
    return books


def exported(books: Books, name: str = "out.zip") -> zipfile.ZipFile:
    path = books.folder / name
    size = archive.write(books.store, 1, path, AT, quiet)
    assert size == path.stat().st_size
    return zipfile.ZipFile(path)


def rows(file: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read(f"{name}.csv").decode(), newline="")))


def test_what_is_exported_can_be_imported_and_exported_the_same(books: Books, tmp_path: Path) -> None:
    folder = tmp_path / "second"
    folder.mkdir()
    second = new_books(folder)
    with exported(books) as first:
        for kind in ALL:
            report = second.put(kind, first.read(f"{kind}.csv"))
            assert (report.refused, report.refusals) == (0, ())
        first.extractall(folder / "zip")
    documents = Task("documents", folder / "zip" / "documents", SLUG)
    assert import_documents(second.store, documents, lambda: NOW).added == 1
    assert second.visible() == books.visible()
    with exported(books, "again.zip") as one, exported(second) as other:
        assert all(one.read(f"{kind}.csv") == other.read(f"{kind}.csv") for kind in ALL)
        assert other.read("documents/INV_1.pdf") == PDF


def test_amounts_and_instants_are_written_in_full(books: Books) -> None:
    with exported(books) as file:
        call = next(row for row in rows(file, "calls") if row["external_id"] == "c-1")
        (invoice, *_) = rows(file, "invoices")
    assert (call["net_price"], call["started"]) == ("0.041200", "2026-10-05T09:30:00+00:00")
    assert (invoice["gross"], invoice["currency"]) == ("120.00", "GBP")


def test_drafts_are_not_in_it(books: Books) -> None:
    books.put("customers", "reference,name\nA9,Draft Ltd\n", draft=True)
    with exported(books) as file:
        assert [row["reference"] for row in rows(file, "customers")] == ["A1", "A2"]


def test_another_organisations_rows_are_not_in_it(books: Books) -> None:
    with closing(connect_reader(books.store)) as db:
        for sheet in sheets.SHEETS:
            assert sheets.page(db, 2, sheet, None).rows == []


def test_settings_are_in_it_without_secrets(books: Books) -> None:
    with exported(books) as file:
        settings = json.loads(file.read("settings.json"))
        assert "Meridian" in file.read("README.txt").decode()
    assert settings["organisation"]["slug"] == SLUG
    assert "theme_colour" in settings["portal"] and "mail_from_token" not in settings["portal"]
    assert "calls_generation" not in settings["organisation"]


def test_long_sheet_is_read_page_by_page(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    with exported(books) as file:
        whole = {sheet.name: file.read(f"{sheet.name}.csv") for sheet in sheets.SHEETS}
    monkeypatch.setattr(sheets, "ROWS", 1)
    with exported(books, "paged.zip") as file:
        assert {sheet.name: file.read(f"{sheet.name}.csv") for sheet in sheets.SHEETS} == whole


@pytest.mark.parametrize("text", ["=1+1", "+44", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_that_looks_like_a_formula_is_made_harmless(text: str) -> None:
    assert sheets.harmless(text) == f"'{text}"


def test_plain_text_is_left_as_it_is() -> None:
    assert sheets.harmless("Alpha = Beta") == "Alpha = Beta"
    assert sheets.harmless("") == ""


def test_file_that_is_there_is_not_written_over(books: Books) -> None:
    path = books.file("mine", "out.zip")
    with pytest.raises(FileExistsError):
        archive.write(books.store, 1, path, AT, quiet)
    assert path.read_text() == "mine"


def test_nothing_is_left_when_it_fails(books: Books) -> None:
    def fail(part: str, done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.write(books.store, 1, books.folder / "out.zip", AT, fail)
    assert not list(books.folder.glob("out.zip*"))


def test_archive_is_its_owners_alone(books: Books) -> None:
    exported(books).close()
    assert (books.folder / "out.zip").stat().st_mode & 0o777 == 0o600


def test_users_and_what_customers_decided_and_activity_are_in_it(tmp_path: Path) -> None:
    books = Books(tmp_path)
    sqlite3.connect(books.store).close()

    def fill(db: sqlite3.Connection) -> None:
        organisation_id = factories.organisation(db).id
        account_id = factories.account(db, organisation_id)
        user_id = factories.user(db, organisation_id)
        change = {"town": "=cmd"}
        accounts.edit(db, organisation_id, account_id, change, user_id=user_id, address="", now=NOW)
        for number in ("+44 117 4960001", "@SUM(1)"):
            number_names.put(db, organisation_id, account_id, Named(number, "=Shop"), user_id, NOW)
        itemisation.choose(db, organisation_id, account_id, False, user_id, NOW)

    with opened(books.store) as writer:
        writer.write(fill)
    with exported(books) as file:
        assert rows(file, "users")[0]["email"] == "ada@harbour.example"
        assert rows(file, "customer_edits")[0]["value"] == "'=cmd"
        assert rows(file, "activity")[0]["action"] == "account.edit"
        names = {row["number"]: row["name"] for row in rows(file, "number_names")}
        assert names == {"+44 117 4960001": "'=Shop", "'@SUM(1)": "'=Shop"}
        assert rows(file, "itemisations")[0]["itemised"] == "0"
        assert b"argon2" not in b"".join(file.read(name) for name in file.namelist())


@pytest.mark.parametrize("numbers", [("A/1", "A_1"), ("A_1", "A/1"), ("A/1", "A:1")])
def test_numbers_that_no_file_name_tells_apart_keep_their_own_documents(
    tmp_path: Path, numbers: tuple[str, str]
) -> None:
    with opened(tmp_path / "store.db") as writer:
        writer.write(lambda db: with_documents(db, numbers))
    archive.write(tmp_path / "store.db", 1, tmp_path / "out.zip", AT, quiet)
    with zipfile.ZipFile(tmp_path / "out.zip") as file:
        found = {name: file.read(name).decode() for name in file.namelist() if name.startswith("documents/")}
    assert sorted(found.values()) == sorted(numbers)
    assert found.get("documents/A_1.pdf", "A_1") in ("A_1", *(numbers[:1] if "A_1" not in numbers else ()))


def with_documents(db: sqlite3.Connection, numbers: tuple[str, str]) -> None:
    organisation_id = factories.organisation(db).id
    account_id = factories.account(db, organisation_id)
    for number in numbers:
        invoice_id = factories.invoice(db, organisation_id, account_id, number)
        factories.document(db, organisation_id, invoice_id, number.encode())


def test_pictures_are_in_it_by_the_name_that_the_settings_have(books: Books) -> None:
    def put(db: sqlite3.Connection, organisation_id: int) -> str:
        return images.put(db, organisation_id, [Rendition("logo", 1, 1, b"png")], NOW)

    digest = books.write(put)
    with exported(books) as file:
        assert file.read(f"pictures/{digest}-logo.png") == b"png"
