"""Columns of a source: mapped, constant, ignored; and what is said of its own names."""

from zoneinfo import ZoneInfo

import pytest

from store.importing.mapping import Mapping
from store.importing.source import SourceFormat
from tests.store.importing.books import CUSTOMERS, Books

THEIRS = "Account No;Company;Mail;Notes\nA1;Alpha;a@alpha.test;vip\n"
MAPPING = Mapping(
    {"reference": "Account No", "name": "company", "email": "Mail"}, {"country": "Wales"}, ("Notes",)
)
SEMICOLON = SourceFormat(delimiter=";")


def put(books: Books, text: str, mapping: Mapping, source: SourceFormat = SEMICOLON) -> object:
    return books.make(books.task("customers", text, mapping=mapping, source=source))


def test_a_mapped_file_is_read_in_its_own_columns(books: Books) -> None:
    report = books.make(books.task("customers", THEIRS, mapping=MAPPING, source=SEMICOLON))
    assert (report.added, report.notices) == (1, ())
    found = books.rows("SELECT reference, name, email, country FROM visible_accounts")
    assert found == [("A1", "Alpha", "a@alpha.test", "Wales")]


def test_a_constant_stands_above_a_column_of_that_name(books: Books) -> None:
    text = "reference,name,type\nA1,Alpha,reseller\n"
    put(books, text, Mapping(constants={"type": "consumer"}), SourceFormat())
    assert books.rows("SELECT type FROM visible_accounts") == [("consumer",)]


def test_an_ignored_column_of_our_name_is_not_read(books: Books) -> None:
    put(books, "reference,name,email\nA1,Alpha,nonsense\n", Mapping(ignored=("Email",)), SourceFormat())
    assert books.rows("SELECT email FROM visible_accounts") == [("",)]


def test_a_column_serves_once(books: Books) -> None:
    text = "reference,name,code\nold,Alpha,A1\n"
    put(books, text, Mapping({"reference": "code", "email": "code"}), SourceFormat())
    put(books, text, Mapping({"reference": "code"}), SourceFormat())
    assert books.rows("SELECT reference FROM visible_accounts") == [("A1",)]


def test_faults_are_told_by_their_own_names(books: Books) -> None:
    report = books.make(books.task("customers", THEIRS.replace("a@", "a"), mapping=MAPPING, source=SEMICOLON))
    assert [(fault.row, fault.column) for fault in report.refusals] == [(2, "Mail")]


@pytest.mark.parametrize(
    ("mapping", "column", "reason"),
    [
        (Mapping({"reference": "Ref", "name": "Company"}), "Ref", "is missing from the header"),
        (Mapping({"email": "E-Mail"}), "E-Mail", "is missing from the header"),
        (Mapping({"colour": "Notes"}), "colour", "no column of this kind"),
        (Mapping({}, {"colour": "red"}), "colour", "no column of this kind"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(
    books: Books, mapping: Mapping, column: str, reason: str
) -> None:
    report = books.make(books.task("customers", THEIRS, mapping=mapping, source=SEMICOLON))
    assert (column, 1) in [(fault.column, fault.row) for fault in report.refusals]
    assert any(reason in fault.reason for fault in report.refusals if fault.column == column)
    assert books.visible()["visible_accounts"] == []


def test_a_constant_that_cannot_be_is_refused_in_each_row(books: Books) -> None:
    report = books.make(books.task("customers", CUSTOMERS, mapping=Mapping(constants={"type": "firm"})))
    assert [(fault.row, fault.column) for fault in report.refusals] == [(2, "type"), (3, "type")]


def test_all_of_a_source_is_declared(full_books: Books) -> None:
    text = "Id\tAccount\tWhen\tCost\nx1\tA1\t05/10/2026 10:30\t£1,000.50\n"
    mapping = Mapping(
        {"external_id": "Id", "account_reference": "Account", "started": "When", "net_price": "Cost"}
    )
    source = SourceFormat(dates="dmy", amounts="marked", zone=ZoneInfo("Europe/London"), delimiter="\t")
    report = full_books.make(full_books.task("calls", text, mapping=mapping, source=source))
    assert report.added == 1
    found = full_books.rows("SELECT started, net_price FROM visible_calls WHERE external_id = 'x1'")
    assert found == [(1_791_192_600, 1_000_500_000)]
