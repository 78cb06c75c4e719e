"""The bytes of a message, whatever names and texts it holds."""

from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.jobs.mime import NotSendable, envelope_of
from portal.mail import Provider, sender_of
from portal.mail.plain import one_line
from store.outbox import Message, Purpose, Queued, State
from tests.factories import NOW
from tests.portal.mail.test_letters import PORTAL

PROVIDER = Provider("P", "post@provider.example", "", "https://admin.provider.example", 443)
MESSAGE = Message(
    purpose=Purpose.RESET,
    recipient="ada@harbour.example",
    sender="Meridian <post@provider.example>",
    reply_to="",
    subject="Subject",
    text="text\n",
    html="<p>html</p>\n",
)
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
}


def queued(message: Message) -> Queued:
    return Queued(
        7, 1, message, "0123@provider.example", State.WAITING, 0, NOW, "", created_at=NOW, finished_at=None
    )


def parsed(message: Message, attachment: bytes | None = None) -> EmailMessage:
    body = envelope_of(queued(message), attachment, NOW).body
    assert body.isascii() and b"\r" not in body.replace(b"\r\n", b"")
    assert max(map(len, body.splitlines())) <= 998
    return BytesParser(policy=policy.default).parsebytes(body)


@given(st.text(min_size=1, max_size=120), st.text(max_size=200), st.text(max_size=500))
def test_any_name_and_words_make_one_mail_with_our_headers_alone(name: str, subject: str, text: str) -> None:
    sender = sender_of(replace(PORTAL, name=name, email=""), PROVIDER)
    said = one_line(subject, 200)
    body = one_line(text, 500) + "\n.\n"
    mail = parsed(replace(MESSAGE, sender=sender.sender, subject=said, text=body))
    assert set(mail.keys()) == HEADERS and len(mail.keys()) == len(HEADERS)
    assert [address.addr_spec for address in mail["From"].addresses] == ["post@provider.example"]
    assert [address.addr_spec for address in mail["To"].addresses] == ["ada@harbour.example"]
    plain = mail.get_body(("plain",))
    assert plain and plain.get_content().splitlines() == body.splitlines()


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Cs")), max_size=150))
def test_subject_arrives_as_it_was_written(subject: str) -> None:
    assert parsed(replace(MESSAGE, subject=one_line(subject, 200)))["Subject"] == one_line(subject, 200)


@given(st.binary(max_size=5000))
def test_attachment_arrives_byte_for_byte(content: bytes) -> None:
    [attached] = parsed(replace(MESSAGE, attachment_name="ä.pdf"), content).iter_attachments()
    assert attached.get_content() == content and attached.get_filename() == "ä.pdf"


def test_same_message_has_the_same_name_at_every_try() -> None:
    first, second = (envelope_of(queued(MESSAGE), None, NOW) for _ in range(2))
    assert first.message_id == second.message_id == "0123@provider.example"
    assert b"Message-ID: <0123@provider.example>" in first.body


@pytest.mark.parametrize("sender", ["", "a@b.example, c@d.example", "nobody at all"])
def test_message_without_one_sender_is_not_built(sender: str) -> None:
    with pytest.raises(NotSendable):
        envelope_of(queued(replace(MESSAGE, sender=sender)), None, NOW)


def test_domain_that_the_dns_cannot_write_is_not_sent_to() -> None:
    with pytest.raises(NotSendable, match="is not a domain"):
        envelope_of(queued(replace(MESSAGE, recipient="a@ü-.example")), None, NOW)
