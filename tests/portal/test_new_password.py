"""New passwords: long, not common, not made of what is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import new_password, passwords
from portal.common_passwords import COMMON

KNOWN = ("Meridian Telecom", "Harbour Coffee Ltd", "ada.lovelace@harbour.example", "Ada Lovelace")


def test_hint_says_how_long() -> None:
    assert f" {passwords.MIN_LENGTH} " in new_password.HINT


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "purple walnut ladder",
        "Tr0ub4dor&3 kettle",
        "meridian walnut ladder",
        "ключ от старого сарая",
        "x" * 6 + "yzabc w q r 1 k",
    ],
)
def test_words_that_do_not_belong_together_are_taken(password: str) -> None:
    assert new_password.refusal(password, KNOWN) is None


@pytest.mark.parametrize(
    "password",
    [
        "short words",
        "a" * 129,
        "aaaaaaaaaaaa",
        "ababababababab",
        "1234567890123",
        "abcdefghijklmn",
        "987654321098765",
        "password1234",
        "Password 1234!",
        "P4ssw0rd-2027!!",
        "Qwertyuiop 12",
        "Welcome2026!!",
    ],
)
def test_short_long_and_common_ones_are_refused(password: str) -> None:
    assert new_password.refusal(password, ()) is not None


@pytest.mark.parametrize(
    "password",
    [
        "meridiantelecom",
        "Meridian2026!",
        "Harbour Coffee 1",
        "H4rb0urC0ffee99",
        "ada.lovelace@harbour.example",
        "Ada Lovelace 15",
        "Lovelace-Lovelace",
    ],
)
def test_names_that_others_know_are_refused_for_these_people_alone(password: str) -> None:
    assert "names that others know" in (new_password.refusal(password, KNOWN) or "")
    assert new_password.refusal(password, ()) is None


def test_every_common_one_that_is_long_enough_is_refused() -> None:
    taken = [one for one in COMMON if new_password.refusal(one, ()) is None]
    assert taken == []


@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_text_has_an_answer(password: str, known: list[str]) -> None:
    reason = new_password.refusal(password, known)
    assert reason is None or reason.endswith(".")
