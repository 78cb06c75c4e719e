"""Refused rows as they leave: in the source's own columns, and no formula among them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as some

from store.refused_rows import RefusedRow, csv_header, csv_line, packed, safe_cell


@pytest.mark.parametrize("cell", ["=1+1", "+44 20", "@x", "-cmd|x!A0", "\tx", "\rx", "-1.2.3", "-"])
def test_a_cell_that_a_spreadsheet_would_compute_is_text(cell: str) -> None:
    assert safe_cell(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "A1", "-12.50", "-3", "12", "a=b"])
def test_other_cells_stay(cell: str) -> None:
    assert safe_cell(cell) == cell


def test_the_reason_is_the_last_column_under_a_name_of_its_own() -> None:
    assert csv_header(["a", "b"]) == "a,b,reason\r\n"
    assert csv_header(["a", "reason"], ";") == "a;reason;reason (3)\r\n"


def test_a_row_that_is_too_short_or_too_long_fits_the_header() -> None:
    header = ["a", "b"]
    assert csv_line(header, RefusedRow(4, "is short", ("1",))) == "1,,row 4: is short\r\n"
    assert csv_line(header, RefusedRow(5, "is long", ("1", "2", "3"))) == "1,2,row 5: is long\r\n"


@given(some.lists(some.text(), min_size=1, max_size=5), some.text(min_size=1))
def test_any_cells_are_one_row_without_formulas(cells: list[str], reason: str) -> None:
    text = csv_line(["x"] * len(cells), RefusedRow(2, reason, tuple(cells)))
    (row,) = csv.reader(io.StringIO(text, newline=""))
    assert len(row) == len(cells) + 1
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row)


def test_bytes_that_were_no_text_are_kept_as_marks() -> None:
    assert packed(["Caf\udce9"]) == '["Caf?"]'
