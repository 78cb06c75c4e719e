"""Mandates: what is kept of one, and that no more of an account is kept anywhere than its last four digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import previews, refused_rows
from store.importing import masking
from store.importing.mandates import ending
from store.importing.refusal import Refused
from tests.store.importing.books import CUSTOMERS, MANDATES, NOW, Books

HEADER = "external_id,account_reference,status,account_ending\n"
IBAN = "GB29NWBK60161331926819"


@pytest.fixture
def filed(books: Books) -> Books:
    assert books.put("customers", CUSTOMERS).added == 2
    return books


def rows(books: Books) -> list[tuple[object, ...]]:
    return books.visible()["visible_mandates"]


def test_a_mandate_is_kept_with_the_end_of_its_account(filed: Books) -> None:
    assert filed.put("mandates", MANDATES).added == 2
    assert rows(filed) == [
        ("M1", 1, "bacs", "Barclays", "4021", "active", None, "2026-03-02"),
        ("M2", 2, "card", "Visa", "77", "cancelled", 15, None),
    ]


def test_a_changed_status_takes_the_place_of_the_one_before(filed: Books) -> None:
    filed.put("mandates", MANDATES)
    report = filed.put("mandates", MANDATES.replace("active", "cancelled"))
    assert (report.changed, report.unchanged) == (1, 1)
    assert [row[5] for row in rows(filed)] == ["cancelled", "cancelled"]


def test_a_draft_is_not_visible(filed: Books) -> None:
    filed.put("mandates", MANDATES, draft=True)
    assert rows(filed) == []


def test_scheme_is_direct_debit_where_nothing_is_said(filed: Books) -> None:
    filed.put("mandates", f"{HEADER}M1,A1,pendingSubmission,\n")
    assert rows(filed)[0][2:6] == ("bacs", "", "", "pending")


@pytest.mark.parametrize(
    "cell", ["4021", "****4021", "•••• 4021", "xxxx-4021", "account ending 4021", "ending in 4021"]
)
def test_the_end_of_an_account_is_read_however_it_is_masked(cell: str) -> None:
    assert ending(cell) == "4021"


@pytest.mark.parametrize(
    "cell",
    ["12345678", "20-00-00 12345678", "1234 5678", "12 34 56 78", IBAN, "4111 1111 1111 1111", "40215"],
)
def test_a_whole_account_number_is_refused_and_kept_nowhere(filed: Books, cell: str) -> None:
    text = f"{HEADER}M1,A1,active,{cell}\nM2,A2,active,4021\n"
    for given_task in (filed.task("mandates", text), filed.task("mandates", text, good_rows=True)):
        report = filed.make(given_task)
        assert report.refusals[0].column == "account_ending"
        assert "no more than the last four" in report.refusals[0].reason
        kept = filed.read(refused_rows.page, report.attempt_id)
        assert kept[0].cells == ("M1", "A1", "active", masking.MASK)
        assert kept[0].row == 2
    assert cell not in dump(filed)
    assert [row[0] for row in rows(filed)] == ["M2"]


@pytest.mark.parametrize("name", ["account_number", "Account Number", "IBAN", "Sort code", "sort_code"])
def test_a_column_of_account_numbers_is_refused_before_any_row(filed: Books, name: str) -> None:
    text = f"external_id,account_reference,status,{name}\nM1,A1,active,12345678\n"
    report = filed.put("mandates", text)
    assert report.refusals[0].row == 1 and "not to be sent" in report.refusals[0].reason
    assert rows(filed) == [] and "12345678" not in dump(filed)


def test_an_account_number_in_a_column_that_is_not_used_is_not_kept_of_a_refused_row(filed: Books) -> None:
    text = "external_id,account_reference,status,note\nM1,A1,asleep,12345678\n"
    report = filed.make(filed.task("mandates", text, good_rows=True))
    assert filed.read(refused_rows.page, report.attempt_id)[0].cells[3] == masking.MASK


def test_an_iban_is_no_mandates_reference(filed: Books) -> None:
    report = filed.put("mandates", f"{HEADER}{IBAN},A1,active,\n")
    assert report.refusals[0].column == "external_id"
    assert IBAN not in dump(filed)


def test_long_numbers_of_customers_and_mandates_are_kept_to_be_mended(filed: Books) -> None:
    report = filed.make(filed.task("mandates", f"{HEADER}900100200,1000200,asleep,4021\n", good_rows=True))
    cells = filed.read(refused_rows.page, report.attempt_id)[0].cells
    assert cells == ("900100200", "1000200", "asleep", "4021")


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("M1,A9,active,4021,bacs,,", "account_reference"),
        ("M1,A1,,4021,bacs,,", "status"),
        ("M1,A1,asleep,4021,bacs,,", "status"),
        ("M1,A1,active,4021,cheque,,", "scheme"),
        ("M1,A1,active,40 21 x,bacs,,", "account_ending"),
        ("M1,A1,active,4021,bacs,32,", "collection_day"),
        ("M1,A1,active,4021,bacs,,02/03/2026", "signed_on"),
        (",A1,active,4021,bacs,,", "external_id"),
    ],
)
def test_mandates_that_cannot_be_are_refused(filed: Books, row: str, column: str) -> None:
    header = "external_id,account_reference,status,account_ending,scheme,collection_day,signed_on\n"
    assert filed.refusals("mandates", f"{header}{row}\n") == [(2, column)]


def test_a_mandate_of_another_customer_is_refused(filed: Books) -> None:
    filed.put("mandates", MANDATES)
    assert filed.refusals("mandates", f"{HEADER}M1,A2,active,4021\n") == [(2, "external_id")]


def test_two_active_mandates_of_which_none_is_said_to_collect_are_found(filed: Books) -> None:
    report = filed.put("mandates", f"{HEADER}M1,A1,active,1\nM2,A1,active,2\nM3,A2,active,3\n", draft=True)
    assert [
        (finding.code, finding.examples) for finding in filed.read(previews.orphans, report.batch_id)
    ] == [("several_active_mandates", ("A1",))]


@given(st.text("0123456789 -*xX•abc", max_size=24))
def test_no_end_has_more_than_four_characters(cell: str) -> None:
    try:
        assert len(ending(cell)) <= 4
    except Refused as refused:
        digits = [letter for letter in cell if letter.isdigit()]
        assert len(digits) < 5 or cell not in refused.reason


@given(st.integers(10_000, 10**18), st.sampled_from(["", " ", "-", "."]))
def test_every_longer_number_is_told_by_its_digits(number: int, mark: str) -> None:
    assert masking.holds_account_number(f"account {mark.join(str(number))}")


def test_a_day_is_no_account_number() -> None:
    assert not masking.holds_account_number(NOW.date().isoformat())


def dump(books: Books) -> str:
    """All that the store holds, as text."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(books.store)) as db:
        return "\n".join(db.iterdump())
