"""A mapping proposed from a header, templates, and the sample that it is made from."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from store.importing.kinds import KINDS
from store.importing.other_names import OTHER_NAMES
from store.importing.proposal import propose, squeezed
from store.importing.sample import Sample, look
from store.importing.source import SourceFormat
from store.importing.template import columns, template
from store.importing.text_file import NotText
from tests.store.importing.books import ALL, Books


@pytest.mark.parametrize("kind", KINDS)
def test_our_own_names_are_themselves(kind: str) -> None:
    names = [column.name for column in KINDS[kind].columns]
    found = propose(kind, names)
    assert found.mapping.columns == {name: name for name in names}
    assert found.missing == found.unknown == ()


def test_names_of_the_reference_product_are_known() -> None:
    header = [
        "invoiceNumber",
        "customerReference",
        "invoiceDate",
        "dueDate",
        "netAmount",
        "vatAmount",
        "total",
    ]
    found = propose("invoices", [*header, "amountDue", "salesPerson"])
    assert found.mapping.columns == {
        "number": "invoiceNumber",
        "account_reference": "customerReference",
        "date": "invoiceDate",
        "due": "dueDate",
        "net": "netAmount",
        "tax": "vatAmount",
        "gross": "total",
        "due_amount": "amountDue",
    }
    assert (found.missing, found.unknown) == ((), ("salesPerson",))


def test_near_names_are_proposed() -> None:
    found = propose("customers", ["Refrence", "Custmer Name", "E-mail adress", "Post code"])
    assert found.mapping.columns == {
        "reference": "Refrence",
        "name": "Custmer Name",
        "email": "E-mail adress",
        "postcode": "Post code",
    }


def test_what_must_be_said_is_told() -> None:
    assert propose("payments", ["Weather"]).missing == ("external_id", "account_reference", "date", "amount")


@given(some.sampled_from(sorted(KINDS)), some.lists(some.text(max_size=20), max_size=12))
def test_any_header_has_a_proposal_that_uses_each_column_once(kind: str, header: list[str]) -> None:
    used = list(propose(kind, header).mapping.columns.values())
    assert len(used) == len(set(used)) and set(used) <= set(header)


def test_other_names_are_of_columns_that_there_are() -> None:
    for kind, names in OTHER_NAMES.items():
        assert set(names) <= {column.name for column in KINDS[kind].columns}
        assert all(squeezed(name) == name for others in names.values() for name in others)


def test_templates_are_files_that_are_taken(books: Books) -> None:
    for kind in KINDS:
        report = books.put(kind, template(kind))
        assert (report.added + report.unchanged, report.refused) == (1, 0), (kind, report.refusals)


def test_columns_say_which_are_required() -> None:
    assert [column.name for column in columns("customers") if column.required] == ["reference", "name"]


def test_a_sample_has_the_header_and_the_first_rows(books: Books) -> None:
    file = books.file("Ref;Name\nA1;Alpha\nA2;Beta\nA3;Gamma\n")
    assert look(file, SourceFormat(), rows=2) == Sample(
        ("Ref", "Name"), (("A1", "Alpha"), ("A2", "Beta")), ";"
    )


def test_a_sample_keeps_the_declared_delimiter_where_it_divides(books: Books) -> None:
    found = look(books.file("a,b;c;d\n"), SourceFormat())
    assert isinstance(found, Sample) and found.delimiter == ","


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "not a CSV"),
        (b'"a\n', "not CSV"),
        (b"x," * 600 + b"x\n", "601 columns"),
        (ALL["calls"].encode("utf-16"), "UTF-16"),
    ],
)
def test_what_is_no_csv_has_no_sample(books: Books, content: bytes, reason: str) -> None:
    found = look(books.file(content), SourceFormat())
    assert isinstance(found, NotText) and reason in str(found)
