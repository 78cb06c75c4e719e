from dataclasses import replace
from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.mail import Sender, provider_sender, sender_of
from store.portals import Portal
from tests.factories import NOW
from tests.portal.house import PROVIDER
from tests.portal.mail.test_letters import PORTAL


def sender(**changes: object) -> Sender:
    changed: Portal = replace(PORTAL, **changes)  # type: ignore[arg-type]
    return sender_of(changed, PROVIDER)


def test_unverified_address_is_not_used() -> None:
    assert sender(mail_from="billing@bank.example") == Sender(
        "Meridian Telecom <post@provider.example>", "care@meridian.example"
    )


def test_verified_address_is_used_with_its_own_reply_to() -> None:
    assert sender(
        mail_from="billing@meridian.example", mail_from_verified_at=NOW, mail_reply_to="help@meridian.example"
    ) == Sender("Meridian Telecom <billing@meridian.example>", "help@meridian.example")


def test_answers_go_to_the_reply_to_that_was_set() -> None:
    assert sender(mail_reply_to="help@meridian.example").reply_to == "help@meridian.example"
    assert sender(email="").reply_to == ""


def test_provider_writes_in_its_own_name() -> None:
    assert provider_sender(PROVIDER) == Sender(
        "Provider Ltd <post@provider.example>", "help@provider.example"
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Bank <security@bank.example>", "Bank security at bank.example"),
        ("security＠bank.example", "security at bank.example"),
        ('A" <x@y.example>, "B', "A x at y.example, B"),
        ("Łódź, Ltd.", "Łódź, Ltd."),
    ],
)
def test_name_cannot_hold_an_address(name: str, shown: str) -> None:
    header = EmailMessage(policy=policy.SMTPUTF8)
    header["From"] = sender(name=name).sender
    [address] = header["From"].addresses
    assert (address.display_name, address.addr_spec) == (shown, "post@provider.example")


@given(st.text(min_size=1, max_size=150))
def test_sender_of_any_name_is_one_address(name: str) -> None:
    header = EmailMessage(policy=policy.SMTPUTF8)
    header["From"] = sender(name=name).sender
    assert [address.addr_spec for address in header["From"].addresses] == ["post@provider.example"]
