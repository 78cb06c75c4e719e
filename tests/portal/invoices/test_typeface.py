"""Any text can be written, and nothing is lost without a word."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.invoices.typeface import BOX, Words, face, words


@pytest.mark.parametrize(
    "name", ["Łódź Café", "Ŵyn & Ŷr", "Ελληνικά", "Ђорђе", "Ꞝ".replace("Ꞝ", "ß"), "−£1,234.50", "½ × 20 €"]
)
def test_names_of_europe_are_written_as_they_are(name: str) -> None:
    assert words(name) == Words(name, lost=False)


def test_parted_accents_are_composed() -> None:
    assert words(unicodedata.normalize("NFD", "Café")) == Words("Café", lost=False)


def test_plainer_form_stands_for_what_looks_like_it() -> None:
    assert words("ＡＣＭＥ ＆ ﬁlms 𝐋𝐭𝐝") == Words("ACME & ﬁlms Ltd", lost=False)


@pytest.mark.parametrize(("text", "shown"), [("日本 Ltd", f"{BOX}{BOX} Ltd"), ("Beans 🫘", f"Beans {BOX}")])
def test_box_stands_for_what_the_typeface_lacks(text: str, shown: str) -> None:
    assert words(text) == Words(shown, lost=True)


def test_control_characters_are_blanks_or_nothing() -> None:
    assert words("a\r\nb\tc\x00\x1b[31md\u202e\u200be\u00adf") == Words("a  b c[31mdef", lost=False)


@given(st.text())
def test_every_text_becomes_one_line_that_has_a_width(text: str) -> None:
    found = words(text)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in found.text)
    assert face().width(found.text, 9) >= 0 and face(bold=True).width(found.text, 9) >= 0


@given(st.text(alphabet="aäW i·,", max_size=200))
def test_wrapped_lines_fit_and_lose_nothing_but_blanks(text: str) -> None:
    lines = face().wrapped(text, 9, 60)
    assert all(face().width(line, 9) <= 60 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
