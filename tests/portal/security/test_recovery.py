"""Recovery codes."""

from hypothesis import given
from hypothesis import strategies as st

from portal.security import recovery
from store.owner import of_staff, of_user

ADA = of_user(1, 7)


def test_ten_codes_differ_and_read_well() -> None:
    codes = recovery.new_codes()
    assert len(set(codes)) == 10
    assert all(recovery.looks_like_one(code) and len(code) == 14 for code in codes)
    assert not set("".join(codes)) & set("01ilo")


def test_typed_code_is_known_without_what_people_put_between() -> None:
    assert recovery.hash_of(ADA, "k7dp-3mxq-w2hf") == recovery.hash_of(ADA, " K7DP 3mxq.W2HF ")


def test_hash_is_of_one_person() -> None:
    others = (of_user(2, 7), of_user(1, 8), of_staff(7))
    assert recovery.hash_of(ADA, "k7dp-3mxq-w2hf") not in {
        recovery.hash_of(other, "k7dp-3mxq-w2hf") for other in others
    }


def test_six_digits_are_no_recovery_code() -> None:
    assert not recovery.looks_like_one("123 456")


@given(st.text())
def test_any_text_has_a_hash(text: str) -> None:
    assert len(recovery.hash_of(ADA, text)) == 32
