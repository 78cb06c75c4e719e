"""One-time passwords, against the vectors of RFC 6238."""

from base64 import b32encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.security import totp
from portal.security.totp import STEP_SECONDS, matching_step

SECRET = b32encode(b"12345678901234567890").decode()
"""The seed of RFC 6238, appendix B."""


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert matching_step(SECRET, code, at(seconds)) == seconds // STEP_SECONDS


@pytest.mark.parametrize(("late", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_one_step_either_way_is_taken(late: int, taken: bool) -> None:
    found = matching_step(SECRET, "050471", at(1111111111 + late))
    assert (found is not None) is taken
    assert found in (None, 1111111111 // STEP_SECONDS)


@given(st.text(max_size=12))
def test_whatever_is_typed_gives_an_answer(text: str) -> None:
    assert matching_step(SECRET, text, at(0)) in (None, -1, 0, 1)


@pytest.mark.parametrize("text", ["", "28708", "2870820", "٢٨٧٠٨٢", "²87082", "28708 "])
def test_six_plain_digits_are_asked_for(text: str) -> None:
    assert matching_step(SECRET, text, at(59)) is None


def test_app_is_told_whose_code_it_is() -> None:
    uri = totp.uri(SECRET, "ada@harbour.example", "Meridian: Telecom & Sons")
    assert uri.startswith("otpauth://totp/Meridian%20%20Telecom%20%26%20Sons:ada%40harbour.example?secret=")


def test_qr_code_carries_no_inline_style() -> None:
    svg = totp.qr_code(totp.uri(totp.new_secret(), "ada@harbour.example", "Meridian"))
    assert svg.startswith("<svg") and "style" not in svg and len(svg) < 12_000


def test_secrets_differ_and_are_long() -> None:
    assert len({totp.new_secret() for _ in range(50)}) == 50
    assert len(totp.new_secret()) == 32
    assert totp.grouped("ABCDEFGHIJ") == "ABCD EFGH IJ"
