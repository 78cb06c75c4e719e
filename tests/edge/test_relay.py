import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.relay import NotARelay, Relay, Security, parse


@pytest.mark.parametrize(
    ("text", "relay"),
    [
        ("smtp://127.0.0.1", Relay("127.0.0.1", 25, Security.WHERE_OFFERED)),
        ("smtp://[::1]:2525", Relay("::1", 2525, Security.WHERE_OFFERED)),
        ("smtp://u:p@localhost", Relay("localhost", 25, Security.WHERE_OFFERED, "u", "p")),
        ("smtps://u:p%2F%40@mx.example", Relay("mx.example", 465, Security.TLS, "u", "p/@")),
        ("smtp+starttls://u%40x:p@mx.example:25", Relay("mx.example", 25, Security.STARTTLS, "u@x", "p")),
        ("SMTP://MX.Example/", Relay("mx.example", 25, Security.WHERE_OFFERED)),
    ],
)
def test_url_names_a_relay(text: str, relay: Relay) -> None:
    assert parse(text) == relay


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("mx.example", "must be smtp://HOST"),
        ("mx.example:25", "must be smtp://HOST"),
        ("https://mx.example", "must be smtp://HOST"),
        ("smtp://", "names no mail server"),
        ("smtp://mx.example:0", "names no mail server"),
        ("smtp://mx.example:99999", "must be smtp://HOST"),
        ("smtp://[::1", "must be smtp://HOST"),
        ("smtps://u:se/cret@mx.example", "must be smtp://HOST"),
        ("smtps://u:se?cret@mx.example", "must be smtp://HOST"),
        ("smtps://mx.example/relay", "must be smtp://HOST"),
        ("smtps://user@mx.example", "needs a user and a password"),
        ("smtps://:secret@mx.example", "needs a user and a password"),
        ("smtp://u:secret@mx.example", "would send the password in clear"),
        ("smtp://u:secret@192.0.2.1", "would send the password in clear"),
    ],
)
def test_fault_says_what_to_write_and_never_the_password(text: str, reason: str) -> None:
    found = parse(text)
    assert isinstance(found, NotARelay) and found.reason.startswith(reason)
    assert "secret" not in found.reason and "cret" not in found.reason


def test_password_is_in_no_repr() -> None:
    assert "hunter2" not in repr(parse("smtps://u:hunter2@mx.example"))


@given(st.text())
def test_any_text_is_understood_or_refused(text: str) -> None:
    assert isinstance(parse(text), Relay | NotARelay)
    assert isinstance(parse(f"smtp://{text}"), Relay | NotARelay)
