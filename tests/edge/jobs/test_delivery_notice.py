"""Notices as mail servers write them, and as nobody should."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.jobs.delivery_notice import MAX_IDS, NothingLost, Undelivered, understand

OURS = "0123456789abcdef0123456789abcdef@provider.example"
POSTFIX = f"""\
From: MAILER-DAEMON@mx.provider.example (Mail Delivery System)
To: bounces@provider.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"
Message-Id: <20261122120000.1@mx.provider.example>

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.provider.example
X-Postfix-Sender: rfc822; bounces@provider.example

Final-Recipient: rfc822; ada@harbour.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.harbour.example
Diagnostic-Code: smtp; 550 5.1.1 <ada@harbour.example>:
    Recipient address rejected: no such user

--B
Content-Type: text/rfc822-headers

Return-Path: <bounces@provider.example>
Subject: Choose a new password
Message-ID: <{OURS}>

--B--
"""


def notice(text: str = POSTFIX, **changes: str) -> bytes:
    for old, new in changes.items():
        text = text.replace(old, new)
    return text.replace("\n", "\r\n").encode()


def test_postfix_notice_names_our_message_and_the_reason() -> None:
    found = understand(notice())
    assert isinstance(found, Undelivered)
    assert OURS in found.message_ids
    assert found.words == "550 5.1.1 <ada@harbour.example>: Recipient address rejected: no such user"


def test_envelope_id_comes_first() -> None:
    with_id = POSTFIX.replace(
        "X-Postfix-Sender", "Original-Envelope-Id: other+2Bone@provider.example\nX-Postfix-Sender"
    )
    found = understand(notice(with_id))
    assert isinstance(found, Undelivered)
    assert found.message_ids[:2] == ("other+one@provider.example", OURS)


def test_whole_message_that_came_back_is_read_too() -> None:
    found = understand(notice(POSTFIX.replace("text/rfc822-headers", "message/rfc822")))
    assert isinstance(found, Undelivered) and OURS in found.message_ids


def test_status_stands_in_where_there_is_no_diagnosis() -> None:
    start, end = POSTFIX.index("Diagnostic-Code"), POSTFIX.index("--B\nContent-Type: text/rfc822")
    found = understand(notice(POSTFIX[:start] + POSTFIX[end:]))
    assert isinstance(found, Undelivered) and found.words == "5.1.1"


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_notice_of_no_failure_changes_nothing(action: str) -> None:
    found = understand(notice(POSTFIX.replace("Action: failed", f"Action: {action}")))
    assert isinstance(found, NothingLost) and action in found.what


@pytest.mark.parametrize(
    "text",
    ["", "\n", "Subject: Out of office\n\nI am away until Monday.\n", "Content-Type: multipart/report\n\nx"],
)
def test_other_mail_is_nothing_to_do_with_us(text: str) -> None:
    assert understand(text.encode()) == NothingLost("not a delivery status notification (RFC 3464)")


def test_words_of_the_other_server_are_cleaned() -> None:
    found = understand(notice(POSTFIX.replace("no such user", "\x1b[2J\x00no\u202e such user")))
    assert isinstance(found, Undelivered)
    assert found.words.isprintable() and "\x1b" not in found.words


def test_thousand_names_are_cut_short() -> None:
    many = " ".join(f"<{number}@x.example>" for number in range(1000))
    found = understand(notice(POSTFIX.replace("Subject: Choose", f"References: {many}\nSubject: Choose")))
    assert isinstance(found, Undelivered) and len(found.message_ids) == MAX_IDS


@given(st.binary(max_size=2000))
def test_any_bytes_are_understood(content: bytes) -> None:
    assert isinstance(understand(content), Undelivered | NothingLost)


@given(st.integers(0, len(POSTFIX)), st.binary(max_size=30), st.integers(0, 200))
def test_damaged_notice_is_understood_or_not_but_never_an_error(at: int, put: bytes, gone: int) -> None:
    whole = notice()
    found = understand(whole[:at] + put + whole[at + gone :])
    assert isinstance(found, Undelivered | NothingLost)
    if isinstance(found, Undelivered):
        assert found.words and "\n" not in found.words
