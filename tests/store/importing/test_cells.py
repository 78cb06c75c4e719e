import pytest
from hypothesis import given
from hypothesis import strategies as some

from store.importing.cells import choice, key, telephone, text, truth, words
from store.importing.payments import STATUSES
from store.importing.refusal import Refused
from store.importing.source import STRICT, SourceFormat

EXCEL = SourceFormat(numbers="excel")
EXACT = SourceFormat(numbers="exact")


@pytest.mark.parametrize("cell", ["pendingSubmission", "pending_submission", "Pending submission"])
def test_words_are_known_in_any_spelling(cell: str) -> None:
    assert choice(STATUSES)(cell) == "pending_submission"


def test_an_unknown_word_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refused, match="none of invoice, credit_note"):
        choice(words("invoice", "credit_note"))("receipt")


@given(some.integers(10**9, 10**10 - 1).filter(lambda n: str(n)[0] not in "46"))
def test_a_lost_leading_zero_is_restored_only_when_declared(number: int) -> None:
    assert telephone(20, EXCEL, ours=True)(str(number)) == f"0{number}"
    assert telephone(20, EXACT, ours=True)(str(number)) == str(number)
    with pytest.raises(Refused, match="--numbers excel"):
        telephone(20, STRICT, ours=True)(str(number))


@pytest.mark.parametrize("cell", ["02079460000", "+442079460000", "442079460000", "999", "ACC-1"])
def test_telephone_numbers_are_kept_as_written(cell: str) -> None:
    for source in (STRICT, EXCEL):
        assert telephone(20, source, ours=True)(cell) == cell


def test_a_dialled_number_may_have_any_shape() -> None:
    assert telephone(20, STRICT, ours=False)("4512345678") == "4512345678"
    assert telephone(20, STRICT, ours=False)("2125550123") == "2125550123"


def test_a_number_in_scientific_notation_is_taken_only_when_declared() -> None:
    assert telephone(20, EXCEL, ours=False)("4.4E+11") == "440000000000"
    with pytest.raises(Refused, match="--numbers excel"):
        telephone(20, STRICT, ours=False)("4.4E+11")


def test_a_key_that_lost_digits_is_refused_whatever_is_declared() -> None:
    with pytest.raises(Refused, match="lost its last digits"):
        key(20)("4.4E+11")
    assert key(20)("4.41632960123E+11") == "441632960123"
    assert key(20)("4E5") == "4E5"


def test_text_has_a_limit() -> None:
    assert text(3)("abc") == "abc"
    with pytest.raises(Refused, match="at most 3"):
        text(3)("abcd")


def test_truth_is_yes_or_no() -> None:
    assert (truth("Yes"), truth("0")) == (1, 0)
    with pytest.raises(Refused):
        truth("maybe")
