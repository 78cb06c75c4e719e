"""Addresses out of a field that people and imports fill."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.invoices.recipients import Recipient, recipients
from store.outbox import is_address


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@b.example", ["a@b.example"]),
        (" a@b.example ; c@d.example,a@b.example,", ["a@b.example", "c@d.example"]),
        ("Accounts@B.Example", ["Accounts@b.example"]),
        ("jürgen@b.example", ["jürgen@b.example"]),
    ],
)
def test_every_address_is_found_once(text: str, found: list[str]) -> None:
    assert recipients(text) == [Recipient(address) for address in found]


@pytest.mark.parametrize("text", ["", "  ", ";,"])
def test_no_address_is_a_recipient_with_its_reason(text: str) -> None:
    assert recipients(text) == [Recipient("", "The customer has no e-mail address.")]


def test_bad_addresses_stand_beside_good_ones() -> None:
    bad, good = recipients("accounts at harbour; a@b.example")
    assert good == Recipient("a@b.example")
    assert bad.address == "accounts at harbour" and bad.reason.startswith("Not an e-mail address: ")


@pytest.mark.parametrize(
    "text", ["a@b", "a@@b.example", "@b.example", "a@b..example", "a b@c.example", "a@[127.0.0.1]"]
)
def test_what_is_no_address_says_why(text: str) -> None:
    (found,) = recipients(text)
    assert found.reason


def test_pasted_lists_are_refused_whole() -> None:
    (found,) = recipients(",".join(f"a{number}@b.example" for number in range(6)))
    assert found.reason == "More than 5 addresses."


@given(st.text(max_size=120))
def test_whatever_the_field_holds_only_addresses_are_mailed(text: str) -> None:
    found = recipients(text)
    assert found
    for one in found:
        assert one.reason or is_address(one.address)
        assert all(ord(letter) >= 32 for letter in one.address)
