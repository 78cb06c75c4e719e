from admin.imports import guess
from store.importing.sample import Sample


def sample(*cells: str) -> Sample:
    return Sample(("a",), tuple((cell,) for cell in cells), ";")


def test_first_rows_speak_for_the_format() -> None:
    found = guess.written(sample("22/11/2026", "£1,234.50", "4.4E+11"))
    assert (found.delimiter, found.dates, found.amounts, found.numbers) == (";", "dmy", "marked", "excel")


def test_plain_cells_are_taken_as_plain() -> None:
    found = guess.written(sample("2026-11-22", "1234.50", "-12.50", "441234567890", "1/2", "Quay 1,5"))
    assert (found.dates, found.amounts, found.numbers) == ("iso", "plain", "plain")


def test_negative_amounts_of_ledgers_are_marked() -> None:
    assert [guess.written(sample(cell)).amounts for cell in ("(12.50)", "12.50-", "-£3")] == ["marked"] * 3


def test_encoding_is_utf_8_also_where_the_head_cuts_a_character() -> None:
    text = "Café" * 100
    assert guess.encoding(text.encode()) == "utf-8"
    assert guess.encoding(text.encode()[:-1]) == "utf-8"
    assert guess.encoding(text.encode("cp1252")) == "cp1252"
    assert guess.encoding(b"") == "utf-8"
